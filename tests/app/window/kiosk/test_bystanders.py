"""Bystanders who move are hidden in every picture of the mirror, however slow the models are."""

import time
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from PyQt6.QtCore import QSize
from pytestqt.qtbot import QtBot

from app.start_kiosk import KioskWish
from app.window.kiosk.window import KioskWindow
from app.window.sessions import Sessions
from engine.settings import BlurStyle, Effort, PrivacySettings, Settings
from engine.sources.source import SourceInfo
from engine.values.age import AgeDistribution
from engine.values.faces import Faces
from engine.values.frame import Frame
from engine.values.result import AgeBelief, FrameResult, Status, Track

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
AGES = np.arange(101, dtype=np.float32)
BELIEF = AgeBelief(AgeDistribution(AGES, np.full(101, 1 / 101, np.float32)), 1, 1, Status.STABLE)
SETTINGS = Settings(privacy=PrivacySettings(blur_style=BlurStyle.SOLID, blur_hold_s=0.0))
VISITOR = [110.0, 40.0, 210.0, 200.0]
WHITE = 250


def bystander(index: int) -> tuple[int, int, int, int]:
    """Where he is in a frame, walking five times his own width each second."""
    x = 10 + 2 * index % 290
    return x, 10, x + 20, 30


class Street:
    """A visitor, grey, and a bystander, white; either live or recorded."""

    def __init__(self, *, live: bool) -> None:
        self.frames = 10_000 if live else 60
        self.info = SourceInfo("street", "0", live, False, 320, 240, 50, self.frames, 1.2)
        self.problems: list[str] = []
        self._closed = False

    def __iter__(self) -> Iterator[Frame]:
        for index in range(self.frames):
            if self._closed:
                return
            if self.info.live:
                time.sleep(0.02)
            image = np.full((240, 320, 3), 60, np.uint8)
            x1, y1, x2, y2 = bystander(index)
            image[y1 + 4 : y2 - 4, x1 + 4 : x2 - 4] = 255  # what is blurred has no corners
            yield Frame(image, index, index / 50, time.monotonic_ns(), "street")

    def close(self) -> None:
        self._closed = True

    def __enter__(self) -> "Street":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Slow:
    """Finds both exactly, in a sixth of a second."""

    def step(self, frame: Frame) -> FrameResult:
        time.sleep(0.15)
        boxes = np.array([VISITOR, bystander(frame.index)], np.float32)
        faces = Faces.found(boxes, np.zeros((2, 5, 2)), np.ones(2)).with_ids(np.array([1, 2]))
        return FrameResult(frame, faces, np.ones(2, np.float32), None, (BELIEF, BELIEF))

    def finish(self) -> tuple[Track, ...]:
        return ()


@pytest.fixture
def open_kiosk(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Sessions]]:
    ends: list[Callable[[], object]] = []

    def opened(address: str, *, blur_others: bool) -> tuple[Sessions, KioskWindow]:
        def open_source(asked: str, **_: object) -> Street:
            return Street(live=asked == "0")

        monkeypatch.setattr("app.window.sessions.open_source", open_source)
        monkeypatch.setattr(Sessions, "_pipeline", lambda *_: Slow())
        sessions = Sessions(SETTINGS)
        window = KioskWindow(sessions, KioskWish(address, blur_others=blur_others), SETTINGS)
        qtbot.addWidget(window)
        window.keeper.fit(QSize(320, 240))
        ends.append(lambda: (window.close(), sessions.close()))
        return sessions, window

    yield opened
    for end in ends:
        end()


def bare_pictures(qtbot: QtBot, window: KioskWindow, pictures: int) -> int:
    """In how many of the next pictures of the mirror some of the bystander is to be seen."""
    seen: list[int] = []

    def look() -> bool:
        sight = window.keeper.take()
        if sight is not None and sight.reflection is not None:
            seen.append(int((sight.reflection.pixels > WHITE).all(2).sum()))
        return len(seen) >= pictures

    window.keeper.seen.disconnect()
    qtbot.waitUntil(look, timeout=30_000)
    return sum(pixels > 0 for pixels in seen)


@pytest.mark.parametrize("address", ["0", "street.mp4"])
def test_a_bystander_who_walks_is_hidden_in_every_picture(
    qtbot: QtBot, open_kiosk: Callable[..., tuple[Sessions, KioskWindow]], address: str
) -> None:
    _, window = open_kiosk(address, blur_others=True)
    assert bare_pictures(qtbot, window, 30) == 0


def test_only_where_bystanders_are_hidden_every_picture_is_looked_at(
    qtbot: QtBot, open_kiosk: Callable[..., tuple[Sessions, KioskWindow]]
) -> None:
    for hidden, effort in ((True, Effort.EXHAUSTIVE), (False, Effort.BALANCED)):
        sessions, window = open_kiosk("0", blur_others=hidden)
        assert sessions._settings_for(window.keeper._wanted).schedule.effort is effort
        assert window.keeper.session.exact is hidden
    assert bare_pictures(qtbot, window, 12) == 12
