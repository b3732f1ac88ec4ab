import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import numpy as np
import pytest

from engine.errors import ModelError, SettingsError, SourceError
from engine.grade import Grade
from engine.sources.source import SourceInfo
from engine.status import SessionStatus, State
from engine.supervisor import Camera, Limits, Supervisor
from engine.values.faces import Faces
from engine.values.frame import Frame
from engine.values.result import FrameResult, Track

IMAGE = np.zeros((24, 32, 3), np.uint8)
SOMEBODY = Faces.found([[4, 4, 12, 12]], np.zeros((1, 5, 2)), [0.9]).with_ids(np.ones(1, np.int64))
SECRET = "s3cr3t"
QUICK = Limits(hang_s=0.5, engine_s=1.5, tick_s=0.05)


class World:
    """Cameras and pipelines whose behaviour a test can change while they run."""

    def __init__(self) -> None:
        self.absent: set[str] = set()
        self.silent: set[str] = set()
        self.stuck: set[str] = set()
        self.broken: set[str] = set()
        self.without_gpu: set[str] = set()
        self.crowded: set[str] = set()
        self.built: list[str] = []
        self.let_go = threading.Event()

    def open(self, camera: Camera) -> "Stream":
        if camera.name in self.absent:
            raise SourceError(f"{camera.name} is not there.")
        return Stream(self, camera.name)

    def pipeline(self, camera: Camera, _: SourceInfo) -> "Looker":
        self.built.append(camera.name)
        return Looker(self, camera.name)


class Stream:
    def __init__(self, world: World, name: str) -> None:
        self.world, self.name = world, name
        self.info = SourceInfo(name, "rtsp://x", True, False, 32, 24, 50, 0, 0)
        self.problems: list[str] = []
        self.closed = False

    def __iter__(self) -> Iterator[Frame]:
        index = 0
        while not self.closed:
            if self.name in self.world.absent:
                raise SourceError(f"{self.name} disconnected.")
            time.sleep(0.02)
            if self.name in self.world.silent:
                continue
            yield Frame(IMAGE, index, index / 50, time.monotonic_ns(), self.name)
            index += 1

    def close(self) -> None:
        self.closed = True

    def __enter__(self) -> "Stream":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Looker:
    def __init__(self, world: World, name: str) -> None:
        self.world, self.name = world, name

    def step(self, frame: Frame) -> FrameResult:
        if self.name in self.world.stuck:
            self.world.let_go.wait()
        if self.name in self.world.broken:
            raise IndexError("row 7")
        if self.name in self.world.without_gpu:
            raise ModelError("CUDA: cuEventSynchronize failed with CUDA_ERROR_ILLEGAL_ADDRESS.")
        faces = SOMEBODY if self.name in self.world.crowded else Faces.none()
        return FrameResult(frame, faces, np.zeros(len(faces), np.float32), None, ())

    def finish(self) -> tuple[Track, ...]:
        return ()


class Heard:
    def __init__(self) -> None:
        self.names: list[str] = []

    def on_result(self, name: str, result: FrameResult) -> None:
        assert result.frame.source == name
        self.names.append(name)

    def on_tracks(self, name: str, tracks: tuple[Track, ...]) -> None: ...


@pytest.fixture
def world() -> Iterator[World]:
    made = World()
    yield made
    made.let_go.set()


@pytest.fixture
def supervise(world: World) -> Iterator[Callable[..., Supervisor]]:
    with ExitStack() as stack:

        def made(*names: str, limits: Limits = QUICK) -> Supervisor:
            supervisor = stack.enter_context(Supervisor(world.pipeline, world.open, limits))
            for name in names:
                supervisor.add(camera(name))
            return supervisor

        yield made
        world.let_go.set()


def camera(name: str) -> Camera:
    return Camera(name, f"rtsp://admin:{SECRET}@192.0.2.1/{name}")


def until(reached: Callable[[], bool], timeout_s: float = 20.0) -> None:
    end = time.monotonic() + timeout_s
    while not reached():
        assert time.monotonic() < end
        time.sleep(0.005)


def until_status(
    supervisor: Supervisor, name: str, reached: Callable[[SessionStatus], bool]
) -> SessionStatus:
    until(lambda: reached(supervisor.statuses()[name]))
    return supervisor.statuses()[name]


def running(status: SessionStatus) -> bool:
    return status.state is State.RUNNING and status.frames > 3


def test_cameras_start_although_some_are_absent(
    supervise: Callable[..., Supervisor], world: World, caplog: pytest.LogCaptureFixture
) -> None:
    world.absent = {"door"}
    supervisor = supervise("door", "hall")
    until_status(supervisor, "hall", running)
    assert until_status(supervisor, "door", lambda s: s.state is State.RECONNECTING).message
    world.absent = set()
    until_status(supervisor, "door", running)
    assert "door is not there" in caplog.text


def test_cameras_come_go_pause_and_change_names_while_others_run(
    supervise: Callable[..., Supervisor],
) -> None:
    supervisor, heard = supervise("door"), Heard()
    supervisor.subscribe(heard)
    supervisor.add(camera("hall"))
    until(lambda: heard.names.count("hall") > 3)
    supervisor.rename("hall", "lobby")
    until(lambda: heard.names.count("lobby") > 3)
    assert supervisor.names == ("door", "lobby")
    supervisor.pause("lobby")
    until_status(supervisor, "lobby", lambda s: s.state is State.PAUSED)
    time.sleep(0.1)
    frames = supervisor.statuses()["lobby"].frames
    time.sleep(0.2)
    assert supervisor.statuses()["lobby"].frames == frames
    supervisor.resume("lobby")
    until_status(supervisor, "lobby", lambda s: s.frames > frames)
    supervisor.remove("lobby")
    assert supervisor.names == ("door",)
    until_status(supervisor, "door", running)
    supervisor.unsubscribe(heard)


def test_a_camera_can_be_replaced_and_its_counters_go_on(
    supervise: Callable[..., Supervisor], world: World
) -> None:
    supervisor = supervise("door")
    before = until_status(supervisor, "door", running).frames
    supervisor.replace(Camera("door", "rtsp://elsewhere/1", effort="low"))
    assert supervisor.statuses()["door"].frames >= before
    until(lambda: world.built == ["door", "door"])
    until_status(supervisor, "door", lambda s: s.frames > before + 3)


def test_names_are_unique_and_known(supervise: Callable[..., Supervisor]) -> None:
    supervisor = supervise("door", "hall")
    with pytest.raises(SettingsError, match="two cameras are called 'door'"):
        supervisor.add(camera("door"))
    with pytest.raises(SettingsError, match="two cameras would be called 'hall'"):
        supervisor.rename("door", "hall")
    with pytest.raises(SettingsError, match="no camera called 'attic'; there are: door, hall"):
        supervisor.pause("attic")


def test_a_session_that_hangs_is_rebuilt_and_others_notice_nothing(
    supervise: Callable[..., Supervisor], world: World, caplog: pytest.LogCaptureFixture
) -> None:
    supervisor = supervise("door", "hall")
    until_status(supervisor, "door", running)
    world.stuck = {"door"}
    until(lambda: world.built.count("door") == 2)
    world.stuck = set()
    until_status(supervisor, "door", running)
    assert world.built.count("hall") == 1
    assert "door (rtsp://admin:***@192.0.2.1/door) is started anew: no sign" in caplog.text
    assert supervisor.failure == ""


def test_a_session_that_fails_is_rebuilt_five_times_and_then_held_back(
    supervise: Callable[..., Supervisor], world: World, caplog: pytest.LogCaptureFixture
) -> None:
    supervisor = supervise("door", "hall")
    world.broken = {"door"}
    until(lambda: world.built.count("door") == 6)
    time.sleep(0.5)
    assert world.built.count("door") == 6
    status = supervisor.statuses()["door"]
    assert status.state is State.FAILED
    assert "IndexError" in status.message
    assert status.message.endswith(" It is tried again in 1 min.")
    told = "door (rtsp://admin:***@192.0.2.1/door) is tried again in 1 min: IndexError"
    assert caplog.text.count(told) == 1
    assert supervisor.statuses()["hall"].state is State.RUNNING
    assert SECRET not in caplog.text
    supervisor.replace(camera("door"))
    until(lambda: world.built.count("door") == 12)
    until(lambda: caplog.text.count(told) == 2)


def test_the_engine_gives_up_when_pictures_come_and_none_is_looked_at(
    supervise: Callable[..., Supervisor], world: World, caplog: pytest.LogCaptureFixture
) -> None:
    supervisor = supervise("door", "hall")
    until_status(supervisor, "door", running)
    until_status(supervisor, "hall", running)
    assert not supervisor.wait(0.01)
    assert supervisor.well
    world.stuck = {"door", "hall"}
    assert supervisor.wait(10)
    assert "no picture of any camera was looked at" in supervisor.failure
    assert not supervisor.well
    assert supervisor.failure in caplog.text


def test_the_engine_gives_up_when_the_models_fail_on_every_picture_that_comes(
    supervise: Callable[..., Supervisor], world: World, caplog: pytest.LogCaptureFixture
) -> None:
    supervisor = supervise("door", "hall", "yard")
    for name in ("door", "hall"):
        until_status(supervisor, name, running)
    world.without_gpu = {"door", "hall"}
    world.absent = {"yard"}
    assert supervisor.wait(10)
    assert "no picture of any camera was looked at" in supervisor.failure
    assert not supervisor.well
    assert "CUDA_ERROR_ILLEGAL_ADDRESS" in caplog.text


def test_the_engine_gives_up_when_the_models_fail_on_one_camera_and_others_see_nobody(
    supervise: Callable[..., Supervisor], world: World, caplog: pytest.LogCaptureFixture
) -> None:
    supervisor = supervise("door", "hall")
    world.without_gpu = {"door"}
    assert supervisor.wait(10)
    assert "looked at for 2 s, but for empty ones" in supervisor.failure
    assert caplog.text


def test_models_that_fail_on_one_camera_do_not_end_the_others(
    supervise: Callable[..., Supervisor], world: World, caplog: pytest.LogCaptureFixture
) -> None:
    world.crowded = {"hall"}
    supervisor = supervise("door", "hall")
    world.without_gpu = {"door"}
    until_status(supervisor, "door", lambda s: s.state is State.FAILED)
    assert not supervisor.wait(2.5)
    assert supervisor.well
    assert caplog.text


def test_the_engine_gives_up_when_too_many_threads_hang(
    supervise: Callable[..., Supervisor], world: World, caplog: pytest.LogCaptureFixture
) -> None:
    limits = Limits(hang_s=0.2, tick_s=0.05, abandoned=3)
    supervisor = supervise("door", "hall", limits=limits)
    until_status(supervisor, "hall", running)
    world.stuck = {"door"}
    assert supervisor.wait(10)
    assert supervisor.failure == "3 threads hang. Start the program again."
    assert "is started anew" in caplog.text


def test_cameras_that_are_all_away_are_no_fault_of_the_engine(
    supervise: Callable[..., Supervisor], world: World, caplog: pytest.LogCaptureFixture
) -> None:
    world.absent = {"door", "hall"}
    supervisor = supervise("door", "hall")
    assert not supervisor.wait(2.5)
    assert supervisor.well
    assert caplog.text


def test_a_listener_that_fails_harms_nobody(
    supervise: Callable[..., Supervisor], caplog: pytest.LogCaptureFixture
) -> None:
    class Faulty(Heard):
        def on_result(self, name: str, result: FrameResult) -> None:
            raise OSError(f"the disk is full at {name} {result.looked}")

    supervisor, heard = supervise("door"), Heard()
    supervisor.subscribe(Faulty())
    supervisor.subscribe(heard)
    until(lambda: len(heard.names) > 20)
    assert caplog.text.count("a listener failed") == 1


def test_everything_stops_within_two_seconds_although_sessions_hang(
    supervise: Callable[..., Supervisor], world: World, caplog: pytest.LogCaptureFixture
) -> None:
    names = [f"camera {n}" for n in range(8)]
    supervisor = supervise(*names, limits=Limits())
    until_status(supervisor, names[-1], running)
    world.stuck = set(names[:4])
    time.sleep(0.1)
    began = time.monotonic()
    supervisor.stop()
    assert time.monotonic() - began < 2.0
    assert {status.state for status in supervisor.statuses().values()} == {State.STOPPED}
    assert "still busy" in caplog.text


def test_cameras_that_say_nothing_are_closed_together_and_not_one_after_another(
    supervise: Callable[..., Supervisor], world: World
) -> None:
    names = [f"camera {n}" for n in range(8)]
    supervisor = supervise(*names, limits=Limits())
    for name in names:
        until_status(supervisor, name, running)
    world.silent = set(names)
    time.sleep(0.1)
    began = time.monotonic()
    supervisor.stop(0.8)
    assert time.monotonic() - began < 1.2


def test_cameras_that_hang_are_removed_at_once_and_heard_of_no_more(
    supervise: Callable[..., Supervisor], world: World
) -> None:
    names = [f"camera {n}" for n in range(8)]
    supervisor, heard = supervise(*names, limits=Limits()), Heard()
    until_status(supervisor, names[-1], running)
    world.stuck = set(names)
    time.sleep(0.1)
    supervisor.subscribe(heard)
    began = time.monotonic()
    for name in names:
        supervisor.remove(name)
    assert time.monotonic() - began < 0.5
    world.let_go.set()
    time.sleep(0.1)
    assert heard.names == []


def test_a_camera_that_is_away_is_graded_down(
    supervise: Callable[..., Supervisor], world: World, caplog: pytest.LogCaptureFixture
) -> None:
    world.absent = {"door"}
    supervisor = supervise("door", "hall")
    until_status(supervisor, "hall", running)
    until(lambda: supervisor.grades()["door"] is Grade.UNUSABLE)
    assert caplog.text


def test_a_password_is_in_no_representation() -> None:
    assert SECRET not in repr(camera("door"))
