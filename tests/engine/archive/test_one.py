"""Sources one after the other in this process."""

import threading
from pathlib import Path

import cv2
import numpy as np
import pytest

from engine.archive.one import run_here
from engine.archive.task import Begun, Plan, Status, Step, Task
from engine.models.shipped import load_models
from engine.settings import RuntimeSettings, Settings
from engine.sinks.options import SinkOptions


def test_an_unforeseen_fault_fails_its_own_source_and_is_logged_with_its_trace(
    clip: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings = Settings(runtime=RuntimeSettings(name="onnxruntime", threads=1))
    plan = Plan(str(tmp_path), SinkOptions(), settings)
    tasks = [Task("\0", "faulty"), Task(str(clip), "other")]  # no file system takes that name
    models = load_models(settings.runtime)
    faulty, other = run_here(tasks, plan, models, lambda _: None, threading.Event())
    assert (faulty.status, other.status) == (Status.FAILED, Status.DONE)
    assert "unforeseen" in faulty.reason
    assert "ValueError: embedded null byte" in faulty.reason
    assert faulty.job.errors == [faulty.reason]
    (record,) = caplog.records
    assert "faulty" in record.getMessage()
    assert record.exc_info is not None


def test_nobody_misses_the_sound_of_an_animation(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "wave.webp"
    animation = cv2.Animation()
    animation.frames = [np.full((48, 64, 3), shade, np.uint8) for shade in (20, 90, 200)]
    animation.durations = [100, 100, 100]
    cv2.imwriteanimation(str(path), animation)
    settings = Settings(runtime=RuntimeSettings(name="onnxruntime", threads=1))
    plan = Plan(str(tmp_path), SinkOptions(annotate=True), settings)
    models = load_models(settings.runtime)
    task = Task(str(path), "wave")
    (outcome,) = run_here([task], plan, models, lambda _: None, threading.Event())
    assert outcome.status is Status.DONE
    assert (tmp_path / "wave.annotated.mp4").exists()
    assert caplog.text == ""


def test_what_others_put_beside_the_results_meanwhile_is_no_output(
    clip: Path, tmp_path: Path
) -> None:
    def tell(_: Begun | Step) -> None:
        for ending in ("notes.txt", "second-camera.mp4", "vtt"):
            (tmp_path / f"people.{ending}").write_text("mine")

    settings = Settings(runtime=RuntimeSettings(name="onnxruntime", threads=1))
    plan = Plan(str(tmp_path), SinkOptions(), settings)
    models = load_models(settings.runtime)
    (outcome,) = run_here([Task(str(clip), "people")], plan, models, tell, threading.Event())
    assert outcome.outputs == ("people.faces.csv", "people.tracks.csv")


def test_what_a_killed_run_left_unfinished_goes_once_the_source_is_done(
    clip: Path, tmp_path: Path
) -> None:
    unfinished = ("annotated.mp4.partial", "faces.parquet.partial.jsonl", "sqlite.partial-wal")
    others = {"people.notes.partial", "two.annotated.mp4.partial"}
    for name in (*others, *(f"people.{ending}" for ending in unfinished)):
        (tmp_path / name).touch()
    settings = Settings(runtime=RuntimeSettings(name="onnxruntime", threads=1))
    plan = Plan(str(tmp_path), SinkOptions(), settings)
    models = load_models(settings.runtime)
    task = Task(str(clip), "people")
    (outcome,) = run_here([task], plan, models, lambda _: None, threading.Event())
    assert outcome.status is Status.DONE
    assert {path.name for path in tmp_path.iterdir()} == {*outcome.outputs, *others}
