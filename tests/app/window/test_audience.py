import time
from collections.abc import Callable, Iterator
from datetime import datetime

import numpy as np
import pytest

from app.window.audience import (
    Audience,
    Visit,
    by_dwell,
    by_hour,
    expected_by_age,
    hours_until,
    names_of,
    place_of,
)
from engine.sinks.palette import BANDS

AGES = np.arange(101, dtype=np.float32)


def visit(years: int, ended_s: float, dwell_s: float = 4.0, place: str = "door") -> Visit:
    return Visit(place, ended_s, dwell_s, AGES, np.eye(101, dtype=np.float32)[years], known=True)


def test_the_expected_audience_is_the_sum_of_beliefs() -> None:
    ages, people = expected_by_age([visit(20, 0), visit(20, 0), visit(70, 0)])
    assert people[20] == 2
    assert people[70] == 1
    assert people.sum() == pytest.approx(3)
    np.testing.assert_array_equal(ages, AGES)


def test_who_was_never_seen_well_counts_in_no_age() -> None:
    unknown = Visit("door", 0.0, 1.0, AGES, np.full(101, 1 / 101, np.float32), known=False)
    assert len(expected_by_age([unknown])[0]) == 0
    assert by_hour([unknown], 0.0, 2).sum() == 0
    assert by_dwell([unknown]).sum() == 1


def test_visits_fall_into_their_hours_and_bands() -> None:
    table = by_hour([visit(20, 10_000), visit(20, 6_000), visit(70, 9_999)], 10_000, 2)
    assert table.shape == (2, len(BANDS))
    assert table[1].tolist() == [0, 0, 1, 0, 0, 0, 0, 1]
    assert table[0].tolist() == [0, 0, 1, 0, 0, 0, 0, 0]
    assert by_hour([visit(20, 0.0)], 10_000, 2).sum() == 0, "longer ago"


def test_a_place_is_named_shortly_where_no_other_has_its_name() -> None:
    places = [place_of("north", "door"), place_of("south", "door"), place_of("south", "hall")]
    assert list(names_of([*places, place_of("yard", "")]).values()) == [
        "north \u00b7 door",
        "south \u00b7 door",
        "hall",
        "yard",
    ]
    assert list(names_of([place_of("door", ""), place_of("x", "door")]).values()) == [
        "door",
        "x \u00b7 door",
    ]


def at(words: str) -> float:
    return datetime.fromisoformat(words).timestamp()


@pytest.fixture
def clock_of(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Sets the zone of the local clock."""

    def setting(zone: str) -> None:
        monkeypatch.setenv("TZ", zone)
        time.tzset()

    yield setting
    monkeypatch.undo()
    time.tzset()


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="the zone cannot be set here")
@pytest.mark.parametrize("zone", ["Europe/Berlin", "Asia/Kolkata", "America/St_Johns"])
@pytest.mark.parametrize("minute", ["00", "05", "30", "59"])
def test_a_visit_stands_under_the_hour_that_the_clock_showed(
    clock_of: Callable[[str], None], zone: str, minute: str
) -> None:
    clock_of(zone)
    now_s, visit_s = at(f"2026-11-28 15:{minute}"), at("2026-11-28 14:20")
    table = by_hour([visit(20, visit_s)], now_s, 24)
    names = [time.strftime("%H:%M", time.localtime(t)) for t in hours_until(now_s, 24)]
    assert names[::23] == ["16:00", "15:00"]
    assert [name for name, count in zip(names, table.sum(1), strict=True) if count] == ["14:00"]


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="the zone cannot be set here")
@pytest.mark.parametrize(
    ("day", "first_hours"),
    [("2026-10-25", "00 01 02 02 03"), ("2026-03-29", "00 01 03 04"), ("2026-06-01", "00 01 02")],
)
def test_summer_time_moves_no_visit_into_another_hour(
    clock_of: Callable[[str], None], day: str, first_hours: str
) -> None:
    clock_of("Europe/Berlin")
    now_s, first_s = at(f"{day} 12:30"), at(f"{day} 00:10")
    hours = first_hours.split()
    visits = [visit(20, first_s + 3600 * passed) for passed in range(len(hours))]
    table = by_hour(visits, now_s, 24)
    names = [time.strftime("%H", time.localtime(t)) for t in hours_until(now_s, 24)]
    assert [n for n, count in zip(names, table.sum(1), strict=True) for _ in range(int(count))] == (
        hours
    )
    assert table.sum(1).max() == 1, "an hour that comes twice has two bars"


@pytest.mark.parametrize(
    ("dwell_s", "place"), [(0, 0), (4.9, 0), (5, 1), (29, 2), (30, 3), (60, 4), (9e9, 4)]
)
def test_dwell_falls_into_classes(dwell_s: float, place: int) -> None:
    assert np.argmax(by_dwell([visit(20, 0.0, dwell_s)])) == place


def test_visits_are_chosen_by_time_and_place() -> None:
    audience = Audience()
    audience.visits.extend([visit(20, 100), visit(30, 200, place="shop")])
    assert len(audience.since(150)) == 1
    assert len(audience.since(0, "shop")) == 1
    assert audience.places() == ["door", "shop"]
