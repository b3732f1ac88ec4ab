"""Second stage of the shipped model: late layers and head, ages as the sets have them.

The first stage sees rare ages more often and crops worse than they are. That makes its layers
robust, but its head guesses as if every age were as frequent as it was shown. Here the late layers
see the sets' own ages, milder changes, and a sharper target.

Paper: Zhao, Qian, Hou, Zeng, ICME 2022 (loss). Two stages: Kang et al., "Decoupling representation
and classifier for long-tailed recognition", ICLR 2020, with their sampling the other way round.
Command: python -m train.fit train/recipes/amr_mobilenet_late.py --cache CROPS
"""

from train.data.augment import Augmentation
from train.losses.amr import AMRLoss
from train.recipe import Recipe

RECIPE = Recipe(
    name="amr_mobilenet_late",
    data_sets=("utkface", "aaf"),
    loss=AMRLoss(mean_weight=0.05, residue_weight=0.05, sigma_years=1.0),
    augmentation=Augmentation(
        degrees=6.0,
        zoom=0.06,
        shift=0.02,
        border=0.15,
        tone=0.1,
        grey=0.08,
        old=0.06,
        blur=0.1,
        small=0.15,
        jpeg=0.1,
        noise=0.05,
        cover=0.02,
    ),
    side_px=160,
    epochs=6,
    learning_rate=1e-4,
    head_factor=10.0,
    pull=3.0,
    dropout=0.3,
    hidden=256,
    balance=0.1,
    frozen_layers=21,
    bfloat16=True,
    begins_with="amr_mobilenet_mixed",
)
