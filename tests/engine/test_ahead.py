"""How far decoding runs ahead, and which frames are looked at."""

import threading
import time
from collections.abc import Iterator
from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest

from engine.ahead import decoded_ahead, detected_ahead
from engine.pipeline import Pipeline
from engine.sources.source import Source
from engine.values.frame import Frame
from engine.values.histogram import Histogram

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


@pytest.mark.parametrize("gap", [0.18, 0.22, 0.3, 0.39, 0.41, 5.0])
def test_after_a_gap_the_pace_begins_anew(gap: float) -> None:
    before, after = np.arange(5) / 25, np.arange(26) / 25
    looks = looked_at([*before, *(before[-1] + gap + after)], 5)
    assert looks == pytest.approx([0, *(before[-1] + gap + np.arange(0, 1.1, 0.2))])


@pytest.mark.parametrize("rate", [12.5, 24, 25, 30, 60])
@pytest.mark.parametrize("max_fps", [1, 2, 3, 5, 7, 10, 12, 16, 20, 23, 24])
def test_as_many_frames_a_second_as_asked_for_are_looked_at(rate: float, max_fps: float) -> None:
    looks = np.array(looked_at([round(n / rate, 3) for n in range(round(40 * rate))], max_fps))
    assert len(looks) == pytest.approx(40 * min(rate, max_fps), abs=1)
    assert np.diff(looks).min() > 0.49 / max_fps


def test_a_gap_after_a_gap_begins_the_pace_anew_too() -> None:
    steps = [*[0.04] * 10, 0.25, 0.25, 0.25, *[0.04] * 10]
    looks = looked_at(list(np.cumsum(steps)), 5)
    assert np.diff(looks).min() > 0.59 / 5


def test_a_frame_that_stands_still_does_not_slow_the_pace_for_good() -> None:
    times = [n / 25 for n in range(50)] + [49 / 25 + n / 25 for n in range(1000)]
    assert len(looked_at(times, 20)) == pytest.approx(20 * times[-1], abs=4)


class Album:
    """Pictures of which the first is a thumbnail."""

    def __init__(self, *, pictures: bool) -> None:
        self.info = SimpleNamespace(name="album", width=4, height=4, pictures=pictures)
        self.decoded = 0

    def __iter__(self) -> Iterator[Frame]:
        for index in range(40):
            self.decoded += 1
            yield Frame(IMAGE, index, 0.0, 0, "album")


@pytest.mark.parametrize(("pictures", "most"), [(True, 5), (False, 40)])
def test_a_small_first_picture_brings_no_crowd_of_large_ones_into_memory(
    pictures: bool, most: int
) -> None:
    album = Album(pictures=pictures)
    frames = decoded_ahead(cast(Source, album), threading.Event(), Histogram())
    next(frames)
    time.sleep(0.3)
    ahead = album.decoded
    frames.close()
    assert most - 2 <= ahead <= most
