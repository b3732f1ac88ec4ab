import csv
import os
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.window.capture import forget_old
from app.window.main_window import MainWindow
from app.window.preferences import Preferences
from app.window.settings.setting import setting_named
from app.window.wanted import Wanted
from app.window_settings import RecordSettings, WindowSettings
from engine.cameras_file import Zone
from engine.settings import DetectSettings, RuntimeSettings, Settings
from engine.values.frame import Frame

Open = Callable[..., MainWindow]
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


def preferences(folder: Path, *, blur: bool = True) -> Preferences:
    return Preferences(window=WindowSettings(record=RecordSettings(folder=str(folder), blur=blur)))


def only(folder: Path, pattern: str) -> Path | None:
    return next(iter(folder.glob(pattern)), None)


def wait_for_frames(qtbot: QtBot, window: MainWindow, more: int) -> None:
    seen = window.tiles[0].status.frames
    qtbot.waitUntil(lambda: window.tiles[0].status.frames >= seen + more, timeout=20_000)


@pytest.mark.parametrize("address", ["clip.mp4", "live"])
def test_a_recording_is_whole_and_said(
    qtbot: QtBot, open_window: Open, tmp_path: Path, address: str
) -> None:
    window = open_window(address, playing=True, preferences=preferences(tmp_path))
    assert window.status_line.recording.isHidden()
    window.deeds["record"].setChecked(True)
    assert window.status_line.recording.isVisible()
    assert "blurred" in window.status_line.currentMessage()
    wait_for_frames(qtbot, window, 20)
    window.deeds["record"].setChecked(False)
    qtbot.waitUntil(lambda: only(tmp_path, "agescope *.mp4") is not None)
    assert window.status_line.recording.isHidden()
    with av.open(str(only(tmp_path, "*.mp4"))) as container:
        assert sum(1 for _ in container.decode(video=0)) > 2


def between_pictures_s(folder: Path) -> np.ndarray:
    """Seconds from each picture of the only recording to the next."""
    with av.open(str(only(folder, "*.mp4"))) as container:
        return np.diff([frame.time for frame in container.decode(video=0)])


def test_a_recording_is_as_long_as_it_took_though_its_source_starts_again(
    qtbot: QtBot, open_window: Open, tmp_path: Path
) -> None:
    window = open_window("live", playing=True, preferences=preferences(tmp_path))
    wait_for_frames(qtbot, window, 100)
    window.deeds["record"].setChecked(True)
    began_s = time.monotonic()
    for restart in (window.deeds["blur"].trigger, window.restart_sources):
        wait_for_frames(qtbot, window, 25)
        restart()
        qtbot.waitUntil(lambda: window.tiles[0].view.picture is not None)
    wait_for_frames(qtbot, window, 25)
    took_s = time.monotonic() - began_s
    window.deeds["record"].setChecked(False)
    qtbot.waitUntil(lambda: only(tmp_path, "agescope *.mp4") is not None)
    steps_s = between_pictures_s(tmp_path)
    assert steps_s.sum() == pytest.approx(took_s, abs=0.5)
    assert steps_s.min() > 0.001


def test_a_recording_of_a_recording_that_is_sought_holds_what_was_seen(
    qtbot: QtBot, open_window: Open, tmp_path: Path
) -> None:
    window = open_window("clip.mp4", playing=True, preferences=preferences(tmp_path))
    playback = window.tiles[0].playback
    assert playback is not None
    for there_s in (60.0, 20.0, 120.0):
        playback.seek(there_s)
        qtbot.waitUntil(lambda there_s=there_s: abs(playback.status.position_s - there_s) < 1)
        window.deeds["record"].setChecked(True)
        before_s = playback.status.position_s
        qtbot.waitUntil(
            lambda before_s=before_s: playback.status.position_s > before_s + 0.5, timeout=20_000
        )
    window.deeds["record"].setChecked(False)
    qtbot.waitUntil(lambda: only(tmp_path, "agescope *.mp4") is not None)
    steps_s = between_pictures_s(tmp_path)
    assert 1.5 < steps_s.sum() < 5
    assert steps_s.min() > 0.001


def test_a_recording_ends_with_its_source(qtbot: QtBot, open_window: Open, tmp_path: Path) -> None:
    window = open_window("clip.mp4", playing=True, preferences=preferences(tmp_path))
    window.deeds["record"].setChecked(True)
    wait_for_frames(qtbot, window, 10)
    window.close_sources()
    qtbot.waitUntil(lambda: only(tmp_path, "agescope *.mp4") is not None)
    assert not window.deeds["record"].isChecked()


def test_nothing_is_recorded_unless_asked_for(open_window: Open, tmp_path: Path) -> None:
    open_window("clip.mp4", playing=True, preferences=preferences(tmp_path)).close()
    assert list(tmp_path.iterdir()) == []


def recorded(qtbot: QtBot, window: MainWindow, folder: Path) -> np.ndarray:
    """The last picture of a short recording, RGB."""
    window.deeds["record"].setChecked(True)
    wait_for_frames(qtbot, window, 20)
    window.deeds["record"].setChecked(False)
    qtbot.waitUntil(lambda: only(folder, "agescope *.mp4") is not None)
    with av.open(str(only(folder, "*.mp4"))) as container:
        return list(container.decode(video=0))[-1].to_ndarray(format="rgb24").astype(int)


def show_with_zone(qtbot: QtBot, window: MainWindow, address: str, on: tuple[str, ...]) -> None:
    """A source with an area in its lower right corner, and these overlays alone."""
    for name in ("boxes", "ages", "ids", "curves", "zones"):
        window.deeds[name].setChecked(name in on)
    corner = ((0.7, 0.7), (0.95, 0.7), (0.95, 0.95), (0.7, 0.95))
    zone = Zone(name="corner", kind="area", points=corner)
    window.show_sources([replace(Wanted.at(address), zones=(zone,))])
    qtbot.waitUntil(lambda: window.tiles[0].view.picture is not None)


@pytest.mark.parametrize("address", ["clip.mp4", "live"])
@pytest.mark.parametrize("on", [(), ("boxes",), ("zones",), ("boxes", "zones")])
def test_a_recording_shows_what_is_switched_on(
    qtbot: QtBot, open_window: Open, tmp_path: Path, address: str, on: tuple[str, ...]
) -> None:
    window = open_window(preferences=preferences(tmp_path, blur=False))
    show_with_zone(qtbot, window, address, on)
    coloured = np.ptp(recorded(qtbot, window, tmp_path), axis=2) > 60
    rows, columns = np.nonzero(coloured)
    zones = (rows > 140) & (columns > 200)
    assert bool((~zones).any()) == ("boxes" in on), "the picture itself is grey"
    assert bool(zones.any()) == ("zones" in on)


@pytest.mark.parametrize("on", [(), ("zones",)])
def test_a_snapshot_shows_what_the_view_shows(
    qtbot: QtBot, open_window: Open, tmp_path: Path, on: tuple[str, ...]
) -> None:
    window = open_window(preferences=preferences(tmp_path, blur=False))
    show_with_zone(qtbot, window, "live", on)
    window.take_snapshot()
    qtbot.waitUntil(lambda: only(tmp_path, "*.png") is not None)
    picture = cv2.imread(str(only(tmp_path, "*.png"))).astype(int)
    coloured = np.ptp(picture, axis=2) > 60
    assert coloured[140:, 200:].any() == ("zones" in on)
    assert not coloured[:140].any(), "the picture itself is grey"


def test_a_snapshot_hides_faces_where_that_is_set(
    qtbot: QtBot, open_window: Open, tmp_path: Path
) -> None:
    pictures = []
    for blur in (True, False):
        folder = tmp_path / str(blur)
        window = open_window("live", playing=True, preferences=preferences(folder, blur=blur))
        frame = window.tiles[0].stepped
        qtbot.waitUntil(lambda frame=frame: frame.newest is not None)
        assert frame.newest is not None
        noise = np.random.default_rng(0).integers(0, 255, (240, 320, 3), np.uint8)
        result = frame.newest
        window._timer.stop()
        window.tiles[0].session.pause()
        frame.newest = type(result)(
            result.frame.showing(noise), result.faces, result.quality, None, result.beliefs
        )
        window.take_snapshot()
        qtbot.waitUntil(lambda folder=folder: only(folder, "*.png") is not None)
        window.close()
        pictures.append(cv2.imread(str(only(folder, "*.png"))))
    face = np.s_[70:120, 55:90]
    blurred, plain = (picture[face].astype(int) for picture in pictures)
    assert np.abs(np.diff(blurred, axis=1)).mean() < np.abs(np.diff(plain, axis=1)).mean() / 2


def test_a_snapshot_of_a_camera_that_is_away_bears_the_moment_of_its_picture(
    qtbot: QtBot, open_window: Open, tmp_path: Path
) -> None:
    window = open_window("live", playing=True, preferences=preferences(tmp_path))
    told: list[str] = []
    window.capture.told.connect(told.append)
    window.tiles[0].session.pause()
    qtbot.wait(100)
    stepped = window.tiles[0].stepped
    assert stepped.newest is not None
    before = stepped.newest.frame
    came_ns = time.monotonic_ns() - 8_000_000_000
    frame = Frame(before.image, before.index, before.time_s, came_ns, before.source)
    stepped.newest = replace(stepped.newest, frame=frame)
    window.take_snapshot()
    window.take_snapshot()
    qtbot.waitUntil(lambda: len(list(tmp_path.glob("*.png"))) == 2, timeout=10_000)
    for file in tmp_path.glob("*.png"):
        words = file.stem[len("agescope live ") :][:23]
        moment = datetime.strptime(words, "%Y-%m-%d %H.%M.%S.%f").astimezone()
        assert 7.5 < time.time() - moment.timestamp() < 12
    qtbot.waitUntil(lambda: len(told) == 2)
    assert all(words.startswith("Snapshot of a picture of 8 s ago: ") for words in told)


def test_a_recording_that_shows_faces_ends_where_they_are_to_be_hidden_and_a_blurred_one_begins(
    qtbot: QtBot, open_window: Open, tmp_path: Path
) -> None:
    chosen = preferences(tmp_path, blur=False)
    window = open_window("live", playing=True, preferences=chosen)
    told: list[str] = []
    window.capture.told.connect(told.append)
    window.deeds["record"].setChecked(True)
    blur = setting_named(WindowSettings, "record", "blur")
    for on in (True, False):  # no faces are shown for what was begun without
        wait_for_frames(qtbot, window, 10)
        chosen.set(blur, on)
        assert window.deeds["record"].isChecked()
    wait_for_frames(qtbot, window, 10)
    window.deeds["record"].setChecked(False)
    qtbot.waitUntil(lambda: len(list(tmp_path.glob("agescope *.mp4"))) == 2)
    began = [words.partition(":")[0] for words in told if words.startswith("Recording")]
    assert began == ["Recording with faces", "Recording with blurred faces"]


def test_a_folder_that_cannot_be_written_is_told(open_window: Open, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    window = open_window("clip.mp4", playing=True, preferences=preferences(tmp_path / "file"))
    window.deeds["record"].setChecked(True)
    said = window.status_line.currentMessage()
    assert said.startswith(f"Nothing is recorded: {tmp_path / 'file'} cannot be written: ")
    assert said.endswith(" Choose another folder in the settings.")
    window._refresh()
    assert not window.deeds["record"].isChecked()


def test_only_old_recordings_are_deleted(tmp_path: Path) -> None:
    names = ("agescope a.mp4", "agescope c.mp4.partial", "agescope b.png", "holiday.mp4")
    old, broken_off, new, other = (tmp_path / name for name in names)
    for file in (old, broken_off, new, other):
        file.touch()
    for file in (old, broken_off, other):
        os.utime(file, (time.time() - 3 * 86_400,) * 2)
    forget_old(tmp_path, 0)
    assert old.exists()
    forget_old(tmp_path, 2)
    assert not broken_off.exists()
    assert (old.exists(), new.exists(), other.exists()) == (False, True, True)


def test_who_is_present_is_exported(qtbot: QtBot, open_window: Open, tmp_path: Path) -> None:
    window = open_window("clip.mp4", playing=True)
    qtbot.waitUntil(lambda: len(window.wall.people()) == 2)
    window.write_present(str(tmp_path / "present.csv"))
    with (tmp_path / "present.csv").open() as stream:
        rows = list(csv.DictReader(stream))
    assert [(row["source"], row["track"]) for row in rows] == [("clip", "7"), ("clip", "8")]
    assert float(rows[0]["low90_years"]) < 34 < float(rows[0]["high90_years"])
    window.write_present(str(tmp_path))
    assert "Choose another folder" in window.status_line.currentMessage()


def test_the_diagnostic_report_holds_no_secret(open_window: Open) -> None:
    chosen = Preferences(
        Settings(
            detect=DetectSettings(smallest_face_px=44),
            runtime=RuntimeSettings(engine_folder="/srv/jane/engines"),
        )
    )
    secret = "rtsp://viewer:hunter2@192.0.2.7/yard"
    window = open_window(secret, "clip.mp4", preferences=chosen)
    window.copy_diagnosis()
    clipboard = QApplication.clipboard()
    assert clipboard is not None
    text = clipboard.text()
    assert "source 1: rtsp" in text
    assert "detect.smallest_face_px = 44" in text
    for word in ("hunter2", "192.0.2.7", "yard", "jane", "clip"):
        assert word not in text


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("/clips/anna/Familie Weber/Besuch 2026-05-01 14:30:00.mp4", "local"),
        ("anna://weber/1", "local"),
        ("http:weber.mp4", "local"),
        ("clip.mp4", "local"),
        ("3", "local"),
        ("RTSPS://weber/1", "rtsps"),
        ("https://weber/1", "https"),
        ("screen:?display=weber", "screen"),
        ("synthetic:?people=1", "synthetic"),
    ],
)
def test_the_diagnostic_report_names_the_kind_of_a_source_and_nothing_of_its_path(
    open_window: Open, address: str, kind: str
) -> None:
    window = open_window(address)
    window.copy_diagnosis()
    clipboard = QApplication.clipboard()
    assert clipboard is not None
    assert f"source 1: {kind}, " in clipboard.text()
    assert "weber" not in clipboard.text().lower()
