"""Ablation of AMR: cross-entropy and mean, no residue."""

from train.losses.amr import AMRLoss
from train.methods.fine_tune import FineTune

METHOD = FineTune("ce_mean", AMRLoss(mean_weight=0.2, residue_weight=0.0))
