"""Cameras that fail on purpose, and the supervisor that has to live with them."""

import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Lock, Thread

import numpy as np
import pytest

from engine.session import Session
from engine.sources.address import open_source
from engine.sources.source import Reading, SourceInfo
from engine.status import SessionStatus, State
from engine.supervisor import Camera, Limits, Supervisor
from engine.values.faces import Faces
from engine.values.frame import Frame
from engine.values.result import FrameResult, Track
from tests.servers.film import Film, number_of, shoot
from tests.servers.rtsp import Camera as RtspCamera

POLL_S = 0.02


class Looker:
    """A pipeline that finds nobody, and takes its time if asked to."""

    def __init__(self, step_s: float = 0.0, *, remembered: int = 1000) -> None:
        self.step_s = step_s
        self.seen: deque[Frame] = deque(maxlen=remembered)

    def step(self, frame: Frame) -> FrameResult:
        time.sleep(self.step_s)
        self.seen.append(frame)
        return FrameResult(frame, Faces.none(), np.zeros(0, np.float32), None, ())

    def finish(self) -> tuple[Track, ...]:
        return ()


class Post:
    """One camera under the supervisor, as a drill sees it."""

    def __init__(self, supervisor: Supervisor, name: str, looker: Looker) -> None:
        self.supervisor, self.name, self.looker = supervisor, name, looker

    @property
    def status(self) -> SessionStatus:
        return self.supervisor.status(self.name)

    @property
    def session(self) -> Session:
        return self.supervisor.session(self.name)

    def picture_lag_s(self, camera: RtspCamera) -> float:
        """Seconds between sending the newest picture that was looked at and now."""
        return time.monotonic() - camera.sent_s[number_of(self.looker.seen[-1].image)]

    def until(self, what: Callable[[SessionStatus], bool], within_s: float = 20.0) -> float:
        """Wait for a status; returns the seconds that took."""
        began_s = time.monotonic()
        while not what(status := self.status):
            assert time.monotonic() - began_s < within_s, f"not within {within_s} s: {status}"
            time.sleep(POLL_S)
        return time.monotonic() - began_s

    def until_state(self, *states: State, within_s: float = 20.0) -> float:
        return self.until(lambda status: status.state in states, within_s)

    @property
    def arrived(self) -> int:
        """Frames that came from the camera, looked at or not."""
        status = self.status
        return status.frames + status.dropped

    def until_frames(self, more: int, within_s: float = 20.0) -> float:
        """Wait until so many more frames were looked at."""
        wanted = self.status.frames + more
        return self.until(lambda status: status.frames >= wanted, within_s)


class Metronome:
    """Tells how late this machine wakes a thread up, while others want its cores too."""

    def __init__(self) -> None:
        self._late_s: list[float] = []
        self._stop = Event()
        self._thread = Thread(target=self._tick, daemon=True)

    def __enter__(self) -> "Metronome":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    @property
    def late_s(self) -> float:
        """95 % of the wakings were less late."""
        return float(np.quantile(self._late_s or [0.0], 0.95))

    def _tick(self) -> None:
        due_s = time.monotonic()
        while not self._stop.wait(max(0.0, due_s - time.monotonic())):
            self._late_s.append(time.monotonic() - due_s)
            due_s = time.monotonic() + 0.02


class Control:
    """Puts cameras under a supervisor; may be used from several threads."""

    def __init__(self) -> None:
        self._lookers: dict[str, Looker] = {}
        self._guard = Lock()
        self._count = 0
        self.supervisor = Supervisor(self._pipeline, _open, Limits(tick_s=0.2))

    def watch(
        self, url: str, *, transport: str = "tcp", step_s: float = 0.0, name: str = ""
    ) -> Post:
        with self._guard:
            self._count += 1
            name = name or f"camera {self._count}"
            looker = self._lookers[name] = Looker(step_s)
        self.supervisor.add(Camera(name, url, Reading(transport=transport)))
        return Post(self.supervisor, name, looker)

    def _pipeline(self, camera: Camera, _: SourceInfo) -> Looker:
        return self._lookers[camera.name]


def _open(camera: Camera) -> object:
    return open_source(camera.address, name=camera.name, reading=camera.reading)


@contextmanager
def controlled() -> Iterator[Control]:
    made = Control()
    with made.supervisor:
        yield made


@pytest.fixture
def control() -> Iterator[Control]:
    with controlled() as made:
        yield made


@pytest.fixture(scope="session")
def film() -> Film:
    return shoot((160, 96), fps=12)


@pytest.fixture(autouse=True)
def _no_unexpected_log_record() -> None:
    """Here cameras are lost on purpose, and every loss is a warning in the log."""
