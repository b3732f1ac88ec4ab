"""Ablation of AMR: cross-entropy and residue, no mean."""

from train.losses.amr import AMRLoss
from train.methods.fine_tune import FineTune

METHOD = FineTune("ce_residue", AMRLoss(mean_weight=0.0, residue_weight=0.05))
