"""Measure an exported age model on a split, by age band and group.

    python -m train.evaluate assets/models/age.onnx --cache CROPS --split test \
        --data utkface,aaf --card assets/models/age.MODEL_CARD.md --out scores.json

Look at test splits once per model. What is measured is the file that ships, on crops as the
engine cuts them. A data set that has no such split is measured whole if the model was not trained
on it (FG-NET). --card writes the measured part of the model card, with figures; see `train.card`.
"""

import argparse
import json
import logging
import sys
from collections.abc import Collection
from dataclasses import asdict
from pathlib import Path

import cv2
import numpy as np

from engine.errors import DataError
from engine.models.model import file_sha256
from engine.models.onnx import OnnxModel
from engine.stages.estimate import AgeEstimator
from engine.values.age import AgeDistribution
from engine.values.frame import Image
from train.card import Measured, markdown, scores_by_group, votes_line, write_card
from train.checkpoint import others_learnt
from train.command import ended
from train.data.augment import plain
from train.data.crops import HALF_SIDE, MARGIN, Crops, load

SMALL_EYE_PX = 12
_BATCH = 32
_log = logging.getLogger(__name__)


def evaluate(
    estimator: AgeEstimator,
    crops: Crops,
    split: str,
    learnt: Collection[str],
    *,
    afar: bool = False,
) -> Measured:
    """Ask a model about a split.

    Args:
        estimator: The model.
        crops: Of one data set.
        split: Of it; "all" for everything that is not dropped, as where there is no such split.
        learnt: Data sets that the model was trained on.
        afar: Whether the faces are shown from afar as well.

    Raises:
        DataError: There is no such split, and the model was trained on the set; or nothing of it
            is left that is not dropped.
    """
    rows, data_set = crops.rows(split), crops.photos[0].data_set
    if not rows and split != "all" and data_set in learnt:
        raise DataError(
            f"{data_set} has no {split} photographs, and the model was trained on others of it. "
            "Give --split all to measure it on those too."
        )
    shown = split if rows else "all"
    rows = rows or [row for row, name in enumerate(crops.splits) if name != "dropped"]
    if not rows:
        raise DataError(f"{data_set} has no photographs but those that are dropped")
    photos = [crops.photos[row] for row in rows]
    near = _answers(estimator, crops, rows, None)
    far = _answers(estimator, crops, rows, SMALL_EYE_PX) if afar else None
    return Measured(data_set, shown, photos, near, far, SMALL_EYE_PX)


def _answers(
    estimator: AgeEstimator, crops: Crops, rows: list[int], eye_px: int | None
) -> AgeDistribution:
    found = []
    for first in range(0, len(rows), _BATCH):
        pixels = np.asarray(crops.pixels[rows[first : first + _BATCH]])
        seen = pixels if eye_px is None else from_afar(pixels, eye_px)
        found.append(estimator(plain(seen, estimator.side_px)))
    return AgeDistribution(found[0].ages, np.concatenate([part.probs for part in found]))


def from_afar(crops: Image, eye_px: int) -> Image:
    """Crops as of faces whose eyes are `eye_px` apart: made small, and large again by the aligner.

    Args:
        crops: (N, S, S, 4) cached crops, of which a side is 2 HALF_SIDE MARGIN eye distances.
        eye_px: Distance of the eyes in px.
    """
    side, tiny = crops.shape[1], round(2 * HALF_SIDE * MARGIN * eye_px)
    small = [cv2.resize(crop, (tiny, tiny), interpolation=cv2.INTER_AREA) for crop in crops]
    large = [cv2.resize(crop, (side, side), interpolation=cv2.INTER_LINEAR) for crop in small]
    return np.asarray(large, np.uint8)


def main() -> None:
    """Evaluate from the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("model", type=Path)
    parser.add_argument("--cache", type=Path, default=Path("crops"))
    parser.add_argument("--data", default="utkface,aaf", help="comma-separated data sets")
    parser.add_argument("--split", choices=["val", "test", "all"], default="val")
    parser.add_argument("--out", type=Path, help="JSON file to write")
    parser.add_argument("--card", type=Path, help="model card whose measured part is written")
    arguments = parser.parse_args()
    model = OnnxModel(arguments.model, threads=2)
    estimator = AgeEstimator(model, batch=_BATCH)
    data_sets = arguments.data.split(",")
    learnt_crops = model.spec.facts.get("crops", ())  # older files do not tell
    if others := others_learnt(learnt_crops, data_sets, arguments.cache):
        _log.warning(
            "%s was trained from other crops of %s than are measured, and may have learnt from "
            "what is measured",
            *(arguments.model.name, ", ".join(others)),
        )
    sets = [
        evaluate(
            estimator,
            load(arguments.cache, name),
            arguments.split,
            model.spec.fact("data"),
            afar=arguments.card is not None,
        )
        for name in data_sets
    ]
    tables = {measured.name: scores_by_group(measured) for measured in sets}
    for measured in sets:
        sys.stdout.write(f"\n{measured.title}\n\n{markdown(tables[measured.name])}")
        if votes := votes_line(measured):
            sys.stdout.write(f"\n{votes}\n")
    if arguments.out:
        found = {n: {row: asdict(s) for row, s in t.items()} for n, t in tables.items()}
        arguments.out.write_text(json.dumps(found, indent=1))
    if arguments.card:
        digest = file_sha256(arguments.model)[:12]
        write_card(arguments.card, sets, f"`{arguments.model.name}` {digest}")


if __name__ == "__main__":
    sys.exit(ended(main))
