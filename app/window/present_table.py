"""Who is in view, as a CSV file."""

import csv
from collections.abc import Sequence
from pathlib import Path

from app.window.presence import Person
from engine.values.age import AgeDistribution

_COLUMNS = (
    "source",
    "track",
    "median_years",
    "low90_years",
    "high90_years",
    "status",
    "quality",
    "present_s",
    "zone",
)


def write_present(path: Path, people: Sequence[Person]) -> None:
    """Write a row for each person.

    Raises:
        OSError: It cannot be written.
    """
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(_COLUMNS)
        writer.writerows(_row(person) for person in people)


def _row(person: Person) -> tuple[object, ...]:
    belief = AgeDistribution(person.ages, person.probs)
    low, high = belief.interval(0.9)
    years = (f"{float(value):.1f}" for value in (belief.median(), low, high))
    quality, present_s = f"{person.quality:.2f}", f"{person.present_s:.2f}"
    place = person.source, person.track_id
    return (*place, *years, person.status.value, quality, present_s, person.zone)
