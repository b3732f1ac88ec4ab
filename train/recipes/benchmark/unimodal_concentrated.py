"""Unimodal-concentrated loss.

Paper: Li, Wang, Li, Chen, Cao, CVPR 2022. Weight 1,000 as in the public re-implementations.
"""

from train.losses.unimodal import UnimodalConcentratedLoss
from train.methods.fine_tune import FineTune

METHOD = FineTune("unimodal_concentrated", UnimodalConcentratedLoss())
