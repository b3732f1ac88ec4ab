from dataclasses import replace
from pathlib import Path
from typing import cast

import av
import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import ModelError
from engine.models.onnx import OnnxModel
from engine.stages.detect import WINDOW_PX, DetectorScale, YuNetDetector, windows_around
from engine.values.faces import Faces, overlaps
from engine.values.frame import Frame, Image, shrink

FINE = DetectorScale(smallest_face_px=20, seen_px=10)


def frame_of(image: Image, small: Image | None = None) -> Frame:
    return Frame(image, 0, 0.0, 0, "test", small)


def resized(image: Image, width: int, height: int) -> Image:
    return np.asarray(cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA), np.uint8)


def detect(model: OnnxModel, image: Image, scale: DetectorScale = FINE) -> Faces:
    return YuNetDetector(model, scale, score_threshold=0.6)(frame_of(image))


def test_one_portrait_gives_one_face_with_landmarks_in_their_places(
    portrait: Frame, detector_model: OnnxModel
) -> None:
    faces = detect(detector_model, portrait.image)
    assert len(faces) == 1
    assert faces.boxes[0] == pytest.approx([178, 63, 268, 176], abs=15)
    right_eye, left_eye, nose, right_mouth, left_mouth = faces.landmarks[0]
    assert right_eye[0] < nose[0] < left_eye[0]
    assert right_eye[1] < nose[1] < right_mouth[1]
    assert right_mouth[0] < left_mouth[0]


@pytest.mark.parametrize("size", [(1024, 1024), (640, 640), (333, 517), (517, 333)])
def test_boxes_come_back_in_pixels_of_the_full_picture(
    portrait: Frame, detector_model: OnnxModel, size: tuple[int, int]
) -> None:
    reference = detect(detector_model, portrait.image).boxes
    found = detect(detector_model, resized(portrait.image, *size)).boxes
    back = found * np.array([512 / size[0], 512 / size[1]] * 2, np.float32)
    assert overlaps(reference, back)[0, 0] > 0.7


def test_the_decoders_own_small_copy_gives_the_same_faces(
    portrait: Frame, detector_model: OnnxModel
) -> None:
    detector = YuNetDetector(detector_model, FINE, score_threshold=0.6)
    small = shrink(portrait.image, FINE.size_for(512, 512))
    given = detector(frame_of(portrait.image, small))
    made = detector(frame_of(portrait.image))
    np.testing.assert_array_equal(given.boxes, made.boxes)


def test_a_small_copy_of_another_size_is_not_used(
    portrait: Frame, detector_model: OnnxModel
) -> None:
    detector = YuNetDetector(detector_model, FINE, score_threshold=0.6)
    blind = np.zeros((40, 40, 3), np.uint8)
    assert len(detector(frame_of(portrait.image, blind))) == 1


@pytest.mark.parametrize("margin", [0.0, 0.2])
@pytest.mark.parametrize("largest_hw", [(288, 640), (640, 288)])
def test_a_picture_larger_than_the_runtime_takes_is_looked_at_smaller(
    portrait: Frame, detector_model: OnnxModel, margin: float, largest_hw: tuple[int, int]
) -> None:
    looked_at: list[tuple[int, ...]] = []

    class Bounded:
        spec = replace(detector_model.spec, largest_hw=largest_hw)

        def __call__(self, inputs: dict[str, Image]) -> dict[str, Image]:
            looked_at.append(inputs["image"].shape[1:3])
            return detector_model(inputs)

    found, expected = (
        YuNetDetector(model, FINE, score_threshold=0.6, margin=margin)(portrait)
        for model in (Bounded(), detector_model)
    )
    assert looked_at == [(288, 288)]
    assert len(found) == len(expected) == 1
    assert overlaps(found.boxes, expected.boxes)[0, 0] > 0.8
    assert np.abs(found.landmarks - expected.landmarks).max() < 6


@given(
    size_wh=st.tuples(st.integers(1, 5000), st.integers(1, 5000)),
    margin=st.sampled_from([0.0, 0.2]),
)
def test_whatever_the_size_the_runtime_gets_what_it_takes(
    detector_model: OnnxModel, size_wh: tuple[int, int], margin: float
) -> None:
    class Bounded:
        spec = replace(detector_model.spec, largest_hw=(2176, 3840))

    detector = YuNetDetector(Bounded(), FINE, score_threshold=0.6, margin=margin)  # type: ignore[arg-type]
    (width, height), room = detector.fitting(size_wh)
    assert 1 <= width <= size_wh[0]
    assert 1 <= height <= size_wh[1]
    assert width + 2 * room <= 3840
    assert height + 2 * room <= 2176
    if (1 + 2 * margin) * max(size_wh) < 2176:
        assert (width, height) == size_wh


@pytest.mark.parametrize(("left", "top"), [(3000, 1000), (1233, 777), (17, 1990)])
def test_a_face_of_32_px_is_found_in_4k_without_4k_inference(
    portrait: Frame, detector_model: OnnxModel, left: int, top: int
) -> None:
    wide = np.full((2160, 3840, 3), 96, np.uint8)
    wide[top : top + 163, left : left + 163] = resized(portrait.image, 163, 163)
    assert FINE.size_for(3840, 2160) == (1920, 1080)
    faces = detect(detector_model, wide)
    assert len(faces) == 1
    assert 27 < faces.sides_px[0] < 37
    expected = np.array([178, 63, 268, 176]) * 163 / 512 + [left, top, left, top]
    assert overlaps(faces.boxes, expected[None].astype(np.float32))[0, 0] > 0.6


def test_two_faces_are_both_found_and_the_surer_comes_first(
    portrait: Frame, detector_model: OnnxModel
) -> None:
    pair = np.concatenate([resized(portrait.image, 256, 256), portrait.image[:256, 100:356]], 1)
    faces = detect(detector_model, pair)
    assert len(faces) == 2
    assert faces.scores[0] >= faces.scores[1]


def test_a_face_cut_by_the_border_is_found_with_room_around_it(
    portrait: Frame, detector_model: OnnxModel
) -> None:
    tight = np.ascontiguousarray(portrait.image[75:195, 178:272])
    roomy = YuNetDetector(detector_model, DetectorScale(10, 10), score_threshold=0.6, margin=0.2)
    faces = roomy(frame_of(tight))
    assert len(faces) == 1
    reference = detect(detector_model, portrait.image).landmarks[0] - [178, 75]
    assert np.abs(faces.landmarks[0] - reference).max() < 8


@pytest.mark.parametrize(
    ("size_wh", "roomy_wh"),
    [((3200, 60), (3264, 128)), ((640, 480), (896, 736)), ((480, 640), (736, 896))],
    ids=["strip", "landscape", "portrait"],
)
def test_the_room_around_a_strip_is_no_larger_than_a_face_in_it_needs(
    detector_model: OnnxModel, size_wh: tuple[int, int], roomy_wh: tuple[int, int]
) -> None:
    shapes: list[tuple[int, ...]] = []

    class Watched:
        spec = detector_model.spec

        def __call__(self, inputs: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
            shapes.append(inputs["image"].shape)
            return detector_model(inputs)

    watched = cast(OnnxModel, Watched())
    detector = YuNetDetector(watched, DetectorScale(10, 10), score_threshold=0.6, margin=0.2)
    detector(frame_of(np.full((*size_wh[::-1], 3), 128, np.uint8)))
    assert shapes == [(1, *roomy_wh[::-1], 3)]


@pytest.mark.parametrize("shape", [(1, 1), (1, 700), (31, 33)])
def test_a_picture_of_any_size_without_a_face_gives_none(
    detector_model: OnnxModel, shape: tuple[int, int]
) -> None:
    assert len(detect(detector_model, np.full((*shape, 3), 128, np.uint8))) == 0


def test_the_copy_is_never_larger_than_the_picture_and_keeps_to_the_bound() -> None:
    assert DetectorScale(8, 10).size_for(640, 480) == (640, 480)
    assert DetectorScale(10, 10, longest_px=320).size_for(1920, 1080) == (320, 180)
    assert DetectorScale(2000, 10).size_for(1, 1) == (1, 1)


def test_the_copy_of_the_largest_picture_is_bounded() -> None:
    width, height = DetectorScale(20, 14).size_for(16000, 12000)
    assert width * height == pytest.approx(25_000_000, rel=1e-3)
    assert width / height == pytest.approx(4 / 3, rel=1e-3)
    assert DetectorScale(20, 14).size_for(7680, 4320) == (5376, 3024)


def test_a_model_that_is_no_detector_is_named_in_the_error(
    detector_model: OnnxModel,
) -> None:
    class Stranger:
        spec = replace(detector_model.spec, facts={})

    with pytest.raises(ModelError, match=r"yunet\.onnx has no 'strides'"):
        YuNetDetector(Stranger(), FINE, score_threshold=0.6)  # type: ignore[arg-type]


@pytest.mark.data
def test_the_people_of_a_real_picture_are_found(
    shared_data: Path, detector_model: OnnxModel
) -> None:
    with av.open(str(shared_data / "videos" / "preview-classroom.gif")) as container:
        image = next(container.decode(video=0)).to_ndarray(format="rgb24")
    assert len(detect(detector_model, image)) >= 2


def test_a_window_around_a_face_shows_what_the_whole_picture_shows(
    portrait: Frame, detector_model: OnnxModel
) -> None:
    detector = YuNetDetector(detector_model, FINE, score_threshold=0.6)
    whole = detector(portrait)
    moved = whole.boxes + np.array([10, -8, 10, -8], np.float32)
    windows = windows_around(moved, np.array([0.2], np.float32), portrait.size_wh)
    near = detector.near(portrait, windows)
    assert len(near) == 1
    assert overlaps(whole.boxes, near.boxes)[0, 0] > 0.8
    assert np.abs(near.landmarks - whole.landmarks).max() < 6


def test_a_face_that_crosses_a_windows_border_is_left_to_others(
    portrait: Frame, detector_model: OnnxModel
) -> None:
    detector = YuNetDetector(detector_model, FINE, score_threshold=0.6)
    assert len(detector.near(portrait, np.array([[225, 40, 200]]))) == 0
    assert len(detector.near(portrait, np.zeros((0, 3), np.int64))) == 0


def test_a_part_of_the_picture_can_be_looked_at_alone(
    portrait: Frame, detector_model: OnnxModel
) -> None:
    detector = YuNetDetector(detector_model, FINE, score_threshold=0.6)
    whole = detector(portrait)
    part = detector(portrait, np.array([120, 20, 340, 240], np.float32))
    assert overlaps(whole.boxes, part.boxes)[0, 0] > 0.8
    assert len(detector(portrait, np.array([0, 300, 150, 512], np.float32))) == 0


def test_windows_lie_inside_the_picture_and_grow_with_face_and_room() -> None:
    boxes = np.array([[0, 0, 30, 30], [300, 200, 500, 400]], np.float32)
    windows = windows_around(boxes, np.array([0.1, 0.1], np.float32), (640, 480))
    assert windows[0].tolist() == [0, 0, WINDOW_PX]
    left, top, side = windows[1]
    assert side >= 420
    assert left >= 0
    assert top >= 0
    assert left + side <= 640
    wider = windows_around(boxes, np.array([0.1, 0.5], np.float32), (6400, 4800))
    assert wider[1, 2] > side
