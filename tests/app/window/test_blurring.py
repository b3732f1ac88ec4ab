"""No face of a blurred window is ever to be seen: picture, thumbnail, preview, snapshot."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event
from weakref import ref

import cv2
import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from app.window.bridge import Bridge
from app.window.main_window import MainWindow
from app.window.notice import Notice
from app.window.preferences import Preferences
from app.window.sessions import Sessions
from app.window.wanted import Wanted
from app.window_settings import LookSettings, WindowSettings
from engine.settings import Settings
from engine.status import State
from engine.values.frame import Frame, Image

Open = Callable[..., MainWindow]
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
FACE = np.s_[80:160, 190:250]
"""Of the portrait: eyes, nose and mouth."""


def detail(image: Image) -> float:
    """How much neighbours differ: a mosaic has little of it."""
    return float(np.abs(np.diff(image.astype(int), axis=1)).mean())


@pytest.fixture
def real_sessions() -> Iterator[Sessions]:
    made = Sessions(Settings())
    made.blurs = True
    yield made
    made.close()


@pytest.fixture
def photograph(portrait: Frame, tmp_path: Path) -> str:
    file = tmp_path / "astronaut.png"
    cv2.imwrite(str(file), cv2.cvtColor(portrait.image, cv2.COLOR_RGB2BGR))
    return str(file)


def test_pictures_come_with_hidden_faces_and_ages_all_the_same(
    real_sessions: Sessions, photograph: str, portrait: Frame
) -> None:
    session = real_sessions.open(Wanted.at(photograph))
    result = session.results.get(20)
    session.stop()
    assert result is not None
    assert len(result.faces) == 1
    assert result.estimates is not None
    assert detail(result.frame.image[FACE]) < detail(portrait.image[FACE]) / 2
    assert (result.frame.image[400:] == portrait.image[400:]).all(), "the rest is left alone"


def test_the_preview_of_an_address_shows_no_face(
    real_sessions: Sessions, photograph: str, portrait: Frame
) -> None:
    image, _ = real_sessions.probe(Wanted.at(photograph))
    assert detail(image[FACE]) < detail(portrait.image[FACE]) / 2
    real_sessions.blurs = False
    image, _ = real_sessions.probe(Wanted.at(photograph))
    assert (image == portrait.image).all()


def test_thumbnails_are_blurred_with_the_picture(
    qtbot: QtBot, real_sessions: Sessions, photograph: str
) -> None:
    preferences = Preferences(window=WindowSettings(look=LookSettings(blur_faces=True)))
    window = MainWindow(real_sessions, preferences=preferences)
    qtbot.addWidget(window)
    window.show_sources([photograph])
    seen = []
    for _ in range(2):
        qtbot.waitUntil(lambda: len(window.wall.people()) == 1, timeout=20_000)
        seen.append(window.wall.people()[0].thumbnail)
        window.deeds["blur"].trigger()
    window.close()
    hidden, bare = (thumbnail[20:52, 20:52] for thumbnail in seen)
    assert detail(hidden) < detail(bare) / 2


def test_a_key_hides_all_faces_at_once_and_is_remembered(qtbot: QtBot, open_window: Open) -> None:
    preferences = Preferences()
    window = open_window("clip.mp4", "live", playing=True, preferences=preferences)
    made = window._sessions.opened
    place_s = window.tiles[0].status.position_s
    window.deeds["blur"].trigger()
    assert [tile.view.picture for tile in window.tiles] == [None, None], "no bare picture stays"
    assert made[2:] == ["clip.mp4", "live"]
    assert window._sessions.blurs
    assert preferences.window.look.blur_faces
    qtbot.waitUntil(lambda: all(tile.view.picture for tile in window.tiles))
    qtbot.waitUntil(lambda: window.tiles[0].status.position_s >= place_s)
    window.deeds["blur"].trigger()
    assert not window._sessions.blurs


def test_a_preview_of_before_is_gone_and_the_address_is_tried_anew(
    qtbot: QtBot, open_window: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = open_window()
    page, words = window.start_page, window.start_page.preview.words
    slow, may_answer = Event(), Event()
    probe = window._sessions.probe

    def held_up(wanted: Wanted) -> tuple[Image, str]:
        image, words = probe(wanted)
        blurs = window._sessions.blurs
        if slow.is_set():
            slow.clear()
            may_answer.wait(10)
        return image, f"{words}, {'hidden' if blurs else 'bare'}"

    monkeypatch.setattr(window._sessions, "probe", held_up)
    page.address.setText("rtsp://door/1")
    qtbot.waitUntil(lambda: "bare" in words.text())
    window.deeds["blur"].trigger()
    assert page.preview.picture.pixmap().isNull()
    qtbot.waitUntil(lambda: "hidden" in words.text())
    assert not page.preview.picture.pixmap().isNull()
    slow.set()
    window.deeds["blur"].trigger()
    qtbot.waitUntil(lambda: not slow.is_set())
    window.deeds["blur"].trigger()  # while a test is under way, which has bare pixels
    qtbot.waitUntil(lambda: "hidden" in words.text())
    may_answer.set()
    qtbot.wait(100)
    assert "hidden" in words.text()


def test_no_picture_from_before_stays_in_memory(qtbot: QtBot, open_window: Open) -> None:
    window = open_window("clip.mp4", "live", playing=True)
    kept = [ref(tile.bridge) for tile in window.tiles]
    for _ in range(2):
        window.deeds["blur"].trigger()
    qtbot.waitUntil(lambda: all(len(tile.findChildren(Bridge)) == 1 for tile in window.tiles))
    qtbot.waitUntil(lambda: not any(bridge() for bridge in kept))


def test_a_recording_stays_as_it_is_played_when_its_faces_are_hidden(
    qtbot: QtBot, open_window: Open
) -> None:
    window = open_window("clip.mp4", playing=True)
    tile = window.tiles[0]
    tile.pause()
    assert tile.playback is not None
    tile.playback.play_at(0.5)
    tile.playback.play_between(0.5, 1.0)
    tile.playback.seek(0.7)
    qtbot.waitUntil(lambda: tile.status.position_s == pytest.approx(0.7))
    window.deeds["blur"].trigger()
    window.deeds["blur"].trigger()  # before it is open again
    for _ in range(2):
        qtbot.waitUntil(lambda: tile.status.position_s == pytest.approx(0.7))
        qtbot.waitUntil(lambda: tile.view.picture is not None)
        assert tile.status.state is State.PAUSED
        assert tile.playback is not None
        assert (tile.playback.speed, tile.playback.loop_s) == (0.5, (0.5, 1.0))
        qtbot.waitUntil(lambda: window.live.transport.speed.currentData() == 0.5)
        window.deeds["blur"].trigger()


def test_a_recording_that_plays_goes_on_when_its_faces_are_hidden(
    qtbot: QtBot, open_window: Open
) -> None:
    window = open_window("clip.mp4", playing=True)
    tile = window.tiles[0]
    window.deeds["blur"].trigger()
    qtbot.waitUntil(lambda: tile.status.state is State.RUNNING and tile.view.picture is not None)
    assert tile.playback is not None
    assert (tile.playback.speed, tile.playback.loop_s) == (1.0, None)


def test_a_live_source_that_is_paused_stays_paused_and_bare_of_pictures(
    qtbot: QtBot, open_window: Open
) -> None:
    window = open_window("live", playing=True)
    tile = window.tiles[0]
    tile.pause()
    for _ in range(2):  # the second time before it is open again
        window.deeds["blur"].trigger()
        assert tile.status.state is State.PAUSED
    qtbot.waitUntil(lambda: tile.status.info is not None)
    qtbot.wait(300)
    assert (tile.status.state, tile.status.frames) == (State.PAUSED, 0)
    assert tile.view.picture is None
    assert not tile.findChildren(Notice)[0].isVisible(), "it waits for nothing but its user"
    window.deeds["pause"].trigger()
    qtbot.waitUntil(lambda: tile.view.picture is not None)


def test_what_the_command_line_hides_nobody_shows(open_window: Open) -> None:
    preferences = Preferences(always_blurs=True)
    window = open_window("clip.mp4", playing=True, preferences=preferences)
    assert window._sessions.blurs
    assert not window.deeds["blur"].isEnabled()
    preferences.blur_faces(False)
    assert preferences.blurs
    assert not preferences.window.look.blur_faces, "the settings are left as they were"
    assert preferences.record.blur


def test_a_blurred_recording_is_looked_at_frame_by_frame(open_window: Open, qtbot: QtBot) -> None:
    window = open_window("clip.mp4", preferences=Preferences(always_blurs=True))
    qtbot.waitUntil(lambda: window.tiles[0].status.frames > 5)
    began, before = time.monotonic(), window.tiles[0].status
    qtbot.waitUntil(lambda: window.tiles[0].status.frames > before.frames + 20)
    assert time.monotonic() - began < 5
    assert window.tiles[0].status.dropped == 0
