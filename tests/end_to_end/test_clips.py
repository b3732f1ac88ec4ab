"""Real clips through the whole corridor: one track a visible person, from start to end."""

from collections import Counter
from pathlib import Path

import pytest

from engine.models.shipped import Models, load_models
from engine.pipeline import Pipeline, detector_scale
from engine.settings import Settings
from engine.sources.address import open_source

pytestmark = pytest.mark.data

PEOPLE = {
    "again.mkv": 1,
    "book.mkv": 1,
    "brother.mkv": 1,
    "help.mkv": 1,
    "learn.mkv": 1,
    "night.mkv": 1,
    "please.mkv": 1,
    "school.mkv": 1,
    "sister.mkv": 1,
    "walk.mkv": 1,
    "preview-classroom.gif": 4,
    "preview-face-demographics-walking.gif": 2,
    "preview-head-pose-face-detection-female-and-male.gif": 2,
}


@pytest.fixture(scope="module")
def models() -> Models:
    return load_models()


@pytest.mark.parametrize("effort", ["exhaustive", "balanced"])
@pytest.mark.parametrize("name", sorted(PEOPLE))
def test_every_visible_person_has_one_track(
    name: str, effort: str, models: Models, shared_data: Path
) -> None:
    settings = Settings.model_validate({"schedule": {"effort": effort}})
    pipeline = Pipeline(models, settings)
    frames: Counter[int] = Counter()
    total = 0
    clip = str(shared_data / "videos" / name)
    with open_source(clip, small_size=detector_scale(models, settings).size_for) as source:
        for frame in source:
            total += 1
            frames.update(int(track) for track in pipeline.step(frame).faces.track_ids)
    del frames[-1]
    assert len(frames) == PEOPLE[name]
    assert min(frames.values()) >= 0.9 * total
