"""The second detector. Most of it needs an environment with the extra: `make test-mediapipe`."""

import gc
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from engine.errors import ModelError
from engine.models.model import file_sha256
from engine.models.onnx import OnnxModel
from engine.stages.detect import DetectorScale, YuNetDetector
from engine.stages.detect_mediapipe import MODEL, MediaPipeDetector, load
from engine.values.faces import Faces, Floats, overlaps
from engine.values.frame import Frame, shrink

INSTALLED = find_spec("mediapipe") is not None
needs_mediapipe = pytest.mark.skipif(
    not INSTALLED, reason="the extra mediapipe is not installed: run make test-mediapipe"
)
SCALE = DetectorScale(smallest_face_px=20, seen_px=14)
SINGLE = ["again.mkv", "book.mkv", "night.mkv", "please.mkv"]


@pytest.fixture
def detector() -> Iterator[MediaPipeDetector]:
    detector = MediaPipeDetector(SCALE, score_threshold=0.5)
    yield detector
    detector.close()


@pytest.fixture
def yunet(detector_model: OnnxModel) -> YuNetDetector:
    return YuNetDetector(detector_model, SCALE, score_threshold=0.5)


def errors_in_eye_distances(found: Floats, expected: Floats) -> Floats:
    eyes = np.hypot(*(expected[1] - expected[0]))
    return np.asarray(np.hypot(*(found - expected).T) / eyes, np.float32)


def nearest(faces: Faces, box: Floats) -> tuple[int, float]:
    shared = overlaps(box[None], faces.boxes)[0]
    return int(shared.argmax()), float(shared.max())


def test_the_shipped_network_is_the_one_in_its_licence() -> None:
    assert file_sha256(MODEL) in MODEL.with_suffix(".LICENSE").read_text()


@pytest.mark.skipif(INSTALLED, reason="the extra mediapipe is installed")
def test_without_the_extra_the_message_says_what_to_install() -> None:
    with pytest.raises(ModelError, match=r"pip install -e '\.\[mediapipe\]'"):
        MediaPipeDetector(SCALE, score_threshold=0.5)


@needs_mediapipe
def test_a_portrait_has_one_face_where_yunet_sees_it(
    detector: MediaPipeDetector, yunet: YuNetDetector, portrait: Frame
) -> None:
    found, expected = detector(portrait), yunet(portrait)
    assert len(found) == 1
    assert overlaps(found.boxes, expected.boxes)[0, 0] > 0.75
    assert errors_in_eye_distances(found.landmarks[0], expected.landmarks[0]).max() < 0.35


@needs_mediapipe
def test_landmarks_come_in_the_order_of_faces(detector: MediaPipeDetector, portrait: Frame) -> None:
    right_eye, left_eye, nose, right_mouth, left_mouth = detector(portrait).landmarks[0]
    assert right_eye[0] < nose[0] < left_eye[0]
    assert right_mouth[0] < nose[0] < left_mouth[0]
    assert right_eye[1] < nose[1] < right_mouth[1]


@needs_mediapipe
def test_mouth_corners_turn_with_the_head(detector: MediaPipeDetector, portrait: Frame) -> None:
    turn = cv2.getRotationMatrix2D((223, 120), 20, 1.0)
    turned = np.asarray(cv2.warpAffine(portrait.image, turn, (512, 512)), np.uint8)
    upright = detector(portrait).landmarks[0]
    tilted = detector(Frame(turned, 0, 0.0, 0, "turned")).landmarks[0]
    expected = upright @ turn[:, :2].T + turn[:, 2]
    assert errors_in_eye_distances(tilted, expected.astype(np.float32)).max() < 0.35


@needs_mediapipe
def test_a_face_that_fills_the_picture_needs_no_second_look(
    detector: MediaPipeDetector, yunet: YuNetDetector, portrait: Frame
) -> None:
    near = Frame(np.ascontiguousarray(portrait.image[20:260, 103:343]), 0, 0.0, 0, "near")
    found, expected = detector(near), yunet(near)
    assert overlaps(found.boxes[:1], expected.boxes)[0, 0] > 0.7


@needs_mediapipe
def test_the_decoders_small_copy_is_used(detector: MediaPipeDetector, portrait: Frame) -> None:
    small = shrink(portrait.image, SCALE.size_for(512, 512))
    given = detector(Frame(portrait.image, 0, 0.0, 0, "given", small))
    np.testing.assert_array_equal(given.boxes, detector(portrait).boxes)


@needs_mediapipe
@pytest.mark.parametrize("size_hw", [(1, 1), (2, 300), (64, 64), (720, 1280)])
def test_a_picture_without_faces_has_none(
    detector: MediaPipeDetector, size_hw: tuple[int, int]
) -> None:
    grey = np.full((*size_hw, 3), 128, np.uint8)
    assert len(detector(Frame(grey, 0, 0.0, 0, "grey"))) == 0


@needs_mediapipe
def test_a_face_cut_by_the_border_does_no_harm(
    detector: MediaPipeDetector, portrait: Frame
) -> None:
    for image in (portrait.image[:, 200:], portrait.image[:130], portrait.image[90:]):
        faces = detector(Frame(np.ascontiguousarray(image), 0, 0.0, 0, "cut"))
        assert np.isfinite(faces.boxes).all()
        assert np.isfinite(faces.landmarks).all()


@needs_mediapipe
def test_a_damaged_network_is_a_model_error(tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.tflite"
    damaged.write_bytes(MODEL.read_bytes()[:1000])
    for model in (damaged, tmp_path / "missing.tflite"):
        with pytest.raises(ModelError, match=model.name):
            load(model, score_threshold=0.5)
    gc.collect()  # MediaPipe leaves a worker behind when loading fails.


@needs_mediapipe
@pytest.mark.data
@pytest.mark.parametrize("name", SINGLE)
def test_on_real_clips_it_agrees_with_yunet(
    detector: MediaPipeDetector, yunet: YuNetDetector, shared_data: Path, name: str
) -> None:
    errors, shares = [], []
    with av.open(str(shared_data / "videos" / name)) as clip:
        for picture in list(clip.decode(video=0))[::10]:
            frame = Frame(picture.to_ndarray(format="rgb24"), 0, 0.0, 0, name)
            found, expected = detector(frame), yunet(frame)[:1]
            row, shared = nearest(found, expected.boxes[0])
            shares.append(shared)
            errors.append(errors_in_eye_distances(found.landmarks[row], expected.landmarks[0]))
    assert np.median(shares) > 0.8
    assert np.median(errors, axis=0).max() < 0.3
