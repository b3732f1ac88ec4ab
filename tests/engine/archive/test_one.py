"""Sources one after the other in this process."""

import errno
import threading
from dataclasses import replace
from io import FileIO
from pathlib import Path

import cv2
import numpy as np
import pytest

from engine.archive.folder import beside
from engine.archive.one import run_here
from engine.archive.task import Begun, Plan, Status, Step, Task
from engine.models.shipped import load_models
from engine.settings import RuntimeSettings, Settings
from engine.sinks.options import TABLES, SinkOptions


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


class Full(FileIO):
    """A file on a disk that is full from the end of the tables on."""

    def write(self, piece: memoryview) -> int:  # type: ignore[override]
        if str(self.name).endswith("digest.json.partial"):
            raise OSError(errno.ENOSPC, "No space left on device")
        return super().write(piece)


@pytest.mark.parametrize("ending", ["stopped", "full", "done"])
def test_results_of_an_earlier_run_give_way_to_whole_ones_only(
    ending: str, clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def contents() -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in tmp_path.iterdir()}

    settings = Settings(runtime=RuntimeSettings(name="onnxruntime", threads=1))
    options = SinkOptions(
        TABLES, annotate=True, subtitles=True, contact_sheet=True, digest=True, thumbnails=True
    )
    plan = Plan(str(tmp_path), options, settings)
    models = load_models(settings.runtime)
    stop = threading.Event()
    (first,) = run_here([Task(str(clip), "people")], plan, models, lambda _: None, stop)
    before = contents()
    assert set(before) == {*first.outputs}
    assert len(before) == 14

    def tell(news: Begun | Step) -> None:
        if ending == "stopped" and isinstance(news, Step) and news.job.frames == 3:
            stop.set()

    if ending == "full":
        monkeypatch.setattr("engine.sinks.growing.FileIO", Full)
    beside(tmp_path, "people").mkdir()  # as a process leaves it that dies
    again = replace(plan, options=replace(options, distribution=True))
    task = Task(str(clip), "people", stands=True)
    (outcome,) = run_here([task], again, models, tell, stop)
    assert outcome.gives_way is (ending != "done")
    assert (outcome.outputs == ()) is (ending != "done")
    assert (contents() == before) is (ending != "done")
    assert set(contents()) == set(before)
    assert not any(".partial/" in error for error in outcome.job.errors)
