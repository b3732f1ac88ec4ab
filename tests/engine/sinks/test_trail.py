from dataclasses import replace

import numpy as np
import pytest

from engine.sinks.overlay import draw
from engine.sinks.shown import Shown
from engine.sinks.trail import Trails
from engine.sinks.zone import DrawnZone
from engine.values.result import FrameResult
from tests.engine.sinks import made

GREY = 128
NOTHING = Shown(boxes=False, ages=False, ids=False, curves=False, zones=False)


def grey() -> np.ndarray:
    return np.full((480, 640, 3), GREY, np.uint8)


def moved(step: int) -> FrameResult:
    box = (40 + 20 * step, 300, 100 + 20 * step, 380)
    result = made.result([box], image=grey())
    return replace(result, frame=replace(result.frame, time_s=step / 10))


def test_a_trail_follows_a_face_for_two_seconds() -> None:
    trails = Trails()
    for step in range(30):
        paths = trails(moved(step))
    [path] = paths.values()
    assert len(path) == 21
    np.testing.assert_allclose(path[-1], (40 + 29 * 20 + 30, 340))
    assert (np.diff(path[:, 0]) > 0).all()


def test_leafing_back_forgets_what_lies_ahead() -> None:
    trails = Trails()
    for step in range(20):
        trails(moved(step))
    [path] = trails(moved(0)).values()
    assert len(path) == 1


def test_trails_are_drawn_only_when_they_are_asked_for() -> None:
    trails = Trails()
    for step in range(10):
        paths = trails(moved(step))
    result = moved(9)
    assert (draw(result, NOTHING, paths) == GREY).all()
    drawn = draw(result, replace(NOTHING, trails=True), paths)
    assert (drawn[335:345, 80:240] != GREY).any()


@pytest.mark.parametrize("name", ["boxes", "ages", "ids", "curves", "quality", "landmarks"])
def test_each_thing_can_be_drawn_alone(name: str) -> None:
    drawn = draw(moved(3), replace(NOTHING, **{name: True}))
    assert (drawn != GREY).any()


def test_a_zone_has_an_outline_and_a_text_and_may_touch_the_border() -> None:
    area = DrawnZone(((0.5, 0.5), (1.0, 0.5), (1.0, 1.0), (0.5, 1.0)), "door · 2")
    line = DrawnZone(((0.98, 0.1), (0.98, 0.4)), "in 1, out 0")
    empty = made.result([], image=grey())
    drawn = draw(empty, Shown(), zones=(area, line))
    assert (drawn[235:245, 400:600] != GREY).any(), "outline"
    assert (drawn[:, 620:632] != GREY).any(), "line"
    assert (drawn[245:265, 325:400] != GREY).any(), "text"
