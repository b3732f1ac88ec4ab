"""Parallel ordinal hyperplanes.

Paper: Cao, Mirjalili, Raschka, Pattern Recognition Letters 2020.
"""

from train.losses.coral import CORALLoss
from train.methods.fine_tune import FineTune

METHOD = FineTune("coral", CORALLoss())
