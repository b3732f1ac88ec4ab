"""Second stage of the shipped model: late layers and head, ages as the sets have them.

The first stage sees rare ages more often; its head guesses as if they were that frequent. Here the
late layers see ages nearly as the sets have them, and a sharper target. Crops are changed as much
as in the first stage: with less, errors are 0.03 years smaller and intervals too narrow for
pictures from a camera.

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
    loss=AMRLoss(mean_weight=0.05, residue_weight=0.05, sigma_years=1.5),
    augmentation=Augmentation(old=0.12),
    side_px=160,
    epochs=4,
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
