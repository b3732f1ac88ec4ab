"""Points, lines and polygons in relative coordinates: x in widths, y in heights of the picture."""

from collections.abc import Sequence
from itertools import combinations, pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

Doubles = NDArray[np.float64]
Bools = NDArray[np.bool_]
_Point = tuple[float, float]
_SMALLEST_AREA = 1e-6


def is_simple(points: Sequence[_Point]) -> bool:
    """Whether points make a polygon with an area whose sides meet at its corners only."""
    if len(points) < 3 or len(set(points)) != len(points) or abs(area_of(points)) < _SMALLEST_AREA:
        return False
    sides = list(pairwise([*points, points[0]]))
    return not any(
        meet(*first, *second)
        for (i, first), (j, second) in combinations(enumerate(sides), 2)
        if j - i not in (1, len(sides) - 1)
    )


def area_of(points: Sequence[_Point]) -> float:
    """Signed area of a polygon in pictures: positive when it turns clockwise on the screen.

    Source: shoelace formula.
    """
    x, y = np.asarray(points, np.float64).T
    return float(np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y)) / 2


def inside(points: ArrayLike, polygon: ArrayLike) -> Bools:
    """(N,) whether each of (N, 2) points lies in a (V, 2) polygon. Source: ray casting."""
    at = np.asarray(points, np.float64)[:, None]
    start = np.asarray(polygon, np.float64)
    end = np.roll(start, -1, 0)
    spans = (start[:, 1] > at[..., 1]) != (end[:, 1] > at[..., 1])
    rise = np.where(end[:, 1] == start[:, 1], 1.0, end[:, 1] - start[:, 1])
    x = start[:, 0] + (at[..., 1] - start[:, 1]) / rise * (end[:, 0] - start[:, 0])
    return np.asarray(np.sum(spans & (at[..., 0] < x), 1) % 2 == 1)


def distance_to(points: ArrayLike, start: ArrayLike, end: ArrayLike) -> Doubles:
    """(N, V) distance of each of (N, 2) points to V segments from (V, 2) `start` to `end`."""
    at, first = np.asarray(points, np.float64)[:, None], np.asarray(start, np.float64)
    along = np.asarray(end, np.float64) - first
    length2 = np.maximum((along**2).sum(-1), 1e-18)
    part = np.clip(((at - first) * along).sum(-1) / length2, 0, 1)
    return np.asarray(np.linalg.norm(at - first - part[..., None] * along, axis=-1))


def depth_in(points: ArrayLike, polygon: ArrayLike) -> Doubles:
    """(N,) distance to the border of a polygon: positive inside, negative outside."""
    corners = np.asarray(polygon, np.float64)
    to_border = distance_to(points, corners, np.roll(corners, -1, 0)).min(1)
    return np.where(inside(points, corners), to_border, -to_border)


def side_of(point: ArrayLike, start: ArrayLike, end: ArrayLike) -> float:
    """Signed distance to the line through two points; positive on the right of start → end.

    "Right" is as on the screen, where y grows downwards.
    """
    (x, y), (x1, y1), (x2, y2) = (np.asarray(p, np.float64) for p in (point, start, end))
    return float(((x2 - x1) * (y - y1) - (y2 - y1) * (x - x1)) / np.hypot(x2 - x1, y2 - y1))


def _turn(a: _Point, b: _Point, c: _Point) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def meet(a: _Point, b: _Point, c: _Point, d: _Point) -> bool:
    """Whether the segments from a to b and from c to d share a point."""
    turns = _turn(a, b, c), _turn(a, b, d), _turn(c, d, a), _turn(c, d, b)
    if turns[0] * turns[1] < 0 and turns[2] * turns[3] < 0:
        return True
    ends = (a, b, c), (a, b, d), (c, d, a), (c, d, b)
    return any(t == 0 and _between(*e) for t, e in zip(turns, ends, strict=True))


def _between(a: _Point, b: _Point, c: _Point) -> bool:
    """Whether c, on the line through a and b, lies between them."""
    return min(a[0], b[0]) <= c[0] <= max(a[0], b[0]) and min(a[1], b[1]) <= c[1] <= max(a[1], b[1])
