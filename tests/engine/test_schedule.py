"""When to look, and whose age is worth an estimate."""

import numpy as np
import pytest

from engine.schedule import ECONOMIES, HURRY_S, Look, Schedule, Waiting, drift
from engine.settings import Effort
from engine.values.faces import Faces

CALM = Waiting(cut=False, unconfirmed=False, away_s=np.inf, faces=True, change=False)
RATE = 25


def waiting(**what: object) -> Waiting:
    given = {name: getattr(CALM, name) for name in Waiting.__slots__}
    return Waiting(**{**given, **what})  # type: ignore[arg-type]  # the fields, by name


def faces_at(*x: float, side: float = 100, first_id: int = 1) -> Faces:
    boxes = np.array([[at, 50, at + side, 50 + side] for at in x], np.float32)
    found = Faces.found(boxes, np.zeros((len(x), 5, 2)), np.ones(len(x)))
    return found.with_ids(np.arange(first_id, first_id + len(x)))


def looks(schedule: Schedule, seconds: float, error_px: float = 0.0) -> list[Look]:
    """What is done in each frame when predictions are off by so many px after a second."""
    done, last_s = [], 0.0
    for index in range(round(seconds * RATE)):
        time_s = index / RATE
        done.append(schedule.plan(time_s, CALM))
        if done[-1] is not Look.NOT:
            off = error_px * (time_s - last_s) ** 1.5
            schedule.looked(time_s, done[-1], faces_at(100), faces_at(100 + off))
            last_s = time_s
    return done


def test_the_first_frame_is_looked_at_as_a_whole() -> None:
    assert Schedule(Effort.BALANCED).plan(0.0, CALM) is Look.WHOLE


def test_predictable_faces_are_looked_at_seldom_and_erratic_ones_often() -> None:
    still, erratic = (
        sum(look is not Look.NOT for look in looks(Schedule(Effort.BALANCED), 10, error))
        for error in (0.0, 4000.0)
    )
    assert still <= 10 / ECONOMIES[Effort.BALANCED].longest_s + 10
    assert erratic > 3 * still


def test_the_interval_settles_where_predictions_err_as_much_as_is_accepted() -> None:
    error_px_s = 200.0
    done = looks(Schedule(Effort.BALANCED), 20, error_px_s)[10 * RATE :]
    interval_s = 10 / sum(look is not Look.NOT for look in done)
    wanted_px = 100 * ECONOMIES[Effort.BALANCED].drift
    # Two of the four edges move: their mean error is half of the shift.
    settled_s = (2 * wanted_px / error_px_s) ** (2 / 3)
    assert interval_s == pytest.approx(settled_s, abs=1.5 / RATE)


def test_the_whole_picture_is_looked_at_soon_then_ever_more_seldom() -> None:
    done = looks(Schedule(Effort.BALANCED), 20)
    at_s = np.flatnonzero([look is Look.WHOLE for look in done]) / RATE
    gaps_s = np.diff(at_s)
    assert gaps_s[0] < 0.6
    assert (np.diff(gaps_s) > -0.1).all()
    assert gaps_s[-1] == pytest.approx(ECONOMIES[Effort.BALANCED].whole_s, abs=0.1)


def test_a_cut_a_missing_face_and_an_unconfirmed_one_are_looked_at_at_once() -> None:
    schedule = Schedule(Effort.BALANCED)
    for index in range(30):
        time_s = index / RATE
        look = schedule.plan(time_s, CALM)
        schedule.looked(time_s, look, faces_at(100), faces_at(100))
    assert schedule.plan(1.2, CALM) is Look.NOT
    assert schedule.plan(1.2, waiting(cut=True)) is Look.WHOLE
    assert schedule.plan(1.2, waiting(unconfirmed=True)) is Look.FACES
    assert schedule.plan(1.2, waiting(away_s=0.04)) is Look.FACES
    assert schedule.plan(1.2, waiting(change=True)) is Look.CHANGE


def test_change_that_brings_nobody_is_looked_at_less_and_less() -> None:
    schedule, done = Schedule(Effort.FAST), []
    for index in range(4 * RATE):
        time_s = index / RATE
        look = schedule.plan(time_s, waiting(change=True))
        done.append(look)
        if look is not Look.NOT:
            schedule.looked(time_s, look, faces_at(100), faces_at(100))
    searches = [look in (Look.CHANGE, Look.WHOLE) for look in done]
    assert sum(searches[:RATE]) > sum(searches[2 * RATE : 3 * RATE]) >= 2


def worth(schedule: Schedule, now: float, then: float, since_s: float = 0.1) -> bool:
    arrays = (np.array([value]) for value in (now, then, since_s))
    return len(schedule.worth_estimating(*arrays)) == 1


def test_an_estimate_is_worth_it_while_it_would_move_the_belief() -> None:
    schedule, step = Schedule(Effort.BALANCED), ECONOMIES[Effort.BALANCED].step
    assert worth(schedule, 0.0, 0.5, np.inf)
    assert worth(schedule, 1.0, 2.0)
    assert not worth(schedule, 1.0, 1.0)
    assert worth(schedule, 0.2, 0.8), "a much better view"
    last = max(n for n in np.arange(1, 30, 0.1) if worth(schedule, n, n + 1))
    assert last == pytest.approx(-0.5 + np.sqrt(0.25 + 1 / step**2), abs=0.2)


def test_a_settled_belief_is_still_checked_now_and_then() -> None:
    schedule, check_s = Schedule(Effort.BALANCED), ECONOMIES[Effort.BALANCED].check_s
    assert not worth(schedule, 50.0, 51.0, check_s - 0.1)
    assert worth(schedule, 50.0, 51.0, check_s)


def test_fast_is_content_with_less_than_balanced() -> None:
    many, few = (
        sum(look is not Look.NOT for look in looks(Schedule(e), 20, 100.0))
        for e in (Effort.BALANCED, Effort.FAST)
    )
    assert few < many
    assert worth(Schedule(Effort.BALANCED), 3.0, 3.5)
    assert not worth(Schedule(Effort.FAST), 3.0, 3.5)


def test_an_open_belief_brings_the_next_look_forward() -> None:
    schedule = Schedule(Effort.BALANCED)
    looks(schedule, 10)
    schedule.looked(10.0, Look.FACES, faces_at(100), faces_at(100))
    schedule.hurry(np.array([0.3]), np.array([0.5]))
    assert schedule.plan(10.0 + HURRY_S / 2, CALM) is Look.NOT
    assert schedule.plan(10.01 + HURRY_S, CALM) is not Look.NOT


def test_a_live_source_in_debt_puts_off_what_is_not_urgent() -> None:
    schedule = Schedule(Effort.BALANCED, allowance_ms=20)
    schedule.plan(0.0, CALM)
    schedule.looked(0.0, Look.WHOLE, faces_at(), faces_at(100))
    schedule.spend(500)
    assert not worth(schedule, 1.0, 2.0)
    assert worth(schedule, 0.0, 1.0, np.inf), "somebody new is estimated all the same"
    assert schedule.plan(0.3, CALM) is Look.NOT
    assert schedule.plan(0.3, waiting(cut=True)) is Look.WHOLE
    for _ in range(40):
        schedule.spend(0)
    assert worth(schedule, 1.0, 2.0)
    assert schedule.plan(0.3, CALM) is not Look.NOT


@pytest.mark.parametrize("step", [1, 9, 24])
def test_known_faces_are_looked_at_before_they_count_as_gone_whatever_the_debt(step: int) -> None:
    """Frames come so many of `RATE` apart."""
    schedule = Schedule(Effort.FAST, allowance_ms=20, longest_gap_s=1.6)
    looked_s = [0.0]
    for time_s in np.arange(0, 20 * RATE, step) / RATE:
        schedule.spend(500)
        if (look := schedule.plan(time_s, CALM)) is not Look.NOT:
            schedule.looked(time_s, look, faces_at(100), faces_at(100))
            looked_s.append(time_s)
    assert 1.6 - 2 * step / RATE <= np.diff(looked_s).max() <= 1.6


def test_drift_is_measured_on_faces_of_the_same_track() -> None:
    assert drift(faces_at(100), faces_at(110)) == pytest.approx(0.05)
    assert drift(faces_at(100), faces_at(110, first_id=7)) is None
    unconfirmed = faces_at(100).with_ids(np.array([-1]))
    assert drift(unconfirmed, unconfirmed) is None
