"""AMR with a Gaussian target on the face-trained MobileNet-v1 at 144 px.

The shipped model. It starts from the face network
whole, age head included: that network already errs less on photographs unlike ours than one that
was taught from a fresh head, and small steps, a pull back to the start and `train.mix` keep it so.

Paper: Zhao, Qian, Hou, Zeng, ICME 2022 (loss); body, data and augmentation are ours.
Command: python -m train.fit train/recipes/amr_mobilenet.py --cache CROPS --face-weights FILE
"""

from train.losses.amr import AMRLoss
from train.recipe import Recipe

RECIPE = Recipe(
    name="amr_mobilenet",
    data_sets=("utkface", "aaf"),
    loss=AMRLoss(mean_weight=0.05, residue_weight=0.05, sigma_years=2.0),
    side_px=144,
    epochs=5,
    learning_rate=1e-4,
    head_factor=2.0,
    hidden=256,
    balance=0.3,
    pull=5.0,
    frozen_layers=9,
)
