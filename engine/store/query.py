"""Questions to the store.

People are counted by their beliefs: one visit spreads over the bands it may belong to, so that
sums over many visits are right where single ages are not.
"""

import json
import sqlite3
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from engine.values.age import Doubles
from engine.values.result import Status

HOUR_S = 3600
BANDS = (0, 13, 18, 25, 35, 45, 55, 65)
"""First age of each usual band; the last one is open."""

_AUDIENCE = """
    SELECT visits.first_at, visit_zones.zone, visit_zones.dwell_s, visit_zones.attention_s,
        visits.distribution, visits.status
    FROM visits JOIN visit_zones ON visit_zones.visit = visits.id
    WHERE visits.first_at >= :since AND visits.first_at < :until AND visits.distribution NOT NULL
        AND (:camera IS NULL OR visits.camera = :camera)
"""
_PRESENCE = """
    SELECT start_at, zone, ages_s FROM minutes
    WHERE start_at >= :since AND start_at < :until AND ages_s NOT NULL
        AND (:camera IS NULL OR camera = :camera)
"""


@dataclass(frozen=True, slots=True)
class Audience:
    """One hour in one zone.

    Attributes:
        hour_at: Unix time at which the hour begins, s.
        zone: Its name; "" for the whole picture.
        people: (B,) float64 expected visits by band, of those whose age is known.
        dwell_s: (B,) float64 seconds spent there, by band.
        attention_s: (B,) float64 of these with the face turned to the camera.
        unknown: Visits of people too small or too unclear to say: their belief is that about
            anybody, and counts nowhere above.
    """

    hour_at: int
    zone: str
    people: Doubles
    dwell_s: Doubles
    attention_s: Doubles
    unknown: int


def audience(
    connection: sqlite3.Connection,
    *,
    since: float,
    until: float,
    camera: str | None = None,
    bands: Sequence[int] = BANDS,
) -> list[Audience]:
    """Visits that began in a time, by hour, zone and age band.

    Args:
        connection: Of the store.
        since: Unix time, s.
        until: Unix time, s; not included.
        camera: Name of one camera; None for all.
        bands: First age of each band, ascending.

    Returns:
        Hours in order, zones in order of their names.
    """
    sums: dict[tuple[int, str], list[Doubles]] = {}
    unknown: Counter[tuple[int, str]] = Counter()
    rows = connection.execute(_AUDIENCE, {"since": since, "until": until, "camera": camera})
    for first_at, zone, dwell_s, attention_s, distribution, status in rows:
        place = int(first_at // HOUR_S) * HOUR_S, str(zone)
        people, dwell, attention = sums.setdefault(place, [np.zeros(len(bands)) for _ in range(3)])
        if status == Status.INSUFFICIENT:
            unknown[place] += 1
            continue
        share = in_bands(json.loads(distribution), bands)
        people += share
        dwell += dwell_s * share
        attention += attention_s * share
    return [
        Audience(hour_at, zone, people, dwell_s, attention_s, unknown[hour_at, zone])
        for (hour_at, zone), (people, dwell_s, attention_s) in sorted(sums.items())
    ]


def presence(
    connection: sqlite3.Connection,
    *,
    since: float,
    until: float,
    camera: str | None = None,
    bands: Sequence[int] = BANDS,
) -> dict[tuple[int, str], Doubles]:
    """(B,) person-seconds by age band for each hour (Unix s) and zone, from the minutes."""
    sums: dict[tuple[int, str], Doubles] = {}
    rows = connection.execute(_PRESENCE, {"since": since, "until": until, "camera": camera})
    for start_at, zone, ages_s in rows:
        place = start_at // HOUR_S * HOUR_S, str(zone)
        sums[place] = sums.get(place, np.zeros(len(bands))) + in_bands(json.loads(ages_s), bands)
    return sums


def in_bands(by_age: Sequence[float], bands: Sequence[int]) -> Doubles:
    """(B,) sums over bands [bands[b], bands[b+1]) of what is given for the ages from 0."""
    ends = [*bands, len(by_age)]
    return np.array([sum(by_age[first:end]) for first, end in pairwise(ends)])
