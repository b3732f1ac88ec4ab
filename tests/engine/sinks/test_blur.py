import numpy as np
import pytest

from engine.settings import BlurStyle, PrivacySettings
from engine.sinks.blur import FaceBlur, blur_faces
from engine.values.faces import UNCLAIMED, Faces
from engine.values.frame import Frame, read_only
from engine.values.result import FrameResult

BOX = (50, 50, 90, 90)
MIDDLE = 70, 70


def noise(width: int, height: int) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (height, width, 3), dtype=np.uint8)


def test_a_face_becomes_a_coarse_mosaic() -> None:
    image = noise(200, 200)
    face = blur_faces(image, np.array([[50, 50, 110, 130]], np.float32))[60:120, 60:100]
    steps = (np.abs(np.diff(face.astype(int), axis=1)).max(-1).max(0) > 0).sum()
    assert steps <= 4
    assert len(np.unique(face.reshape(-1, 3), axis=0)) <= 40


def test_hair_and_chin_are_hidden_and_the_rest_is_not() -> None:
    image = noise(200, 200)
    blurred = blur_faces(image, np.array([[50, 50, 110, 130]], np.float32))
    hidden = (blurred != image).any(-1)
    assert hidden[40:45, 78:82].mean() > 0.9  # above the box
    assert hidden[135:140, 78:82].mean() > 0.9  # below it
    assert not hidden[:37].any()
    assert not hidden[:, :40].any()


def test_the_original_is_left_alone() -> None:
    image = noise(100, 100)
    image.setflags(write=False)
    before = image.copy()
    blur_faces(image, np.array([[10, 10, 60, 60]], np.float32))
    assert (image == before).all()


@pytest.mark.parametrize("size", [(1, 1), (3, 40), (100, 100)])
@pytest.mark.parametrize(
    "box", [(-20, -20, 8, 9), (95, 95, 140, 160), (-50, -50, 400, 400), (5, 5, 5, 5), (900,) * 4]
)
def test_faces_at_and_past_the_border_do_no_harm(
    size: tuple[int, int], box: tuple[float, ...]
) -> None:
    image = noise(*size)
    assert blur_faces(image, np.array([box], np.float32)).shape == image.shape


def result_at(time_s: float, boxes: dict[int, tuple[float, ...]]) -> FrameResult:
    frame = Frame(read_only(noise(200, 200)), 0, time_s, 0, "door")
    faces = Faces(
        np.array(list(boxes.values()), np.float32).reshape(-1, 4),
        np.zeros((len(boxes), 5, 2), np.float32),
        np.ones(len(boxes), np.float32),
        np.array(list(boxes), np.int64),
    )
    return FrameResult(frame, faces, np.ones(len(boxes), np.float32), None, ())


def is_hidden(result: FrameResult, x: int, y: int) -> bool:
    """Whether the picture around a point is another than the one that came."""
    part = np.s_[y - 5 : y + 5, x - 5 : x + 5]
    return bool((result.frame.image[part] != noise(200, 200)[part]).mean() > 0.9)


@pytest.mark.parametrize("style", BlurStyle)
def test_every_style_leaves_nothing_of_a_face_and_all_around_it(style: BlurStyle) -> None:
    image = noise(200, 200)
    blurred = blur_faces(image, np.array([[50, 50, 110, 130]], np.float32), style=style)
    before, after = image[60:120, 60:100].astype(float), blurred[60:120, 60:100].astype(float)
    likeness = np.corrcoef(before.ravel(), after.ravel() + np.linspace(0, 1e-6, before.size))[0, 1]
    assert abs(likeness) < 0.25
    assert (blurred[:37] == image[:37]).all()
    assert (blurred[:, 130:] == image[:, 130:]).all()


def test_a_larger_ellipse_hides_more() -> None:
    image = noise(200, 200)
    box = np.array([[80, 80, 120, 120]], np.float32)
    small, large = (blur_faces(image, box, larger=x) != image for x in (1.0, 2.0))
    assert large.sum() > 3 * small.sum()


def test_a_lost_face_stays_hidden_for_a_while() -> None:
    blur = FaceBlur(PrivacySettings(blur_hold_s=1.0))
    blur(result_at(0.0, {1: BOX}))
    assert is_hidden(blur(result_at(0.9, {})), *MIDDLE)
    assert not is_hidden(blur(result_at(1.1, {})), *MIDDLE)


def test_a_face_that_went_on_is_hidden_where_it_is_now_only() -> None:
    blur = FaceBlur()
    blur(result_at(0.0, {1: BOX}))
    moved = blur(result_at(0.1, {1: (150, 150, 190, 190)}))
    assert is_hidden(moved, 170, 170)
    assert not is_hidden(moved, *MIDDLE)


def test_a_face_without_a_track_yet_is_held_too() -> None:
    blur = FaceBlur()
    blur(result_at(0.0, {UNCLAIMED: BOX}))
    assert is_hidden(blur(result_at(0.1, {})), *MIDDLE)


def test_nothing_is_held_over_a_jump_back_in_time() -> None:
    blur = FaceBlur()
    blur(result_at(9.0, {1: BOX}))
    assert not is_hidden(blur(result_at(8.9, {})), *MIDDLE)


def test_a_result_without_faces_is_handed_on_as_it_is() -> None:
    result = result_at(0.0, {})
    assert FaceBlur()(result) is result
