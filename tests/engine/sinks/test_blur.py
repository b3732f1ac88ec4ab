import numpy as np
import pytest

from engine.sinks.blur import blur_faces


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
