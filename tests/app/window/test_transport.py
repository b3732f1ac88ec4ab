from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtGui import QPalette
from PyQt6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot

from app.window.main_window import MainWindow
from app.window.theme import DARK, LIGHT, palette_of
from app.window.timeline import Timeline
from app.window.transport import Transport
from engine.status import State

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture
def timeline(qtbot: QtBot) -> Timeline:
    made = Timeline()
    qtbot.addWidget(made)
    made.resize(214, 34)
    made.show()
    made.show_place(10.0, 20.0, None, np.array([0, 3, -1, 1], np.int16))
    return made


def test_a_click_on_the_timeline_goes_there(qtbot: QtBot, timeline: Timeline) -> None:
    with qtbot.waitSignal(timeline.sought) as sought:
        qtbot.mouseClick(timeline, Qt.MouseButton.LeftButton, pos=QPoint(57, 17))
    assert sought.args[0] == pytest.approx(5.0, abs=0.15)


@pytest.mark.parametrize(
    ("key", "place_s"),
    [
        (Qt.Key.Key_Left, 9.0),
        (Qt.Key.Key_Right, 11.0),
        (Qt.Key.Key_PageUp, 20.0),
        (Qt.Key.Key_PageDown, 0.0),
        (Qt.Key.Key_Home, 0.0),
        (Qt.Key.Key_End, 20.0),
    ],
)
def test_keys_move_along_the_timeline(
    qtbot: QtBot, timeline: Timeline, key: Qt.Key, place_s: float
) -> None:
    with qtbot.waitSignal(timeline.sought) as sought:
        qtbot.keyClick(timeline, key)
    assert sought.args == [place_s]


def test_the_timeline_shows_where_people_were(timeline: Timeline) -> None:
    shown = timeline.grab().toImage()
    empty, full, unseen = (shown.pixelColor(x, 20) for x in (32, 82, 132))
    assert full.name() == "#56b4e9"
    assert len({empty.name(), full.name(), unseen.name()}) == 3
    assert timeline.accessibleDescription() == "0:10 / 0:20"


@pytest.fixture
def bar(qtbot: QtBot, open_window: Callable[..., MainWindow]) -> Transport:
    window = open_window("clip.mp4", playing=True)
    qtbot.waitUntil(window.live.transport.isVisible)
    bar = window.live.transport
    bar.window_kept = window
    return bar


def test_buttons_play_and_pause_and_step(qtbot: QtBot, bar: Transport) -> None:
    playback = bar._playback
    qtbot.mouseClick(bar.play, Qt.MouseButton.LeftButton)
    assert playback.status.state is State.PAUSED
    playback.seek(1.0)  # comes after the frame that may be under way
    qtbot.waitUntil(lambda: playback.status.position_s == 1.0)
    here = playback.status.frames
    qtbot.mouseClick(bar.forward, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: playback.status.frames == here + 1)
    qtbot.mouseClick(bar.back, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: playback.status.frames == here)
    qtbot.mouseClick(bar.play, Qt.MouseButton.LeftButton)
    assert playback.status.state is State.RUNNING


def test_two_marks_make_a_loop_and_a_third_ends_it(qtbot: QtBot, bar: Transport) -> None:
    playback = bar._playback
    bar.mark_loop()
    assert "ends" in bar.loop.accessibleName()
    began_s = playback.status.position_s
    qtbot.waitUntil(lambda: playback.status.position_s > began_s + 0.2)
    bar.mark_loop()
    first_s, last_s = playback.loop_s
    assert first_s <= began_s + 0.1 < last_s
    qtbot.waitUntil(lambda: playback.status.position_s < first_s + 0.1)
    bar.mark_loop()
    assert playback.loop_s is None


def test_the_speed_is_chosen_and_kept_in_bounds(bar: Transport) -> None:
    for _ in range(9):
        bar.faster(1)
    assert bar._playback.speed == 4.0
    for _ in range(9):
        bar.faster(-1)
    assert bar._playback.speed == 0.25


def test_the_clock_does_not_run_past_its_end(bar: Transport) -> None:
    playback = bar._playback
    info = replace(playback.status.info, duration_s=2.97)
    at_the_end = replace(playback.status, info=info, position_s=2.93)
    bar._playback = SimpleNamespace(status=at_the_end, loop_s=None, counts=None)
    bar.refresh()
    assert bar._place.text() == "0:02.93 / 0:02.97"
    bar.control(playback)


def test_the_timeline_is_long_also_in_a_small_window(qtbot: QtBot, bar: Transport) -> None:
    window = bar.window_kept
    assert bar.timeline.geometry().top() < bar.play.geometry().bottom(), "one row"
    window.resize(1024, 700)
    qtbot.waitUntil(lambda: window.width() == 1024 and bar.timeline.width() > 300)
    window.resize(1400, 700)
    qtbot.waitUntil(lambda: bar.height() < 60)


def test_every_button_has_a_name(bar: Transport) -> None:
    assert all(button.accessibleName() for button in (bar.play, bar.back, bar.forward, bar.loop))


def test_every_button_follows_the_theme(qtbot: QtBot) -> None:
    transport = Transport()
    qtbot.addWidget(transport)
    dark, light = palette_of(DARK), palette_of(LIGHT)
    for palette in (dark, light, dark):
        transport.setPalette(palette)
        ink = palette.color(QPalette.ColorRole.Text).name()
        for button in transport.findChildren(QToolButton):
            image = button.icon().pixmap(18).toImage()
            seen = {
                image.pixelColor(x, y).name()
                for x in range(image.width())
                for y in range(image.height())
                if image.pixelColor(x, y).alpha() == 255
            }
            assert ink in seen, button.accessibleName()
