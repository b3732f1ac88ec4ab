"""Which frames are looked at."""

from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest

from engine.ahead import detected_ahead
from engine.pipeline import Pipeline
from engine.values.frame import Frame

IMAGE = np.zeros((4, 4, 3), np.uint8)


def looked_at(times: list[float], max_fps: float) -> list[float]:
    pipeline = cast(Pipeline, SimpleNamespace(detects_all=False))
    frames = (Frame(IMAGE, index, time_s, 0, "x") for index, time_s in enumerate(times))
    return [
        frame.time_s for frame, looking, _ in detected_ahead(frames, pipeline, max_fps) if looking
    ]


@pytest.mark.parametrize("rate", [24, 25, 30])
@pytest.mark.parametrize("digits", [3, 9])
def test_frames_are_looked_at_once_a_period_from_the_first_on(rate: int, digits: int) -> None:
    times = [round(index / rate, digits) for index in range(20 * rate)]
    assert looked_at(times, 1) == list(range(20))
    assert looked_at(times, rate) == looked_at(times, 2 * rate) == looked_at(times, 0) == times
    assert len(looked_at(times, 10)) == 200


def test_after_a_gap_there_is_no_burst() -> None:
    times = [0.0, 0.04, 10.0, 10.04, 10.08, 11.0, 11.04]
    assert looked_at(times, 1) == [0.0, 10.0, 11.0]
