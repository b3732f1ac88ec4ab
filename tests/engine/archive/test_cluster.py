"""A real Ray cluster of two workers on this machine, one of which is killed midway."""

import contextlib
import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.archive.cluster import LOCAL, Taken, _Cluster, _News, run_cluster
from engine.archive.one import run_here
from engine.archive.pool import Limits
from engine.archive.task import Begun, Outcome, Plan, Status, Step, Task
from engine.errors import ModelError, SettingsError
from engine.models.shipped import load_models
from engine.settings import RuntimeSettings, Settings
from engine.sinks.options import SinkOptions
from tests.engine.archive.faulty import Faulty

SETTINGS = Settings(runtime=RuntimeSettings(name="onnxruntime", threads=1))
ENDLESS = "synthetic:?people=1&seconds=3600&size=320x180"


def plan(out: Path) -> Plan:
    return Plan(str(out), SinkOptions(), SETTINGS)


def parent(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def running(title: str) -> Iterator[int]:
    """Processes of that title that this one started, or that those started."""
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if path.read_bytes().startswith(title.encode()):
                pid = int(path.parent.name)
                if os.getpid() in (parent(pid), parent(parent(pid))):
                    yield pid
        except (FileNotFoundError, ProcessLookupError):
            continue


class Killer:
    """Kills one worker when two sources are under way; notes what began."""

    def __init__(self) -> None:
        self.began: list[str] = []
        self.killed = False

    def __call__(self, news: Begun | Step) -> None:
        if isinstance(news, Begun):
            self.began.append(news.info.name)
        if not self.killed and len(self.began) > 1 and (busy := list(running("ray::_analyze"))):
            os.kill(busy[0], signal.SIGKILL)
            self.killed = True


def test_without_ray_the_extra_is_named(tmp_path: Path) -> None:
    try:
        import ray  # noqa: F401  whether it is there is the question
    except ImportError:
        with pytest.raises(SettingsError, match=r"pip install -e '\.\[cluster\]'"):
            list(
                run_cluster([], plan(tmp_path), Limits(), LOCAL, tell=print, stop=threading.Event())
            )
    else:
        pytest.skip("Ray is installed here")


def test_an_address_where_nobody_answers_is_told_at_once(tmp_path: Path) -> None:
    pytest.importorskip("ray", reason="needs the cluster extra: make test-cluster")
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"127.0.0.1:{server.getsockname()[1]}"
    began_s = time.monotonic()
    with pytest.raises(SettingsError, match=rf"no Ray cluster at '{address}' .*refused.*ray start"):
        list(run_cluster([], plan(tmp_path), Limits(), address, tell=print, stop=threading.Event()))
    assert time.monotonic() - began_s < 10


@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::DeprecationWarning")
def test_when_a_worker_is_killed_nothing_is_lost_and_nothing_doubled(
    clip: Path, tmp_path: Path
) -> None:
    pytest.importorskip("ray", reason="needs the cluster extra: make test-cluster")
    long = "synthetic:?people=2&seconds=20&size=320x180"
    tasks = [Task(long, "long"), Task(long, "twin"), *(Task(str(clip), f"c{n}") for n in range(4))]
    killer = Killer()
    ended: list[Outcome] = list(
        run_cluster(
            tasks, plan(tmp_path / "many"), Limits(jobs=2), LOCAL, tell=killer,
            stop=threading.Event(),
        )
    )  # fmt: skip
    assert killer.killed
    assert sorted(o.task.name for o in ended) == sorted(t.name for t in tasks)
    assert {o.status for o in ended} == {Status.DONE}
    assert sum(o.task.attempt - 1 for o in ended) == 1
    models = load_models(SETTINGS.runtime)
    alone = list(run_here(tasks, plan(tmp_path / "one"), models, lambda _: None, threading.Event()))
    assert len(alone) == len(tasks)
    names = sorted(path.name for path in (tmp_path / "one").iterdir())
    assert names == sorted(path.name for path in (tmp_path / "many").iterdir())
    for name in names:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "many" / name).read_bytes()


@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::DeprecationWarning")
def test_an_unforeseen_fault_on_a_cluster_costs_its_own_source_alone(
    clip: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    pytest.importorskip("ray", reason="needs the cluster extra: make test-cluster")
    secrets = Faulty("rtsp://viewer:hush-hush@192.0.2.1/stream")
    tasks = [Task(str(clip), "faulty", secrets=secrets), Task(str(clip), "other")]
    outcomes = run_cluster(
        tasks, plan(tmp_path), Limits(jobs=2), LOCAL, tell=lambda _: None, stop=threading.Event()
    )
    ended = {outcome.task.name: outcome for outcome in outcomes}
    assert (ended["faulty"].status, ended["faulty"].task.attempt) == (Status.FAILED, 2)
    assert "RuntimeError" in ended["faulty"].reason
    assert ended["other"].status is Status.DONE
    assert "cannot use rtsp://viewer:***@192.0.2.1/stream" in caplog.text
    assert "hush" not in f"{caplog.text} {ended}"


@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::DeprecationWarning")
def test_models_that_fail_once_others_have_worked_cost_one_source_of_a_cluster(
    clip: Path, tmp_path: Path
) -> None:
    pytest.importorskip("ray", reason="needs the cluster extra: make test-cluster")
    lost = Task(str(clip), "lost", secrets=Faulty("the GPU", ModelError))
    tasks = [Task(str(clip), "first"), lost, Task(str(clip), "last")]
    outcomes = run_cluster(
        tasks, plan(tmp_path), Limits(jobs=1), LOCAL, tell=lambda _: None, stop=threading.Event()
    )
    ended = {outcome.task.name: outcome for outcome in outcomes}
    statuses = {name: (outcome.status, outcome.task.attempt) for name, outcome in ended.items()}
    assert statuses == {
        "first": (Status.DONE, 1),
        "lost": (Status.FAILED, 2),
        "last": (Status.DONE, 1),
    }
    assert "cannot use the GPU" in ended["lost"].reason


@pytest.fixture
def standing(tmp_path: Path) -> Iterator[str]:
    """The address of a cluster of two CPUs that somebody started in a folder of their own."""
    pytest.importorskip("ray", reason="needs the cluster extra: make test-cluster")
    from ray.cluster_utils import Cluster

    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    head = {"num_cpus": 2, "include_dashboard": False, "object_store_memory": 100_000_000}
    with contextlib.chdir(elsewhere):
        cluster = Cluster(initialize_head=True, head_node_args=head)
    yield cluster.address
    cluster.shutdown()


@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::DeprecationWarning")
def test_relative_paths_begin_where_the_command_was_given(
    clip: Path, tmp_path: Path, standing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("here.mp4").write_bytes(clip.read_bytes())
    tasks = [Task("here.mp4", "here"), Task("missing.mp4", "missing")]
    plan = Plan("out", SinkOptions(), SETTINGS)
    outcomes = run_cluster(
        tasks, plan, Limits(), standing, tell=lambda _: None, stop=threading.Event()
    )
    ended = {outcome.task.name: outcome for outcome in outcomes}
    assert ended["here"].status is Status.DONE, ended["here"].reason
    assert (ended["here"].task, ended["here"].job.address) == (tasks[0], "here.mp4")
    assert ended["missing"].reason == "missing.mp4 does not exist. Check the path."
    assert {path.name for path in (tmp_path / "out").iterdir()} == set(ended["here"].outputs)


@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::DeprecationWarning")
def test_news_that_are_lost_cost_no_source(tmp_path: Path, standing: str) -> None:
    killed: list[int] = []

    def kill(news: Begun | Step) -> None:
        if isinstance(news, Step) and not killed:
            killed.extend(running("ray::_Reports"))
            for pid in killed:
                os.kill(pid, signal.SIGKILL)

    task = Task("synthetic:?people=1&seconds=20&size=320x180", "long")
    (outcome,) = run_cluster(
        [task], plan(tmp_path / "out"), Limits(), standing, tell=kill, stop=threading.Event()
    )
    assert killed
    assert (outcome.status, outcome.task.attempt) == (Status.DONE, 1)


@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::DeprecationWarning")
def test_a_cluster_stops_what_takes_too_long(clip: Path, tmp_path: Path) -> None:
    pytest.importorskip("ray", reason="needs the cluster extra: make test-cluster")
    hanging = tmp_path / "hanging.mp4"
    os.mkfifo(hanging)  # opening it waits for a writer that never comes
    tasks = [Task(ENDLESS, "long"), Task(str(hanging), "hanging"), Task(str(clip), "other")]
    limits = Limits(jobs=2, timeout_s=4, grace_s=8)
    stop = threading.Event()
    outcomes = run_cluster(
        tasks, plan(tmp_path / "out"), limits, LOCAL, tell=lambda _: None, stop=stop
    )
    statuses = {outcome.task.name: outcome.status for outcome in outcomes}
    assert statuses == {
        "long": Status.TIMEOUT, "hanging": Status.TIMEOUT, "other": Status.DONE,
    }  # fmt: skip
    assert (tmp_path / "out" / "long.faces.csv").exists()


@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::DeprecationWarning")
@pytest.mark.parametrize("address", [ENDLESS, ""], ids=["endless", "hanging"])
def test_what_takes_too_long_is_stopped_though_the_news_of_its_beginning_is_lost(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("ray", reason="needs the cluster extra: make test-cluster")
    lost: list[object] = []
    hear = _Cluster._hear

    def lose_the_first(cluster: _Cluster, news: list[_News]) -> None:
        if lost or not news:
            hear(cluster, news)
        lost.extend(news)

    monkeypatch.setattr(_Cluster, "_hear", lose_the_first)
    hanging = tmp_path / "hanging.mp4"
    os.mkfifo(hanging)  # opening it waits for a writer that never comes
    stop = threading.Event()
    giving_up = threading.Timer(60, stop.set)
    giving_up.start()
    limits = Limits(timeout_s=2, grace_s=1)
    (outcome,) = run_cluster(
        [Task(address or str(hanging), "x")], plan(tmp_path / "out"), limits, LOCAL,
        tell=lambda _: None, stop=stop,
    )  # fmt: skip
    giving_up.cancel()
    assert ("x", Taken()) in lost
    assert outcome.status is Status.TIMEOUT
