from collections.abc import Iterable
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.cameras_file import Zone
from engine.zones.events import WHOLE, Action
from engine.zones.watch import Passage, ZoneWatch, sum_of_beliefs
from tests.engine.zones.seen import seen

LEFT = Zone(name="left", kind="area", points=((0.0, 0.0), (0.5, 0.0), (0.5, 1.0), (0.0, 1.0)))
DOOR = Zone(name="door", kind="line", points=((0.5, 1.0), (0.5, 0.0)))
GATE = Zone(name="gate", kind="line", points=((0.5, 0.6), (0.5, 0.4)))
JITTER = 0.15 * 20 / 320 * 0.9
"""A little less than the hysteresis of a 20 px face, in widths."""


def walk(
    watch: ZoneWatch, way: Iterable[tuple[float, float]], track_id: int = 1, step_s: float = 0.1
) -> list[Passage]:
    return [
        passage
        for number, place in enumerate(way)
        for passage in watch.step(seen(number * step_s, {track_id: place}))
    ]


def test_who_walks_through_an_area_enters_and_leaves_once() -> None:
    passages = walk(ZoneWatch([LEFT]), [(x / 20, 0.5) for x in range(19, 1, -1)])
    passages += walk(watch := ZoneWatch([LEFT]), [(x / 20, 0.5) for x in range(1, 20)])
    assert [p.action for p in passages] == [Action.ENTERED, Action.ENTERED, Action.LEFT]
    assert watch.occupancy() == {WHOLE: 1, "left": 0}


@settings(max_examples=40)
@given(st.lists(st.floats(-JITTER, JITTER), min_size=2, max_size=60))
def test_flicker_on_the_border_enters_nobody_twice(offsets: list[float]) -> None:
    watch = ZoneWatch([LEFT, DOOR])
    passages = walk(watch, [(0.2, 0.5), *((0.5 + offset, 0.5) for offset in offsets), (0.8, 0.5)])
    assert [(p.zone, p.action) for p in passages] == [
        ("left", Action.ENTERED),
        ("left", Action.LEFT),
        ("door", Action.IN),
    ]


@settings(max_examples=40)
@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=60))
def test_crossings_of_a_full_line_balance_with_the_side_one_is_on(
    way: list[tuple[float, float]],
) -> None:
    watch = ZoneWatch([DOOR])
    passages = walk(watch, [(0.1, 0.5), *way, (0.1, 0.5)])
    actions = [p.action for p in passages]
    assert actions.count(Action.IN) == actions.count(Action.OUT)
    assert all(a is not b for a, b in pairwise(actions))


@settings(max_examples=40)
@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=60))
def test_entering_and_leaving_take_turns_and_end_as_the_occupancy_says(
    way: list[tuple[float, float]],
) -> None:
    watch = ZoneWatch([LEFT])
    actions = [p.action for p in walk(watch, way)]
    assert actions == [Action.ENTERED, Action.LEFT] * (len(actions) // 2) + [Action.ENTERED] * (
        len(actions) % 2
    )
    assert watch.occupancy()["left"] == len(actions) % 2


def test_who_walks_around_the_end_of_a_line_has_not_crossed_it() -> None:
    around = [(0.2, 0.5), (0.2, 0.1), (0.8, 0.1), (0.8, 0.5)]
    assert walk(ZoneWatch([GATE]), around) == []
    assert [p.action for p in walk(ZoneWatch([GATE]), [(0.2, 0.5), (0.8, 0.5)])] == [Action.IN]
    through_and_around = [(0.2, 0.5), (0.8, 0.5), (0.8, 0.1), (0.2, 0.1), (0.2, 0.5), (0.8, 0.5)]
    assert [p.action for p in walk(ZoneWatch([GATE]), through_and_around)] == [Action.IN] * 2


def test_the_direction_of_a_line_turns_with_its_points() -> None:
    back = Zone(name="door", kind="line", points=DOOR.points[::-1])
    assert [p.action for p in walk(ZoneWatch([back]), [(0.2, 0.5), (0.8, 0.5)])] == [Action.OUT]


def test_a_line_that_is_moved_keeps_its_crossings_and_its_move_is_none() -> None:
    watch = ZoneWatch([DOOR])
    walk(watch, [(0.2, 0.5), (0.8, 0.5)])
    assert watch.redraw([DOOR]) == []
    assert [p.action for p in walk(watch, [(0.2, 0.5)])] == [Action.OUT]
    watch.redraw([DOOR.model_copy(update={"points": ((0.1, 1.0), (0.1, 0.0))})])
    assert walk(watch, [(0.2, 0.5), (0.3, 0.5)]) == []
    assert [p.action for p in walk(watch, [(0.05, 0.5)])] == [Action.OUT]
    visits, _ = watch.end(1)
    assert (visits[1].crossed_in, visits[1].crossed_out) == (1, 2)


def test_a_face_that_vanishes_for_a_moment_is_still_there() -> None:
    watch = ZoneWatch([LEFT])
    watch.step(seen(0.0, {1: (0.2, 0.5)}))
    assert watch.step(seen(0.5, {})) == []
    assert watch.occupancy()["left"] == 1
    assert watch.step(seen(1.0, {1: (0.2, 0.5)})) == []


def test_dwell_counts_seconds_inside_and_attention_those_with_a_frontal_face() -> None:
    watch = ZoneWatch([LEFT])
    for number in range(41):
        watch.step(seen(number * 0.1, {1: (0.2, 0.5)}, turned=number >= 30))
    (whole, left), passages = watch.end(1)
    assert (whole.zone, left.zone) == (WHOLE, "left")
    assert left.dwell_s == pytest.approx(4.0)
    assert left.attention_s == pytest.approx(3.0)
    assert [p.action for p in passages] == [Action.LEFT]


def test_a_gap_of_many_seconds_is_no_dwell() -> None:
    watch = ZoneWatch([LEFT])
    for time_s in (0.0, 1.0, 60.0, 61.0):
        watch.step(seen(time_s, {1: (0.2, 0.5)}))
    visits, _ = watch.end(1)
    assert visits[1].dwell_s == pytest.approx(2.0)


def test_a_track_that_ended_leaves_nothing_behind() -> None:
    watch = ZoneWatch([LEFT, DOOR])
    for track_id in range(1, 200):
        walk(watch, [(0.2, 0.5), (0.8, 0.5), (0.2, 0.5)], track_id)
        watch.end(track_id)
    assert watch.occupancy() == {WHOLE: 0, "left": 0}
    assert watch.end(1) == ((), [])
    assert all(not zone._stays for zone in (watch._whole, watch._zones[0]))
    walk(watch, [(0.2, 0.5)])
    watch.redraw([])
    watch.end(1)
    assert not watch._gone[0]._stays


def test_ages_of_a_zone_are_the_sum_of_beliefs_not_of_single_ages() -> None:
    watch = ZoneWatch([LEFT])
    watch.step(seen(0.0, {1: (0.2, 0.5), 2: (0.3, 0.5), 3: (0.9, 0.5)}))
    ages = watch.ages()
    assert ages["left"].sum() == pytest.approx(2.0, abs=1e-4)
    assert ages[WHOLE].sum() == pytest.approx(3.0, abs=1e-4)
    assert np.count_nonzero(ages["left"] > 1e-3) > 10
    assert sum_of_beliefs([]).shape == (0,)


def test_faces_without_a_track_and_pictures_enter_nothing() -> None:
    watch = ZoneWatch([LEFT])
    watch.step(seen(0.0, {-1: (0.2, 0.5)}))
    assert watch.occupancy() == {WHOLE: 0, "left": 0}
