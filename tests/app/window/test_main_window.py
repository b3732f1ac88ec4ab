import logging
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from PyQt6.QtCore import QMimeData, QPointF, Qt, QUrl
from PyQt6.QtGui import QDropEvent
from PyQt6.QtWidgets import QApplication, QFileDialog, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from app.versions import program_version
from app.window.about import About
from app.window.key_map import KeyMap
from app.window.main_window import MainWindow
from app.window.notice import Notice
from app.window.wanted import DEMO
from engine.status import State

Open = Callable[..., MainWindow]
Sessions = Any
"""The fixture's class; a conftest cannot be imported."""

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


def state_of(window: MainWindow) -> State:
    return window.tiles[0].status.state


def notice_of(window: MainWindow) -> str:
    notice = window.tiles[0].findChild(Notice)
    return notice.accessibleName() if notice.isVisible() else ""


def texts_of(widget: QWidget) -> str:
    return " ".join(label.text() for label in widget.findChildren(QLabel) if label.isVisible())


def press(qtbot: QtBot, window: MainWindow, key: Qt.Key | str) -> None:
    if isinstance(key, str):
        qtbot.keyClicks(window, key)
    else:
        qtbot.keyClick(window, key)


def test_a_window_without_sources_shows_the_start_page(open_window: Open) -> None:
    window = open_window()
    assert window.start_page.isVisible()
    assert not window.live.isVisible()
    assert not window.deeds["pause"].isEnabled()
    assert not window.deeds["full"].isEnabled()


def test_a_source_plays_with_people_and_status(qtbot: QtBot, open_window: Open) -> None:
    window = open_window("clip.mp4", playing=True)
    model = window.live.people.model
    qtbot.waitUntil(lambda: model.rowCount() == 2)
    words = [model.index(row, 0).data(Qt.ItemDataRole.AccessibleTextRole) for row in range(2)]
    assert words[0].startswith("#7, 34, 28\u201340, 0:0")
    assert words[0].endswith("clip, stable")
    assert words[1].endswith("provisional")
    assert window.status_line.state.text().startswith("clip \u2014 playing 0:0")
    qtbot.waitUntil(lambda: "frames/s" in window.status_line.pace.text())
    assert window.status_line.runtime.text() == "onnxruntime \u00b7 CPU \u00b7 float32"
    assert window.windowTitle() == "clip \u00b7 agescope"
    assert notice_of(window) == ""


def test_an_empty_room_says_that_nobody_is_in_view(open_window: Open) -> None:
    window = open_window("empty-room.mp4", playing=True)
    assert "Nobody in view" in texts_of(window.live.people)


def test_space_pauses_and_goes_on(qtbot: QtBot, open_window: Open) -> None:
    window = open_window("clip.mp4", playing=True)
    press(qtbot, window, Qt.Key.Key_Space)
    assert state_of(window) is State.PAUSED
    assert "paused 0:0" in window.status_line.state.text()
    press(qtbot, window, Qt.Key.Key_Space)
    assert state_of(window) is State.RUNNING


def test_space_plays_again_what_has_ended(
    qtbot: QtBot, open_window: Open, sessions: Sessions
) -> None:
    window = open_window("short.mp4", playing=True)
    qtbot.waitUntil(lambda: state_of(window) is State.ENDED)
    qtbot.waitUntil(lambda: "ended" in window.status_line.state.text())
    press(qtbot, window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: state_of(window) is State.ENDED)
    assert sessions.opened == ["short.mp4"], "it is rewound, not opened again"
    assert window.tiles[0].status.frames == 5
    assert notice_of(window) == ""


def test_f_fills_the_screen_and_escape_leaves_it(qtbot: QtBot, open_window: Open) -> None:
    window = open_window("clip.mp4", playing=True)
    press(qtbot, window, "f")
    assert window.isFullScreen()
    assert not window.live.people.isVisible()
    assert not window.menuBar().isVisible()
    assert not window.rail.isVisible()
    press(qtbot, window, Qt.Key.Key_Escape)
    assert not window.isFullScreen()
    assert window.live.people.isVisible()
    assert not window.deeds["leave"].isEnabled()


def test_a_double_click_fills_the_screen(qtbot: QtBot, open_window: Open) -> None:
    window = open_window("clip.mp4", playing=True)
    qtbot.mouseDClick(window.tiles[0].view, Qt.MouseButton.LeftButton)
    assert window.isFullScreen()


def test_l_draws_landmarks_also_for_the_next_source(qtbot: QtBot, open_window: Open) -> None:
    window = open_window("clip.mp4", playing=True)
    press(qtbot, window, Qt.Key.Key_Space)
    tile, view = window.tiles[0], window.tiles[0].view
    qtbot.waitUntil(lambda: tile.status.state is State.PAUSED)
    qtbot.wait(60)  # a frame may be under way
    qtbot.waitUntil(lambda: view.picture.decoded_ns == tile.stepped.newest.frame.decoded_ns)
    before = view.picture
    press(qtbot, window, "l")
    qtbot.waitUntil(lambda: view.picture is not before)
    assert (view.picture.pixels != before.pixels).any()
    window.show_sources(["live"])
    assert window.deeds["landmarks"].isChecked()


def test_o_asks_for_files_and_shows_them(
    qtbot: QtBot, open_window: Open, sessions: Sessions
) -> None:
    window = open_window()
    press(qtbot, window, "o")
    dialog = window.findChild(QFileDialog)
    assert dialog.isVisible()
    dialog.filesSelected.emit(["a.mp4", "b.mp4"])
    dialog.close()
    assert sessions.opened == ["a.mp4", "b.mp4"]
    assert [tile.name for tile in window.tiles] == ["a", "b"]


def test_shift_o_asks_for_a_folder(qtbot: QtBot, open_window: Open) -> None:
    window = open_window()
    qtbot.keyClick(window, Qt.Key.Key_O, Qt.KeyboardModifier.ShiftModifier)
    dialog = window.findChild(QFileDialog)
    assert dialog.fileMode() == QFileDialog.FileMode.Directory
    dialog.close()


def test_the_question_mark_shows_every_key(qtbot: QtBot, open_window: Open) -> None:
    window = open_window("clip.mp4")
    qtbot.keyClick(window, Qt.Key.Key_Question)
    keys = window.findChild(KeyMap)
    assert keys.isVisible()
    shown = texts_of(keys)
    for key in ("Space", "F", "O", "Esc", "Q", "L", "?"):
        assert key in shown
    keys.close()


def test_the_help_menu_tells_version_licence_and_the_models_terms(open_window: Open) -> None:
    window = open_window()
    window.deeds["about"].trigger()
    about = window.findChild(About)
    said = texts_of(about)
    for words in (program_version(), "GPL-3.0-or-later", "non-commercial", "LICENSE", "models"):
        assert words in said
    about.close()


def test_ctrl_q_closes_the_window_and_q_alone_does_not(qtbot: QtBot, open_window: Open) -> None:
    window = open_window("clip.mp4", playing=True)
    press(qtbot, window, "q")
    assert window.isVisible()
    qtbot.keyClick(window, Qt.Key.Key_Q, Qt.KeyboardModifier.ControlModifier)
    assert not window.isVisible()


def test_keys_typed_into_the_address_field_are_text(qtbot: QtBot, open_window: Open) -> None:
    window = open_window()
    window.start_page.address.setFocus()
    qtbot.keyClicks(window.start_page.address, "folq?")
    assert window.start_page.address.text() == "folq?"
    assert window.isVisible()


def test_ctrl_w_goes_back_to_the_start_page(qtbot: QtBot, open_window: Open) -> None:
    window = open_window("clip.mp4", playing=True)
    qtbot.keyClick(window, Qt.Key.Key_W, Qt.KeyboardModifier.ControlModifier)
    assert window.start_page.isVisible()
    assert window.tiles == []
    assert window.windowTitle() == "agescope"


def test_ctrl_d_shows_the_demonstration_and_d_alone_does_not(
    qtbot: QtBot, open_window: Open, sessions: Sessions
) -> None:
    window = open_window()
    press(qtbot, window, "d")
    assert sessions.opened == []
    qtbot.keyClick(window, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    assert sessions.opened == [DEMO]
    assert window.tiles[0].name == "demonstration"


def test_a_source_that_cannot_be_opened_says_why_and_what_to_do(
    qtbot: QtBot, open_window: Open
) -> None:
    window = open_window("missing.mp4")
    qtbot.waitUntil(lambda: "missing.mp4 does not exist. Check the path." in notice_of(window))
    assert "failed" in window.status_line.state.text()
    assert not window.deeds["pause"].isEnabled()
    another = window.tiles[0].findChildren(QPushButton)[1]
    qtbot.mouseClick(another, Qt.MouseButton.LeftButton)
    assert window.start_page.isVisible()


def test_a_failed_source_can_be_tried_again(
    qtbot: QtBot, open_window: Open, sessions: Sessions
) -> None:
    window = open_window("missing.mp4")
    qtbot.waitUntil(lambda: state_of(window) is State.FAILED)
    qtbot.waitUntil(lambda: notice_of(window) != "")
    again = window.tiles[0].findChildren(QPushButton)[0]
    qtbot.mouseClick(again, Qt.MouseButton.LeftButton)
    assert sessions.opened == ["missing.mp4"] * 2
    qtbot.waitUntil(lambda: state_of(window) is State.FAILED)


def test_a_source_that_breaks_off_keeps_its_last_picture_behind_the_message(
    qtbot: QtBot, open_window: Open
) -> None:
    window = open_window("broken.mp4", playing=True)
    qtbot.waitUntil(lambda: "truncated" in notice_of(window))
    assert window.tiles[0].view.picture is not None


def test_models_that_cannot_be_loaded_are_told(
    qtbot: QtBot, open_window: Open, sessions: Sessions
) -> None:
    sessions.model_error = "age.onnx does not exist. Reinstall agescope."
    window = open_window("clip.mp4")
    qtbot.waitUntil(lambda: "Reinstall agescope" in notice_of(window))


def test_loading_models_is_visible_and_blocks_nothing(
    qtbot: QtBot, open_window: Open, sessions: Sessions
) -> None:
    sessions.loaded.clear()
    window = open_window("clip.mp4")
    assert "Loading the models" in notice_of(window)
    press(qtbot, window, "f")
    assert window.isFullScreen()
    sessions.loaded.set()
    qtbot.waitUntil(lambda: notice_of(window) == "")


def test_dropped_files_are_shown(open_window: Open, sessions: Sessions) -> None:
    window = open_window()
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile("/clips/a b.mp4"), QUrl("rtsp://door/1")])
    event = QDropEvent(
        QPointF(50, 50),
        Qt.DropAction.CopyAction,
        mime,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    window.dropEvent(event)
    assert sessions.opened == ["/clips/a b.mp4", "rtsp://door/1"]


def test_several_sources_stand_in_a_grid_with_their_names(qtbot: QtBot, open_window: Open) -> None:
    window = open_window("a.mp4", "b.mp4", "live", "missing.mp4")
    qtbot.waitUntil(lambda: "3 running \u00b7 1 failed" in window.status_line.state.text())
    places = {(tile.x() > 0, tile.y() > 0) for tile in window.tiles}
    assert len(places) == 4
    model = window.live.people.model
    seen = {"a", "b", "live"}
    qtbot.waitUntil(lambda: {model.item(r, 6).text() for r in range(model.rowCount())} == seen)


def test_a_source_shown_again_waits_for_its_older_session(qtbot: QtBot, open_window: Open) -> None:
    window = open_window("live", playing=True)
    older = window.tiles[0].session
    window.show_sources(["live"])
    qtbot.waitUntil(lambda: window.tiles[0].view.picture is not None)
    assert not older.alive


def start(window: MainWindow, qtbot: QtBot, sessions: Sessions, situation: str) -> None:
    if situation == "start page":
        return
    if situation == "loading":
        sessions.loaded.clear()
    if situation == "opening":
        sessions.let_open.clear()
    address = {"failed": "missing.mp4", "ended": "short.mp4", "live": "live"}
    window.show_sources([address.get(situation, "clip.mp4")])
    if situation in ("loading", "opening"):
        qtbot.wait(50)
        return
    if situation in ("failed", "ended"):
        qtbot.waitUntil(lambda: state_of(window).over)
        return
    qtbot.waitUntil(lambda: window.tiles[0].view.picture is not None)
    if situation == "paused":
        window.toggle_pause()


@pytest.mark.parametrize(
    "situation",
    ["start page", "loading", "opening", "playing", "live", "paused", "ended", "failed"],
)
def test_closing_takes_less_than_two_seconds(
    qtbot: QtBot,
    open_window: Open,
    sessions: Sessions,
    situation: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    window = open_window()
    start(window, qtbot, sessions, situation)
    began = time.monotonic()
    window.close()
    assert time.monotonic() - began < 2.0
    sessions.loaded.set()
    sessions.let_open.set()
    assert ("still busy" in caplog.text) == (situation == "opening")


def naps_s() -> float:
    """How long a nap of 1 ms takes on this machine now, at its 98th percentile."""
    naps = []
    for _ in range(100):
        began = time.monotonic()
        time.sleep(0.001)
        naps.append(time.monotonic() - began)
    return sorted(naps)[98]


def test_the_thread_that_paints_never_waits_long(qtbot: QtBot, open_window: Open) -> None:
    window = open_window("clip.mp4", "live", playing=True)
    window.wall.pin(("clip", 7))
    qtbot.wait(800)  # charts are built when they are first seen
    waits, work = [], []
    until = time.monotonic() + 1.5
    while time.monotonic() < until:
        began, busy = time.monotonic(), time.thread_time()
        QApplication.processEvents()
        waits.append(time.monotonic() - began)
        work.append(time.thread_time() - busy)
        time.sleep(0.001)
    assert max(work) < 0.05
    others_s = 10 * naps_s()  # what other programs take from us is not our fault
    assert sorted(waits)[-len(waits) // 50 - 1] < max(0.05, others_s)


def test_no_thread_outlives_its_window(open_window: Open) -> None:
    before = set(threading.enumerate())
    window = open_window("clip.mp4", "live", playing=True)
    window.show_sources(["short.mp4"])
    window.close_sources()
    window.close()
    assert set(threading.enumerate()) <= before
