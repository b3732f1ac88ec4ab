import json
from pathlib import Path

import numpy as np
import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from app.window.choice import Choice
from app.window.memory import Memory
from app.window.start_page import StartPage
from app.window.wanted import DEMO, Wanted
from engine.errors import SourceError
from engine.values.frame import Image

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


class Prober:
    """Answers at one address only."""

    def __init__(self) -> None:
        self.tried: list[Wanted] = []

    def probe(self, wanted: Wanted) -> tuple[Image, str]:
        self.tried.append(wanted)
        if wanted.address != "rtsp://door/1":
            raise SourceError(f"{wanted.shown} does not answer. Check the address.")
        return np.full((90, 160, 3), 200, np.uint8), "160 x 90 px"


@pytest.fixture
def memory(tmp_path: Path) -> Memory:
    return Memory(tmp_path / "window.ini")


@pytest.fixture
def page(qtbot: QtBot, memory: Memory) -> StartPage:
    memory.tell_about_privacy()
    made = StartPage(Prober(), memory)
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
    assert chosen.args == [[address]]


def test_files_and_folders_are_asked_for(qtbot: QtBot, page: StartPage) -> None:
    with qtbot.waitSignal(page.wants_files):
        qtbot.mouseClick(button(page, "Videos or pictures …"), Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(page.wants_folder):
        qtbot.mouseClick(button(page, "Folder …"), Qt.MouseButton.LeftButton)


def test_an_address_is_connected_by_enter_or_button_without_its_blanks(
    qtbot: QtBot, page: StartPage
) -> None:
    connect = button(page, "Connect")
    assert not connect.isEnabled()
    qtbot.keyClicks(page.address, " rtsp://door/1 ")
    with qtbot.waitSignal(page.chosen) as chosen:
        qtbot.keyClick(page.address, Qt.Key.Key_Return)
    assert chosen.args == [["rtsp://door/1"]]
    assert not page.preview.isVisible()
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


def test_an_address_is_tried_while_it_is_typed_and_shows_its_picture(
    qtbot: QtBot, page: StartPage
) -> None:
    qtbot.keyClicks(page.address, "rtsp://door/1")
    qtbot.waitUntil(lambda: page.preview.words.text() == "160 x 90 px")
    assert page.preview.picture.pixmap().width() > 100
    page.address.clear()
    assert not page.preview.isVisible()


def test_an_address_is_tried_with_the_zones_that_were_drawn_for_it(
    qtbot: QtBot, memory: Memory
) -> None:
    bed = {"name": "bed", "kind": "blackout", "points": [[0, 0], [1, 0], [1, 1]]}
    memory.set_word("zones/rtsp:||door|1", json.dumps([bed]))
    prober = Prober()
    page = StartPage(prober, memory)
    qtbot.addWidget(page)
    page.address.setText("rtsp://door/1")
    qtbot.waitUntil(lambda: bool(prober.tried))
    assert prober.tried[0].blackouts == (((0, 0), (1, 0), (1, 1)),)


def test_an_address_without_answer_says_why(qtbot: QtBot, page: StartPage) -> None:
    qtbot.keyClicks(page.address, "rtsp://nobody/1")
    qtbot.waitUntil(lambda: "does not answer. Check" in page.preview.words.text())
    assert not page.preview.picture.isVisible()


def test_a_file_name_is_not_tried(qtbot: QtBot, page: StartPage) -> None:
    qtbot.keyClicks(page.address, "clip.mp4")
    qtbot.wait(900)
    assert not page.preview.isVisible()


def test_recent_sources_are_offered_and_secrets_are_never_kept(
    qtbot: QtBot, page: StartPage, memory: Memory, tmp_path: Path
) -> None:
    memory.note([Wanted.at("a.mp4"), Wanted.at("rtsp://me:secret@door/1"), Wanted.at("b.mp4")])
    page.refresh()
    with qtbot.waitSignal(page.chosen) as chosen:
        qtbot.mouseClick(button(page, "Show b again"), Qt.MouseButton.LeftButton)
    assert chosen.args == [["b.mp4"]]
    with qtbot.waitSignal(page.chosen) as chosen:
        title = "Go on with the 2 sources of last time"
        qtbot.mouseClick(button(page, title), Qt.MouseButton.LeftButton)
    assert chosen.args == [["a.mp4", "b.mp4"]]
    del memory
    assert "secret" not in "".join(file.read_text() for file in tmp_path.iterdir())


def test_an_address_is_offered_with_all_its_letters(page: StartPage, memory: Memory) -> None:
    memory.note([Wanted.at("synthetic:?people=1&seconds=9"), Wanted.at("long/" * 60)])
    page.refresh()
    made_up, long = page.recent.findChildren(QPushButton, "entry")
    assert "people=1&&seconds" in made_up.text()
    assert long.sizeHint().width() < 720, "it gives way in the middle"


def test_privacy_is_told_once(qtbot: QtBot, tmp_path: Path) -> None:
    file = tmp_path / "new.ini"
    first = StartPage(Prober(), Memory(file))
    qtbot.addWidget(first)
    first.show()
    assert first.privacy.isVisible()
    qtbot.mouseClick(first.privacy.accept, Qt.MouseButton.LeftButton)
    assert not first.privacy.isVisible()
    second = StartPage(Prober(), Memory(file))
    qtbot.addWidget(second)
    second.show()
    assert not second.privacy.isVisible()
