import numpy as np
import pytest
from PyQt6.QtCore import QPoint, QSize, Qt
from PyQt6.QtGui import QImage, QPainter, QPalette
from pytestqt.qtbot import QtBot

from app.window.picture import Picture
from app.window.view import VideoView, lines_of
from engine.values.faces import Faces

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


def picture(pixels: np.ndarray, faces: Faces | None = None) -> Picture:
    height, width = pixels.shape[:2]
    image = QImage(pixels.data, width, height, width * 4, QImage.Format.Format_RGB32)
    return Picture(image, pixels, 0, faces or Faces.none())


@pytest.fixture
def view(qtbot: QtBot) -> VideoView:
    made = VideoView()
    qtbot.addWidget(made)
    made.resize(400, 300)
    made.show()
    return made


def test_a_picture_made_for_the_view_is_shown_pixel_for_pixel(view: VideoView) -> None:
    pixels = np.random.default_rng(3).integers(0, 255, (225, 400, 4), np.uint8)
    view.show_picture(picture(pixels))
    shown = view.grab().toImage()
    for x, y in ((0, 0), (123, 45), (399, 224)):
        blue, green, red, _ = pixels[y, x].tolist()
        assert shown.pixelColor(x, 37 + y).getRgb()[:3] == (red, green, blue)


def test_around_a_picture_of_another_shape_is_the_ground(view: VideoView) -> None:
    view.show_picture(picture(np.full((100, 50, 4), 255, np.uint8)))
    shown = view.grab().toImage()
    ground = view.palette().color(QPalette.ColorRole.Dark).getRgb()
    assert shown.pixelColor(10, 150).getRgb() == ground
    assert shown.pixelColor(390, 150).getRgb() == ground
    assert shown.pixelColor(200, 10).getRgb()[:3] == (255, 255, 255)


def test_an_empty_view_is_the_ground(view: VideoView) -> None:
    ground = view.palette().color(QPalette.ColorRole.Dark).getRgb()
    assert view.grab().toImage().pixelColor(200, 150).getRgb() == ground


def test_remark_and_caption_are_written_over_the_picture(view: VideoView) -> None:
    view.show_picture(picture(np.full((300, 400, 4), 255, np.uint8)))
    plain = view.grab().toImage()
    view.write(remark="Paused", caption="door")
    written = view.grab().toImage()
    assert written.pixelColor(200, 268).lightness() < plain.pixelColor(200, 268).lightness()
    assert written.pixelColor(20, 20).lightness() < plain.pixelColor(20, 20).lightness()


def test_a_remark_that_is_wider_than_a_small_tile_is_broken_into_lines(view: VideoView) -> None:
    remark = "The end · Space plays it again"
    metrics = view.fontMetrics()
    assert lines_of(metrics, remark, 400) == [remark]
    lines = lines_of(metrics, remark, 122)
    assert " ".join(lines).replace("· ", "") == "The end Space plays it again"
    assert all(metrics.horizontalAdvance(line) <= 122 for line in lines)
    long = lines_of(metrics, "stalled · last picture 12 s ago · " + "no answer " * 9, 122)
    assert len(long) == 3
    assert long[-1].endswith("…")


def headline(view: VideoView, caption: str, name: str = "") -> str:
    """What a view writes in its corner."""
    canvas = QImage(400, 300, QImage.Format.Format_RGB32)
    painter = QPainter(canvas)
    view.write(remark="", caption=caption, name=name)
    said = view._headline(painter)
    painter.end()
    return said


def test_a_long_name_gives_way_to_what_happens(view: VideoView) -> None:
    name = "door" * 40
    said = headline(view, f"{name} · live · 25.0 frames/s", name)
    assert said.startswith("door")
    assert said.endswith(" · live · 25.0 frames/s")
    assert "…" in said
    assert headline(view, "door · live · 25.0 frames/s", "door") == "door · live · 25.0 frames/s"
    assert headline(view, "door") == "door"


def test_how_fast_it_goes_gives_way_to_a_name_that_can_be_told_from_others(
    view: VideoView,
) -> None:
    name = "192.0.2.17-5541-live"
    caption = f"{name} · live · 25.0 frames/s · 120 ms behind · 3 dropped"
    said = headline(view, caption, name)
    assert said.startswith(f"{name} · live")
    assert not said.endswith("dropped")


@pytest.mark.parametrize(("wide", "state"), [(120, False), (174, False), (232, True)])
def test_over_the_tiles_of_a_full_wall_names_can_be_told_apart(
    view: VideoView, wide: int, state: bool
) -> None:
    view.resize(wide, 90)
    said = []
    for name in ("Lager-Nord-Eingang-07", "Lager-Nord-Eingang-08"):
        said.append(headline(view, f"{name} · reconnecting … · 3 dropped", name))
        assert view.fontMetrics().horizontalAdvance(said[-1]) <= wide - 52
        assert ("reconnecting" in said[-1]) is state
    assert said[0] != said[1]
    assert headline(view, "a · live · 25.0 frames/s", "a").startswith("a · live")


def test_a_change_of_size_is_told_in_screen_pixels(qtbot: QtBot, view: VideoView) -> None:
    with qtbot.waitSignal(view.room_changed) as told:
        view.resize(500, 200)
    assert told.args == [QSize(500, 200) * view.devicePixelRatioF()]


def test_a_double_click_is_told(qtbot: QtBot, view: VideoView) -> None:
    with qtbot.waitSignal(view.double_clicked):
        qtbot.mouseDClick(view, Qt.MouseButton.LeftButton)


def test_a_click_tells_the_face_and_a_pinned_face_has_a_ring(qtbot: QtBot, view: VideoView) -> None:
    box = np.array([[50, 25, 100, 75]], np.float32)
    faces = Faces.found(box, np.zeros((1, 5, 2)), np.ones(1)).with_ids(np.array([9], np.int64))
    view.show_picture(picture(np.full((150, 200, 4), 255, np.uint8), faces))
    with qtbot.waitSignal(view.face_clicked) as clicked:
        qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPoint(150, 100))
    assert clicked.args == [9]
    with qtbot.waitSignal(view.face_clicked) as clicked:
        qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPoint(20, 280))
    assert clicked.args == [None]
    view.pin(9)
    shown = view.grab().toImage()
    assert shown.pixelColor(95, 100) == view.palette().color(QPalette.ColorRole.Accent)
    assert shown.pixelColor(150, 100).getRgb()[:3] == (255, 255, 255)


def test_it_tells_whether_it_can_be_seen(qtbot: QtBot, view: VideoView) -> None:
    with qtbot.waitSignal(view.seen_changed) as seen:
        view.hide()
    assert seen.args == [False]
