from collections.abc import Callable

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QAbstractItemView, QApplication, QComboBox, QListWidget, QSpinBox
from pytestqt.qtbot import QtBot

from app.window.main_window import MainWindow

Open = Callable[..., MainWindow]
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


def listen(window: MainWindow) -> list[str]:
    """Names of the deeds that are done from now on, whatever becomes of them."""
    done: list[str] = []
    for name, action in window.deeds.items():
        action.triggered.connect(lambda _checked, name=name: done.append(name))
    return done


def letters(window: MainWindow) -> str:
    """Every key that does something without another one held down."""
    keys = [key.toString() for deed in window.deeds.values() for key in deed.shortcuts()]
    return "".join(key.lower() for key in keys if len(key) == 1)


def theme(window: MainWindow) -> QComboBox:
    window.show_page("settings")
    page = window.pages.currentWidget()
    editor = page.list.rows["look", "theme"].editor
    assert isinstance(editor, QComboBox)
    return editor


def test_a_letter_typed_in_a_drop_down_chooses_in_it(qtbot: QtBot, open_window: Open) -> None:
    window = open_window("live", "clip.mp4", playing=True)
    box = theme(window)
    box.setFocus()
    done = listen(window)
    qtbot.keyClicks(box, "d")
    assert box.currentText() == "dark"
    for letter in letters(window):
        qtbot.keyClicks(box, letter)
    assert done == []
    assert [tile.name for tile in window.tiles] == ["live", "clip"]


def test_a_letter_typed_in_an_open_drop_down_chooses_in_it(qtbot: QtBot, open_window: Open) -> None:
    window = open_window("live", playing=True)
    box = theme(window)
    box.setFocus()
    done = listen(window)
    box.showPopup()
    qtbot.waitUntil(lambda: QApplication.activePopupWidget() is not None)
    view = box.view()
    assert isinstance(view, QAbstractItemView)
    for letter in letters(window):
        qtbot.keyClicks(view, letter)
    box.hidePopup()
    assert done == []


@pytest.mark.parametrize("kind", [QListWidget, QSpinBox])
def test_a_letter_typed_in_a_list_or_number_is_not_the_windows(
    qtbot: QtBot, open_window: Open, kind: type[QListWidget | QSpinBox]
) -> None:
    window = open_window("live", playing=True)
    window.show_page("zones" if kind is QListWidget else "settings")
    page = window.pages.currentWidget()
    found = next(each for each in page.findChildren(kind) if each.isVisible())
    found.setFocus()
    done = listen(window)
    for letter in letters(window):
        qtbot.keyClicks(found, letter)
    assert done == []


def test_keys_go_on_to_the_window_from_the_table_of_people(qtbot: QtBot, open_window: Open) -> None:
    window = open_window("live", "clip.mp4", playing=True)
    window.live.people.table.setFocus()
    qtbot.keyClicks(window.live.people.table, "e")
    assert window.wall.enlarged


def test_keys_with_ctrl_or_alt_held_down_are_the_windows_in_a_drop_down_too(
    qtbot: QtBot, open_window: Open
) -> None:
    window = open_window("live", playing=True)
    box = theme(window)
    box.setFocus()
    qtbot.keyClick(box, Qt.Key.Key_2, Qt.KeyboardModifier.AltModifier)
    assert window.pages.shown == "live"
    theme(window).setFocus()
    done = listen(window)
    held = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    qtbot.keyClick(box, Qt.Key.Key_T, held)
    assert done == ["again"]
