"""Unimodal-concentrated loss.

Paper: Li, Wang, Li, Chen, Cao, CVPR 2022. Public re-implementations weigh the unimodal part by
1,000, which flattens what a pre-trained head knows: on three of FG-NET's ten folds weights of 10,
100 and 1,000 gave 3.23, 4.72 and 5.15 years.
"""

from train.losses.unimodal import UnimodalConcentratedLoss
from train.methods.fine_tune import FineTune

METHOD = FineTune("unimodal_concentrated", UnimodalConcentratedLoss(unimodal_weight=10.0))
