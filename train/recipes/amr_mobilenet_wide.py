"""`amr_mobilenet` with a wider target, another seed and half the epochs, to be mixed with it.

Two fine-tunes of one start that differ a little err differently, and the mean of their weights
errs less than either; see `train.mix`.

Command: python -m train.fit train/recipes/amr_mobilenet_wide.py --cache CROPS --face-weights FILE
"""

from train.data.augment import Augmentation
from train.losses.amr import AMRLoss
from train.recipe import Recipe

RECIPE = Recipe(
    name="amr_mobilenet_wide",
    data_sets=("utkface", "aaf"),
    loss=AMRLoss(mean_weight=0.05, residue_weight=0.05, sigma_years=3.0),
    augmentation=Augmentation(old=0.12),
    side_px=160,
    epochs=4,
    learning_rate=2e-4,
    head_factor=2.0,
    hidden=256,
    balance=0.45,
    pull=3.0,
    frozen_layers=9,
    bfloat16=True,
    seed=2,
)
