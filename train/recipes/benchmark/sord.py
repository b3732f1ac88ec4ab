"""Soft ordinal labels.

Paper: Diaz, Marathe, CVPR 2019.
"""

from train.losses.sord import SORDLoss
from train.methods.fine_tune import FineTune

METHOD = FineTune("sord", SORDLoss())
