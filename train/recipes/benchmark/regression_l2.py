"""Regression with the squared error."""

from train.losses.regression import RegressionLoss
from train.methods.fine_tune import FineTune

METHOD = FineTune("regression_l2", RegressionLoss("l2"))
