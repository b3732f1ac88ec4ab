import gc
import time
import weakref
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import cv2
import pytest
from pytestqt.qtbot import QtBot

from app.window.main_window import MainWindow
from app.window.memory import Memory
from app.window.panels.people import Column
from app.window.sessions import Running, Sessions
from app.window.wanted import DEMO, Wanted, named_apart
from engine.cameras_file import Camera, Zone, load_cameras
from engine.errors import SourceError
from engine.playback import Playback
from engine.settings import DetectSettings, Effort, Settings
from engine.sources.source import Reading, SourceInfo
from engine.status import State
from engine.turns import TakingTurns
from engine.values.frame import Frame


@pytest.fixture
def sessions() -> Iterator[Sessions]:
    made = Sessions(Settings())
    yield made
    made.close()


def wait_for(session: Running, *states: State) -> None:
    until = time.monotonic() + 20
    while session.status.state not in states:
        assert time.monotonic() < until, session.status
        time.sleep(0.01)


@pytest.fixture
def photograph(portrait: Frame, tmp_path: Path) -> str:
    file = tmp_path / "astronaut.png"
    cv2.imwrite(str(file), cv2.cvtColor(portrait.image, cv2.COLOR_RGB2BGR))
    return str(file)


def test_sessions_share_models_and_see_faces(sessions: Sessions, photograph: str) -> None:
    for session in [sessions.open(Wanted.at(photograph)) for _ in range(2)]:
        wait_for(session, State.ENDED, State.FAILED)
        assert session.status.message == ""
        result = session.results.get()
        assert len(result.faces) == 1
        assert result.estimates is not None
        session.stop()
    assert sessions.runtime.startswith("onnxruntime")


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_the_window_shows_a_photograph_with_its_age(
    qtbot: QtBot, sessions: Sessions, photograph: str
) -> None:
    window = MainWindow(sessions)
    qtbot.addWidget(window)
    window.resize(1280, 720)
    window.show()
    window.show_sources([photograph])
    model = window.live.people.model
    qtbot.waitUntil(lambda: model.rowCount() == 1, timeout=20_000)
    assert model.index(0, Column.STATUS).data() == "provisional"
    qtbot.waitUntil(lambda: window.tiles[0].view.picture is not None)
    shown = window.tiles[0].view.picture
    assert shown.pixels.shape[0] == shown.pixels.shape[1] > 500, "as large as the view allows"
    window.close()


def test_a_missing_file_is_told_by_its_session(sessions: Sessions) -> None:
    session = sessions.open(Wanted.at("nowhere.mp4"))
    wait_for(session, State.FAILED)
    assert "nowhere.mp4" in session.status.message
    session.stop()


def test_a_session_that_followed_another_does_not_keep_it(sessions: Sessions) -> None:
    first = sessions.open(Wanted.at("nowhere.mp4"))
    second = sessions.open(Wanted.at("nowhere.mp4"), after=first)
    wait_for(second, State.FAILED)
    assert not first.alive
    gone = weakref.ref(first)
    del first
    gc.collect()
    assert gone() is None
    second.stop()


def test_a_window_that_closes_while_models_load_waits_for_nothing() -> None:
    sessions = Sessions(Settings())
    session = sessions.open(Wanted.at("nowhere.mp4"))
    sessions.stop_waiting()
    began = time.monotonic()
    session.stop()
    assert time.monotonic() - began < 1.0
    assert session.status.state is State.STOPPED
    sessions.close()


def test_a_probe_gives_a_picture_and_its_size(sessions: Sessions, photograph: str) -> None:
    image, words = sessions.probe(Wanted.at(photograph))
    assert image.ndim == 3
    assert words == f"{image.shape[1]} x {image.shape[0]} px"


def test_a_probe_shows_nothing_that_a_blackout_hides(sessions: Sessions, photograph: str) -> None:
    left = Zone(name="left", kind="blackout", points=((0, 0), (0.5, 0), (0.5, 1), (0, 1)))
    image, _ = sessions.probe(replace(Wanted.at(photograph), zones=(left,)))
    middle = image.shape[1] // 2
    assert not image[:, :middle].any()
    assert image[:, middle + 3 :].any()


def test_a_probe_reads_as_the_camera_is_set(
    sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[Reading] = []

    def refuse(address: str, *, reading: Reading, **_: object) -> None:
        read.append(reading)
        raise SourceError(f"{address} does not answer.")

    monkeypatch.setattr("app.window.sessions.open_source", refuse)
    door = Camera(name="door", source="rtsp://192.0.2.1/s", transport="udp")
    with pytest.raises(SourceError, match="does not answer"):
        sessions.probe(Wanted.of_camera(door, None))
    assert [reading.transport for reading in read] == ["udp"]


def test_only_what_cannot_be_sought_is_live() -> None:
    live = [Wanted.at(address).live for address in ("0", "rtsp://door/1", "screen:", "a.mp4", DEMO)]
    assert live == [True, True, True, False, False]


def test_equal_names_are_numbered_and_passwords_are_not_shown() -> None:
    door = Wanted.at("rtsp://me:secret@door/1")
    names = [source.name for source in named_apart([door, door, Wanted.at("a.mp4")])]
    assert names == [door.name, f"{door.name} (2)", "a"]
    assert door.secret
    assert "secret" not in door.shown + repr(door)


def test_a_secret_that_was_put_in_is_neither_shown_nor_written_down(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DOOR", "tlJwpbo6")
    camera = Camera(name="door", source="rtsps://192.0.2.7:7441/${DOOR}?srtp")
    memory = Memory(None)
    for door in (Wanted.of_camera(camera, None), Wanted.at(camera.address())):
        memory.note([door])
        assert door.secret
        assert "tlJwpbo6" not in door.name + door.shown + repr(door)
    assert memory.recent() == []


def test_a_camera_gets_the_effort_it_asks_for(sessions: Sessions, tmp_path: Path) -> None:
    file = tmp_path / "cameras.toml"
    file.write_text('[[camera]]\nname = "door"\nsource = "0"\neffort = "fast"\n')
    door = Wanted.of_camera(load_cameras(file).cameras[0], file)
    assert sessions._settings_for(door).schedule.effort is Effort.FAST
    assert sessions._settings_for(Wanted.at("0")).schedule.effort is Effort.BALANCED


def test_a_camera_that_nobody_could_be_followed_at_says_so(sessions: Sessions) -> None:
    sessions.use(Settings.model_validate({"track": {"lost_s": 0.9}}))
    camera = Camera(name="door", source="rtsp://127.0.0.1:1/", fps_cap=1.0)
    session = sessions.open(Wanted.of_camera(camera, None))
    wait_for(session, State.FAILED)
    assert session.status.message.startswith("fps_cap 1 ")
    assert "lost_s = 0.9" in session.status.message
    session.stop()


def test_sources_that_are_opened_later_get_the_settings_of_now(
    sessions: Sessions, photograph: str
) -> None:
    sessions.use(Settings(detect=DetectSettings(score=0.99)))
    session = sessions.open(Wanted.at(photograph))
    wait_for(session, State.ENDED, State.FAILED)
    result = session.results.get()
    assert len(result.faces) == 0, "no face is that sure"
    session.stop()
    sessions.use(Settings.model_validate({"track": {"lost_s": 7.0}}))
    assert sessions.lost_s == 7.0
    session = sessions.open(Wanted.at(photograph))
    assert isinstance(session, Playback)
    assert session._lost_s == 7.0
    session.stop()


def test_live_sources_share_the_time_of_the_machine_and_a_recording_takes_what_it_needs(
    sessions: Sessions,
) -> None:
    live = SourceInfo("door", "rtsp://", True, False, 640, 480, 25, 0, 0.0)
    recorded = replace(live, live=False)
    door, shop, film = (sessions._pipeline(Settings(), info) for info in (live, live, recorded))
    assert isinstance(door, TakingTurns)
    assert isinstance(shop, TakingTurns)
    assert door._turns is shop._turns
    assert not isinstance(film, TakingTurns)
