from fractions import Fraction

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
