"""Where people are in a synthetic scene, and when. Knows no pixels."""

import math
from dataclasses import dataclass

import numpy as np

_STEPS_HZ = 1.7
_BOB = 0.02


@dataclass(frozen=True, slots=True)
class Pose:
    """A person at one moment.

    Attributes:
        x: Centre of the face, in widths of the picture.
        y: Centre of the face, in heights of the picture.
        size: Height of the face, in heights of the picture.
    """

    x: float
    y: float
    size: float


@dataclass(frozen=True, slots=True)
class Walk:
    """One person's visit: poses at times, smoothly joined. Before and after, nobody is there."""

    stops: tuple[tuple[float, Pose], ...]

    def at(self, time_s: float) -> Pose | None:
        """Pose at a media second, None when the person is not there."""
        for (start_s, start), (end_s, end) in zip(self.stops, self.stops[1:], strict=False):
            if start_s <= time_s < end_s:
                part = (time_s - start_s) / (end_s - start_s)
                part = part * part * (3 - 2 * part)
                return _between(start, end, part, time_s)
        return None


def _between(start: Pose, end: Pose, part: float, time_s: float) -> Pose:
    size = start.size + part * (end.size - start.size)
    moving = 1.0 if start.x != end.x else 0.2
    bob = moving * _BOB * size * math.sin(2 * math.pi * _STEPS_HZ * time_s)
    return Pose(start.x + part * (end.x - start.x), start.y + part * (end.y - start.y) + bob, size)


_Stops = tuple[tuple[float, Pose], ...]
_PASS_IN_FRONT: _Stops = (
    (0.0, Pose(-0.2, 0.44, 0.22)),
    (0.3, Pose(0.3, 0.42, 0.24)),
    (0.65, Pose(0.31, 0.42, 0.24)),
    (1.0, Pose(1.2, 0.44, 0.23)),
)
_STOP_AND_GO_BACK: _Stops = (
    (0.0, Pose(1.2, 0.46, 0.16)),
    (0.3, Pose(0.68, 0.45, 0.18)),
    (0.7, Pose(0.67, 0.45, 0.18)),
    (1.0, Pose(1.2, 0.46, 0.17)),
)
_CROSS_FAR_BEHIND: _Stops = (
    (0.0, Pose(1.1, 0.34, 0.1)),
    (1.0, Pose(-0.1, 0.35, 0.11)),
)
_COME_NEARER_AND_STAY: _Stops = (
    (0.0, Pose(-0.12, 0.4, 0.13)),
    (0.45, Pose(0.5, 0.43, 0.25)),
    (1.0, Pose(0.51, 0.43, 0.25)),
)
_KINDS = ((_PASS_IN_FRONT, 0.55), (_STOP_AND_GO_BACK, 0.7), (_CROSS_FAR_BEHIND, 0.36))
"""How people come and go, and for which share of the scene."""
_LAST_BEGINS = 0.6


_MOST_IN_ROW, _NEARER = 20, 0.05


def visits(people: int, seconds: float, seed: int) -> list[Walk]:
    """People who come, stop or pass, and leave, a few at a time; the last one stays."""
    rng = np.random.default_rng(seed)
    walks = []
    for person in range(people):
        begin = _LAST_BEGINS * person / max(1, people - 1)
        kind, span = _KINDS[person % len(_KINDS)]
        if person == people - 1:
            kind, span = _COME_NEARER_AND_STAY, 1 - begin
        shift, grow = float(rng.uniform(-0.03, 0.03)), float(rng.uniform(0.93, 1.07))
        walks.append(
            Walk(
                tuple(
                    (
                        seconds * (begin + span * share),
                        Pose(pose.x + shift, pose.y, pose.size * grow),
                    )
                    for share, pose in kind
                )
            )
        )
    return walks


def steady(people: int, seconds: float) -> list[Walk]:
    """People side by side who stay all the time and sway a little; crowds stand in rows."""
    walks = []
    rows = math.ceil(people / _MOST_IN_ROW)
    for person in range(people):
        row, place = divmod(person, math.ceil(people / rows))
        x, near = (place + 0.5) / math.ceil(people / rows), person % 2
        size = min(0.2 + 0.04 * near, 0.7 / min(people, _MOST_IN_ROW)) * (1 + _NEARER * row)
        y = 0.4 if rows == 1 else (row + 0.6) / (rows + 0.2)
        here, there = Pose(x - 0.1 * size, y, size), Pose(x + 0.1 * size, y + 0.02, size * 1.05)
        turns = max(2, math.ceil(seconds / 2))
        stops = [(2.0 * turn, there if turn % 2 else here) for turn in range(turns + 1)]
        walks.append(Walk(tuple(stops)))
    return walks
