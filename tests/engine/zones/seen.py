"""Results with people at chosen places."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from engine.values.result import FrameResult, Track
from tests.engine.sinks import made

WIDTH, HEIGHT, SIDE = 320, 240, 20


def seen(
    time_s: float,
    people: Mapping[int, tuple[float, float]],
    *,
    turned: bool = False,
    years: float = 34.0,
    ended: tuple[Track, ...] = (),
    late_s: float = 0.0,
) -> FrameResult:
    """A frame of 320x240 px with 20 px faces whose centres are at shares of the picture.

    It came when the monotonic clock showed its media second, `late_s` later than it should have.
    """
    boxes = [
        (x * WIDTH - SIDE / 2, y * HEIGHT - SIDE / 2, x * WIDTH + SIDE / 2, y * HEIGHT + SIDE / 2)
        for x, y in people.values()
    ]
    beliefs = [made.belief(years)] * len(boxes)
    result = made.result(boxes, time_s=time_s, beliefs=beliefs, ended=ended)
    faces = result.faces.with_ids(np.array(list(people), np.int64))
    if turned:
        faces.landmarks[:, 2, 0] += SIDE / 2
    frame = replace(result.frame, decoded_ns=round((time_s - late_s) * 1e9))
    return replace(result, frame=frame, faces=faces)


def ended(track_id: int, first_s: float = 0.0, last_s: float = 1.0, years: float = 34.0) -> Track:
    return replace(made.track(track_id, years), first_s=first_s, last_s=last_s)
