"""Make a trained network honest: how wide answers are, and how errors behave over a video.

    python -m train.calibrate runs/amr_mobilenet.pt --cache CROPS --clips FOLDER

Only validation splits are read here; one constant, `_ROOM`, was chosen on other pictures. Writes
`<checkpoint>.calibration.json`, which the export puts into the model file. The clips need no
labels: the noise about a track's own mean tells s_w and rho.
"""

import argparse
import json
import sys
from collections import defaultdict
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.errors import DataError
from engine.models.onnx import OnnxModel
from engine.settings import Settings
from engine.sources.address import open_source
from engine.stages.align import align, template
from engine.stages.detect import DetectorScale, YuNetDetector
from engine.stages.track import Tracker
from engine.values.age import AgeDistribution
from train.checkpoint import check_crops, digest_of, learnt_crops, load_average, recipe_of
from train.command import ended
from train.data.crops import DETECTOR, HALF_SIDE
from train.deployed import Deployed
from train.fit import load_parts, logits_of
from train.metrics import covered
from train.recipe import Recipe
from train.widths import Widths, fit_widths, groups_of

Doubles = NDArray[np.float64]
_LEAST_TRACK_FRAMES = 30
_LEAST_IN_BIN = 200
_MOST_BINS = 12
_RATES_APART = 1.05
_ROOM = 1.07
"""Temperatures are raised by this factor: faces before a camera are shown worse than photographs,
and intervals that hold just 90 % of those held 86 % in the scenes of `bench --truth`. Chosen on
those scenes, whose coverage is no check of it; of their 170 photographs of UTKFace 135 are of the
training split, 17 of validation, 13 of test and 5 of none."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """What the export writes beside the network.

    Attributes:
        temperatures: (A,) one for each age; logits are divided by their mean under the network's
            own distribution, so that each predicted age has the interval it needs.
        younger_years: (A,) how far answers are widened towards younger ages; see `train.widths`.
        older_years: (A,) and towards older ones.
        bias_years: s_b, error that stays with person, camera and light.
        noise_years: s_w, error that changes from frame to frame.
        rho: Autocorrelation of the noise at `interval_s`.
        interval_s: Frame interval of the clips.
        prior: (A,) age distribution of the validation photographs, smoothed.
        network: Names the weights that all this was measured of.
    """

    temperatures: list[float]
    younger_years: list[float]
    older_years: list[float]
    bias_years: float
    noise_years: float
    rho: float
    interval_s: float
    prior: list[float]
    network: str

    @property
    def widths(self) -> Widths:
        """What makes answers as wide as they must be."""
        return Widths(self.temperatures, self.younger_years, self.older_years)


def fit_temperatures(sets: list[tuple[Tensor, Tensor]], level: float = 0.9) -> list[float]:
    """Temperatures by predicted age at which intervals hold what they claim.

    Validation photographs are put into bins by the age the network predicts; in each the
    temperature is the least at which enough of them are covered (split conformal prediction with
    the temperature as score). Between the bins' middles it runs straight.
    Sources: Guo, Pleiss, Sun, Weinberger, "On calibration of modern neural networks", 2017, with
    coverage in place of likelihood; Vovk, "Conditional validity of inductive conformal
    predictors", 2012 (Mondrian bins).

    Args:
        sets: (N, A) logits and (N,) true ages of each data set, on an axis from 0 by 1.
        level: Probability that the intervals claim.
    """
    logits, years = torch.cat([z for z, _ in sets]), torch.cat([y for _, y in sets])
    axis = torch.arange(logits.shape[1], dtype=torch.float32)
    predicted = torch.softmax(logits, 1) @ axis
    middles, found = [], []
    for rows in _bins(predicted):
        middles.append(float(predicted[rows].mean()))
        found.append(_least_temperature(logits[rows], years[rows], level))
    between = np.interp(axis.numpy(), middles, found)
    return [round(float(t), 4) for t in between]


def _bins(predicted: Tensor) -> list[Tensor]:
    """Rows by predicted age, in bins of equal numbers."""
    count = max(1, min(_MOST_BINS, len(predicted) // _LEAST_IN_BIN))
    return list(torch.tensor_split(torch.argsort(predicted), count))


def _least_temperature(logits: Tensor, years: Tensor, level: float) -> float:
    asked = min(1.0, np.ceil((len(years) + 1) * level) / len(years))
    low, high = 0.3, 4.0
    for _ in range(16):  # coverage grows with temperature: halve the bracket
        middle = (low * high) ** 0.5
        low, high = (
            (low, middle) if _coverage(logits / middle, years, level) >= asked else (middle, high)
        )
    return high


def _coverage(logits: Tensor, years: Tensor, level: float) -> float:
    probs = torch.softmax(logits, 1).numpy()
    found = AgeDistribution(np.arange(probs.shape[1], dtype=np.float32), probs)
    return float(covered(found, years.numpy().astype(np.float64), level).mean())


def noise_model(series: list[Doubles]) -> tuple[float, float]:
    """Standard deviation and lag-1 autocorrelation of estimates about their track's mean.

    Args:
        series: One array of frame estimates in years a track, at equal intervals.

    Returns:
        (s_w in years, rho).

    Raises:
        DataError: There is no track.
    """
    if not series:
        raise DataError(
            f"no face is seen for {_LEAST_TRACK_FRAMES} frames of a clip, to learn from how ages "
            "move. Give longer clips of people."
        )
    residuals = [values - values.mean() for values in series]
    variance = sum(float(r @ r) for r in residuals) / sum(len(r) - 1 for r in residuals)
    lagged = sum(float(r[1:] @ r[:-1]) for r in residuals)
    power = sum(float(r[:-1] @ r[:-1]) for r in residuals)
    rho = lagged / power if power else 0.0  # a still picture shows no noise
    return float(np.sqrt(variance)), float(np.clip(rho, 0.0, 0.99))


def prior_of(years: Tensor, ages: int, sigma_years: float = 3.0) -> list[float]:
    """Age histogram of photographs, smoothed by a Gaussian and mixed with 10 % of uniform."""
    axis = torch.arange(ages, dtype=torch.float64)
    bumps = torch.softmax(-0.5 * ((axis[None] - years[:, None]) / sigma_years) ** 2, 1)
    prior = 0.9 * bumps.mean(0) + 0.1 / ages
    return [round(float(p), 7) for p in prior / prior.sum()]


def frame_interval(clip: Path) -> float:
    """Seconds from one picture of a clip to the next, by their times; gaps left out.

    Raises:
        DataError: It has fewer than two pictures.
    """
    with open_source(str(clip)) as source:
        steps = np.diff([frame.time_s for frame in source])
    if not len(steps):
        raise DataError(f"{clip} has no two pictures, to learn from how ages move")
    return float(steps[steps <= 1.5 * np.median(steps)].mean())


def common_interval(intervals: dict[str, float]) -> float:
    """Seconds from picture to picture of clips of one rate, of which three digits are believed.

    Matroska's times are whole milliseconds, which a short clip does not average out.

    Args:
        intervals: Of each clip, by name.

    Raises:
        DataError: The clips' rates differ by more than 5 %, so that rho would be of none of them.
    """
    quick, slow = (pick(intervals, key=intervals.__getitem__) for pick in (min, max))
    if intervals[slow] > _RATES_APART * intervals[quick]:
        raise DataError(
            f"{slow} has {1 / intervals[slow]:.3g} frames/s and {quick} "
            f"{1 / intervals[quick]:.3g}: how ages move from frame to frame is learnt at one rate. "
            "Give clips of one."
        )
    rate = float(f"{1 / np.median(list(intervals.values())):.3g}")
    return round(1 / rate, 5)


@torch.inference_mode()
def clip_estimates(deployed: Deployed, recipe: Recipe, clip: Path) -> list[Doubles]:
    """Mean ages frame by frame of every track of a clip that lasts a second."""
    detector = YuNetDetector(
        OnnxModel(DETECTOR, threads=2), DetectorScale(20, 10), score_threshold=0.3
    )
    settings = Settings()
    tracker = Tracker(settings.track, settings.detect)
    points = template(HALF_SIDE)
    axis = torch.arange(recipe.ages, dtype=torch.float32)
    series: dict[int, list[float]] = defaultdict(list)
    with open_source(str(clip)) as source:
        for frame in source:
            faces = tracker(frame, detector(frame)).faces
            if not len(faces):
                continue
            crops = align(frame.image, faces.landmarks, points, recipe.side_px)
            means = deployed(torch.from_numpy(crops)) @ axis
            for track, mean in zip(faces.track_ids, means, strict=True):
                series[int(track)].append(float(mean))
    return [
        np.array(values)
        for track, values in series.items()
        if track >= 0 and len(values) >= _LEAST_TRACK_FRAMES
    ]


def calibrate(checkpoint: Path, recipe: Recipe, cache: Path, clips: list[Path]) -> Calibration:
    """Fit everything on validation photographs and unlabelled clips.

    Raises:
        DataError: Checkpoint, crops or clips are not as they should be, or the crops others than
            the checkpoint has learnt from.
    """
    check_crops(learnt_crops(checkpoint), recipe.data_sets, cache)
    interval_s = common_interval({clip.name: frame_interval(clip) for clip in clips})
    net = load_average(checkpoint, recipe.ages)
    parts = load_parts(recipe, cache)
    sets = [
        (
            logits_of(net, part, part.rows("val"), recipe.side_px),
            torch.tensor([part.photos[row].age for row in part.rows("val")]),
        )
        for part in parts
    ]
    logits, years = torch.cat([z for z, _ in sets]), torch.cat([y for _, y in sets])
    photos = [part.photos[row] for part in parts for row in part.rows("val")]
    groups = groups_of([p.data_set for p in photos], years.tolist(), [p.sex for p in photos])
    widths = fit_widths(logits, years, groups, fit_temperatures(sets))
    widths = replace(widths, temperatures=[round(t * _ROOM, 4) for t in widths.temperatures])
    deployed = Deployed(net, widths).eval()
    probs = deployed.probabilities(logits)
    axis = torch.arange(recipe.ages, dtype=torch.float32)
    means = probs @ axis
    total = float((probs * (axis[None] - means[:, None]) ** 2).sum(1).mean())
    series = [s for clip in clips for s in clip_estimates(deployed, recipe, clip)]
    noise, rho = noise_model(series)
    return Calibration(
        temperatures=widths.temperatures,
        younger_years=widths.younger,
        older_years=widths.older,
        bias_years=round(float(np.sqrt(max(total - noise**2, 0.25 * total))), 3),
        noise_years=round(noise, 3),
        rho=round(rho, 4),
        interval_s=interval_s,
        prior=prior_of(years, recipe.ages),
        network=digest_of(net),
    )


def main() -> None:
    """Calibrate from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("--cache", type=Path, default=Path("crops"))
    parser.add_argument("--clips", type=Path, required=True, help="folder of *.mkv of one rate")
    arguments = parser.parse_args()
    clips = sorted(arguments.clips.glob("*.mkv"))
    if not clips:
        raise DataError(f"there is no clip *.mkv in {arguments.clips}, to learn from how ages move")
    found = calibrate(arguments.checkpoint, recipe_of(arguments.checkpoint), arguments.cache, clips)
    out = arguments.checkpoint.with_suffix(".calibration.json")
    out.write_text(json.dumps(asdict(found)))


if __name__ == "__main__":
    sys.exit(ended(main))
