"""A Gaussian of two years as the label: DLDL.

Paper: Gao, Xing, Xie, Wu, Geng, TIP 2017.
"""

from train.losses.dldl import DLDLLoss
from train.methods.fine_tune import FineTune

METHOD = FineTune("gaussian_label", DLDLLoss(sigma_years=2.0))
