"""Which face may belong to which track by place, size and direction. Knows no pictures."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from engine.stages.motion import Doubles, Motion, boxes_of, coordinates
from engine.values.faces import Floats, overlaps

_NEAREST_REACH, _FARTHEST_REACH = 0.9, 3.0
"""Bounds, in face sides, on how far from its prediction a face is taken for the same."""
_SIZE_RATIO = 0.5
_SURPRISE = 0.2
_SERIOUS = 0.4
"""Share of the best affinity of its track and of its face from which a pair is worth doubt."""
_DIRECTION_WEIGHT = 0.2
_DIRECTION_SPEED = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Every track with every face.

    Attributes:
        affinity: (K, N) float64, the higher the better; 0 where the pair is impossible.
        surprising: (K, N) bool, the face lies outside of what the track's motion explains.
        contested: (K, N) bool, likely, but so is another pair with this track or this face.
    """

    affinity: Doubles
    surprising: NDArray[np.bool_]
    contested: NDArray[np.bool_]


def relate(motion: Motion, boxes: Floats, time_s: float) -> Pairs:
    """Compare K motions with N boxes (N, 4) at one moment.

    A face may lie near the prediction or near where the track was last seen (OC-SORT's recovery).
    Overlap alone would lose small fast faces, so nearness counts beside it; a face that lies in
    the direction of the motion is preferred (OC-SORT's momentum).
    """
    state, covariance = motion.predict(time_s)
    faces = coordinates(boxes)
    sides = np.exp((motion.seen[:, None, 2] + faces[None, :, 2]) / 2)
    distances = np.minimum(_distances(state[:, 0], faces), _distances(motion.seen, faces)) / sides
    spread = np.sqrt(covariance[:, 0, 0])[:, None] / sides
    sizes = np.abs(motion.seen[:, None, 2] - faces[None, :, 2])
    possible = (distances <= np.clip(3 * spread, _NEAREST_REACH, _FARTHEST_REACH)) & (
        sizes <= _SIZE_RATIO + 0.3 * np.minimum(spread, 1)
    )
    affinity = (
        overlaps(boxes_of(state[:, 0]), boxes)
        + 1 / (1 + distances)
        - 0.5 * sizes
        + _DIRECTION_WEIGHT * _directions(state[:, 1], motion.seen, faces, sides)
    )
    affinity = np.where(possible, np.maximum(affinity, 0.01), 0.0)
    return Pairs(affinity, possible & (distances > _SURPRISE + 3 * spread), _contested(affinity))


def _contested(affinity: Doubles) -> NDArray[np.bool_]:
    """(K, N) pairs with a rival: a face far off is none for one that lies where it should."""
    best = np.maximum(
        affinity.max(0, keepdims=True, initial=0), affinity.max(1, keepdims=True, initial=0)
    )
    serious = affinity > _SERIOUS * best
    rivals = serious.sum(0, keepdims=True) + serious.sum(1, keepdims=True) > 2
    return np.asarray(serious & rivals)


def assign(affinity: Doubles) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Tracks and their faces, of the greatest total affinity; impossible pairs are left out."""
    rows, columns = linear_sum_assignment(affinity, maximize=True)
    possible = affinity[rows, columns] > 0
    return rows[possible], columns[possible]


def separations(point: Doubles, points: Doubles) -> tuple[Doubles, Doubles]:
    """How far faces lie from one: centres in face sides, and sizes as a logarithm.

    Args:
        point: (4,) coordinates of one face.
        points: (N, 4) coordinates of others.

    Returns:
        Two arrays (N,).
    """
    sides = np.exp((point[2] + points[:, 2]) / 2)
    return _distances(point[None], points)[0] / sides, np.abs(point[2] - points[:, 2])


def covered(first: Floats, second: Floats) -> Floats:
    """Shared area of boxes (N, 4) and (M, 4), as a part of the smaller of the two: (N, M)."""
    both = overlaps(first, second)
    areas = [np.clip(b[:, 2:] - b[:, :2], 0, None).prod(-1) for b in (first, second)]
    shared = both / (1 + both) * (areas[0][:, None] + areas[1][None])
    smaller = np.maximum(np.minimum(areas[0][:, None], areas[1][None]), 1e-9)
    return np.asarray(shared / smaller, np.float32)


def _distances(points: Doubles, faces: Doubles) -> Doubles:
    offsets = points[:, None, :2] - faces[None, :, :2]
    return np.hypot(offsets[..., 0], offsets[..., 1])


def _directions(velocity: Doubles, seen: Doubles, faces: Doubles, sides: Doubles) -> Doubles:
    """Cosine between a track's velocity and the way to a face; 0 where either is small."""
    way = faces[None, :, :2] - seen[:, None, :2]
    speed, length = np.hypot(velocity[:, :1], velocity[:, 1:2]), _distances(seen, faces)
    clear = (speed > _DIRECTION_SPEED * sides) & (length > _SURPRISE * sides)
    along = velocity[:, :1] * way[..., 0] + velocity[:, 1:2] * way[..., 1]
    return np.where(clear, along / np.maximum(speed * length, 1e-9), 0.0)
