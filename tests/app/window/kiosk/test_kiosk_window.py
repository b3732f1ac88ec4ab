import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from PyQt6.QtCore import QEvent, QPoint, QSize, Qt
from PyQt6.QtGui import QCloseEvent
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from app.start_kiosk import KioskWish
from app.window.kiosk.gate_page import GatePage
from app.window.kiosk.greet_page import GreetPage
from app.window.kiosk.pin import Pin
from app.window.kiosk.reflection import cut
from app.window.kiosk.window import KioskWindow
from app.window.sessions import Running
from app.window.wanted import Wanted
from engine.errors import SourceError
from engine.gate import Stage
from engine.session import Session
from engine.settings import GateSettings, Settings
from engine.sources.source import SourceInfo
from engine.values.age import AgeDistribution
from engine.values.frame import Frame
from engine.values.result import AgeBelief, Status

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
Open = Callable[..., KioskWindow]
Sessions = Any
"""The fixture's class; a conftest cannot be imported."""
CHORD = (
    Qt.KeyboardModifier.ControlModifier
    | Qt.KeyboardModifier.AltModifier
    | Qt.KeyboardModifier.ShiftModifier
)
QUICK = Settings(gate=GateSettings(hold_s=0.1))


def belief(years: float, status: Status = Status.STABLE) -> AgeBelief:
    ages = np.arange(101, dtype=np.float32)
    probs = np.exp(-0.5 * ((ages - years) / 3) ** 2)
    return AgeBelief(AgeDistribution(ages, probs / probs.sum()), 9, 4.0, status)


@pytest.fixture
def open_kiosk(qtbot: QtBot, sessions: Sessions) -> Iterator[Open]:
    windows: list[KioskWindow] = []

    def opened(
        address: str = "live", settings: Settings = QUICK, **wish: str | bool
    ) -> KioskWindow:
        wanted = KioskWish(source=address, **wish)
        window = KioskWindow(sessions, wanted, settings)
        windows.append(window)
        qtbot.addWidget(window)
        window.resize(1280, 720)
        with qtbot.waitActive(window):
            window.show()
            window.activateWindow()
        return window

    yield opened
    for window in windows:
        window.close()


def words_of(window: KioskWindow) -> str:
    page = window.pages.currentWidget()
    return " ".join(label.text() for label in page.findChildren(QLabel) if label.isVisible())


def cards_of(window: KioskWindow) -> list[str]:
    assert isinstance(window.visit, GreetPage)
    return [card.accessibleName() for card in window.visit.cards if card.isVisible()]


def press(qtbot: QtBot, window: KioskWindow, key: Qt.Key) -> None:
    qtbot.keyClick(window, key, CHORD)


def test_nobody_near_is_invited_without_a_picture(qtbot: QtBot, open_kiosk: Open) -> None:
    window = open_kiosk("empty-room.mp4")
    qtbot.waitUntil(lambda: "How old do you look?" in words_of(window))
    assert "Nothing is stored" in words_of(window)
    assert window.visit.mirror._reflection is None


def test_visitors_are_greeted_with_an_age_each(qtbot: QtBot, open_kiosk: Open) -> None:
    window = open_kiosk()
    qtbot.waitUntil(lambda: len(cards_of(window)) == 2)
    assert "Hello, you two!" in words_of(window)
    assert "You look about 34 most likely 28\u201340" in cards_of(window)
    assert any("still looking" in words for words in cards_of(window))


def test_two_visitors_far_apart_fit_an_upright_mirror(qtbot: QtBot, open_kiosk: Open) -> None:
    window = open_kiosk()
    window.resize(1080, 1920)
    qtbot.waitUntil(lambda: len(cards_of(window)) == 2)
    room = window.visit.mirror.room_px
    left, _, right, _ = cut((1280, 720), (room.width(), room.height()), (640, 360))
    assert right - left > 0.9 * 1280


def test_who_leaves_is_gone_from_the_screen_and_from_memory(
    qtbot: QtBot, sessions: Sessions, open_kiosk: Open
) -> None:
    window = open_kiosk()
    qtbot.waitUntil(lambda: len(cards_of(window)) == 2)
    sessions.people.clear()
    qtbot.waitUntil(lambda: window.pages.currentWidget() is window.attract)
    assert window.visit.mirror._reflection is None
    assert all(card._belief is None for card in window.visit.cards)


def test_a_curve_flows_to_the_belief_and_jumps_where_motion_is_reduced(
    qtbot: QtBot, open_kiosk: Open
) -> None:
    window = open_kiosk(still=True)
    qtbot.waitUntil(lambda: len(cards_of(window)) == 2)
    still, flowing = window.visit.cards[:2]
    flowing.still = False
    for card in (still, flowing):
        card.show_belief(belief(70), card.colour, anew=True)
        card.advance(0.1)
    peaks = [float(card._probs.max()) for card in (still, flowing)]
    assert peaks[0] == pytest.approx(float(belief(70).distribution.probs.max()), rel=1e-4)
    assert peaks[1] < 0.5 * peaks[0]


@pytest.mark.parametrize(
    ("years", "stage", "said"),
    [
        (40, Stage.OVER, "18 or over"),
        (8, Stage.UNDER, "Under 18"),
        (19, Stage.ASK, "Please show your ID"),
    ],
)
def test_the_gate_says_each_of_its_three_decisions(
    qtbot: QtBot, sessions: Sessions, open_kiosk: Open, years: float, stage: Stage, said: str
) -> None:
    sessions.people = {3: belief(years)}
    window = open_kiosk(gate=True)
    assert isinstance(window.visit, GatePage)
    qtbot.waitUntil(lambda: said == window.visit.title.text())
    assert window.gate is not None
    assert window.gate.counts == {stage: 1}
    press(qtbot, window, Qt.Key.Key_C)
    qtbot.waitUntil(lambda: window._counts.isVisible())
    counted = {Stage.OVER: "18 or over: 1", Stage.UNDER: "under 18: 1", Stage.ASK: "for ID: 1"}
    assert counted[stage] in window._counts.text()


def test_several_in_front_of_the_gate_are_asked_to_come_one_by_one(
    qtbot: QtBot, open_kiosk: Open
) -> None:
    window = open_kiosk(gate=True)
    qtbot.waitUntil(lambda: "One at a time, please" in words_of(window))


def test_a_lost_camera_says_so_and_comes_back_by_itself(
    qtbot: QtBot, sessions: Sessions, open_kiosk: Open, caplog: pytest.LogCaptureFixture
) -> None:
    window = open_kiosk("broken.mp4")
    qtbot.waitUntil(lambda: "Back in a moment" in words_of(window), timeout=20_000)
    assert window.visit.mirror._reflection is None
    qtbot.waitUntil(lambda: len(sessions.opened) >= 3, timeout=30_000)
    assert len(set(sessions.opened)) == 1
    told = [record.message for record in caplog.records]
    assert len(told) == 1, "once, though it broke off each time"
    assert told[0].startswith("the source is begun anew: broken.mp4 is truncated")


class Unplugged:
    """A camera that breaks off after some pictures each time, and is away at times."""

    def __init__(self, plugged: threading.Event) -> None:
        self.info = SourceInfo("camera", "0", True, False, 320, 240, 50, 0, 0)
        self.problems: list[str] = []
        self._plugged = plugged

    def __iter__(self) -> Iterator[Frame]:
        index = 0
        while self._plugged.is_set():
            time.sleep(0.02)
            image = np.full((240, 320, 3), 90, np.uint8)
            yield Frame(image, index, index / 50, time.monotonic_ns(), "camera")
            index += 1

    def close(self) -> None:
        self._plugged.clear()

    def __enter__(self) -> "Unplugged":
        return self

    def __exit__(self, *_: object) -> None: ...


def test_an_unplugged_camera_is_never_shown_as_live_and_comes_back(
    qtbot: QtBot,
    sessions: Sessions,
    open_kiosk: Open,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    plugged = threading.Event()
    plugged.set()

    def open_source() -> Unplugged:
        if not plugged.is_set():
            raise SourceError("camera 0 is not there. Plug it in.")
        return Unplugged(plugged)

    fakes = sessions.open

    def open_camera(wanted: Wanted, *, after: Running | None = None) -> Running:
        build = fakes(wanted, after=after)
        build.stop()
        session = Session(open_source, build._build_pipeline, pace=True, live=True)
        session.start()
        return session

    monkeypatch.setattr(sessions, "open", open_camera)
    window = open_kiosk()
    qtbot.waitUntil(lambda: window.pages.currentWidget() is window.visit)
    plugged.clear()
    qtbot.waitUntil(lambda: "Back in a moment" in words_of(window), timeout=15_000)
    assert window.visit.mirror._reflection is None
    plugged.set()
    qtbot.waitUntil(lambda: window.pages.currentWidget() is window.visit, timeout=30_000)
    assert {record.name for record in caplog.records} <= {"engine.link"}


@pytest.fixture
def codes(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Exit codes of the program."""
    given: list[int] = []
    monkeypatch.setattr("app.window.kiosk.window.QApplication.exit", given.append)
    return given


def test_models_that_cannot_be_loaded_end_the_kiosk_for_good_and_are_told(
    qtbot: QtBot, sessions: Sessions, codes: list[int], caplog: pytest.LogCaptureFixture
) -> None:
    sessions.model_error = "TensorRT is not installed."
    window = KioskWindow(sessions, KioskWish(source="live"), QUICK)
    qtbot.addWidget(window)
    assert codes == [], "the program does not run yet"
    window.show()
    qtbot.waitUntil(lambda: codes != [])
    assert (codes, window.isVisible()) == ([2], False)
    told = [(record.levelname, record.message) for record in caplog.records]
    assert told == [("ERROR", "TensorRT is not installed.")]


def test_a_source_that_is_given_up_is_told(
    qtbot: QtBot,
    open_kiosk: Open,
    codes: list[int],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    window = open_kiosk("missing.mp4")
    qtbot.waitUntil(lambda: window.keeper.reason != "")
    monkeypatch.setattr("app.window.kiosk.keeper._HOPELESS_S", 1.5)
    qtbot.waitUntil(lambda: codes != [])
    assert (codes, window.isVisible()) == ([1], False)
    told = [(record.levelname, record.message) for record in caplog.records]
    reason = "missing.mp4 does not exist. Check the path."
    assert told == [("WARNING", f"the source is begun anew: {reason}"), ("ERROR", reason)]


def test_a_recording_plays_in_a_loop(qtbot: QtBot, sessions: Sessions, open_kiosk: Open) -> None:
    window = open_kiosk("short.mp4")
    qtbot.waitUntil(lambda: window.keeper.session.status.frames >= 5)
    before = time.monotonic()
    qtbot.waitUntil(lambda: len(cards_of(window)) == 2)
    qtbot.wait(600)
    assert window.pages.currentWidget() is window.visit, f"after {time.monotonic() - before} s"
    assert sessions.opened == ["short.mp4"]


def test_the_keys_leave_at_once_where_there_is_no_pin(qtbot: QtBot, open_kiosk: Open) -> None:
    window = open_kiosk()
    press(qtbot, window, Qt.Key.Key_Q)
    qtbot.waitUntil(lambda: not window.isVisible())
    assert not window.keeper.session.alive


@pytest.mark.parametrize("key", [Qt.Key.Key_Escape, Qt.Key.Key_Q, Qt.Key.Key_F4])
def test_no_other_key_leaves(qtbot: QtBot, open_kiosk: Open, key: Qt.Key) -> None:
    window = open_kiosk()
    qtbot.keyClick(window, key)
    qtbot.keyClick(window, key, Qt.KeyboardModifier.ControlModifier)
    assert window.isVisible()


def test_the_desktop_cannot_close_the_window(open_kiosk: Open) -> None:
    window = open_kiosk()

    class FromDesktop(QCloseEvent):
        def spontaneous(self) -> bool:
            return True

    event = FromDesktop()
    window.closeEvent(event)
    assert event.type() is QEvent.Type.Close
    assert not event.isAccepted()
    assert window.isVisible()


def test_a_pin_is_asked_for_and_only_the_right_one_leaves(qtbot: QtBot, open_kiosk: Open) -> None:
    window = open_kiosk(pin="4711")
    press(qtbot, window, Qt.Key.Key_Q)
    qtbot.waitUntil(lambda: window._pad.isVisible())
    qtbot.keyClicks(window._pad, "1234")
    assert window.isVisible()
    for digit in "4711":
        (key,) = (k for k in window._pad.findChildren(QPushButton) if k.text() == digit)
        qtbot.mouseClick(key, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not window.isVisible())


def test_a_locked_pad_counts_down_and_takes_no_digits(qtbot: QtBot, open_kiosk: Open) -> None:
    window = open_kiosk(pin="4711")
    pad = window._pad
    pad.ask()
    keys = {key.text(): key for key in pad.findChildren(QPushButton)}
    qtbot.keyClicks(pad, "0000" * 5)
    assert pad._said.text() == "Locked for 30 s"
    qtbot.waitUntil(lambda: pad._said.text() == "Locked for 29 s")
    qtbot.keyClicks(pad, "47")
    assert "\N{BLACK CIRCLE}" not in pad._dots.text()
    assert not keys["4"].isEnabled()
    assert keys["\N{MULTIPLICATION SIGN}"].isEnabled()
    pad._pin = Pin("4711")
    qtbot.waitUntil(keys["4"].isEnabled)
    assert pad._said.text() == "Number to leave"
    assert pad._card.size() == pad._card.sizeHint()


def test_an_open_pad_follows_the_size_of_the_window(qtbot: QtBot, open_kiosk: Open) -> None:
    window = open_kiosk(pin="4711")
    window.grab()
    for size_wh in ((1280, 720), (1000, 1600), (640, 400)):
        window.resize(*size_wh)
        qtbot.waitUntil(lambda size_wh=size_wh: window.size() == QSize(*size_wh))
        window._pad.ask()
        assert window._pad._card.size() == window._pad._card.sizeHint()


def test_a_held_corner_asks_for_the_pin(qtbot: QtBot, open_kiosk: Open) -> None:
    window = open_kiosk("empty-room.mp4", pin="4711")
    window._corner.setInterval(50)
    QTest.mousePress(window.pages.currentWidget(), Qt.MouseButton.LeftButton, pos=QPoint(9, 9))
    qtbot.waitUntil(lambda: window._pad.isVisible())


def test_the_cursor_is_hidden(open_kiosk: Open) -> None:
    assert open_kiosk().cursor().shape() is Qt.CursorShape.BlankCursor


@pytest.mark.parametrize("size_wh", [(1280, 720), (1920, 1080), (1080, 1920), (640, 400)])
def test_all_words_have_room(
    qtbot: QtBot, sessions: Sessions, open_kiosk: Open, size_wh: tuple[int, int]
) -> None:
    sessions.people = {3: belief(40)}
    for gate in (False, True):
        window = open_kiosk(gate=gate)
        window.resize(*size_wh)
        qtbot.waitUntil(lambda page=window: page.pages.currentWidget() is page.visit)
        qtbot.waitUntil(lambda page=window: cut_off(page) == [])


def cut_off(window: KioskWindow) -> list[str]:
    """Words that are shown and have too little room."""
    page = window.pages.currentWidget()
    labels = [label for label in page.findChildren(QLabel) if label.isVisible() and label.text()]
    return [
        f"{label.text()}: {label.geometry()}"
        for label in labels
        if label.height() < max(label.heightForWidth(label.width()), label.fontMetrics().height())
        or label.width() < label.minimumSizeHint().width()
        or not page.rect().contains(label.geometry())
    ]
