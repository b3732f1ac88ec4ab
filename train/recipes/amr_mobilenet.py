"""AMR with a Gaussian target on the face-trained MobileNet-v1 at 128 px.

The shipped model, but for its last epoch: `amr_mobilenet_calm`.

Paper: Zhao, Qian, Hou, Zeng, ICME 2022 (loss); body, data and augmentation are ours.
Command: python -m train.fit train/recipes/amr_mobilenet.py --cache CROPS --face-weights FILE
"""

from train.losses.amr import AMRLoss
from train.recipe import Recipe

RECIPE = Recipe(
    name="amr_mobilenet",
    data_sets=("utkface", "aaf"),
    loss=AMRLoss(mean_weight=0.2, residue_weight=0.05, sigma_years=2.0),
    epochs=10,
    frozen_layers=9,
)
