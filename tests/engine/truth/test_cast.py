"""People are cut from photographs whose ages are in their names."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from engine.errors import SourceError
from engine.models.onnx import OnnxModel
from engine.sources.portraits import load_portraits
from engine.stages.detect import DetectorScale, YuNetDetector
from engine.truth.cast import Casting
from engine.values.frame import Frame


@pytest.fixture(scope="module")
def detector(detector_model: OnnxModel) -> YuNetDetector:
    return YuNetDetector(detector_model, DetectorScale(20, 20), score_threshold=0.6, margin=0.2)


@pytest.fixture
def album(tmp_path: Path) -> Path:
    """Two people, a second photograph of one, and a wall."""
    hopper, collins = (portrait.image for portrait in load_portraits())
    wall = np.full((200, 200, 3), 120, np.uint8)
    pictures = {
        "001A77.JPG": hopper,
        "001A78.JPG": hopper[:, ::-1],
        "002A42.JPG": collins,
        "003A30.JPG": wall,
    }
    for name, image in pictures.items():
        cv2.imwrite(str(tmp_path / name), image[:, :, ::-1])
    return tmp_path


def test_nobody_plays_twice_and_a_wall_not_at_all(album: Path, detector: YuNetDetector) -> None:
    portraits = Casting(album, detector, 1).cast(2)
    ages = sorted(portrait.age_years for portrait in portraits)
    assert ages in ([42, 77], [42, 78])
    with pytest.raises(SourceError, match=r"a scene of 3 needs 3\. Ask for fewer with --people"):
        Casting(album, detector, 1).cast(3)


def test_the_box_is_where_the_detector_sees_the_face(album: Path, detector: YuNetDetector) -> None:
    for portrait in Casting(album, detector, 2).cast(2):
        x1, y1, x2, y2 = portrait.face_xyxy
        middle = round((y1 + y2) / 2), round((x1 + x2) / 2)
        assert portrait.alpha[middle] > 250
        assert portrait.alpha[-1].max() > 250
        assert portrait.alpha[0].max() < 30
        [found] = detector(Frame(portrait.image, 0, 0.0, 0, "cut out")).boxes
        assert np.abs(found - portrait.face_xyxy).max() < 0.1 * (y2 - y1)
        assert 1.0 < (y2 - y1) / (x2 - x1) < 1.7
