"""Worker processes that are killed, hang, are too slow or are stopped: real processes."""

import contextlib
import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Mapping
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from engine.archive import pool
from engine.archive import worker as worker_process
from engine.archive.pool import Limits, run_pool
from engine.archive.task import Begun, Outcome, Plan, Status, Step, Task
from engine.cameras_file_secrets import fill_in
from engine.errors import ModelError
from engine.models.model import Array, Model
from engine.models.shipped import Models, load_models
from engine.models.tensorrt.progress import Progress, silent
from engine.settings import RuntimeSettings, Settings
from engine.sinks.options import SinkOptions
from tests.engine.archive.faulty import Faulty

ENDLESS = "synthetic:?people=1&seconds=3600&size=320x180"
SETTINGS = Settings(runtime=RuntimeSettings(name="onnxruntime", threads=1))


def plan(out: Path, settings: Settings = SETTINGS) -> Plan:
    return Plan(str(out), SinkOptions(), settings)


class Listener:
    """Notes which sources began, and kills the only worker as often as it is told to."""

    def __init__(self, victim: str = "", kills: int = 0, stop_at: str = "") -> None:
        self.began: list[str] = []
        self.stop = threading.Event()
        self._victim, self._kills, self._stop_at = victim, kills, stop_at

    def __call__(self, news: Begun | Step) -> None:
        if isinstance(news, Step):
            if news.job.source == self._stop_at:
                self.stop.set()
            return
        self.began.append(news.info.name)
        if news.info.name == self._victim and self._kills:
            self._kills -= 1
            (worker,) = multiprocessing.active_children()
            assert worker.pid
            os.kill(worker.pid, 9)


def run(
    tasks: list[Task], out: Path, limits: Limits, listener: Listener | None = None
) -> dict[str, Outcome]:
    listener = listener or Listener()
    outcomes = run_pool(tasks, plan(out), limits, listener, listener.stop)
    return {outcome.task.name: outcome for outcome in outcomes}


def test_a_source_whose_worker_dies_is_begun_anew_and_done(clip: Path, tmp_path: Path) -> None:
    listener = Listener("victim", kills=1)
    tasks = [Task(str(clip), "victim"), Task(str(clip), "other")]
    ended = run(tasks, tmp_path, Limits(), listener)
    assert listener.began == ["victim", "victim", "other"]
    assert ended["victim"].task.attempt == 2
    assert {outcome.status for outcome in ended.values()} == {Status.DONE}
    tables = [(tmp_path / f"{name}.tracks.csv").read_text() for name in ended]
    assert tables[0].replace("victim", "other") == tables[1]
    assert not list(tmp_path.glob("*.partial"))
    assert not multiprocessing.active_children()


def test_a_source_that_kills_its_worker_twice_costs_itself_alone(
    clip: Path, tmp_path: Path
) -> None:
    listener = Listener("victim", kills=2)
    tasks = [Task(ENDLESS, "victim"), Task(str(clip), "other")]
    ended = run(tasks, tmp_path, Limits(), listener)
    assert ended["victim"].status is Status.FAILED
    assert "signal 9, 2 times" in ended["victim"].reason
    assert ended["other"].status is Status.DONE
    assert ended["other"].outputs == ("other.faces.csv", "other.tracks.csv")
    assert set(ended["other"].models) == {"age.onnx", "yunet.onnx"}


def test_an_unforeseen_fault_in_a_worker_costs_its_own_source_alone(
    clip: Path, tmp_path: Path
) -> None:
    tasks = [Task("\0", "faulty"), Task(str(clip), "other")]  # no file system takes that name
    ended = run(tasks, tmp_path, Limits())
    assert (ended["faulty"].status, ended["faulty"].task.attempt) == (Status.FAILED, 2)
    assert "exit code 1, 2 times" in ended["faulty"].reason
    assert ended["other"].status is Status.DONE


class Failing:
    """A model that works for a while, and from then on never again in this process."""

    def __init__(self, model: Model, calls: int) -> None:
        self._model, self._left = model, calls
        self.spec, self.running = model.spec, model.running

    def __call__(self, inputs: Mapping[str, Array]) -> dict[str, Array]:
        self._left -= 1
        if self._left < 0:
            raise ModelError("CUDA: cuEventSynchronize failed with CUDA_ERROR_ILLEGAL_ADDRESS.")
        return self._model(inputs)

    def close(self) -> None:
        self._model.close()


def work_on_failing_gpus(link: Connection, plan: Plan) -> None:
    """As `work`; there is a folder for each process that will fail, named by its calls before."""

    def load(settings: RuntimeSettings, progress: Progress) -> Models:
        models = load_models(settings, progress=progress)
        failures = sorted(Path(plan.out).parent.glob("fails-after-*"))
        if not failures:
            return models
        failures[0].rmdir()
        calls = int(failures[0].name.rpartition("-")[2])
        return Models(Failing(models.detector, calls), models.age)

    worker_process.load_models = load
    worker_process.work(link, plan)


def test_a_source_on_which_the_models_failed_is_begun_anew_in_another_process(
    clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool, "work", work_on_failing_gpus)
    (tmp_path / "fails-after-3").mkdir()
    listener = Listener()
    tasks = [Task(str(clip), "victim"), Task(str(clip), "other"), Task(str(clip), "last")]
    ended = run(tasks, tmp_path / "out", Limits(), listener)
    assert listener.began == ["victim", "victim", "other", "last"]
    assert [(end.status, end.task.attempt) for end in ended.values()] == [
        (Status.DONE, 2), (Status.DONE, 1), (Status.DONE, 1),
    ]  # fmt: skip
    tables = [(tmp_path / "out" / f"{name}.faces.csv").read_text() for name in ended]
    assert tables[0].replace("victim", "other") == tables[1]
    assert not multiprocessing.active_children()


def test_models_that_fail_again_on_a_source_cost_it_alone(
    clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool, "work", work_on_failing_gpus)
    for calls in (3, 4):
        (tmp_path / f"fails-after-{calls}").mkdir()
    tasks = [Task(str(clip), "victim"), Task(str(clip), "other")]
    outcomes = list(
        run_pool(tasks, plan(tmp_path / "out"), Limits(), Listener(), threading.Event())
    )
    victim, other = outcomes
    assert (victim.status, victim.task.attempt) == (Status.FAILED, 2)
    assert "CUDA_ERROR_ILLEGAL_ADDRESS" in victim.reason
    assert victim.outputs == ("victim.faces.csv", "victim.tracks.csv")
    assert (other.status, other.task.attempt) == (Status.DONE, 1)


def test_what_takes_too_long_is_stopped_and_its_tables_are_whole(
    clip: Path, tmp_path: Path
) -> None:
    hanging = tmp_path / "hanging.mp4"
    os.mkfifo(hanging)  # opening it waits for a writer that never comes
    tasks = [Task(ENDLESS, "long"), Task(str(hanging), "hanging"), Task(str(clip), "other")]
    out = tmp_path / "out"
    ended = run(tasks, out, Limits(timeout_s=3, grace_s=8))
    assert ended["other"].status is Status.DONE
    for name in ("long", "hanging"):
        assert ended[name].status is Status.TIMEOUT
        assert "longer than 3 s" in ended[name].reason
    assert ended["long"].job.frames > 0
    assert ended["long"].outputs == ("long.faces.csv", "long.tracks.csv")


def test_stopping_completes_what_is_under_way_and_begins_nothing(
    clip: Path, tmp_path: Path
) -> None:
    tasks = [Task(ENDLESS, "long"), Task(str(clip), "other")]
    ended = run(tasks, tmp_path, Limits(), Listener(stop_at="long"))
    assert {outcome.status for outcome in ended.values()} == {Status.INTERRUPTED}
    assert ended["long"].outputs == ("long.faces.csv", "long.tracks.csv")
    assert ended["other"].outputs == ()
    assert "before it began" in ended["other"].reason


def work_that_builds_for_long(link: Connection, plan: Plan) -> None:
    """As `work`, with models whose engines take a minute to build."""

    def load(_settings: RuntimeSettings, progress: Progress = silent) -> Models:
        Path(plan.out).touch()
        for _ in range(600):
            progress("building", 0.5)
            time.sleep(0.1)
        raise ModelError("built in vain")

    worker_process.load_models = load
    worker_process.work(link, plan)


def test_stopping_ends_a_worker_that_still_loads_its_models(
    clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool, "work", work_that_builds_for_long)
    loading, stop = tmp_path / "loading", threading.Event()
    stopped_s: list[float] = []

    def stop_while_it_loads() -> None:
        while not loading.exists():
            time.sleep(0.05)
        stopped_s.append(time.monotonic())
        stop.set()

    threading.Thread(target=stop_while_it_loads, daemon=True).start()
    limits = Limits(grace_s=60)
    (ended,) = run_pool([Task(str(clip), "clip")], plan(loading), limits, Listener(), stop)
    assert time.monotonic() - stopped_s[0] < 15
    assert (ended.status, ended.outputs) == (Status.INTERRUPTED, ())


@pytest.mark.skipif(sys.platform == "win32", reason="interrupts go to a console there")
def test_an_interrupt_while_a_worker_is_starting_does_not_end_it(
    clip: Path, tmp_path: Path
) -> None:
    over = threading.Event()

    def interrupt() -> None:
        while not over.is_set():
            for worker in multiprocessing.active_children():
                with contextlib.suppress(ProcessLookupError):  # ended, reaped by the pool
                    os.kill(worker.pid or 0, signal.SIGINT)
            over.wait(0.01)

    interrupting = threading.Thread(target=interrupt)
    interrupting.start()
    try:
        ended = run([Task(str(clip), "clip")], tmp_path, Limits())
    finally:
        over.set()
        interrupting.join()
    assert (ended["clip"].status, ended["clip"].task.attempt) == (Status.DONE, 1)


def test_workers_without_models_end_the_run_with_their_reason(clip: Path, tmp_path: Path) -> None:
    settings = Settings(runtime=RuntimeSettings(name="onnxruntime", require_gpu=True))
    with pytest.raises(ModelError, match="GPU is required"):
        list(
            run_pool(
                [Task(str(clip), "x")], plan(tmp_path, settings), Limits(), Listener(),
                threading.Event(),
            )
        )  # fmt: skip
    assert not multiprocessing.active_children()


def test_a_worker_does_not_tell_a_secret_that_was_put_in_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOOR", "tlJwpbo6")
    address = fill_in("rtsp://127.0.0.1:1/${DOOR}")
    monkeypatch.delenv("DOOR")
    ended = run([Task(address, "door")], tmp_path, Limits())["door"]
    assert "rtsp://127.0.0.1:1/${DOOR} cannot be opened" in ended.reason
    assert "tlJwpbo6" not in f"{ended.reason} {ended.job}"


def test_a_worker_logs_an_unforeseen_fault_without_passwords(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    secrets = Faulty("rtsp://viewer:hush-hush@192.0.2.1/stream")
    run([Task("clip.mp4", "door", secrets=secrets)], tmp_path, Limits())
    told = capfd.readouterr().err
    assert "in analyze_one" in told
    assert told.count("RuntimeError: cannot use rtsp://viewer:***@192.0.2.1/stream") == 2
    assert "hush" not in told
