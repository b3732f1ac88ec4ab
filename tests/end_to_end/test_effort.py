"""What balanced spares on real clips, and what it costs."""

from pathlib import Path

import numpy as np
import pytest

from engine.models.shipped import Models, load_models
from engine.pipeline import Pipeline, detector_scale
from engine.settings import Settings
from engine.sources.address import open_source
from engine.values.faces import overlaps
from engine.values.result import FrameResult

pytestmark = pytest.mark.data

CLIPS = ("brother.mkv", "help.mkv", "learn.mkv", "night.mkv", "please.mkv", "sister.mkv")


@pytest.fixture(scope="module")
def models() -> Models:
    return load_models()


def stepped(models: Models, clip: Path, effort: str) -> tuple[list[FrameResult], dict[int, float]]:
    settings = Settings.model_validate({"schedule": {"effort": effort}})
    pipeline = Pipeline(models, settings)
    with open_source(str(clip), small_size=detector_scale(models, settings).size_for) as source:
        results = [pipeline.step(frame) for frame in source]
    ended = [track for result in results for track in result.ended]
    tracks = [*ended, *pipeline.finish()]
    return results, {t.track_id: float(t.belief.distribution.mean()) for t in tracks}


def agreement(whole: list[FrameResult], spared: list[FrameResult]) -> float:
    """Share of the confirmed faces of `whole` that `spared` has in the same place."""
    found = total = 0
    for one, other in zip(whole, spared, strict=True):
        boxes = one.faces.boxes[one.faces.track_ids > 0]
        shared = overlaps(boxes, other.faces.boxes)
        found += int((shared.max(1, initial=0) > 0.5).sum())
        total += len(boxes)
    return found / total


def test_balanced_says_of_real_people_what_exhaustive_says(
    models: Models, shared_data: Path
) -> None:
    apart, agreed, looks = [], [], []
    for name in CLIPS:
        clip = shared_data / "videos" / name
        whole, ages = stepped(models, clip, "exhaustive")
        spared, ages_spared = stepped(models, clip, "balanced")
        assert set(ages) == set(ages_spared)
        apart += [ages_spared[track] - ages[track] for track in ages]
        agreed.append(agreement(whole, spared))
        looks.append(np.mean([result.detected for result in spared]))
    assert np.mean(agreed) >= 0.99
    assert np.mean(looks) < 0.5
    assert np.abs(apart).max() < 1.5
    assert np.sqrt(np.mean(np.square(apart))) < 0.75
