"""The shipped model's last epoch: calm pictures, small steps, from the end of `amr_mobilenet`.

Strong augmentation teaches the network to stand bad pictures and costs it some sharpness on good
ones; a short end with little of it wins that back.
Command: python -m train.fit train/recipes/amr_mobilenet_calm.py --cache CROPS
"""

from train.data.augment import Augmentation
from train.losses.amr import AMRLoss
from train.recipe import Recipe

RECIPE = Recipe(
    name="amr_mobilenet_calm",
    begins_with="amr_mobilenet",
    data_sets=("utkface", "aaf"),
    loss=AMRLoss(mean_weight=0.2, residue_weight=0.05, sigma_years=2.0),
    augmentation=Augmentation(
        degrees=4.0,
        zoom=0.05,
        shift=0.02,
        border=0.25,
        tone=0.12,
        grey=0.06,
        blur=0.08,
        small=0.12,
        jpeg=0.1,
        noise=0.05,
        cover=0.0,
    ),
    epochs=1,
    learning_rate=6e-5,
    head_factor=3.0,
    frozen_layers=9,
)
