"""Mix a fine-tuned network with the one it started from.

    python -m train.mix runs/amr_mobilenet.pt --face-weights FILE.json
    python -m train.mix runs/amr_mobilenet_late.pt --share 0.75

        weights = (1 - share) * start + share * averaged

The start knows faces unlike those of our data sets; fine-tuning forgets some of that. Without
--share, shares are tried on the validation splits, and the smallest is taken whose error is within
one percent of the best one's. Writes `<checkpoint>_mixed.pt`, which tells its share.
Source: Wortsman et al., "Robust fine-tuning of zero-shot models" (WiSE-FT), CVPR 2022.
"""

import argparse
import copy
import logging
import sys
from pathlib import Path

import numpy as np
import torch

from engine.errors import DataError, SettingsError
from train.backbone import AgeNet
from train.checkpoint import (
    check_crops,
    digest_of,
    learnt_crops,
    load_average,
    read_checkpoint,
    recipe_of,
    start_of,
    write_checkpoint,
)
from train.command import ended
from train.data.crops import Crops
from train.fit import load_parts, logits_of
from train.recipe import Recipe

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


def mix(
    checkpoint: Path,
    recipe: Recipe,
    cache: Path,
    face_weights: Path | None,
    share: float | None = None,
) -> Path:
    """Write the mixed checkpoint and return its path.

    Args:
        checkpoint: The fine-tuned network.
        recipe: What made it.
        cache: Folder of cached crops.
        face_weights: Weights of the face network, for a recipe that begins with them.
        share: Of the fine-tuned network; None to choose it on the validation splits.

    Raises:
        DataError: The network that the recipe begins with is missing, or is not the one that the
            checkpoint began with; the share is to be chosen on other crops than it learnt from;
            or the disk is full.
        SettingsError: The share is none.
    """
    if share is not None and not 0 <= share <= 1:  # nan is none either
        raise SettingsError(f"a share is 0 to 1, not {share}")
    if not recipe.begins_with and face_weights is None:
        raise DataError(f"{recipe.name} begins with the face network: give --face-weights")
    state = read_checkpoint(checkpoint)
    start = start_of(recipe, checkpoint.parent, face_weights)
    origin = state.get("origin")  # older checkpoints do not tell
    if origin is not None and origin["weights"] != digest_of(start):
        raise DataError(
            f"{checkpoint} was trained from other weights than it would be mixed with. "
            "Give those it began with, or train it again with python -m train.fit --restart."
        )
    tuned = load_average(checkpoint, recipe.ages)
    if share is None:
        check_crops(learnt_crops(checkpoint), recipe.data_sets, cache)
        share = _chosen(start, tuned, recipe, cache)
    state["average"], state["share"] = mixed(start, tuned, share).state_dict(), share
    out = checkpoint.with_name(f"{checkpoint.stem}_mixed.pt")
    write_checkpoint(state, out)
    return out


def _chosen(start: AgeNet, tuned: AgeNet, recipe: Recipe, cache: Path) -> float:
    parts = load_parts(recipe, cache)
    errors = {share: error_of(mixed(start, tuned, share), recipe, parts) for share in SHARES}
    share = smallest_good(errors)
    for tried, error in errors.items():
        _log.info("share %.1f: validation MAE %.3f%s", tried, error, " *" * (tried == share))
    return share


def main() -> None:
    """Mix from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("--cache", type=Path, default=Path("crops"), help="folder of cached crops")
    parser.add_argument("--face-weights", type=Path, help="faceres-deep.json")
    parser.add_argument(
        "--share", type=float, help="0..1 of the fine-tuned network; chosen without it"
    )
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    mix(
        arguments.checkpoint,
        recipe_of(arguments.checkpoint),
        arguments.cache,
        arguments.face_weights,
        arguments.share,
    )


if __name__ == "__main__":
    sys.exit(ended(main))
