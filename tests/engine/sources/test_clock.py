from fractions import Fraction
from itertools import pairwise

import pytest

from engine.sources.clock import MediaClock, RateCap, ReceiveClock

MILLISECONDS = Fraction(1, 1000)


@pytest.mark.parametrize(
    ("stamps", "expected"),
    [
        ([0, 40, 80], [0, 0.04, 0.08]),
        ([7000, 7040, 9000], [0, 0.04, 2]),
        ([-40, 0, 40], [0, 0.04, 0.08]),
        ([0, None, 80, None], [0, 0.04, 0.08, 0.12]),
        ([None, 3600_000, 3600_040], [0, 0.04, 0.08]),
        ([None, None], [0, 0.04]),
        ([0, 40, 10, 80], [0, 0.04, 0.04, 0.08]),
        ([5000, 5040, 0, 40, 80], [0, 0.04, 0.04, 0.08, 0.12]),
        ([0, 0, 40], [0, 0, 0.04]),
    ],
    ids=[
        "from zero",
        "from anywhere",
        "from below zero",
        "a missing one follows",
        "a missing first one",
        "none at all",
        "a single fall is held",
        "two falls are a new timeline",
        "twice the same",
    ],
)
def test_seconds_follow_the_timestamps(stamps: list[int | None], expected: list[float]) -> None:
    clock = MediaClock(MILLISECONDS, 25)
    assert [clock(stamp) for stamp in stamps] == pytest.approx(expected)


@pytest.mark.parametrize(
    ("stamps", "expected"),
    [
        ([0, 40, 80, 3600_000, 160, 200, 240], [0, 0.04, 0.08, 0.12, 0.16, 0.2, 0.24]),
        ([3600_000, 0, 40, 80], [0, 0, 0.04, 0.08]),
        ([0, 40, 60_000, 60_040], [0, 0.04, 60, 60.04]),
        ([0, 40, 60_000], [0, 0.04, 60]),
        ([0, 60_000, 120_000], [0, 60, 120]),
        ([0, 40, 60_000, 60_040, 160, 200], [0, 0.04, 60, 60.04, 60.04, 60.08]),
        ([0, 80, 40, 120], [0, 0.08, 0.08, 0.12]),
        ([9000, 9040, 0, 40], [0, 0.04, 0.04, 0.08]),
        ([0, 40, 60_000, None, 120], [0, 0.04, 60, 60.04, 60.04]),
        ([7000, 7040, 90_000, 7050, 7090], [0, 0.04, 0.05, 0.05, 0.09]),
    ],
    ids=[
        "a single leap is left out",
        "a leap at the beginning is a new timeline",
        "after a gap time goes on there",
        "a last frame after a gap",
        "gaps only",
        "two together are a gap",
        "out of order",
        "a new timeline",
        "an unknown next one",
        "no later than the next one",
    ],
)
def test_a_leap_is_believed_if_the_next_timestamp_stays_there(
    stamps: list[int | None], expected: list[float]
) -> None:
    clock = MediaClock(MILLISECONDS, 25)
    seconds = [clock(*pair) for pair in pairwise([*stamps, None])]
    assert seconds == pytest.approx(expected)


def test_without_a_time_base_frames_follow_at_the_nominal_rate() -> None:
    clock = MediaClock(None, 10)
    assert [clock(stamp) for stamp in (5, 9, 12)] == pytest.approx([0, 0.1, 0.2])


def test_without_rate_and_timestamps_time_stands_still() -> None:
    clock = MediaClock(None, 0)
    assert [clock(None), clock(None)] == [0, 0]


def test_arrival_is_counted_from_the_first_frame() -> None:
    clock = ReceiveClock()
    first, second, third = clock(), clock(), clock()
    assert first == 0
    assert 0 < second < third < 5


@pytest.mark.parametrize(("cap", "taken"), [(0, 250), (25, 250), (30, 250), (10, 100), (1, 10)])
def test_no_more_frames_a_second_than_asked_for_are_taken(cap: float, taken: int) -> None:
    jitter_s = 0.006
    times_s = [n / 25 + jitter_s * (n % 3 - 1) for n in range(250)]
    let_through = RateCap(cap)
    assert sum(map(let_through, times_s)) == pytest.approx(taken, abs=2)


def test_after_a_gap_nothing_is_made_up_for() -> None:
    let_through = RateCap(10)
    assert let_through(0.0)
    assert [let_through(100 + n / 100) for n in range(10)].count(True) <= 2


@pytest.mark.parametrize(
    ("nominal", "cap", "left"), [(25, 0, 25), (25, 10, 10), (5, 10, 5), (0, 10, 10), (0, 0, 0)]
)
def test_the_nominal_rate_follows_the_cap(nominal: float, cap: float, left: float) -> None:
    assert RateCap(cap).rate(nominal) == left
