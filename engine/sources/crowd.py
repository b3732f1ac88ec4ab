"""How a crowd moves: people of all sizes who come, pass each other, stop, approach and leave."""

import numpy as np

from engine.sources.walk import Pose, Walk

_SMALLEST, _LARGEST, _NEAREST = 20 / 720, 200 / 720, 400 / 720
"""Heights of faces, in heights of the picture; only who approaches comes as near as the last."""
_HIGH, _LOW = 0.16, 0.52
_STEEPNESS = 1.2
_WIDTHS_S = 4.0, 8.0
"""How fast people walk, in widths of their face a second."""
_FACE_WIDTH = 0.8
_ASPECT = 16 / 9
_LEAST_S, _MOST = 4.0, 0.6
"""Shortest visit in seconds, longest in lengths of the scene."""
_OUTSIDE = 1.6
"""How far outside the picture visits begin and end, in heights of the face."""
_LAST_BEGINS = 0.75
_TWIN_EVERY, _TWIN_WIDTHS = 6, 1.9


def has_twin(person: int) -> bool:
    """Whether a person walks beside the one before, who looks much the same."""
    return person % _TWIN_EVERY == _TWIN_EVERY - 1


def crowd(people: int, seconds: float, seed: int) -> list[Walk]:
    """Visits spread over a scene. Far people are high in the picture, near ones cover them."""
    rng = np.random.default_rng((seed, 2))
    walks: list[Walk] = []
    for person in range(people):
        if has_twin(person):
            walks.append(_beside(walks[-1]))
            continue
        begin_s = float(rng.uniform(0, _LAST_BEGINS)) * seconds
        far = float(np.exp(rng.uniform(np.log(_SMALLEST), np.log(_LARGEST))))
        lasts_s = _duration_s(far, float(rng.uniform(*_WIDTHS_S)), seconds)
        kind = (_pass, _pause, _pass, _approach)[person % 4]
        stops = kind(far, rng)
        walks.append(Walk(tuple((begin_s + share * lasts_s, pose) for share, pose in stops)))
    return walks


def _duration_s(size: float, widths_s: float, seconds: float) -> float:
    way = (1 + 2 * _OUTSIDE * size) * _ASPECT / (_FACE_WIDTH * size)
    return float(np.clip(way / widths_s, min(_LEAST_S, seconds * _MOST), seconds * _MOST))


def _height(size: float, rng: np.random.Generator) -> float:
    """Where a face of a size is, in heights of the picture, seen from somewhat above."""
    return min(_HIGH + _STEEPNESS * size, _LOW) + float(rng.uniform(-0.02, 0.02))


_Stops = list[tuple[float, Pose]]


def _ends(size: float, rng: np.random.Generator) -> tuple[float, float]:
    """Just outside the picture on one side and on the other."""
    ends = -_OUTSIDE * size, 1 + _OUTSIDE * size
    return ends if rng.random() < 0.5 else ends[::-1]


def _pass(size: float, rng: np.random.Generator) -> _Stops:
    """From one side to the other."""
    y, (start, end) = _height(size, rng), _ends(size, rng)
    return [(0.0, Pose(start, y, size)), (1.0, Pose(end, y, size))]


def _pause(size: float, rng: np.random.Generator) -> _Stops:
    """In, a halt, and out again, on or back."""
    y, (start, end) = _height(size, rng), _ends(size, rng)
    halt = Pose(float(rng.uniform(0.25, 0.75)), y, size)
    leave = Pose(end if rng.random() < 0.5 else start, y, size)
    return [(0.0, Pose(start, y, size)), (0.35, halt), (0.65, halt), (1.0, leave)]


def _approach(size: float, rng: np.random.Generator) -> _Stops:
    """In, far away, and out near by."""
    near = float(np.exp(rng.uniform(np.log(2 * size), np.log(_NEAREST)))) if size < 0.2 else size
    start, _ = _ends(size, rng)
    middle = float(rng.uniform(0.3, 0.7))
    _, end = _ends(near, rng)
    return [
        (0.0, Pose(start, _height(size, rng), size)),
        (0.5, Pose(middle, _height((size + near) / 2, rng), (size + near) / 2)),
        (1.0, Pose(end, _height(near, rng), near)),
    ]


def _beside(walk: Walk) -> Walk:
    """The same way, a little to the side."""
    return Walk(
        tuple(
            (
                time_s,
                Pose(pose.x + _TWIN_WIDTHS * _FACE_WIDTH * pose.size / _ASPECT, pose.y, pose.size),
            )
            for time_s, pose in walk.stops
        )
    )
