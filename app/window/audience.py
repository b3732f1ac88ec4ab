"""Who has been here, in numbers: beliefs, visits and dwell. Keeps no pictures. Knows no Qt."""

import time
from bisect import bisect_right
from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.window.presence import Person
from engine.sinks.palette import BANDS, band_of
from engine.values.age import AgeDistribution, Floats
from engine.values.result import Status

_MOST = 20_000
_ZONE = "\n"
HOUR_S = 3600.0
DAY_S = 24 * HOUR_S
DWELL_S = (0.0, 5.0, 15.0, 30.0, 60.0)
"""Where the classes of dwell begin."""
Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Visit:
    """Somebody was here.

    Attributes:
        place: Source and zone, as `place_of` tells them from all others.
        ended_s: Seconds since 1970.
        dwell_s: How long.
        ages: (A,) years; one array for all visits.
        probs: (A,) the final belief.
        known: It is more than the prior.
    """

    place: str
    ended_s: float
    dwell_s: float
    ages: Floats
    probs: Floats
    known: bool


def place_of(source: str, zone: str) -> str:
    """One word for a zone of a source, "" for none: no other place has the same."""
    return f"{source}{_ZONE}{zone}" if zone else source


def names_of(places: Sequence[str]) -> dict[str, str]:
    """What to call each place: its zone or source alone, unless several are called so."""
    short = {place: place.rpartition(_ZONE)[2] for place in places}
    often = Counter(short.values())
    return {
        place: name if often[name] == 1 else place.replace(_ZONE, " · ")
        for place, name in short.items()
    }


def visit_of(person: Person, now_s: float) -> Visit:
    """A person's visit as it stands at a moment, in seconds since 1970."""
    return Visit(
        place=place_of(person.source, person.zone),
        ended_s=now_s,
        dwell_s=person.present_s,
        ages=person.ages,
        probs=person.probs,
        known=person.status is not Status.INSUFFICIENT,
    )


class Audience:
    """Counts visits, the last 20,000 of them."""

    def __init__(self) -> None:
        """Start with nobody."""
        self.visits: deque[Visit] = deque(maxlen=_MOST)

    def add(self, people: Sequence[Person], now_s: float) -> None:
        """Count people who have just left.

        Args:
            people: As they were last seen.
            now_s: Seconds since 1970.
        """
        self.visits.extend(visit_of(person, now_s) for person in people)

    def since(self, first_s: float, place: str = "") -> list[Visit]:
        """Visits that ended after a moment, all or those of a place."""
        return [v for v in self.visits if v.ended_s >= first_s and place in ("", v.place)]

    def places(self) -> list[str]:
        """Where there were visits, by source and zone in alphabetical order."""
        return sorted({visit.place for visit in self.visits})


def expected_by_age(visits: Sequence[Visit]) -> tuple[Numbers, Numbers]:
    """Ages (A,) in years and the expected number of visitors of each; empty for nobody."""
    known = [visit for visit in visits if visit.known]
    if not known:
        return np.zeros(0), np.zeros(0)
    expected = np.stack([visit.probs for visit in known]).sum(0, np.float64)
    return known[0].ages.astype(np.float64), expected


def expected_now(people: Sequence[Person]) -> tuple[Numbers, Numbers]:
    """The same of people who are in view."""
    return expected_by_age([visit_of(person, 0.0) for person in people])


def hours_until(now_s: float, hours: int) -> list[float]:
    """When the last hours of the local clock began, the running one last, in seconds since 1970.

    Where the clock is put back an hour comes twice, where it is put forward one is missing.
    """
    begun_s = [_hour_of(now_s)]
    while len(begun_s) < hours:
        begun_s.append(_hour_of(begun_s[-1] - 1))
    return begun_s[::-1]


def _hour_of(moment_s: float) -> float:
    """When the hour of the local clock began that a moment lies in."""
    clock = time.localtime(moment_s)
    return moment_s // 1 - clock.tm_min * 60 - clock.tm_sec


def by_hour(visits: Sequence[Visit], now_s: float, hours: int) -> Numbers:
    """(hours, bands) visits by the hour of the local clock and the median's age band.

    The hours are those of `hours_until`.
    """
    table = np.zeros((hours, len(BANDS)))
    begun_s = hours_until(now_s, hours)
    for visit in visits:
        if visit.known and begun_s[0] <= visit.ended_s <= now_s:
            median = float(AgeDistribution(visit.ages, visit.probs).median())
            hour = bisect_right(begun_s, visit.ended_s) - 1
            table[hour, BANDS.index(band_of(round(median)))] += 1
    return table


def by_dwell(visits: Sequence[Visit]) -> Numbers:
    """(5,) visits by how long they lasted, in the classes of `DWELL_S`."""
    classes = np.searchsorted(DWELL_S, [visit.dwell_s for visit in visits], side="right") - 1
    return np.bincount(classes.astype(int), minlength=len(DWELL_S)).astype(np.float64)
