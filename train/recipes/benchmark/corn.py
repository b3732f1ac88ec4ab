"""Conditional ordinal regression.

Paper: Shi, Cao, Raschka, 2021.
"""

from train.losses.corn import CORNLoss
from train.methods.fine_tune import FineTune

METHOD = FineTune("corn", CORNLoss())
