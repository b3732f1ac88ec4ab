import numpy as np
import pytest

from app.window.audience import Audience, Visit, by_dwell, by_hour, expected_by_age
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
