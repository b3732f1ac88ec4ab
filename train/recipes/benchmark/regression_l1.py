"""Regression with the absolute error."""

from train.losses.regression import RegressionLoss
from train.methods.fine_tune import FineTune

METHOD = FineTune("regression_l1", RegressionLoss("l1"))
