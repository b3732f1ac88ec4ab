import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.window.kiosk.reflection import cut, mirrored, reflect
from engine.values.age import AgeDistribution
from engine.values.faces import Faces
from engine.values.frame import Frame
from engine.values.result import AgeBelief, FrameResult, Status

AGES = np.arange(101, dtype=np.float32)
BELIEF = AgeBelief(AgeDistribution(AGES, np.full(101, 1 / 101, np.float32)), 1, 1, Status.STABLE)
sides = st.integers(50, 3000)
places = st.floats(-500, 3500)


def result_of(image: np.ndarray, boxes: list[list[float]]) -> FrameResult:
    n = len(boxes)
    faces = Faces.found(boxes, np.zeros((n, 5, 2)), np.ones(n)).with_ids(np.arange(1, n + 1))
    frame = Frame(image, 0, 0.0, 0, "hall")
    return FrameResult(frame, faces, np.ones(n, np.float32), None, (BELIEF,) * n)


@given(sides, sides, sides, sides, st.tuples(places, places))
def test_the_part_lies_in_the_picture_and_has_the_shape_of_the_room(
    width: int, height: int, wide: int, high: int, centre: tuple[float, float]
) -> None:
    left, top, right, bottom = cut((width, height), (wide, high), centre)
    assert left >= 0
    assert top >= 0
    assert right <= width + 1e-6
    assert bottom <= height + 1e-6
    assert (right - left) * high == pytest.approx((bottom - top) * wide, rel=1e-6)


def test_an_upright_room_shows_the_part_around_the_visitors() -> None:
    assert cut((1600, 900), (900, 1600), (1200, 9))[::2] == pytest.approx((946.875, 1453.125))
    assert cut((1600, 900), (900, 1600), (1590, 9))[2] == 1600


def test_a_flat_room_cuts_no_head_off() -> None:
    assert cut((1600, 900), (1600, 450), (800, 300))[1::2] == (75, 525)
    assert cut((1600, 900), (1600, 450), (800, 100))[1] == 0


def test_left_is_left_in_a_mirror() -> None:
    boxes = np.array([[10, 20, 30, 60]], np.float32)
    assert mirrored(boxes, (0, 0, 100, 100), (200, 200)).tolist() == [[140, 40, 180, 120]]


def test_the_picture_is_swapped_and_visitors_come_from_left_to_right() -> None:
    image = np.zeros((100, 100, 3), np.uint8)
    image[:, :50] = (255, 0, 0)
    result = result_of(image, [[10, 10, 30, 30], [70, 10, 90, 30]])
    shown = reflect(result, np.array([0, 1]), (0, 0, 100, 100), (100, 100))
    assert shown.image.pixelColor(80, 50).getRgb()[:3] == (255, 0, 0)
    assert shown.image.pixelColor(20, 50).getRgb()[:3] == (0, 0, 0)
    assert [visitor.track_id for visitor in shown.visitors] == [2, 1]


def test_a_room_of_one_pixel_has_a_reflection() -> None:
    image = np.zeros((100, 100, 3), np.uint8)
    part = cut((100, 100), (1, 1), (50, 50))
    assert reflect(result_of(image, []), np.array([], int), part, (1, 1))
