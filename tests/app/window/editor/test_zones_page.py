from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PyQt6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from app.window.editor.zones_page import ZonesPage
from app.window.main_window import MainWindow
from app.window.memory import Memory
from app.window.wanted import Wanted
from engine.cameras_file import Zone, load_cameras
from engine.status import State

Open = Callable[..., MainWindow]
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
FILE = """# ours
[[camera]]
name = "door"
source = "synthetic:?people=1"

[[camera.zone]]
name = "mat"  # before the door
kind = "area"
points = [[0.1, 0.1], [0.4, 0.1], [0.4, 0.4]]
"""
BLACKOUT = """[[camera]]
name = "yard"
source = "synthetic:?people=1"

[[camera.zone]]
name = "neighbour"  # agreed with them
kind = "blackout"
points = [[0.1, 0.1], [0.5, 0.1], [0.5, 0.9], [0.1, 0.9]]
"""


def with_camera(open_window: Open, folder: Path, text: str) -> tuple[MainWindow, Path]:
    """The window on the first camera of a cameras file, and that file."""
    file = folder / "cameras.toml"
    file.write_text(text)
    window = open_window()
    window.show_sources([Wanted.of_camera(load_cameras(file).cameras[0], file)])
    return window, file


def editor_of(window: MainWindow) -> ZonesPage:
    window.show_page("zones")
    page = window.pages.currentWidget()
    assert isinstance(page, ZonesPage)
    return page


def at(page: ZonesPage, x: float, y: float) -> QPoint:
    target = page.canvas.target
    return QPoint(
        round(target.left() + x * target.width()), round(target.top() + y * target.height())
    )


def click(qtbot: QtBot, page: ZonesPage, *points: tuple[float, float]) -> None:
    for x, y in points:
        qtbot.mouseClick(page.canvas, Qt.MouseButton.LeftButton, pos=at(page, x, y))


def drag(
    qtbot: QtBot, page: ZonesPage, start: tuple[float, float], end: tuple[float, float]
) -> None:
    qtbot.mousePress(page.canvas, Qt.MouseButton.LeftButton, pos=at(page, *start))
    qtbot.mouseMove(page.canvas, at(page, *end))
    qtbot.mouseRelease(page.canvas, Qt.MouseButton.LeftButton, pos=at(page, *end))


def draw_area(qtbot: QtBot, page: ZonesPage) -> None:
    page.tools["area"].click()
    click(qtbot, page, (0.2, 0.2), (0.6, 0.2), (0.6, 0.6))
    qtbot.keyClick(page.canvas, Qt.Key.Key_Return)


def names(page: ZonesPage) -> list[str]:
    return [page.list.item(row).text() for row in range(page.list.count())]


def test_an_area_is_drawn_moved_and_counts_at_once(qtbot: QtBot, open_window: Open) -> None:
    window = open_window("clip.mp4", playing=True)
    page = editor_of(window)
    qtbot.waitUntil(lambda: page.canvas._picture is not None)
    draw_area(qtbot, page)
    assert names(page) == ["area 1"]
    drag(qtbot, page, (0.5, 0.3), (0.6, 0.4))
    assert page.canvas.drawings[0].points[0] == pytest.approx((0.3, 0.3), abs=0.01)
    drag(qtbot, page, (0.3, 0.3), (0.1, 0.1))
    assert page.canvas.drawings[0].points[0] == pytest.approx((0.1, 0.1), abs=0.01)
    page.apply_now()
    tile = window.tiles[0]
    assert [zone.name for zone in tile.wanted.zones] == ["area 1"]
    window.show_page("live")
    qtbot.waitUntil(lambda: any(person.zone == "area 1" for person in tile.people))


def test_everything_that_was_drawn_is_undone_and_done_again(
    qtbot: QtBot, open_window: Open
) -> None:
    window = open_window("clip.mp4", playing=True)
    page = editor_of(window)
    draw_area(qtbot, page)
    drawn = page.canvas.drawings
    drag(qtbot, page, (0.5, 0.3), (0.6, 0.4))
    moved = page.canvas.drawings
    page.canvas.choose(0)
    qtbot.keyClick(page.canvas, Qt.Key.Key_Delete)
    for expected in (moved, drawn, ()):
        qtbot.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        window._refresh()
        assert page.canvas.drawings == expected
    for expected in (drawn, moved, ()):
        qtbot.keyClick(window, Qt.Key.Key_Y, Qt.KeyboardModifier.ControlModifier)
        window._refresh()
        assert page.canvas.drawings == expected


def test_a_line_is_drawn_with_the_keyboard_alone(qtbot: QtBot, open_window: Open) -> None:
    window = open_window("clip.mp4", playing=True)
    page = editor_of(window)
    page.tools["line"].click()
    canvas = page.canvas
    assert canvas.hasFocus()
    qtbot.keyClick(canvas, Qt.Key.Key_Space)
    for _ in range(10):
        qtbot.keyClick(canvas, Qt.Key.Key_Right)
    qtbot.keyClick(canvas, Qt.Key.Key_Space)
    (line,) = canvas.drawings
    assert sum(line.points, ()) == pytest.approx((0.5, 0.5, 0.6, 0.5))
    qtbot.keyClick(canvas, Qt.Key.Key_Up)
    qtbot.keyClick(canvas, Qt.Key.Key_PageDown)
    qtbot.keyClick(canvas, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert sum(canvas.drawings[0].points, ()) == pytest.approx((0.5, 0.492, 0.6, 0.49))
    assert window.tiles[0].status.state.value != "paused", "Space belongs to the canvas"


def test_a_blackout_is_burnt_into_the_picture(qtbot: QtBot, open_window: Open) -> None:
    window = open_window("clip.mp4", playing=True)
    before = window.tiles[0].session
    page = editor_of(window)
    page.tools["blackout"].click()
    click(qtbot, page, (0.2, 0.2), (0.6, 0.2), (0.6, 0.6))
    qtbot.mouseDClick(page.canvas, Qt.MouseButton.LeftButton, pos=at(page, 0.6, 0.6))
    page.apply_now()
    assert len(window.tiles[0].wanted.blackouts) == 1
    assert window.tiles[0].session is not before, "the source starts again with it"


def test_a_live_source_that_is_paused_stays_so_when_a_blackout_is_drawn(
    qtbot: QtBot, open_window: Open
) -> None:
    window = open_window("live", playing=True)
    tile = window.tiles[0]
    tile.pause()
    before = tile.session
    corners = ((0.2, 0.2), (0.6, 0.2), (0.6, 0.6))
    tile.take_zones((Zone(name="neighbour", kind="blackout", points=corners),))
    assert tile.session is not before
    qtbot.waitUntil(lambda: tile.status.info is not None)
    qtbot.wait(300)
    assert (tile.status.state, tile.status.frames) == (State.PAUSED, 0)


def test_what_is_crossed_is_not_used_and_says_so(qtbot: QtBot, open_window: Open) -> None:
    window = open_window("clip.mp4", playing=True)
    page = editor_of(window)
    page.tools["area"].click()
    click(qtbot, page, (0.1, 0.1), (0.6, 0.6), (0.6, 0.1), (0.1, 0.6))
    qtbot.keyClick(page.canvas, Qt.Key.Key_Return)
    page.apply_now()
    assert window.tiles[0].wanted.zones == ()
    assert "Not used yet" in page.hint.text()


def test_a_blackout_pulled_too_far_hides_what_it_hid_until_it_is_removed(
    qtbot: QtBot, open_window: Open, tmp_path: Path
) -> None:
    window, file = with_camera(open_window, tmp_path, BLACKOUT)
    tile, before = window.tiles[0], file.read_text()
    hidden, session = tile.wanted.blackouts, tile.session
    page = editor_of(window)
    page.canvas.choose(0)
    for corner in ((0.5, 0.9), (0.05, 0.3)), ((0.05, 0.3), (0.06, 0.4)):
        drag(qtbot, page, *corner)
        page.apply_now()
        assert page.canvas.drawings[0].problem
        assert tile.wanted.blackouts == hidden
    assert tile.session is session, "the source need not start again"
    assert file.read_text() == before
    assert "stays in use" in page.hint.text()
    qtbot.keyClick(page.canvas, Qt.Key.Key_Escape)
    page.canvas.choose(0)
    page.canvas.remove_chosen()
    page.apply_now()
    assert tile.wanted.blackouts == ()
    assert load_cameras(file).cameras[0].zones == ()


def test_a_crossed_blackout_that_is_renamed_stays_in_use(
    qtbot: QtBot, open_window: Open, tmp_path: Path
) -> None:
    window, file = with_camera(open_window, tmp_path, BLACKOUT)
    page = editor_of(window)
    page.canvas.choose(0)
    drag(qtbot, page, (0.5, 0.9), (0.05, 0.3))
    for typed, called in ("", "neighbour"), ("garden", "garden"):
        page.list.item(0).setText(typed)
        qtbot.waitUntil(
            lambda called=called: names(page) == [called] == [page.canvas.drawings[0].name]
        )
        page.apply_now()
        (zone,) = load_cameras(file).cameras[0].zones
        assert (zone.name, len(window.tiles[0].wanted.blackouts)) == (called, 1)


def test_zones_of_a_camera_go_into_its_file_and_comments_stay(
    qtbot: QtBot, open_window: Open, tmp_path: Path
) -> None:
    window, file = with_camera(open_window, tmp_path, FILE)
    page = editor_of(window)
    assert names(page) == ["mat"]
    draw_area(qtbot, page)
    page.list.item(0).setText("rug")
    qtbot.waitUntil(lambda: page.canvas.drawings[0].name == "rug")
    page.apply_now()
    assert [zone.name for zone in load_cameras(file).cameras[0].zones] == ["rug", "area 1"]
    assert "# ours" in file.read_text()
    assert "# before the door" in file.read_text()


def test_a_refused_zone_is_kept_once_the_file_can_be_written(
    qtbot: QtBot, open_window: Open, tmp_path: Path
) -> None:
    window, file = with_camera(open_window, tmp_path, FILE)
    page = editor_of(window)
    file.write_text(FILE + "[[camera")
    draw_area(qtbot, page)
    page.apply_now()
    file.write_text(FILE.replace("0.4", "0.3"))
    draw_area(qtbot, page)
    page.apply_now()
    mat, *drawn = load_cameras(file).cameras[0].zones
    assert mat.points[1] == (0.3, 0.1)
    assert [zone.name for zone in drawn] == ["area 1", "area 2"]


def test_zones_of_a_source_without_a_file_are_remembered(
    qtbot: QtBot, open_window: Open, tmp_path: Path
) -> None:
    window = open_window("clip.mp4", playing=True, memory=Memory(tmp_path / "window.ini"))
    page = editor_of(window)
    draw_area(qtbot, page)
    page.apply_now()
    window.close()
    again = open_window("clip.mp4", memory=Memory(tmp_path / "window.ini"))
    assert [zone.name for zone in again.tiles[0].wanted.zones] == ["area 1"]


def test_a_name_that_is_taken_is_refused(qtbot: QtBot, open_window: Open) -> None:
    window = open_window("clip.mp4", playing=True)
    page = editor_of(window)
    draw_area(qtbot, page)
    page.tools["line"].click()
    click(qtbot, page, (0.1, 0.8), (0.9, 0.8))
    told: list[str] = []
    page.told.connect(told.append)
    page.list.item(1).setText("area 1")
    qtbot.waitUntil(lambda: names(page) == ["area 1", "line 1"])
    assert "taken" in told[0]


def test_without_a_source_the_page_says_what_to_do(open_window: Open) -> None:
    page = editor_of(open_window())
    assert "Open a source first" in page.hint.text()
    assert not page.isEnabled()


def test_pictures_are_made_while_only_the_editor_is_seen(qtbot: QtBot, open_window: Open) -> None:
    window = open_window("clip.mp4", playing=True)
    page = editor_of(window)
    qtbot.waitUntil(lambda: page.canvas._picture is not None)
    first: Any = page.canvas._picture
    qtbot.waitUntil(lambda: page.canvas._picture is not first)
    window.show_page("start")
    assert window.tiles[0]._lent is None
