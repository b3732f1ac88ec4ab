"""AMR with a Gaussian target on the face-trained MobileNet-v1 at 160 px: the shipped model.

It starts from the face network whole, age head included: that network already errs less on
photographs unlike ours than one that was taught from a fresh head, and small steps, a pull back to
the start and `train.mix` keep it so. `amr_mobilenet_wide` is the second of the two that are mixed.

Paper: Zhao, Qian, Hou, Zeng, ICME 2022 (loss); body, data and augmentation are ours.
Command: python -m train.fit train/recipes/amr_mobilenet.py --cache CROPS --face-weights FILE
"""

from train.data.augment import Augmentation
from train.losses.amr import AMRLoss
from train.recipe import Recipe

RECIPE = Recipe(
    name="amr_mobilenet",
    data_sets=("utkface", "aaf"),
    loss=AMRLoss(mean_weight=0.05, residue_weight=0.05, sigma_years=2.0),
    augmentation=Augmentation(old=0.12),
    side_px=160,
    epochs=8,
    learning_rate=2e-4,
    head_factor=2.0,
    hidden=256,
    balance=0.45,
    pull=3.0,
    frozen_layers=9,
    bfloat16=True,
)
