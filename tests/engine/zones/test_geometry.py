import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from engine.zones.geometry import area_of, depth_in, inside, is_simple, side_of

SQUARE = [(0.2, 0.2), (0.8, 0.2), (0.8, 0.8), (0.2, 0.8)]
shares = st.floats(0, 1, allow_nan=False).map(lambda x: round(x, 4))
points = st.tuples(shares, shares)


@given(points)
def test_inside_a_square_is_what_the_comparison_of_numbers_says(point: tuple[float, float]) -> None:
    x, y = point
    assume(not {x, y} & {0.2, 0.8})
    assert bool(inside([point], SQUARE)[0]) == (0.2 < x < 0.8 and 0.2 < y < 0.8)


@given(st.lists(points, min_size=3, max_size=8), points, st.integers(0, 7), st.booleans())
def test_inside_depends_on_neither_first_corner_nor_direction(
    polygon: list[tuple[float, float]], point: tuple[float, float], turn: int, backwards: bool
) -> None:
    turn %= len(polygon)
    other = polygon[turn:] + polygon[:turn]
    other = other[::-1] if backwards else other
    assume(abs(depth_in([point], polygon)[0]) > 1e-9)
    assert inside([point], polygon) == inside([point], other)


@given(points)
def test_depth_is_the_distance_to_the_border(point: tuple[float, float]) -> None:
    x, y = point
    beyond = np.maximum(np.maximum([0.2 - x, 0.2 - y], [x - 0.8, y - 0.8]), 0)
    within = min(x - 0.2, 0.8 - x, y - 0.2, 0.8 - y)
    expected = within if within > 0 else -math.hypot(*beyond)
    assert depth_in([point], SQUARE)[0] == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize(
    ("polygon", "simple"),
    [
        (SQUARE, True),
        (SQUARE[::-1], True),
        ([(0, 0), (1, 0), (0.5, 0.1), (1, 1)], True),
        ([(0, 0), (1, 1), (1, 0), (0, 1)], False),
        ([(0, 0), (0.5, 0.5), (1, 1)], False),
        ([(0, 0), (1, 0), (0, 0), (0, 1)], False),
        ([(0, 0), (1, 0)], False),
        ([(0, 0), (1, 0), (0.5, 0), (0.5, 1)], False),
    ],
)
def test_a_zone_may_not_cross_or_touch_itself(
    polygon: list[tuple[float, float]], simple: bool
) -> None:
    assert is_simple(polygon) is simple


def test_the_area_of_a_square_on_screen_is_positive_clockwise() -> None:
    assert area_of(SQUARE) == pytest.approx(0.36)
    assert area_of(SQUARE[::-1]) == pytest.approx(-0.36)


def test_right_of_a_line_is_right_on_the_screen() -> None:
    up = ((0.5, 1.0), (0.5, 0.0))
    assert side_of((0.9, 0.5), *up) == pytest.approx(0.4)
    assert side_of((0.1, 0.5), *up) == pytest.approx(-0.4)
