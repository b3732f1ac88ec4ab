from collections.abc import Callable
from typing import Any

import pytest
from PyQt6.QtCore import QPoint, QSize, Qt
from PyQt6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from app.window.main_window import MainWindow
from app.window.notice import Notice
from app.window.tile import Tile
from app.window.wall import MOST_TILES
from engine.status import State

Open = Callable[..., MainWindow]
Sessions = Any

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


def wait_for_the_last_picture(qtbot: QtBot, tile: Tile) -> None:
    """One may have been under way when the tile was hidden; the thread takes results in order."""
    seen = tile.status.frames
    qtbot.waitUntil(lambda: tile.stepped.newest.frame.index > seen)
    qtbot.wait(1)


def states_of(window: MainWindow) -> list[State]:
    return [tile.status.state for tile in window.tiles]


def test_space_pauses_all_that_play_and_starts_nothing_that_is_over(
    qtbot: QtBot, open_window: Open
) -> None:
    window = open_window("clip.mp4", "empty-room.mp4", "live", playing=True)
    qtbot.waitUntil(lambda: states_of(window)[1] is State.ENDED)
    qtbot.keyClick(window, Qt.Key.Key_Space)
    assert states_of(window) == [State.PAUSED, State.ENDED, State.PAUSED]
    qtbot.keyClick(window, Qt.Key.Key_Space)
    assert states_of(window) == [State.RUNNING] * 3


def test_space_brings_all_sources_into_one_state(qtbot: QtBot, open_window: Open) -> None:
    window = open_window("clip.mp4", "b.mp4", playing=True)
    window.live.transport.toggle()
    assert states_of(window) == [State.PAUSED, State.RUNNING]
    for both in (State.RUNNING, State.PAUSED):
        qtbot.keyClick(window, Qt.Key.Key_Space)
        assert states_of(window) == [both, both]


def test_space_plays_a_chosen_source_again_that_is_over_while_others_play(
    qtbot: QtBot, open_window: Open
) -> None:
    window = open_window("empty-room.mp4", "live", playing=True)
    qtbot.waitUntil(lambda: states_of(window) == [State.ENDED, State.RUNNING])
    qtbot.keyClick(window, Qt.Key.Key_Space)
    assert states_of(window) == [State.RUNNING, State.RUNNING]


def test_a_double_click_gives_one_of_several_all_the_room_and_back(
    qtbot: QtBot, open_window: Open
) -> None:
    window = open_window("a.mp4", "b.mp4", "c.mp4", playing=True)
    second = window.tiles[1]
    qtbot.mouseClick(second.view, Qt.MouseButton.LeftButton)
    qtbot.mouseDClick(second.view, Qt.MouseButton.LeftButton)
    assert window.wall.enlarged
    assert not window.isFullScreen()
    assert [tile.isVisible() for tile in window.tiles] == [False, True, False]
    qtbot.waitUntil(lambda: second.width() == window.wall.width())
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert all(tile.isVisible() for tile in window.tiles)


def test_a_key_works_at_once_after_what_makes_it_possible(qtbot: QtBot, open_window: Open) -> None:
    window = open_window("live", "a.mp4", playing=True)
    window._timer.stop()
    assert not window.deeds["forward"].isEnabled(), "a camera knows no next frame"
    qtbot.mouseClick(window.tiles[1].view, Qt.MouseButton.LeftButton)
    assert window.deeds["forward"].isEnabled()
    qtbot.mouseDClick(window.tiles[1].view, Qt.MouseButton.LeftButton)
    assert window.wall.enlarged
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert not window.wall.enlarged
    assert all(tile.isVisible() for tile in window.tiles)


def test_a_hidden_tile_makes_no_pictures_but_its_people_are_known(
    qtbot: QtBot, open_window: Open
) -> None:
    window = open_window("a.mp4", "b.mp4", playing=True)
    qtbot.keyClick(window, Qt.Key.Key_E)
    hidden = window.tiles[1]
    qtbot.waitUntil(lambda: not hidden.isVisible())
    wait_for_the_last_picture(qtbot, hidden)
    before, made = hidden.view.picture, []
    hidden.bridge.picture_ready.connect(lambda: made.append(1))
    frames = hidden.status.frames
    qtbot.waitUntil(lambda: hidden.status.frames > frames + 10)
    assert made == []
    assert hidden.view.picture is before
    assert len(hidden.people) == 2
    qtbot.keyClick(window, Qt.Key.Key_E)
    qtbot.waitUntil(lambda: hidden.view.picture is not before)


def test_a_page_that_hides_the_wall_stops_all_pictures(qtbot: QtBot, open_window: Open) -> None:
    window = open_window("a.mp4", playing=True)
    window.show_page("settings")
    wait_for_the_last_picture(qtbot, window.tiles[0])
    before = window.tiles[0].view.picture
    wait_for_the_last_picture(qtbot, window.tiles[0])
    assert window.tiles[0].view.picture is before
    window.show_page("live")
    qtbot.waitUntil(lambda: window.tiles[0].view.picture is not before)


def test_arrows_move_the_choice_and_the_transport_bar_follows(
    qtbot: QtBot, open_window: Open
) -> None:
    window = open_window("a.mp4", "b.mp4", "live", "c.mp4", playing=True)
    assert window.wall.current is window.tiles[0]
    for key, place in ((Qt.Key.Key_Right, 1), (Qt.Key.Key_Down, 3), (Qt.Key.Key_Left, 2)):
        qtbot.keyClick(window.wall.current, key)
        assert window.wall.current is window.tiles[place]
    assert [tile.view.marked for tile in window.tiles] == [False, False, True, False]
    qtbot.waitUntil(lambda: not window.live.transport.isVisible())


def test_sixteen_sources_have_room_and_more_are_left_out(
    qtbot: QtBot, open_window: Open, sessions: Sessions
) -> None:
    window = open_window(*["empty-room.mp4"] * 18)
    assert len(window.tiles) == len(sessions.opened) == MOST_TILES
    assert len({tile.name for tile in window.tiles}) == MOST_TILES
    assert window.status_line.currentMessage() == (
        "Not shown: 2 of 18 sources (empty-room (17), empty-room (18)). The window holds 16."
    )
    qtbot.waitUntil(lambda: all(tile.width() > 60 for tile in window.tiles))
    rows = {tile.y() for tile in window.tiles}
    assert len(rows) == 4


def test_each_of_several_tiles_tells_name_state_and_pace(qtbot: QtBot, open_window: Open) -> None:
    window = open_window("a.mp4", "live", playing=True)
    qtbot.waitUntil(lambda: "frames/s" in window.tiles[1].view._caption)
    assert window.tiles[1].view._caption.startswith("live · live · ")


def press(window: MainWindow, place: int, words: str) -> None:
    buttons = window.tiles[place].findChildren(QPushButton)
    next(each for each in buttons if each.isVisible() and each.text() == words).click()


def test_a_failed_source_is_closed_alone_and_the_others_run_on(
    qtbot: QtBot, open_window: Open, sessions: Sessions
) -> None:
    window = open_window("live", "missing.mp4", "a.mp4")
    kept = [window.tiles[0], window.tiles[2]]
    qtbot.waitUntil(lambda: states_of(window) == [State.RUNNING, State.FAILED, State.RUNNING])
    window._refresh()
    press(window, 1, "Close")
    assert window.tiles == kept
    assert states_of(window) == [State.RUNNING, State.RUNNING]
    assert window.wall.current is kept[0]
    assert window.pages.shown == "live"
    assert sessions.opened == ["live", "missing.mp4", "a.mp4"]
    qtbot.waitUntil(lambda: not window.wall._leaving)


def test_the_last_failed_source_leads_to_the_start_page(qtbot: QtBot, open_window: Open) -> None:
    window = open_window("missing.mp4", "missing.mp4")
    qtbot.waitUntil(lambda: states_of(window) == [State.FAILED] * 2)
    window._refresh()
    window.wall.toggle_enlarged()
    press(window, 0, "Close")
    assert window.tiles[0].isVisible()
    assert not window.wall.enlarged
    window._refresh()
    assert window.tiles[0].view._caption == ""
    press(window, 0, "Choose another source")
    assert window.pages.shown == "start"


@pytest.mark.parametrize(
    ("size", "told"), [((174, 157), False), ((120, 118), False), ((232, 209), True)]
)
def test_a_failure_has_title_and_buttons_in_a_small_tile(
    qtbot: QtBot, size: tuple[int, int], told: bool
) -> None:
    notice = Notice()
    qtbot.addWidget(notice)
    notice.stand_alone(False)
    reason = "x.mp4 is no video that can be read: it is not one, or a copy that was never finished."
    notice.show_failure("This source cannot be shown", f"{reason} Once more.")
    notice.fit(QSize(size[0] - 8, size[1] - 46))
    notice.show_failure("This source cannot be shown", reason)
    notice.fit(QSize(size[0] - 8, size[1] - 46))
    assert notice.width() <= size[0] - 8
    assert notice.height() <= size[1] - 46
    for part in notice.findChildren((QLabel, QPushButton)):
        if part.isVisible():
            least = part.minimumSizeHint()
            high = part.heightForWidth(part.width()) if part.hasHeightForWidth() else least.height()
            assert part.height() >= high
            assert part.width() >= least.width()
            corner = QPoint(part.width(), part.height())
            assert notice.rect().contains(part.mapTo(notice, corner))
    assert [button.isVisible() for button in notice.findChildren(QPushButton)] == [True, True]
    assert notice._text.isVisible() is told
    assert (reason in notice.toolTip()) is not told
    notice.fit(QSize(800, 600))
    assert notice._text.isVisible()
    assert notice._title.text() == "This source cannot be shown"


def test_tiles_that_were_left_are_deleted(qtbot: QtBot, open_window: Open) -> None:
    window = open_window("a.mp4", "live", playing=True)
    window.show_sources(["b.mp4"])
    qtbot.waitUntil(lambda: not window.wall._leaving)
