import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.models.onnx import OnnxModel
from engine.stages.align import FILL_RGB, MEAN_SHAPE, Doubles, align, similarity, template
from engine.stages.detect import DetectorScale, YuNetDetector
from engine.values.frame import Frame, Image

SIDE = 128
POINTS = template(1.35)


def turned_and_scaled(points: Doubles, degrees: float, scale: float, shift: Doubles) -> Doubles:
    angle = np.deg2rad(degrees)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return scale * points @ turn.T + shift


def smooth_picture(width: int, height: int) -> Image:
    """A picture whose colour at any place is known: x in red, y in green."""
    y, x = np.mgrid[:height, :width]
    channels = [255 * x / width, 255 * y / height, np.full_like(x, 128)]
    return np.stack(channels, 2).astype(np.uint8)


@given(
    st.floats(-180, 180), st.floats(0.1, 10), st.tuples(st.floats(-500, 500), st.floats(-500, 500))
)
def test_a_similarity_is_found_exactly(
    degrees: float, scale: float, shift: tuple[float, float]
) -> None:
    target = turned_and_scaled(MEAN_SHAPE, degrees, scale, np.array(shift))
    matrix = similarity(MEAN_SHAPE, target)
    np.testing.assert_allclose(MEAN_SHAPE @ matrix[:, :2].T + matrix[:, 2], target, atol=1e-6)


def test_no_other_similarity_lies_nearer_to_noisy_landmarks() -> None:
    random = np.random.default_rng(3)
    source = 50 * MEAN_SHAPE + random.normal(0, 2, (5, 2))
    best = similarity(source, MEAN_SHAPE)

    def error(matrix: Doubles) -> float:
        return float(np.sum((source @ matrix[:, :2].T + matrix[:, 2] - MEAN_SHAPE) ** 2))

    for _ in range(200):
        a, b = random.normal(0, 1e-4, 2)
        other = best + np.array([[a, -b, random.normal(0, 1e-3)], [b, a, random.normal(0, 1e-3)]])
        assert error(other) >= error(best)


def test_landmarks_in_one_point_give_a_finite_transform() -> None:
    assert np.isfinite(similarity(np.full((5, 2), 7.0), POINTS)).all()


def test_the_template_leaves_room_for_forehead_and_chin() -> None:
    assert POINTS[:2, 1].mean() > 0.3
    assert POINTS[3:, 1].mean() < 0.7
    assert POINTS[:, 0].mean() == pytest.approx(0.5)


@pytest.mark.parametrize("scale", [300, 60, 25], ids=["same size", "half", "a fifth"])
@pytest.mark.parametrize("degrees", [0, 30, -90])
def test_a_crop_shows_what_lies_at_the_landmarks(scale: float, degrees: float) -> None:
    picture = smooth_picture(1800, 1600)
    landmarks = turned_and_scaled(MEAN_SHAPE, degrees, 300 * 60 / scale, np.array([900, 800]))
    (crop,) = align(picture, landmarks[None].astype(np.float32), POINTS, SIDE)
    for (x, y), at in zip(landmarks, POINTS * SIDE, strict=True):
        column, row = np.rint(at).astype(int)
        if 0 <= x < 1800 and 0 <= y < 1600:
            expected = [255 * x / 1800, 255 * y / 1600]
            np.testing.assert_allclose(crop[row, column, :2].astype(float), expected, atol=4)


def test_outside_the_picture_there_is_one_grey_and_alpha_0() -> None:
    picture = np.full((100, 100, 4), 255, np.uint8)
    landmarks = (30 * MEAN_SHAPE + [0, 50]).astype(np.float32)
    (crop,) = align(picture, landmarks[None], POINTS, SIDE)
    assert crop[64, 2].tolist() == [*FILL_RGB, 0]
    assert crop[64, 100].tolist() == [255] * 4


@pytest.mark.parametrize("eyes_px", [20, 60, 100, 200, 300, 500])
@pytest.mark.parametrize("degrees", [0, 30])
def test_inside_the_picture_a_crop_has_no_border(eyes_px: float, degrees: float) -> None:
    picture = np.full((2500, 2500, 3), 250, np.uint8)
    landmarks = turned_and_scaled(MEAN_SHAPE, degrees, eyes_px, np.array([1200.3, 1250.2]))
    (crop,) = align(picture, landmarks[None].astype(np.float32), POINTS, SIDE)
    assert crop.min() == 250


def test_a_face_wholly_outside_the_picture_gives_grey_only() -> None:
    picture = np.zeros((100, 100, 3), np.uint8)
    for size in (5, 500):
        landmarks = (size * MEAN_SHAPE + 10_000).astype(np.float32)
        (crop,) = align(picture, landmarks[None], POINTS, SIDE)
        assert np.unique(crop.reshape(-1, 3), axis=0).tolist() == [list(FILL_RGB)]


def test_no_faces_give_no_crops() -> None:
    crops = align(np.zeros((9, 9, 3), np.uint8), np.zeros((0, 5, 2), np.float32), POINTS, SIDE)
    assert crops.shape == (0, SIDE, SIDE, 3)


def test_fine_stripes_become_grey_instead_of_aliasing() -> None:
    picture = np.zeros((1200, 1200, 3), np.uint8)
    picture[:, ::2] = 255
    landmarks = (400 * MEAN_SHAPE + 600).astype(np.float32)
    (crop,) = align(picture, landmarks[None], POINTS, SIDE)
    assert crop.std() < 8
    assert crop.mean() == pytest.approx(127.5, abs=3)


def test_a_turned_photograph_gives_the_same_crop(
    portrait: Frame, detector_model: OnnxModel
) -> None:
    detector = YuNetDetector(detector_model, DetectorScale(20, 10), score_threshold=0.6)
    landmarks = detector(portrait).landmarks
    matrix = cv2.getRotationMatrix2D((256, 256), 25, 0.9)
    turned = cv2.warpAffine(portrait.image, matrix, (512, 512), flags=cv2.INTER_CUBIC)
    moved = landmarks @ matrix[:, :2].T + matrix[:, 2]
    (straight,) = align(portrait.image, landmarks, POINTS, SIDE)
    (again,) = align(np.asarray(turned, np.uint8), moved.astype(np.float32), POINTS, SIDE)
    middle = slice(24, -24)
    difference = straight[middle, middle].astype(float) - again[middle, middle]
    assert np.abs(difference).mean() < 4
