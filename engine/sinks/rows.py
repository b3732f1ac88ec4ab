"""The two tables: their columns and how results become rows. Knows no file format.

These columns are a contract with later tools: add at the end, never rename.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto
from functools import lru_cache

from engine.values.age import AgeDistribution
from engine.values.result import AgeBelief, FrameResult, Track
from engine.values.text import printable

Value = str | int | float | list[float] | None
Row = tuple[Value, ...]


class Kind(Enum):
    """What a column holds."""

    TEXT = auto()
    INTEGER = auto()
    REAL = auto()
    REALS = auto()
    """Probabilities of the ages 0 to 100."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    Attributes:
        name: As in the files.
        kind: What it holds.
        decimals: Of REAL; fixed, so that two runs write the same bytes.
    """

    name: str
    kind: Kind
    decimals: int = 0


def _reals(decimals: int, names: str) -> tuple[Column, ...]:
    return tuple(Column(name, Kind.REAL, decimals) for name in names.split())


_AGES = _reals(2, "age_mean age_median age_p05 age_p25 age_p75 age_p95")
_STATUS = Column("status", Kind.TEXT)
_DISTRIBUTION = Column("distribution", Kind.REALS)
_SIGNIFICANT = 6
DISTRIBUTION_AGES = range(101)

FACE_COLUMNS = (
    Column("source", Kind.TEXT),
    Column("frame", Kind.INTEGER),
    *_reals(3, "time_s"),
    Column("image", Kind.TEXT),
    Column("track_id", Kind.INTEGER),
    *_reals(1, "x1 y1 x2 y2"),
    *_reals(4, "score quality"),
    *_reals(2, "estimate_mean"),
    *_AGES,
    _STATUS,
)
TRACK_COLUMNS = (
    Column("source", Kind.TEXT),
    Column("track_id", Kind.INTEGER),
    *_reals(3, "first_s last_s"),
    Column("frames", Kind.INTEGER),
    Column("estimates", Kind.INTEGER),
    *_AGES,
    *_reals(4, "p_under_13 p_under_16 p_under_18 p_over_21 p_over_25 quality"),
    _STATUS,
)


def with_distribution(columns: tuple[Column, ...]) -> tuple[Column, ...]:
    """The columns and the whole distribution at their end."""
    return (*columns, _DISTRIBUTION)


def face_rows(result: FrameResult, columns: tuple[Column, ...]) -> list[Row]:
    """One row for each face of a frame; none for a frame that was passed over."""
    if not result.looked or not len(result.faces):
        return []
    frame, faces = result.frame, result.faces
    place = zip(
        faces.track_ids.tolist(),
        faces.boxes.tolist(),
        faces.scores.tolist(),
        result.quality.tolist(),
        _means(result),
        strict=True,
    )
    source, picture = printable(frame.source), printable(frame.picture)
    time_s = _real(frame.time_s, 3)
    return [
        _row(
            columns,
            source,
            frame.index,
            time_s,
            picture,
            track_id,
            *[_real(edge, 1) for edge in box],
            _real(score, 4),
            _real(quality, 4),
            _real(estimate, 2),
            *_years(belief),
            belief.status.value,
            belief=belief,
        )
        for (track_id, box, score, quality, estimate), belief in zip(
            place, result.beliefs, strict=True
        )
    ]


def _means(result: FrameResult) -> list[float]:
    """Mean of each face's own estimate; NaN where there is none."""
    if result.estimates is None or not result.detected:
        return [math.nan] * len(result.faces)
    means: list[float] = result.estimates.mean().tolist()
    return means


def track_rows(tracks: Sequence[Track], columns: tuple[Column, ...]) -> list[Row]:
    """One row for each track that ended."""
    return [
        _row(
            columns,
            printable(track.source),
            track.track_id,
            _real(track.first_s, 3),
            _real(track.last_s, 3),
            track.frames,
            track.belief.estimates,
            *_years(track.belief),
            *_thresholds(track.belief.distribution),
            _real(track.quality, 4),
            track.belief.status.value,
            belief=track.belief,
        )
        for track in tracks
    ]


@lru_cache(maxsize=256)
def _years(belief: AgeBelief) -> tuple[float | None, ...]:
    """Mean, median and quantiles in years; a belief stays the same for many frames."""
    distribution = belief.distribution
    quantiles = distribution.quantiles((0.5, 0.05, 0.25, 0.75, 0.95))
    return tuple(_real(years, 2) for years in (float(distribution.mean()), *quantiles.tolist()))


def _thresholds(distribution: AgeDistribution) -> list[float | None]:
    under = [float(distribution.probability_below(age)) for age in (13, 16, 18)]
    over = [float(distribution.probability_from(age)) for age in (21, 25)]
    return [_real(probability, 4) for probability in under + over]


def _row(columns: tuple[Column, ...], *values: Value, belief: AgeBelief) -> Row:
    """The values, and the belief's distribution where the columns have one."""
    if columns[-1].kind is not Kind.REALS:
        return values
    probs = belief.distribution.probs.tolist()
    if len(probs) != len(DISTRIBUTION_AGES):
        raise ValueError(f"the tables hold the ages 0 to 100; got {len(probs)} probabilities")
    return (*values, [float(f"{number:.{_SIGNIFICANT}g}") for number in probs])


def _real(value: float, decimals: int) -> float | None:
    """Round to what the tables tell; NaN and infinity become None."""
    # Adding zero turns the -0.0 of a small negative number into 0.0.
    return round(value, decimals) + 0.0 if math.isfinite(value) else None
