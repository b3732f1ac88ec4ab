import gc
from dataclasses import replace

import numpy as np
import pytest

from app.window.picture import Scene, fitting, render, scaled
from engine.sinks.shown import Shown
from engine.values.age import AgeDistribution
from engine.values.faces import Faces
from engine.values.frame import Frame, read_only
from engine.values.result import AgeBelief, FrameResult, Status


@pytest.fixture
def result() -> FrameResult:
    image = np.random.default_rng(1).integers(0, 255, (120, 160, 3), np.uint8)
    frame = Frame(read_only(image), 3, 0.1, 42, "clip")
    faces = Faces.found(np.array([[40, 30, 80, 90]]), np.full((1, 5, 2), 60), np.ones(1))
    unknown = AgeDistribution(np.arange(2, dtype=np.float32), np.full(2, 0.5, np.float32))
    belief = AgeBelief(unknown, 0, 0.0, Status.INSUFFICIENT)
    return FrameResult(frame, faces, np.ones(1, np.float32), None, (belief,))


@pytest.mark.parametrize(
    ("size_wh", "room_wh", "expected"),
    [
        ((1920, 1080), (960, 1000), (960, 540)),
        ((640, 480), (1280, 720), (960, 720)),
        ((100, 100), (100, 100), (100, 100)),
        ((4000, 3), (50, 50), (50, 1)),
    ],
)
def test_a_picture_fills_the_room_in_its_own_shape(
    size_wh: tuple[int, int], room_wh: tuple[int, int], expected: tuple[int, int]
) -> None:
    assert fitting(size_wh, room_wh) == expected


@pytest.mark.parametrize("factor", [0.25, 0.75, 1.5])
def test_faces_move_with_the_picture(result: FrameResult, factor: float) -> None:
    smaller = scaled(result, (round(160 * factor), round(120 * factor)))
    assert smaller.frame.size_wh == (160 * factor, 120 * factor)
    np.testing.assert_allclose(smaller.faces.boxes, result.faces.boxes * factor)
    np.testing.assert_allclose(smaller.faces.landmarks, 60 * factor)
    np.testing.assert_array_equal(result.faces.boxes, [[40, 30, 80, 90]])


def test_a_picture_of_the_right_size_is_not_copied(result: FrameResult) -> None:
    assert scaled(result, (160, 120)) is result


def test_the_image_has_the_colours_of_the_frame_and_keeps_its_memory() -> None:
    image = np.zeros((40, 40, 3), np.uint8)  # too small to be drawn on
    image[:] = (200, 100, 50)
    frame = Frame(read_only(image), 0, 0.0, 7, "clip")
    empty = FrameResult(frame, Faces.none(), np.zeros(0, np.float32), None, ())
    picture = render(empty, (40, 40), Scene())
    del empty, frame, image
    gc.collect()
    assert picture.image.pixelColor(20, 20).getRgb()[:3] == (200, 100, 50)
    assert picture.decoded_ns == 7


def test_landmarks_are_drawn_on_demand(result: FrameResult) -> None:
    plain = render(result, (320, 240), Scene())
    dotted = render(result, (320, 240), Scene(Shown(landmarks=True)))
    assert (plain.pixels != dotted.pixels).any()


def test_a_face_is_found_where_it_is_drawn(result: FrameResult) -> None:
    faces = result.faces.with_ids(np.array([7], np.int64))
    picture = render(replace(result, faces=faces), (320, 240), Scene())
    assert picture.face_at(100, 100) == 7
    assert picture.face_at(20, 20) is None
