"""Ages from all layers: kernel ridge regression on what pre-trained age heads leave unexplained.

    log(y + 3) = log(m + 3) + c + k(x)^T a,   a = (K + penalty I)^-1 r
    K_nm = exp(-mean_b d_b(n, m) / (reach^2 median d_b) - (log m_n - log m_m)^2 / 2 span^2)

m is the age that the heads of the pre-trained networks expect (geometric mean over networks and
views), r what it lacks, and d_b the squared distance of two faces in block b: what one layer of one
network sees in one view of them. Early layers see skin, late ones see ages; faces of a child and
an adult teach each other little however alike they are. Penalty, reach and span are those with the
smallest error on people left out one by one, which ridge regression gives in closed form; how far
those answers are off is how wide later ones are. Watched people are not asked.
Sources: Bukar and Ugail, "Automatic age estimation from facial profile view", 2017, for layers
before the last; Rasmussen and Williams, "Gaussian processes for machine learning", 2006, chapter 5
for leaving out.
"""

from dataclasses import dataclass
from functools import cache
from itertools import product

import cv2
import numpy as np
import torch
from torch import Tensor

from engine.errors import SettingsError
from engine.values.age import AgeDistribution, Doubles, Floats
from engine.values.frame import Image
from train.backbone import AgeNet
from train.methods.classic.remember import remembered
from train.methods.classic.shallow import at_most
from train.methods.method import Samples, Spread

VIEWS = ((1.0, 1.0), (1.0, 1.2), (1.23, 1.1))
"""How far a crop is zoomed into, and the side it is then brought to in sides of the crop."""
_OFFSET_YEARS = 3.0
_OLDEST = 100.0
_FLOOR, _TINY = np.float32(0.1), np.float32(1e-9)


@dataclass(frozen=True, slots=True)
class AllLayers:
    """One row of the benchmark.

    Attributes:
        name: Of the row.
        reaches: Candidates for the kernel's width in units of the median distance.
        spans: Candidates for how far apart in log years faces teach each other.
        penalties: Candidates.
        most: Samples learnt from at most: the kernel grows with their square.
    """

    name: str
    reaches: tuple[float, ...] = (1.0, 1.5)
    spans: tuple[float, ...] = (0.4, 0.8)
    penalties: tuple[float, ...] = (0.03, 0.1, 0.3)
    most: int = 4000

    def fit(self, train: Samples, watch: Samples, seed: int) -> "RidgePredictor":  # noqa: ARG002
        """Learn from `train` alone: answers on `watch` are then as far off as on anyone.

        Raises:
            SettingsError: Neither the backbone nor the face network has an age head.
        """
        if not _nets(train):
            raise SettingsError(
                "all_layers asks networks that have learnt ages; give --face-weights "
                "faceres-deep.json, or a backbone of train.fit"
            )
        samples = at_most(train, self.most, seed)
        years, groups = samples.years, samples.groups
        known = KnownFaces.of(sight_of(samples))
        lacking = np.log(years.astype(np.float64) + _OFFSET_YEARS) - known.log_guess
        gaps = known.gaps(known.sight)
        found = {}
        for reach, span, penalty in product(self.reaches, self.spans, self.penalties):
            logs = known.log_guess + left_out(gaps.kernel(reach, span), lacking, groups, penalty)
            found[reach, span, penalty] = _years(logs)
        best = min(found, key=lambda key: float(np.abs(found[key] - years).mean()))
        kernel = gaps.kernel(*best[:2]) + best[2] * np.eye(len(years))
        weights = np.linalg.solve(kernel, lacking - lacking.mean())
        spread = Spread.of(found[best], years)
        return RidgePredictor(known, best[:2], weights, float(lacking.mean()), spread)


@dataclass(frozen=True, slots=True, eq=False)
class Sight:
    """What the networks see in N faces.

    Attributes:
        blocks: (N, D) each: the square roots of one layer's responses in one view.
        log_guess: (N,) log of the ages that the heads expect, plus 3 years.
    """

    blocks: list[Floats]
    log_guess: Doubles


@dataclass(frozen=True, slots=True, eq=False)
class KnownFaces:
    """M faces that others are compared with.

    Attributes:
        middles: (D,) mean of each block's columns.
        deviations: (D,) their deviations.
        sight: What is seen in the faces, each column with mean 0 and deviation 1.
        medians: Median squared distance in each block.
    """

    middles: list[Floats]
    deviations: list[Floats]
    sight: Sight
    medians: list[float]

    @classmethod
    def of(cls, sight: Sight) -> "KnownFaces":
        """Learn scales from the faces themselves."""
        middles, deviations = scales(sight.blocks)
        scaled = _scaled(sight, middles, deviations)
        medians = [max(float(np.median(squares(b, b))), 1e-9) for b in scaled.blocks]
        return cls(middles, deviations, scaled, medians)

    @property
    def log_guess(self) -> Doubles:
        """(M,) what the heads expect of them."""
        return self.sight.log_guess

    def scaled(self, sight: Sight) -> Sight:
        """Other faces, in the scales of these."""
        return _scaled(sight, self.middles, self.deviations)

    def gaps(self, scaled: Sight) -> "Gaps":
        """How unlike N scaled faces are the known ones."""
        every = zip(scaled.blocks, self.sight.blocks, self.medians, strict=True)
        away = sum(squares(b, o) / np.float32(m) for b, o, m in every) / len(self.medians)
        return Gaps(np.asarray(away), scaled.log_guess[:, None] - self.log_guess)


@dataclass(frozen=True, slots=True, eq=False)
class Gaps:
    """Between N faces and M known ones.

    Attributes:
        away: (N, M) squared distance over its median, mean over blocks.
        apart: (N, M) difference of the log guesses.
    """

    away: Floats
    apart: Doubles

    def kernel(self, reach: float, span: float) -> Doubles:
        """(N, M)."""
        return np.exp(-self.away.astype(np.float64) / reach**2 - 0.5 * (self.apart / span) ** 2)


@dataclass(frozen=True, slots=True, eq=False)
class RidgePredictor:
    """What was learnt: known faces, reach and span, weights, and how far answers are off."""

    known: KnownFaces
    widths: tuple[float, float]
    weights: Doubles
    offset: float
    spread: Spread

    def __call__(self, samples: Samples) -> AgeDistribution:
        """(N, 101) distributions."""
        sight = sight_of(samples)
        near = self.known.gaps(self.known.scaled(sight)).kernel(*self.widths)
        return self.spread.around(_years(sight.log_guess + self.offset + near @ self.weights))


def scales(blocks: list[Floats]) -> tuple[list[Floats], list[Floats]]:
    """Means and deviations of the columns of (N, D) blocks, (D,) each.

    A response that hardly ever changes would shout where it does; so no deviation is below a tenth
    of its block's mean one.
    """
    deviations = [block.std(0) for block in blocks]
    deviations = [d + _FLOOR * d.mean() + _TINY for d in deviations]
    return [block.mean(0) for block in blocks], deviations


def _scaled(sight: Sight, middles: list[Floats], deviations: list[Floats]) -> Sight:
    every = zip(sight.blocks, middles, deviations, strict=True)
    return Sight([np.asarray((b - m) / d, np.float32) for b, m, d in every], sight.log_guess)


def left_out(kernel: Doubles, wanted: Doubles, groups: np.ndarray, penalty: float) -> Doubles:
    """(N,) ridge answers for each sample by all samples of other groups.

    Args:
        kernel: (N, N).
        wanted: (N,) targets; their mean is the offset.
        groups: (N,) names.
        penalty: Added to the diagonal.
    """
    inverse = np.linalg.inv(kernel + penalty * np.eye(len(kernel)))
    weights = inverse @ (wanted - wanted.mean())
    found = np.empty(len(wanted))
    for group in np.unique(groups):
        rows = np.flatnonzero(groups == group)
        found[rows] = wanted[rows] - np.linalg.solve(inverse[np.ix_(rows, rows)], weights[rows])
    return found


def squares(x: Floats, other: Floats) -> Floats:
    """(N, M) squared distances between rows."""
    lengths = (x**2).sum(1)[:, None] + (other**2).sum(1)
    return np.maximum(lengths - 2 * x @ other.T, 0)


def sight_of(samples: Samples) -> Sight:
    """What the backbone and the face network see, those of them that have learnt ages."""
    blocks: list[Floats] = []
    guesses = []
    for net in _nets(samples):
        for zoom, side in VIEWS:
            look = _look(net, zoom, side)
            seen = remembered(samples.crops, look)
            guesses.append(np.log(seen[:, 0].astype(np.float64) + _OFFSET_YEARS))
            blocks += np.split(np.sqrt(seen[:, 1:]), np.cumsum(look.widths)[:-1], 1)
    return Sight(blocks, np.mean(guesses, 0))


def _nets(samples: Samples) -> list[AgeNet]:
    every = (samples.backbone, samples.face)
    return [net for net in every if net is not None and net.knows_ages]


def _years(logs: Doubles) -> Doubles:
    return np.clip(np.exp(logs) - _OFFSET_YEARS, 0, _OLDEST)


@cache
def _look(net: AgeNet, zoom: float, side: float) -> "_Look":
    """The same object for the same question: descriptions are remembered by it."""
    return _Look(net, zoom, side)


class _Look:
    """Describes crops by one network in one view: an expected age, then blocks of responses."""

    def __init__(self, net: AgeNet, zoom: float, side: float) -> None:
        self._net, self._zoom, self._side = net, zoom, side
        self.widths = net.response_widths()

    @torch.inference_mode()
    def __call__(self, crops: Image) -> Floats:
        """(N, S, S, 3) uint8 RGB to (N, 1 + D), means over crop and mirrored crop."""
        images = torch.from_numpy(_zoomed(crops, self._zoom, self._side)).permute(0, 3, 1, 2)
        images = images.float().contiguous(memory_format=torch.channels_last)
        return ((self._seen(images) + self._seen(images.flip(3))) / 2).numpy()

    def _seen(self, images: Tensor) -> Tensor:
        net = self._net
        features, responses = net.responses(images)
        ages = torch.softmax(net.head(features), 1) @ torch.arange(float(net.ages))
        return torch.cat([ages[:, None], responses], 1)


def _zoomed(crops: Image, zoom: float, side: float) -> Image:
    whole = crops.shape[1]
    inner = round(whole / zoom)
    edge = (whole - inner) // 2
    wanted = max(32, 16 * round(whole * side / 16))
    middle = crops[:, edge : edge + inner, edge : edge + inner]
    how = cv2.INTER_AREA if wanted < inner else cv2.INTER_CUBIC
    scaled = [cv2.resize(crop, (wanted, wanted), interpolation=how) for crop in middle]
    return np.asarray(scaled, np.uint8)
