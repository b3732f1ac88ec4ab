"""All layers by kernel ridge regression, and two fine-tunes of the last stage, averaged.

Our own. The members err differently: one leaves the networks as they are and listens to skin and
shape too, the others bend the last stage to the ages at hand; it counts for as much as they do
together. --face-weights gives the first the face network beside the common backbone. Result:
train/README.md.
"""

from train.losses.amr import AMRLoss
from train.losses.dldl_v2 import DLDLv2Loss
from train.methods.ensemble import Ensemble
from train.methods.fine_tune import FineTune
from train.methods.layers import AllLayers

METHOD = Ensemble(
    "mixture",
    (
        AllLayers("all_layers"),
        FineTune("amr_gaussian", AMRLoss(sigma_years=2.0), epochs=4),
        FineTune("dldl_v2", DLDLv2Loss(), epochs=4),
    ),
    weights=(2.0, 1.0, 1.0),
)
