"""Regression with Huber's error."""

from train.losses.regression import RegressionLoss
from train.methods.fine_tune import FineTune

METHOD = FineTune("regression_huber", RegressionLoss("huber"))
