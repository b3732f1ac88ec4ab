"""A source and a pipeline that do as they are told, and ways to wait for a session."""

import threading
import time
from collections.abc import Callable, Iterator

import numpy as np

from engine.errors import SourceError
from engine.session import Session, SessionStatus, State
from engine.sources.source import SourceInfo
from engine.values.age import AgeDistribution
from engine.values.faces import Faces
from engine.values.frame import Frame
from engine.values.result import AgeBelief, FrameResult, Status, Track

IMAGE = np.zeros((24, 32, 3), np.uint8)
AGE = AgeDistribution(np.arange(2, dtype=np.float32), np.full(2, 0.5, np.float32))
BELIEF = AgeBelief(AGE, 1, 1.0, Status.STABLE)
PATIENCE_S = 20.0
"""How long to wait for what comes at once on an idle machine."""
VISITS = (Track("fake", 1, 0.0, 1.0, 9, BELIEF, 0.5),)


class FakeSource:
    """Delivers `frames` frames; live ones at `rate`, recorded ones at once."""

    def __init__(
        self,
        frames: int = 10,
        *,
        live: bool = False,
        rate: float = 100.0,
        breaks: Exception | None = None,
        hangs: bool = False,
        pictures: bool = False,
    ) -> None:
        self.info = SourceInfo("fake", "fake:", live, pictures, 32, 24, rate, frames, frames / rate)
        self.breaks, self.hangs = breaks, hangs
        self.problems: list[str] = []
        self.closed = threading.Event()
        self.silent = threading.Event()

    def __iter__(self) -> Iterator[Frame]:
        for index in range(self.info.frames):
            if self.closed.is_set():
                return
            if self.info.live:
                time.sleep(1 / self.info.rate)
            while self.silent.is_set() and not self.closed.wait(0.01):
                pass
            time_s, picture = index / self.info.rate, ""
            if self.info.pictures:
                time_s, picture = 0.0, f"{index}.jpg"
            yield Frame(IMAGE, index, time_s, time.monotonic_ns(), "fake", picture=picture)
        if self.hangs:
            self.closed.wait()
            raise SourceError("fake was closed while reading")
        if self.breaks:
            raise self.breaks

    def close(self) -> None:
        self.closed.set()

    def __enter__(self) -> "FakeSource":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class FakePipeline:
    def __init__(self, step_s: float = 0.0, breaks: Exception | None = None) -> None:
        self.step_s, self.breaks = step_s, breaks
        self.seen: list[int] = []

    def step(self, frame: Frame) -> FrameResult:
        if self.breaks:
            raise self.breaks
        time.sleep(self.step_s)
        self.seen.append(frame.index)
        return FrameResult(frame, Faces.none(), np.zeros(0, np.float32), None, ())

    def finish(self) -> tuple[Track, ...]:
        return VISITS


class Heard:
    """Keeps what a session tells."""

    def __init__(self) -> None:
        self.results: list[FrameResult] = []
        self.ends = 0

    def on_result(self, name: str, result: FrameResult) -> None:
        assert name == "fake"
        self.results.append(result)

    def on_tracks(self, name: str, tracks: tuple[Track, ...]) -> None:
        assert (name, tracks) == ("fake", VISITS)
        self.ends += 1


def wait_until(reached: Callable[[], bool], timeout_s: float = PATIENCE_S) -> None:
    until = time.monotonic() + timeout_s
    while not reached():
        assert time.monotonic() < until
        time.sleep(0.005)


def wait_for(session: Session, *states: State, timeout_s: float = PATIENCE_S) -> SessionStatus:
    until = time.monotonic() + timeout_s
    while session.status.state not in states:
        assert time.monotonic() < until, session.status
        time.sleep(0.005)
    return session.status


def stopped_within(session: Session) -> float:
    began = time.monotonic()
    session.stop()
    assert session.status.state.over
    return time.monotonic() - began
