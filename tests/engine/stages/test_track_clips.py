"""The tracker behind the real detector on real clips: who is in them was counted by eye."""

from functools import cache
from pathlib import Path

import av
import numpy as np
import pytest

from engine.models.onnx import OnnxModel
from engine.settings import DetectSettings, TrackSettings
from engine.stages.detect import DetectorScale, YuNetDetector
from engine.stages.track import Tracked, Tracker
from engine.values.faces import Faces
from engine.values.frame import Frame

pytestmark = pytest.mark.data

EVERY = 2
"""Every second frame is enough (15 frames a second, the animations 6) and half the time."""
PEOPLE = {
    "again.mkv": "a man in a black hood",
    "brother.mkv": "a man in a black hood",
    "help.mkv": "a man in a black hood",
    "book.mkv": "a woman in yellow",
    "learn.mkv": "a woman in yellow",
    "school.mkv": "a woman in yellow",
    "walk.mkv": "a woman in yellow",
    "night.mkv": "a man in letters",
    "sister.mkv": "a man in letters",
    "please.mkv": "a man in grey",
}
CROWDS = {
    "preview-classroom.gif": 4,
    "preview-face-demographics-walking.gif": 2,
    "preview-head-pose-face-detection-female-and-male.gif": 2,
}
Seen = tuple[Frame, Faces]


@cache
def seen(clip: Path, model: OnnxModel) -> list[Seen]:
    settings = DetectSettings()
    scale = DetectorScale(settings.smallest_face_px, int(model.spec.fact("smallest_face_px")))
    detect = YuNetDetector(model, scale, score_threshold=settings.low_score)
    with av.open(str(clip)) as container:
        frames = [
            Frame(picture.to_ndarray(format="rgb24"), index, float(picture.time), 0, clip.name)
            for index, picture in enumerate(container.decode(video=0))
            if index % EVERY == 0
        ]
    return [(frame, detect(frame)) for frame in frames]


def tracked(*parts: list[Seen]) -> list[Tracked]:
    """Track clips that follow each other at a frame's distance."""
    tracker, outcomes, start_s = Tracker(TrackSettings(), DetectSettings()), [], 0.0
    for part in parts:
        first_s = part[0][0].time_s
        for frame, faces in part:
            time_s = start_s + frame.time_s - first_s
            outcomes.append(tracker(Frame(frame.image, frame.index, time_s, 0, "clips"), faces))
        start_s = time_s + 0.07
    return outcomes


def frames_by_id(outcomes: list[Tracked]) -> dict[int, int]:
    numbers = np.concatenate([outcome.faces.track_ids for outcome in outcomes])
    found, counts = np.unique(numbers[numbers != -1], return_counts=True)
    return dict(zip(found.tolist(), counts.tolist(), strict=True))


@pytest.mark.parametrize(("name", "people"), [*dict.fromkeys(PEOPLE, 1).items(), *CROWDS.items()])
def test_every_person_is_one_track_from_beginning_to_end(
    shared_data: Path, detector_model: OnnxModel, name: str, people: int
) -> None:
    outcomes = tracked(seen(shared_data / "videos" / name, detector_model))
    frames = frames_by_id(outcomes)
    assert list(frames) == list(range(1, people + 1))
    assert min(frames.values()) >= 0.9 * len(outcomes)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("again.mkv", "book.mkv"),
        ("again.mkv", "sister.mkv"),
        ("book.mkv", "please.mkv"),
        ("night.mkv", "walk.mkv"),
        ("please.mkv", "night.mkv"),
        ("again.mkv", "brother.mkv"),
        ("book.mkv", "school.mkv"),
        ("sister.mkv", "night.mkv"),
    ],
)
def test_a_cut_in_the_same_room_keeps_the_id_for_the_same_person_only(
    shared_data: Path, detector_model: OnnxModel, first: str, second: str
) -> None:
    parts = [seen(shared_data / "videos" / name, detector_model) for name in (first, second)]
    outcomes = tracked(*parts)
    last = outcomes[-1].faces.track_ids.tolist()
    if PEOPLE[first] == PEOPLE[second]:
        assert last == [1]
    else:
        assert last != [1]
