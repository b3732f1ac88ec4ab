import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from app.window.choice import Choice
from app.window.sessions import DEMO
from app.window.start_page import StartPage

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture
def page(qtbot: QtBot) -> StartPage:
    made = StartPage()
    qtbot.addWidget(made)
    made.resize(900, 600)
    made.show()
    return made


def button(page: StartPage, name: str) -> QPushButton:
    return next(b for b in page.findChildren(QPushButton) if name in (b.accessibleName(), b.text()))


@pytest.mark.parametrize(("name", "address"), [("Camera", "0"), ("Demonstration", DEMO)])
def test_a_choice_gives_an_address(qtbot: QtBot, page: StartPage, name: str, address: str) -> None:
    with qtbot.waitSignal(page.chosen) as chosen:
        qtbot.mouseClick(button(page, name), Qt.MouseButton.LeftButton)
    assert chosen.args == [address]


def test_files_and_folders_are_asked_for(qtbot: QtBot, page: StartPage) -> None:
    with qtbot.waitSignal(page.wants_files):
        qtbot.mouseClick(button(page, "Videos or pictures …"), Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(page.wants_folder):
        qtbot.mouseClick(button(page, "Folder of pictures …"), Qt.MouseButton.LeftButton)


def test_an_address_is_connected_by_enter_or_button_without_its_blanks(
    qtbot: QtBot, page: StartPage
) -> None:
    connect = button(page, "Connect")
    assert not connect.isEnabled()
    qtbot.keyClicks(page.address, " rtsp://door/1 ")
    with qtbot.waitSignal(page.chosen) as chosen:
        qtbot.keyClick(page.address, Qt.Key.Key_Return)
    assert chosen.args == ["rtsp://door/1"]
    with qtbot.waitSignal(page.chosen):
        qtbot.mouseClick(connect, Qt.MouseButton.LeftButton)


def test_blanks_are_no_address(qtbot: QtBot, page: StartPage) -> None:
    qtbot.keyClicks(page.address, "   ")
    with qtbot.assertNotEmitted(page.chosen):
        qtbot.keyClick(page.address, Qt.Key.Key_Return)


def test_every_choice_can_be_reached_and_pressed_by_keyboard(qtbot: QtBot, page: StartPage) -> None:
    for choice in page.findChildren(Choice):
        assert choice.focusPolicy() & Qt.FocusPolicy.TabFocus
        assert choice.accessibleName()
        assert choice.accessibleDescription()
    with qtbot.waitSignal(page.chosen):
        qtbot.keyClick(button(page, "Camera"), Qt.Key.Key_Space)
