"""Measure an exported age model on a split, by age band and group.

    python -m train.evaluate assets/models/age.onnx --cache CROPS --split val --out scores.json

Look at test splits once per model. What is measured is the file that ships, on crops as the
engine cuts them.
"""

import argparse
import json
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import numpy as np

from engine.models.onnx import OnnxModel
from engine.stages.estimate import AgeEstimator
from train.data.augment import plain
from train.data.crops import Crops, load
from train.data.photo import Photo
from train.metrics import Scores, score

_LEAST_IMAGES = 25
_BATCH = 32


def evaluate(model: Path, crops: Crops, split: str) -> dict[str, Scores]:
    """Scores of a model file on a split.

    Returns:
        Scores by row name: "all", then decades, sexes and races with enough photographs.
    """
    rows = crops.rows(split) if split != "all" else list(range(len(crops.photos)))
    estimator = AgeEstimator(OnnxModel(model, threads=2), batch=_BATCH)
    found = estimator(plain(np.asarray(crops.pixels[rows]), estimator.side_px))
    photos = [crops.photos[row] for row in rows]
    years = np.array([photo.age for photo in photos])
    names: dict[str, Callable[[Photo], str]] = {
        "all": lambda _: "all",
        "decade": lambda photo: f"{int(photo.age // 10) * 10:02d}s",
        "sex": lambda photo: photo.sex,
        "race": lambda photo: photo.race,
    }
    table: dict[str, Scores] = {}
    for name_of in names.values():
        labels = np.array([name_of(photo) for photo in photos])
        for label in sorted(set(labels.tolist()) - {""}):
            chosen = np.nonzero(labels == label)[0]
            if len(chosen) < _LEAST_IMAGES:
                continue
            part = type(found)(found.ages, found.probs[chosen])
            table[label] = score(part, years[chosen], [photos[i].group for i in chosen])
    return table


def markdown(table: dict[str, Scores]) -> str:
    """The table as Markdown."""
    lines = [
        "| | images | MAE (95 % interval) | median error | within 5 | bias | CRPS "
        "| in 50 % | in 90 % | width of 90 % |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {name} | {s.images} | {s.mae:.2f} ({s.mae_low:.2f} to {s.mae_high:.2f}) "
        f"| {s.median_error:.2f} | {s.cs5:.1%} | {s.bias:+.2f} | {s.crps:.2f} "
        f"| {s.cover50:.1%} | {s.cover90:.1%} | {s.width90:.1f} |"
        for name, s in table.items()
    ]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Evaluate from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", type=Path)
    parser.add_argument("--cache", type=Path, default=Path("crops"))
    parser.add_argument("--data", default="utkface,aaf", help="comma-separated data sets")
    parser.add_argument("--split", choices=["val", "test", "all"], default="val")
    parser.add_argument("--out", type=Path, help="JSON file to write")
    arguments = parser.parse_args()
    tables = {
        name: evaluate(arguments.model, load(arguments.cache, name), arguments.split)
        for name in arguments.data.split(",")
    }
    for name, table in tables.items():
        sys.stdout.write(f"\n{name}, {arguments.split} split\n\n{markdown(table)}")
    if arguments.out:
        found = {n: {row: asdict(s) for row, s in t.items()} for n, t in tables.items()}
        arguments.out.write_text(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
