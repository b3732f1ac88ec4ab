"""Sparing attention changes the cost and next to nothing else."""

from collections import Counter
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import numpy as np
import pytest

from engine.attention import Attention
from engine.job import run
from engine.models.shipped import Models, load_models
from engine.pipeline import Pipeline, detector_scale
from engine.schedule import Schedule
from engine.settings import Effort, Settings
from engine.sinks.options import SinkOptions, open_sinks
from engine.sources.address import open_source
from engine.sources.scene import Scene, Script, write_clip
from engine.stages.detect import YuNetDetector
from engine.values.faces import Faces, overlaps
from engine.values.frame import Frame
from engine.values.result import FrameResult, Track
from tests.engine.stages.painted import ANN, At, faces_of, frame, times, tracker

SEEN = 0.6


@dataclass
class Outcome:
    results: list[FrameResult]
    tracks: tuple[Track, ...]

    @property
    def looks(self) -> int:
        return sum(result.detected for result in self.results)

    @property
    def estimates(self) -> int:
        return sum(
            int((~np.isnan(result.estimates.probs[:, 0])).sum())
            for result in self.results
            if result.estimates is not None
        )


def settings(effort: Effort) -> Settings:
    return Settings.model_validate({"schedule": {"effort": effort}})


def stepped(models: Models, source: str, effort: Effort) -> Outcome:
    pipeline = Pipeline(models, settings(effort))
    size = detector_scale(models, settings(effort)).size_for
    with open_source(source, small_size=size) as frames:
        results = [pipeline.step(frame) for frame in frames]
    return Outcome(results, pipeline.finish())


@pytest.fixture(scope="module")
def models() -> Models:
    return load_models()


@pytest.fixture(scope="module")
def scene() -> Scene:
    return Scene(Script(people=4, seconds=8, size_wh=(640, 360), seed=3))


@pytest.fixture(scope="module")
def clip(scene: Scene, tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("scene") / "visits.mp4"
    write_clip(path, scene)
    return str(path)


@pytest.fixture(scope="module")
def exhaustive(models: Models, clip: str) -> Outcome:
    return stepped(models, clip, Effort.EXHAUSTIVE)


@pytest.fixture(scope="module")
def balanced(models: Models, clip: str) -> Outcome:
    return stepped(models, clip, Effort.BALANCED)


@dataclass
class Scores:
    """Recall of visible faces, share of claimed ones with their person's id, last mean ages."""

    recall: float
    identity: float
    years: dict[int, float]


def scored(scene: Scene, outcome: Outcome) -> Scores:
    ids: dict[int, Counter[int]] = {}
    years: dict[int, float] = {}
    found = total = 0
    for index, result in enumerate(outcome.results):
        for face in scene.truth(index):
            if face.visible < SEEN:
                continue
            total += 1
            shared = overlaps(np.array([face.box_xyxy], np.float32), result.faces.boxes)[0]
            if shared.max(initial=0) < 0.4:
                continue
            found += 1
            row = int(shared.argmax())
            if result.faces.track_ids[row] > 0:
                ids.setdefault(face.person, Counter())[int(result.faces.track_ids[row])] += 1
                years[face.person] = float(result.beliefs[row].distribution.mean())
    right = sum(counts.most_common(1)[0][1] for counts in ids.values())
    return Scores(found / total, right / sum(c.total() for c in ids.values()), years)


def test_balanced_looks_seldom_and_estimates_seldom(exhaustive: Outcome, balanced: Outcome) -> None:
    assert exhaustive.looks == len(exhaustive.results)
    assert balanced.looks < 0.5 * exhaustive.looks
    assert balanced.estimates < exhaustive.estimates / 3


def test_balanced_finds_follows_and_believes_what_exhaustive_does(
    scene: Scene, exhaustive: Outcome, balanced: Outcome
) -> None:
    whole, spared = scored(scene, exhaustive), scored(scene, balanced)
    assert spared.recall >= whole.recall - 0.01
    assert spared.identity >= whole.identity - 0.01
    assert set(spared.years) == set(whole.years)
    apart = [spared.years[person] - whole.years[person] for person in whole.years]
    assert max(map(abs, apart)) < 1.5


def test_every_frame_has_rows_with_well_formed_values(balanced: Outcome) -> None:
    for result in balanced.results:
        count = len(result.faces)
        assert len(result.quality) == len(result.beliefs) == count
        assert (result.estimates is None) == (count == 0)
        assert result.looked
    spared = [result for result in balanced.results if not result.detected]
    assert any(len(result.faces) for result in spared)
    assert all(
        np.isnan(result.estimates.probs).all() for result in spared if result.estimates is not None
    )


@pytest.mark.parametrize("effort", [Effort.BALANCED, Effort.FAST])
def test_who_has_left_a_still_picture_is_let_go_in_time(effort: Effort) -> None:
    """Nothing moves there any more, so that next to no frame is looked at."""

    def people(time_s: float) -> list[At]:
        return [At(ANN, 300)] if time_s < 2 else []

    def detect(frame: Frame) -> Faces:
        return faces_of(people(frame.time_s))

    attention = Attention(cast(YuNetDetector, detect), tracker(lost_s=2), Schedule(effort))
    found_s, ended_s = 0.0, []
    for time_s in times(7).tolist():
        seen = attention(frame(people(time_s), time_s), None, lambda _: nullcontext())
        found_s = time_s if seen.detected and len(seen.faces) else found_s
        ended_s += [time_s] * len(seen.ended)
    assert ended_s == [pytest.approx(found_s + 2, abs=0.05)]


def written(models: Models, clip: str, effort: Effort, out: Path) -> dict[str, bytes]:
    with open_source(clip, small_size=detector_scale(models, settings(effort)).size_for) as source:
        sinks = open_sinks(out, source.info, SinkOptions())
        job = run(source, Pipeline(models, settings(effort)), sinks)
    assert not job.errors
    return {path.name: path.read_bytes() for path in sorted(out.iterdir())}


def test_two_runs_write_the_same_bytes_and_what_stepping_gives(
    models: Models, clip: str, balanced: Outcome, tmp_path: Path
) -> None:
    first = written(models, clip, Effort.BALANCED, tmp_path / "first")
    assert first == written(models, clip, Effort.BALANCED, tmp_path / "second")
    rows = sum(len(result.faces) for result in balanced.results)
    assert first["visits.faces.csv"].count(b"\n") == rows + 1


def test_detecting_ahead_in_threads_changes_no_byte(
    models: Models, clip: str, exhaustive: Outcome, tmp_path: Path
) -> None:
    with open_source(clip, small_size=detector_scale(models, Settings()).size_for) as source:
        sinks = open_sinks(tmp_path / "serial", source.info, SinkOptions())
        for sink in sinks:
            with sink:
                for result in exhaustive.results:
                    sink.write(result)
                sink.finish(())
    serial = (tmp_path / "serial" / "visits.faces.csv").read_bytes()
    assert (
        written(models, clip, Effort.EXHAUSTIVE, tmp_path / "ahead")["visits.faces.csv"] == serial
    )
