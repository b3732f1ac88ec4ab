from collections.abc import Callable

import pytest
from PyQt6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.window.main_window import MainWindow
from app.window.palette import Palette

Open = Callable[..., MainWindow]
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


def palette_of(qtbot: QtBot, window: MainWindow) -> Palette:
    qtbot.keyClick(window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    return window.findChildren(Palette)[-1]


def test_what_is_typed_is_done(qtbot: QtBot, open_window: Open) -> None:
    window = open_window("clip.mp4", playing=True)
    palette = palette_of(qtbot, window)
    qtbot.keyClicks(palette.search, "audience")
    qtbot.keyClick(palette.search, Qt.Key.Key_Return)
    assert window.pages.shown == "audience"


def test_only_what_is_possible_is_offered(qtbot: QtBot, open_window: Open) -> None:
    palette = palette_of(qtbot, open_window())
    said = [palette.list.item(row).text() for row in range(palette.list.count())]
    assert any("Demonstration" in words for words in said)
    assert not any("One frame forward" in words for words in said)
    palette.reject()


def test_keys_find_a_command_and_are_read_out(qtbot: QtBot, open_window: Open) -> None:
    palette = palette_of(qtbot, open_window())
    qtbot.keyClicks(palette.search, "alt+3")
    item = palette.list.item(0)
    assert palette.list.count() == 1
    assert "Alt+3" not in item.text()
    assert item.data(Qt.ItemDataRole.AccessibleTextRole) == f"{item.text()} Alt+3"
    palette.reject()


def test_arrows_choose_and_switches_show_how_they_stand(qtbot: QtBot, open_window: Open) -> None:
    window = open_window("clip.mp4", playing=True)
    palette = palette_of(qtbot, window)
    qtbot.keyClicks(palette.search, "page")
    palette.search.setText("trails")
    assert "✓" not in palette.list.item(0).text()
    qtbot.keyClick(palette.search, Qt.Key.Key_Return)
    assert window.overlays.shown.trails
    palette = palette_of(qtbot, window)
    qtbot.keyClick(palette.search, Qt.Key.Key_Down)
    assert palette.list.currentRow() == 1
    palette.search.setText("trails")
    assert "✓" in palette.list.item(0).text()
    palette.search.setText("no such thing")
    qtbot.keyClick(palette.search, Qt.Key.Key_Return)
    assert palette.isVisible()
    palette.reject()


def test_every_deed_of_the_window_has_words_and_a_key(open_window: Open) -> None:
    for action in open_window().deeds.values():
        assert action.text()
        assert action.shortcuts(), action.text()


def test_no_key_does_two_things(open_window: Open) -> None:
    keys = [key.toString() for action in open_window().deeds.values() for key in action.shortcuts()]
    assert len(keys) == len(set(keys))
