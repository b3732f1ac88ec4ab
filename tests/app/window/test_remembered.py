from collections.abc import Callable
from pathlib import Path

import pytest
from PyQt6.QtCore import QSettings, Qt
from PyQt6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from app.start_window import Request
from app.window.editor.drawing import Drawing
from app.window.main_window import MainWindow
from app.window.memory import Memory
from app.window.program import wanted_of
from app.window.wall import MOST_TILES
from app.window.wanted import Wanted
from engine.cameras_file import load_cameras

Open = Callable[..., MainWindow]
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
CAMERA = """[[camera]]
name = "{}"
source = "{}"
transport = "udp"
effort = "fast"
[[camera.zone]]
name = "neighbour"
kind = "blackout"
points = [[0.0, 0.0], [0.5, 0.0], [0.5, 1.0], [0.0, 1.0]]
"""
YARD, SHOP = CAMERA.format("yard", "rtsp://192.0.2.7/yard"), CAMERA.format("shop", "0")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current one."""
    monkeypatch.chdir(tmp_path)
    Path("cameras.toml").write_text(YARD + SHOP)
    return tmp_path


def show_cameras(window: MainWindow) -> None:
    """As `--config cameras.toml` does it."""
    file = Path("cameras.toml")
    window.show_sources([Wanted.of_camera(each, file) for each in load_cameras(file).cameras])


def entry(window: MainWindow, name: str) -> QPushButton:
    window.show_page("start")
    QApplication.processEvents()
    buttons = window.start_page.recent.findChildren(QPushButton)
    return next(each for each in buttons if name in each.accessibleName() and each.isVisible())


def shown(window: MainWindow) -> list[tuple[str, int, str, str]]:
    wanted = [tile.wanted for tile in window.tiles]
    return [(w.name, len(w.blackouts), w.reading.transport, w.effort) for w in wanted]


def test_cameras_come_again_as_their_file_says_also_from_another_folder(
    qtbot: QtBot, open_window: Open, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = open_window(memory=Memory(folder / "window.ini"))
    show_cameras(window)
    before = shown(window)
    assert before == [("yard", 1, "udp", "fast"), ("shop", 1, "udp", "fast")]
    window.close()
    (folder / "elsewhere").mkdir()
    monkeypatch.chdir(folder / "elsewhere")
    window = open_window(memory=Memory(folder / "window.ini"))
    window.show_last()
    assert shown(window) == before
    assert window.tiles[0].wanted.config == folder / "cameras.toml", "new zones go into it"
    qtbot.mouseClick(entry(window, "Show yard again"), Qt.MouseButton.LeftButton)
    assert shown(window) == before[:1]


def test_zones_drawn_since_then_come_again_too(open_window: Open, folder: Path) -> None:
    memory = Memory(folder / "window.ini")
    window = open_window(memory=memory)
    show_cameras(window)
    second = Drawing("street", "blackout", ((0.6, 0.0), (1.0, 0.0), (1.0, 0.4)))
    window.keeping(window.tiles[1], [second])
    window.show_last()
    assert [zone.name for zone in window.tiles[1].wanted.zones] == ["street"]


@pytest.mark.parametrize(
    ("left", "words"), [(None, "cannot be read"), (SHOP, "has no camera 'yard' any more")]
)
def test_a_camera_that_its_file_lost_is_told_and_not_opened_without_its_blackouts(
    open_window: Open, folder: Path, left: str | None, words: str
) -> None:
    window = open_window(memory=Memory(folder / "window.ini"))
    show_cameras(window)
    yard = window.memory.last()[0]
    window.close_sources()
    Path("cameras.toml").unlink()
    if left:
        Path("cameras.toml").write_text(left)
    window.show_sources([yard])
    assert window.tiles == []
    assert window.pages.shown == "start"
    assert words in window.status_line.currentMessage()
    window.show_last()
    assert [tile.name for tile in window.tiles] == (["shop"] if left else [])
    assert words in window.status_line.currentMessage()


def test_what_runs_goes_on_where_a_remembered_camera_is_gone(
    open_window: Open, folder: Path
) -> None:
    window = open_window(memory=Memory(folder / "window.ini"))
    show_cameras(window)
    window.show_sources(["clip.mp4"])
    Path("cameras.toml").unlink()
    window.show_sources([window.memory.recent()[1]])
    assert [tile.name for tile in window.tiles] == ["clip"]


def test_a_camera_of_a_file_takes_the_place_of_its_bare_address(
    open_window: Open, folder: Path
) -> None:
    window = open_window(memory=Memory(folder / "window.ini"))
    window.show_sources(["rtsp://192.0.2.7/yard"])
    assert shown(window)[0][1] == 0
    show_cameras(window)
    for word in window.memory.recent():
        window.show_sources([word])
        assert shown(window)[0][1] == 1
    assert len(window.memory.recent()) == 2


def test_what_an_older_version_remembered_is_offered_as_before(
    qtbot: QtBot, open_window: Open, folder: Path
) -> None:
    ini = QSettings(str(folder / "window.ini"), QSettings.Format.IniFormat)
    ini.setValue("recent", ["0", "live", "{odd}.mp4"])
    ini.setValue("last", ["live", "clip.mp4"])
    ini.sync()
    window = open_window(memory=Memory(folder / "window.ini"))
    qtbot.mouseClick(entry(window, "Show camera-0 again"), Qt.MouseButton.LeftButton)
    assert [tile.wanted.address for tile in window.tiles] == ["0"]
    assert window.memory.recent() == ["0", "live", "{odd}.mp4"]


def test_a_path_is_remembered_so_that_it_means_the_same_in_every_folder(
    open_window: Open, folder: Path
) -> None:
    Path("clip.mp4").touch()
    window = open_window("clip.mp4", "0", "live", memory=Memory(folder / "window.ini"))
    assert window.memory.last() == [str(folder / "clip.mp4"), "0", "live"]
    window.show_sources([str(folder / "clip.mp4")])
    assert window.memory.recent() == [str(folder / "clip.mp4"), "0", "live"]


@pytest.mark.parametrize("key", ["", "clip.mp4"])
def test_zones_of_a_file_are_found_by_every_path_to_it(
    open_window: Open, folder: Path, key: str
) -> None:
    Path("clip.mp4").touch()
    memory = Memory(folder / "window.ini")
    window = open_window("clip.mp4", memory=memory)
    window.keeping(window.tiles[0], [Drawing("desk", "blackout", ((0, 0), (1, 0), (1, 1)))])
    if key:  # as an older version kept them
        new = f"zones/{folder / 'clip.mp4'}".replace("/", "|").replace("|", "/", 1)
        memory.set_word(f"zones/{key}", memory.word(new))
        memory.set_word(new, "")
        window.show_sources(["clip.mp4"])
    window.show_sources([window.memory.recent()[0]])
    assert window.tiles[0].wanted.address == str(folder / "clip.mp4")
    assert shown(window)[0][1] == 1


def test_a_camera_with_a_password_is_still_not_remembered(
    open_window: Open, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOOR", "s3cret")
    Path("cameras.toml").write_text(CAMERA.format("door", "rtsp://me:${DOOR}@192.0.2.7/"))
    window = open_window(memory=Memory(folder / "window.ini"))
    show_cameras(window)
    window.close()
    assert window.memory.recent() == window.memory.last() == []
    window.memory._file.sync()
    assert "s3cret" not in (folder / "window.ini").read_text()


def test_a_folder_of_videos_is_its_videos(open_window: Open, folder: Path) -> None:
    videos = folder / "videos"
    videos.mkdir()
    for name in ("b.mkv", "a.mp4", "notes.txt"):
        (videos / name).touch()
    there = [str(videos / name) for name in ("a.mp4", "b.mkv")]
    window = open_window(str(videos))
    assert [tile.wanted.address for tile in window.tiles] == there
    asked = wanted_of(Request((str(videos),), None, None, blur=False))
    assert [wanted.address for wanted in asked] == there
    (videos / "a.annotated.mp4").touch()
    asked = wanted_of(Request((str(videos / "*.m*"),), None, None, blur=False))
    assert [wanted.address for wanted in asked] == there
    for number in range(20):
        (videos / f"c{number}.gif").touch()
    window.show_sources([str(videos)])
    assert len(window.tiles) == MOST_TILES
    assert "Not shown: 6 of 22 sources" in window.status_line.currentMessage()
    (videos / "face.png").touch()
    window.show_sources([str(videos)])
    assert [tile.wanted.address for tile in window.tiles] == [str(videos)]
