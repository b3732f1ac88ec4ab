"""Quality falls with everything that hides age."""

import cv2
import numpy as np
import pytest

from engine.stages.align import MEAN_SHAPE
from engine.stages.quality import light_of, pose_of, view_of
from engine.values.faces import Faces

RANDOM = np.random.default_rng(0)


def landmarks(eyes_px: float = 60.0) -> np.ndarray:
    return (MEAN_SHAPE * eyes_px + 200).astype(np.float32)[None]


def crop() -> np.ndarray:
    coarse = RANDOM.integers(30, 220, (40, 40, 3), dtype=np.uint8)
    return np.asarray(cv2.resize(coarse, (128, 128), interpolation=cv2.INTER_LINEAR))


SHARP = crop()


def quality(
    points: np.ndarray, image: np.ndarray = SHARP, score: float = 0.9, left: float = 150
) -> float:
    faces = Faces.found(np.array([[left, 150, left + 100, 250]]), points, np.array([score]))
    return float((view_of(faces, (400, 400)) * light_of(image[None]))[0])


def test_a_large_sharp_frontal_face_is_nearly_perfect() -> None:
    assert quality(landmarks()) > 0.85


def test_quality_falls_with_size() -> None:
    values = [quality(landmarks(eyes)) for eyes in (60, 24, 12, 6, 3)]
    assert values == sorted(values, reverse=True)
    assert values[-1] < 0.1


def test_quality_falls_when_the_head_turns() -> None:
    turned = landmarks()
    turned[0, 2, 0] += 25
    assert quality(turned) < 0.6 * quality(landmarks())


def test_quality_falls_when_the_head_nods() -> None:
    nodding = landmarks()
    nodding[0, 2, 1] += 14
    assert quality(nodding) < 0.7 * quality(landmarks())


def test_quality_falls_with_blur_darkness_and_a_low_score() -> None:
    blurred = np.asarray(cv2.GaussianBlur(SHARP, (0, 0), 6))
    dark = (SHARP // 20).astype(np.uint8)
    good = quality(landmarks())
    assert quality(landmarks(), blurred) < 0.8 * good
    assert quality(landmarks(), dark) < 0.5 * good
    assert quality(landmarks(), score=0.3) < 0.5 * good


def test_a_face_half_outside_the_picture_has_no_quality_left() -> None:
    values = [quality(landmarks(), left=left) for left in (300, 310, 330, 350)]
    assert values == sorted(values, reverse=True)
    assert values[-1] == 0


def test_a_flat_crop_has_almost_no_quality() -> None:
    assert quality(landmarks(), np.full((128, 128, 3), 128, np.uint8)) < 0.05


@pytest.mark.parametrize("degrees", [-40, 0, 75])
def test_rolling_the_head_changes_no_pose(degrees: float) -> None:
    angle = np.deg2rad(degrees)
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    pose = pose_of((landmarks() @ turn).astype(np.float32))
    assert pose.yaw[0] == pytest.approx(0, abs=1e-3)
    assert pose.pitch[0] == pytest.approx(0, abs=1e-3)


def test_no_faces_have_no_quality() -> None:
    assert view_of(Faces.none(), (9, 9)).shape == (0,)
