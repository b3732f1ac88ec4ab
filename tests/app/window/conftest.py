"""A window on sources and a pipeline that cost nothing."""

import os
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from app.window.main_window import MainWindow
from app.window.memory import Memory
from app.window.preferences import Preferences
from app.window.sessions import Running
from app.window.wanted import Wanted
from engine.errors import ModelError, SourceError
from engine.playback import Playback
from engine.session import Session
from engine.settings import TrackSettings
from engine.sinks.blur import FaceBlur
from engine.sources.recording import recording_of
from engine.sources.source import SourceInfo
from engine.values.age import AgeDistribution
from engine.values.faces import Faces
from engine.values.frame import Frame
from engine.values.result import AgeBelief, FrameResult, Status, Track

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
AGES = np.arange(101, dtype=np.float32)


def belief(years: float = 34, status: Status = Status.STABLE) -> AgeBelief:
    probs = np.exp(-0.5 * ((AGES - years) / 3.5) ** 2)
    return AgeBelief(AgeDistribution(AGES, probs / probs.sum()), 9, 4.0, status)


def result_of(frame: Frame, people: dict[int, AgeBelief]) -> FrameResult:
    n = len(people)
    boxes = np.array([[40 + 90 * i, 50, 100 + 90 * i, 130] for i in range(n)], np.float32)
    landmarks = np.tile(boxes.reshape(n, 1, 4)[..., :2] + 30, (1, 5, 1))
    faces = Faces.found(boxes, landmarks, np.ones(n)).with_ids(np.array(list(people), np.int64))
    return FrameResult(frame, faces, np.ones(n, np.float32), None, tuple(people.values()))


class FakeSource:
    """Grey pictures; the address says what becomes of it."""

    def __init__(self, address: str) -> None:
        if address == "missing.mp4":
            raise SourceError("missing.mp4 does not exist. Check the path.")
        self.live = address == "live"
        self.frames = {"short.mp4": 5, "broken.mp4": 3, "empty-room.mp4": 40}.get(address, 10_000)
        self.breaks = address == "broken.mp4"
        self.info = SourceInfo(
            Path(address).stem, address, self.live, False, 320, 240, 50, 0, self.frames / 50
        )
        self.problems: list[str] = []
        self.closed = False

    def __iter__(self) -> Iterator[Frame]:
        for index in range(self.frames):
            if self.closed:
                return
            if self.live:
                time.sleep(0.02)
            image = np.full((240, 320, 3), 60 + index % 100, np.uint8)
            yield Frame(image, index, index / 50, time.monotonic_ns(), self.info.name)
        if self.breaks:
            raise SourceError("broken.mp4 is truncated after 0:00. What came before is good.")

    def close(self) -> None:
        self.closed = True

    def __enter__(self) -> "FakeSource":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class FakePipeline:
    def __init__(self, people: dict[int, AgeBelief]) -> None:
        self.people = people

    def step(self, frame: Frame) -> FrameResult:
        time.sleep(0.002)
        return result_of(frame, self.people)

    def finish(self) -> tuple[Track, ...]:
        return ()


class FakeSessions:
    """Makes real sessions on fake sources; `loaded` is set when the models would be there."""

    def __init__(self) -> None:
        self.loaded, self.let_open = threading.Event(), threading.Event()
        self.loaded.set()
        self.let_open.set()
        self.model_error = ""
        self.loading = ""
        self.blurs = self.exact = False
        self.opened: list[str] = []
        self.tried: list[Wanted] = []
        self.people = {7: belief(), 8: belief(71, Status.PROVISIONAL)}

    @property
    def runtime(self) -> str:
        return "onnxruntime \u00b7 CPU \u00b7 float32" if self.loaded.is_set() else ""

    @property
    def lost_s(self) -> float:
        return TrackSettings().lost_s

    @property
    def problem(self) -> str:
        return self.model_error

    def stop_waiting(self) -> None:
        self.loaded.set()

    def probe(self, wanted: Wanted) -> tuple[np.ndarray, str]:
        self.tried.append(wanted)
        with FakeSource(wanted.address) as source:
            return next(iter(source)).image, "320 x 240 px"

    def open(self, wanted: Wanted, *, after: Running | None = None) -> Running:
        address, name = wanted.address, wanted.name
        self.opened.append(address)

        def open_source() -> FakeSource:
            if after is not None:
                after.stop()
            self.let_open.wait(5)
            return FakeSource(address)

        def pipeline(_: SourceInfo) -> FakePipeline:
            self.loaded.wait(5)
            if self.model_error:
                raise ModelError(self.model_error)
            return FakePipeline({} if address == "empty-room.mp4" else self.people)

        session: Running
        blur = FaceBlur() if self.blurs else None
        if address == "live":
            session = Session(open_source, pipeline, pace=True, live=True, name=name, blur=blur)
        else:
            recording = partial(recording_of, open_source, None)
            session = Playback(recording, pipeline, name=name, blur=blur)
        session.exact = self.exact or self.blurs
        session.start()
        return session


@pytest.fixture
def sessions() -> FakeSessions:
    return FakeSessions()


@pytest.fixture
def open_window(qtbot: QtBot, sessions: FakeSessions) -> Iterator[Callable[..., MainWindow]]:
    windows: list[MainWindow] = []

    def opened(
        *addresses: str,
        playing: bool = False,
        memory: Memory | None = None,
        preferences: Preferences | None = None,
    ) -> MainWindow:
        window = MainWindow(sessions, memory, preferences)
        windows.append(window)
        qtbot.addWidget(window)
        window.resize(1180, 720)
        with qtbot.waitActive(window):
            window.show()
            window.activateWindow()
        if addresses:
            window.show_sources(addresses)
        if playing:
            qtbot.waitUntil(lambda: all(tile.view.picture for tile in window.tiles))
        return window

    yield opened
    for window in windows:
        window.close()
