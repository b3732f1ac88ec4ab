"""Metric learners: similarity-aware adversarial quadruplets and label-sensitive pairs."""
