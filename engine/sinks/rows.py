"""The two tables: their columns and how results become rows. Knows no file format.

These columns are a contract with later tools: add at the end, never rename.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto

import numpy as np

from engine.values.age import AgeDistribution, Doubles
from engine.values.result import AgeBelief, FrameResult, Track

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
    ages = _ages(result.beliefs)
    seen = np.full(len(faces), np.nan) if result.estimates is None else result.estimates.mean()
    return [
        _row(
            columns,
            frame.source,
            frame.index,
            frame.time_s,
            frame.picture,
            int(faces.track_ids[at]),
            *faces.boxes[at].tolist(),
            float(faces.scores[at]),
            float(result.quality[at]),
            float(seen[at]),
            *ages[at].tolist(),
            str(belief.status),
            belief.distribution.probs.tolist(),
        )
        for at, belief in enumerate(result.beliefs)
    ]


def track_rows(tracks: Sequence[Track], columns: tuple[Column, ...]) -> list[Row]:
    """One row for each track that ended."""
    ages = _ages([track.belief for track in tracks])
    return [
        _row(
            columns,
            track.source,
            track.track_id,
            track.first_s,
            track.last_s,
            track.frames,
            track.belief.estimates,
            *years.tolist(),
            *_thresholds(track.belief.distribution),
            track.quality,
            str(track.belief.status),
            track.belief.distribution.probs.tolist(),
        )
        for track, years in zip(tracks, ages, strict=True)
    ]


def _ages(beliefs: Sequence[AgeBelief]) -> Doubles:
    """(N, 6) mean, median and quantiles in years."""
    if not beliefs:
        return np.zeros((0, 6))
    together = AgeDistribution(
        beliefs[0].distribution.ages, np.stack([belief.distribution.probs for belief in beliefs])
    )
    levels = [together.quantile(level) for level in (0.5, 0.05, 0.25, 0.75, 0.95)]
    return np.stack([together.mean(), *levels], 1)


def _thresholds(distribution: AgeDistribution) -> list[float]:
    under = [float(distribution.probability_below(age)) for age in (13, 16, 18)]
    return under + [float(distribution.probability_from(age)) for age in (21, 25)]


def _row(columns: tuple[Column, ...], *values: Value) -> Row:
    return tuple(_stored(value, column) for value, column in zip(values, columns, strict=False))


def _stored(value: Value, column: Column) -> Value:
    """Round a value to what the tables tell; NaN and infinity become None."""
    if isinstance(value, list):
        if len(value) != len(DISTRIBUTION_AGES):
            raise ValueError(f"the tables hold the ages 0 to 100; got {len(value)} probabilities")
        return [float(f"{number:.{_SIGNIFICANT}g}") for number in value]
    if isinstance(value, str):
        # File names need not be text; what is no UTF-8 in them is written out as \\udc..
        return value.encode("utf-8", "backslashreplace").decode()
    if column.kind is Kind.REAL and value is not None:
        # Adding zero turns the -0.0 of a small negative number into 0.0.
        return round(float(value), column.decimals) + 0.0 if math.isfinite(value) else None
    return value
