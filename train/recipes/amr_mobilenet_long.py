"""Fourteen more epochs for the shipped model, with little pull back to where they start from.

After `amr_mobilenet` the network errs on its training photographs nearly as much as on others: it
has room to learn more.

Paper: Zhao, Qian, Hou, Zeng, ICME 2022 (loss); body, data and augmentation are ours.
Command: python -m train.fit train/recipes/amr_mobilenet_long.py --cache CROPS
"""

from dataclasses import replace

from train.recipes.amr_mobilenet import RECIPE as FIRST

RECIPE = replace(
    FIRST,
    name="amr_mobilenet_long",
    begins_with="amr_mobilenet",
    epochs=14,
    learning_rate=3e-4,
    pull=0.3,
    seed=3,
)
