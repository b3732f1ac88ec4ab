"""The measured part of a model card: Markdown tables and a figure for each data set.

Everything is made from the answers of a model file, so that a card cannot say what was not
measured. In a card that exists only the part between the two marks is replaced.
"""

import math
import re
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from engine.values.age import AgeDistribution
from train.data.photo import Photo
from train.metrics import Doubles, Scores, epsilon_error, score
from train.thresholds import ADULTS, MINORS, Challenge, Reliability, challenge, reliability

BEGIN, END = "<!-- measured by train.evaluate -->", "<!-- end of what was measured -->"
LEAST_CLAIMED = 200
"""Photographs of the smallest group of which the card says whether its intervals hold."""
_LEAST_IMAGES = 25
_CHILDREN = 13
_DPI = 110
_TITLES = {
    "utkface": "UTKFace",
    "aaf": "All-Age-Faces",
    "fgnet": "FG-NET",
    "clap2016": "CLAP2016",
    "appa_real": "APPA-REAL",
}


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """Answers of a model about one data set.

    Attributes:
        name: Of the set.
        split: Of the set.
        photos: N labels.
        found: (N, A) answers.
        small: (N, A) answers about the same faces from afar, or None if they were not asked for.
        small_eye_px: Distance of the eyes in those.
    """

    name: str
    split: str
    photos: list[Photo]
    found: AgeDistribution
    small: AgeDistribution | None = None
    small_eye_px: int = 12

    @property
    def title(self) -> str:
        """Of the section and the figure."""
        shown = "all photographs" if self.split == "all" else f"{self.split} split"
        return f"{_TITLES.get(self.name, self.name)}, {shown}"

    @property
    def years(self) -> Doubles:
        """(N,) true ages."""
        return np.array([photo.age for photo in self.photos])

    def scores(self, rows: np.ndarray, found: AgeDistribution | None = None) -> Scores:
        """Scores of some photographs."""
        found = found or self.found
        part = AgeDistribution(found.ages, found.probs[rows])
        return score(part, self.years[rows], [self.photos[row].group for row in rows])


def _decade(photo: Photo) -> str:
    return f"{int(photo.age // 10) * 10:02d}s"


Name = Callable[[Photo], str]
_GROUPS: tuple[Name, ...] = (
    _decade,
    lambda photo: "children 0-12" if photo.age < _CHILDREN else "",
    lambda photo: photo.sex,
    lambda photo: photo.race,
)
_CLAIMED: tuple[Name, ...] = (
    lambda _: "all",
    _decade,
    lambda photo: photo.sex,
    lambda photo: f"{_decade(photo)}, {photo.sex}" if photo.sex else "",
)


def grouped(measured: Measured, names: Iterable[Name], least: int) -> dict[str, np.ndarray]:
    """Row numbers by group, for groups of at least so many photographs; "" is no group."""
    found: dict[str, np.ndarray] = {}
    for name_of in names:
        labels = np.array([name_of(photo) for photo in measured.photos])
        for label in sorted(set(labels.tolist()) - {""}):
            rows = np.nonzero(labels == label)[0]
            if len(rows) >= least:
                found[label] = rows
    return found


def scores_by_group(measured: Measured) -> dict[str, Scores]:
    """Scores of all photographs, and of decades, children, sexes and races that are not few."""
    every = {"all": np.arange(len(measured.photos))}
    groups = every | grouped(measured, _GROUPS, _LEAST_IMAGES)
    return {label: measured.scores(rows) for label, rows in groups.items()}


def write_card(path: Path, sets: list[Measured], model: str) -> None:
    """Write or renew the measured part of a card; figures go beside it.

    Args:
        path: The card. Text outside the marks is kept.
        sets: What was measured.
        model: What was measured with: name and digest.
    """
    parts = [BEGIN, f"Measured {time.strftime('%Y-%m-%d')} with {model}.", ""]
    for measured in sets:
        figure = path.with_name(f"{path.stem}.{measured.name}.png")
        draw(figure, measured)
        parts += [section(measured), f"![reliability, {measured.name}]({figure.name})", ""]
    block = "\n".join([*parts, END])
    old = path.read_text() if path.exists() else f"{BEGIN}{END}\n"
    marked = re.compile(re.escape(BEGIN) + ".*?" + re.escape(END), re.DOTALL)
    new = marked.sub(lambda _: block, old) if marked.search(old) else f"{old}\n{block}\n"
    partial = path.with_suffix(".partial")
    partial.write_text(new)
    partial.rename(path)


def section(measured: Measured) -> str:
    """All tables of a data set."""
    lines = [
        f"### {measured.title}",
        "",
        markdown(scores_by_group(measured)),
    ]
    if votes := votes_line(measured):
        lines += [votes, ""]
    lines += [*_intervals(measured), "", *_thresholds(measured), "", *_challenges(measured), ""]
    if measured.small is not None:
        lines += [*_afar(measured, measured.small), ""]
    return "\n".join(lines)


def votes_line(measured: Measured) -> str:
    """The ε-error against votes on how old people look, or "" where there are none."""
    votes_std = np.array([photo.votes_std for photo in measured.photos], np.float64)  # None is nan
    voted = int(np.isfinite(votes_std).sum())
    if not voted:
        return ""
    found = epsilon_error(measured.found.median(), measured.years, votes_std)
    return f"ε-error of the median: {found:.3f} of {voted} photographs that have votes."


def markdown(table: dict[str, Scores]) -> str:
    """Scores by group as a Markdown table."""
    headings = [
        *("", "images", "MAE (95 % interval)", "median error", "within 5", "bias", "CRPS"),
        *("in 50 %", "in 90 %", "width of 90 %"),
    ]
    rows = (
        [
            *(name, str(s.images), f"{s.mae:.2f} ({s.mae_low:.2f} to {s.mae_high:.2f})"),
            *(f"{s.median_error:.2f}", f"{s.cs5:.1%}", f"{s.bias:+.2f}", f"{s.crps:.2f}"),
            *(f"{s.cover50:.1%}", f"{s.cover90:.1%}", f"{s.width90:.1f}"),
        ]
        for name, s in table.items()
    )
    return "\n".join(_table(headings, rows)) + "\n"


def _intervals(measured: Measured) -> list[str]:
    groups = grouped(measured, _CLAIMED, LEAST_CLAIMED)
    if not groups:
        return [f"No group has {LEAST_CLAIMED} photographs."]
    scores = {label: measured.scores(rows) for label, rows in groups.items()}
    rows = (
        [label, str(s.images), f"{s.cover90:.1%}", f"{s.width90:.1f}", _verdict(label, s.cover90)]
        for label, s in scores.items()
    )
    headings = [f"at least {LEAST_CLAIMED} images", "images", "in 90 %", "mean width, years"]
    return _table([*headings, "88-92 % in all, 85-95 % in groups"], rows)


def _verdict(label: str, share: float) -> str:
    low, high = (0.88, 0.92) if label == "all" else (0.85, 0.95)
    return "yes" if low <= share <= high else "no"


def chances(measured: Measured) -> dict[str, Reliability]:
    """How true P(younger than 18) and P(25 or older) are."""
    years, found = measured.years, measured.found
    return {
        "P(< 18)": reliability(found.probability_below(18), years < 18),
        "P(>= 25)": reliability(found.probability_from(25), years >= 25),
    }


def _thresholds(measured: Measured) -> list[str]:
    rows = [
        [
            *(name, f"{r.brier:.4f}", f"{r.calibration_error:.4f}"),
            "; ".join(f"{b.claimed:.2f} → {b.found:.2f} ({b.images})" for b in r.bins),
        ]
        for name, r in chances(measured).items()
    ]
    return _table(["chance", "Brier", "ECE", "claimed → found (images), ten bins"], rows)


def challenges(measured: Measured) -> dict[str, Challenge]:
    """Challenge-25 on everybody and by sex."""
    groups = grouped(measured, (lambda _: "all", lambda photo: photo.sex), 1)
    medians = measured.found.median()
    return {name: challenge(medians[r], measured.years[r]) for name, r in groups.items()}


def _challenges(measured: Measured) -> list[str]:
    headings = [
        "Challenge-25 by the median",
        f"aged {MINORS[0]}-{MINORS[1]}",
        "of them passed (false positives)",
        f"aged {ADULTS[0]}-{ADULTS[1]}",
        "of them stopped (inconvenience)",
    ]
    rows = (
        [name, str(c.minors), _percent(c.passed), str(c.adults), _percent(c.stopped)]
        for name, c in challenges(measured).items()
    )
    return _table(headings, rows)


def _afar(measured: Measured, small: AgeDistribution) -> list[str]:
    every = np.arange(len(measured.photos))
    near, far = measured.scores(every), measured.scores(every, small)
    rows = (
        [name, f"{s.mae:.2f}", f"{s.bias:+.2f}", f"{s.cover90:.1%}", f"{s.width90:.1f}"]
        for name, s in (("full size", near), (f"{measured.small_eye_px} px", far))
    )
    lines = _table(["distance of the eyes", "MAE", "bias", "in 90 %", "width of 90 %"], rows)
    return [*lines, "", f"From afar the MAE grows by {far.mae - near.mae:+.2f} years."]


def _percent(share: float) -> str:
    return "" if math.isnan(share) else f"{share:.1%}"


def _table(headings: list[str], rows: Iterable[list[str]]) -> list[str]:
    every = [headings, ["---"] * len(headings), *rows]
    return ["| " + " | ".join(cells) + " |" for cells in every]


def draw(path: Path, measured: Measured) -> None:
    """Reliability of both thresholds and coverage by decade."""
    figure = Figure((13, 4), layout="constrained")
    figure.suptitle(measured.title)
    left, middle, right = figure.subplots(1, 3)
    for axes, (name, found) in zip((left, middle), chances(measured).items(), strict=True):
        _draw_reliability(axes, name, found)
    _draw_coverage(right, measured)
    partial = path.with_suffix(".partial.png")
    figure.savefig(partial, dpi=_DPI)
    partial.rename(path)


def _draw_reliability(axes: Axes, name: str, found: Reliability) -> None:
    axes.plot([0, 1], [0, 1], color="grey", linewidth=0.8)
    axes.plot([b.claimed for b in found.bins], [b.found for b in found.bins], "o-", markersize=4)
    axes.set(xlabel=f"claimed {name}", ylabel="found", xlim=(0, 1), ylim=(0, 1))
    axes.set_title(f"Brier {found.brier:.3f}, ECE {found.calibration_error:.3f}", fontsize=9)


def _draw_coverage(axes: Axes, measured: Measured) -> None:
    groups = grouped(measured, (_decade,), _LEAST_IMAGES)
    shares = [100 * measured.scores(rows).cover90 for rows in groups.values()]
    axes.bar(list(groups), shares)
    axes.axhspan(85, 95, color="grey", alpha=0.3)
    axes.set(xlabel="true age", ylabel="inside the 90 % interval, %", ylim=(50, 100))
