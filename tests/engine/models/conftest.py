"""Real faces for comparing runtimes and precisions."""

import zipfile
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import cv2
import numpy as np
import pytest

from engine.models.onnx import OnnxModel
from engine.models.shipped import AGE_MODEL
from engine.sources.address import open_source
from engine.sources.images import read_picture
from engine.stages.align import align
from engine.stages.detect import DetectorScale, YuNetDetector
from engine.stages.estimate import AgeEstimator
from engine.values.frame import Frame, Image, read_only
from tests.engine.models.made import differing, turned

APART = 5e-3
"""How far apart the answers of any two distinct crops are at least, somewhere on the age axis."""
ROOT = Path(__file__).resolve().parents[3]
CLIPS = ("preview-classroom.gif", "school.mkv", "sister.mkv", "walk.mkv")


@pytest.fixture(scope="session")
def age_model() -> Iterator[OnnxModel]:
    """The shipped age model."""
    model = OnnxModel(AGE_MODEL, threads=1)
    yield model
    model.close()


@pytest.fixture(scope="session")
def shipped_frames(portrait: Frame) -> list[Frame]:
    """Two photographs with faces that are there without any data set."""
    demo = read_only(read_picture(ROOT / "assets" / "pictures" / "demo.jpg"))
    return [portrait, Frame(demo, 0, 0.0, 0, "demo")]


@pytest.fixture(scope="session")
def shipped_crops(
    shipped_frames: list[Frame], detector_model: OnnxModel, age_model: OnnxModel
) -> Image:
    """(N, S, S, 3) crops of the faces in the shipped photographs."""
    return np.concatenate([crops_of(frame, detector_model, age_model) for frame in shipped_frames])


@pytest.fixture(scope="session")
def distinct_crops(shipped_crops: Image, age_model: OnnxModel) -> Image:
    """(37, S, S, 3) crops with answers of their own; 37, so that no batch repeats them in step."""
    crops = turned(shipped_crops)
    answers = age_model({"crops": crops})["probabilities"]
    taken = differing(answers, 1.2 * APART)[:37]
    assert len(taken) == 37
    return crops[taken]


@pytest.fixture(scope="session")
def clip_frames(shared_data: Path) -> list[Frame]:
    """Single frames of real clips."""
    return [
        frame
        for name in CLIPS
        for frame in islice(_frames(shared_data / "videos" / name), 0, 200, 50)
    ]


@pytest.fixture(scope="session")
def real_crops(shared_data: Path, detector_model: OnnxModel, age_model: OnnxModel) -> Image:
    """(200, S, S, 3) crops of 200 people of all ages."""
    found: list[Image] = []
    with zipfile.ZipFile(shared_data / "utkface.zip") as archive:
        names = sorted(name for name in archive.namelist() if name.endswith(".jpg"))
        for name in names[:: len(names) // 300]:
            data = np.frombuffer(archive.read(name), np.uint8)
            image = cv2.cvtColor(cv2.imdecode(data, cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB)
            frame = Frame(read_only(image), 0, 0.0, 0, name)
            found.extend(crops_of(frame, detector_model, age_model)[:1])
    return np.stack(found[:200])


def crops_of(frame: Frame, detector: OnnxModel, age: OnnxModel) -> Image:
    """Aligned crops of all faces of a frame."""
    estimator = AgeEstimator(age, batch=8)
    scale = DetectorScale(20, 14)
    faces = YuNetDetector(detector, scale, score_threshold=0.5, margin=0.2)(frame)
    return align(frame.image, faces.landmarks, estimator.template, estimator.side_px)


def _frames(clip: Path) -> Iterator[Frame]:
    with open_source(str(clip)) as source:
        yield from source
