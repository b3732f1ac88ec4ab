"""Three losses on the same backbone, averaged: AMR with a Gaussian label, DLDL-v2, mean-variance.

Our own; flips are averaged within each member. Result: train/README.md.
"""

from train.losses.amr import AMRLoss
from train.losses.dldl_v2 import DLDLv2Loss
from train.losses.mean_variance import MeanVarianceLoss
from train.methods.ensemble import Ensemble
from train.methods.fine_tune import FineTune

METHOD = Ensemble(
    "mixture",
    (
        FineTune("amr_gaussian", AMRLoss(sigma_years=2.0), learning_rate=2e-4),
        FineTune("dldl_v2", DLDLv2Loss(), learning_rate=2e-4),
        FineTune("mean_variance", MeanVarianceLoss(), learning_rate=2e-4),
    ),
)
