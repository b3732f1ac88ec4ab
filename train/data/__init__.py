"""Photographs, their labels, splits and crops."""
