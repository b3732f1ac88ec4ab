"""Mix a fine-tuned network with the face network it started from.

    python -m train.mix runs/amr_mobilenet.pt --face-weights FILE.json

        weights = (1 - share) * start + share * averaged

The face network knows faces unlike those of our data sets; fine-tuning forgets some of that. Shares
are tried on the validation splits, and the smallest is taken whose error is within one percent of
the best one's. Writes `<checkpoint>_mixed.pt`.
Source: Wortsman et al., "Robust fine-tuning of zero-shot models" (WiSE-FT), CVPR 2022.
"""

import argparse
import copy
import logging
import sys
from pathlib import Path

import numpy as np
import torch

from train.backbone import AgeNet, load_face_weights
from train.command import ended
from train.data.crops import Crops, load
from train.fit import load_average, logits_of, read_checkpoint
from train.recipe import Recipe, load_recipe

SHARES = (0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
TOLERANCE = 1.01
_log = logging.getLogger(__name__)


def mixed(start: AgeNet, tuned: AgeNet, share: float) -> AgeNet:
    """A network on the straight line between two of the same shape; share 1 is `tuned`."""
    net = copy.deepcopy(tuned)
    with torch.no_grad():
        for weight, origin in zip(net.parameters(), start.parameters(), strict=True):
            weight.lerp_(origin, 1 - share)
    return net


def smallest_good(errors: dict[float, float]) -> float:
    """The smallest share whose error is within TOLERANCE of the least."""
    best = min(errors.values())
    return min(share for share, error in errors.items() if error <= TOLERANCE * best)


def error_of(net: AgeNet, recipe: Recipe, parts: list[Crops]) -> float:
    """Validation MAE of the median age in years, each data set counting alike."""
    errors = []
    for part in parts:
        rows = part.rows("val")
        probs = torch.softmax(logits_of(net, part, rows, recipe.side_px), 1)
        medians = (probs.cumsum(1) < 0.5).sum(1)
        years = torch.tensor([part.photos[row].age for row in rows])
        errors.append(float((medians - years).abs().mean()))
    return float(np.mean(errors))


def mix(checkpoint: Path, recipe: Recipe, cache: Path, face_weights: Path) -> Path:
    """Choose the share, write the mixed checkpoint and return its path."""
    start = AgeNet(recipe.ages, hidden=recipe.hidden)
    load_face_weights(start, face_weights)
    tuned = load_average(checkpoint, recipe.ages)
    parts = [load(cache, name) for name in recipe.data_sets]
    errors = {share: error_of(mixed(start, tuned, share), recipe, parts) for share in SHARES}
    share = smallest_good(errors)
    for tried, error in errors.items():
        _log.info("share %.1f: validation MAE %.3f%s", tried, error, " *" * (tried == share))
    state = read_checkpoint(checkpoint)
    state["average"] = mixed(start, tuned, share).state_dict()
    out = checkpoint.with_name(f"{checkpoint.stem}_mixed.pt")
    torch.save(state, out.with_suffix(".partial"))
    out.with_suffix(".partial").rename(out)
    return out


def main() -> None:
    """Mix from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("--recipe", type=Path, default=Path("train/recipes/amr_mobilenet.py"))
    parser.add_argument("--cache", type=Path, default=Path("crops"), help="folder of cached crops")
    parser.add_argument("--face-weights", type=Path, required=True, help="faceres-deep.json")
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    mix(
        arguments.checkpoint,
        load_recipe(arguments.recipe),
        arguments.cache,
        arguments.face_weights,
    )


if __name__ == "__main__":
    sys.exit(ended(main))
