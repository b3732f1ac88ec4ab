import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QCheckBox, QComboBox, QDialog, QSpinBox
from pytestqt.qtbot import QtBot

from app.preferences import read_settings
from app.window.main_window import MainWindow
from app.window.preferences import Preferences
from app.window.settings.camera_dialog import CameraDialog
from app.window.settings.setting import setting_named
from app.window.settings.settings_page import SettingsPage
from engine.cameras_file import load_cameras
from engine.settings import Settings
from engine.status import State

Open = Callable[..., MainWindow]
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture
def preferences(tmp_path: Path) -> Preferences:
    chosen = Preferences(
        engine_file=tmp_path / "settings.toml", window_file=tmp_path / "window.toml"
    )
    chosen.cameras_file = tmp_path / "cameras.toml"
    return chosen


def page_of(window: MainWindow) -> SettingsPage:
    window.show_page("settings")
    page = window.pages.currentWidget()
    assert isinstance(page, SettingsPage)
    return page


def test_a_changed_setting_is_written_marked_and_reset(
    open_window: Open, preferences: Preferences, tmp_path: Path
) -> None:
    page = page_of(open_window(preferences=preferences))
    row = page.list.rows["detect", "smallest_face_px"]
    assert isinstance(row.editor, QSpinBox)
    row.editor.setValue(44)
    assert preferences.engine.detect.smallest_face_px == 44
    assert tomllib.loads((tmp_path / "settings.toml").read_text()) == {
        "detect": {"smallest_face_px": 44}
    }
    assert row.different
    row._reset.click()
    assert preferences.engine == Settings()
    assert row.editor.value() == 20
    assert not row.different


@pytest.mark.parametrize(("name", "refused", "kept"), [("challenge", 1, 25), ("age", 30, 18)])
def test_what_the_model_refuses_is_told_and_not_shown(
    qtbot: QtBot,
    open_window: Open,
    preferences: Preferences,
    name: str,
    refused: int,
    kept: int,
) -> None:
    window = open_window(preferences=preferences)
    rows = page_of(window).list.rows
    rows["gate", "challenge"].editor.setValue(25)
    editor = rows["gate", name].editor
    assert isinstance(editor, QSpinBox)
    editor.selectAll()
    qtbot.keyClicks(editor, str(refused))
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    assert editor.value() == getattr(preferences.engine.gate, name) == kept
    assert editor.text() == str(kept)
    said = window.status_line.currentMessage()
    assert said.startswith(f"{name.capitalize()} stays as it is: the challenge age must be ")


def test_a_step_that_the_model_refuses_is_taken_back(
    qtbot: QtBot, open_window: Open, preferences: Preferences
) -> None:
    editor = page_of(open_window(preferences=preferences)).list.rows["gate", "challenge"].editor
    assert isinstance(editor, QSpinBox)
    qtbot.keyClick(editor, Qt.Key.Key_Up)
    assert (editor.value(), editor.text(), preferences.engine.gate.challenge) == (0, "0", 0)


def test_comments_of_a_settings_file_stay(
    open_window: Open, preferences: Preferences, tmp_path: Path
) -> None:
    file = tmp_path / "settings.toml"
    file.write_text("# mine\n[detect]\nscore = 0.5  # as it was\n")
    row = page_of(open_window(preferences=preferences)).list.rows["track", "reentry"]
    assert isinstance(row.editor, QCheckBox)
    row.editor.setChecked(False)
    assert "# mine" in file.read_text()
    assert "score = 0.5  # as it was" in file.read_text()
    assert tomllib.loads(file.read_text())["track"] == {"reentry": False}


def test_only_what_was_changed_is_written(tmp_path: Path) -> None:
    """What else is in use came from the command line, or stood in the file at the start."""
    file, lost_s = tmp_path / "settings.toml", setting_named(Settings, "track", "lost_s")
    file.write_text('[schedule]\neffort = "fast"\n[store]\nkeep_days = 7.0\n')
    settings = read_settings(file, effort="exhaustive", require_gpu=True)
    preferences = Preferences(settings, engine_file=file)
    file.write_text(file.read_text().replace("7.0", "2.0"))
    preferences.set(lost_s, 1.5)
    kept = {"schedule": {"effort": "fast"}, "store": {"keep_days": 2.0}}
    assert tomllib.loads(file.read_text()) == {**kept, "track": {"lost_s": 1.5}}
    preferences.undo.undo()
    assert tomllib.loads(file.read_text()) == {**kept, "track": {"lost_s": settings.track.lost_s}}


def test_a_change_is_undone(open_window: Open, preferences: Preferences) -> None:
    window = open_window(preferences=preferences)
    row = page_of(window).list.rows["schedule", "effort"]
    assert isinstance(row.editor, QComboBox)
    row.editor.setCurrentIndex(2)
    row.editor.activated.emit(2)
    assert preferences.engine.schedule.effort == "fast"
    window.deeds["undo"].trigger()
    assert preferences.engine.schedule.effort == "balanced"
    assert row.editor.currentIndex() == 1


def test_the_search_leaves_what_fits(qtbot: QtBot, open_window: Open) -> None:
    settings = page_of(open_window()).list
    assert settings.search.hasFocus()
    qtbot.keyClicks(settings.search, "smallest full")
    shown = [key for key, row in settings.rows.items() if not row.isHidden()]
    assert shown == [("detect", "smallest_face_px")]
    qtbot.keyClicks(settings.search, " nonsense")
    assert settings._nothing.isVisible()
    settings.search.clear()
    settings.only_changed.click()
    assert all(row.isHidden() for row in settings.rows.values())


def test_running_sources_take_changes_when_they_start_again(
    open_window: Open, preferences: Preferences
) -> None:
    window = open_window("clip.mp4", playing=True, preferences=preferences)
    page, before = page_of(window), window.tiles[0].session
    assert page.list.restart.isHidden()
    row = page.list.rows["detect", "smallest_face_px"]
    row.edited.emit(row.setting, 30)
    assert "start again" in page.list.due.text()
    page.list.restart.click()
    assert window.tiles[0].session is not before
    assert page.list.restart.isHidden()
    runtime = page.list.rows["runtime", "threads"]
    runtime.edited.emit(runtime.setting, 1)
    assert "next start" in page.list.due.text()


def test_sources_that_start_again_with_new_settings_stay_as_they_are(
    qtbot: QtBot, open_window: Open
) -> None:
    window = open_window("clip.mp4", "live", playing=True)
    recording, live = window.tiles
    for tile in window.tiles:
        tile.pause()
    assert recording.playback is not None
    recording.playback.play_at(0.5)
    recording.playback.seek(0.7)
    window.restart_sources()
    qtbot.waitUntil(lambda: recording.status.position_s == pytest.approx(0.7))
    assert recording.status.state is State.PAUSED
    assert recording.playback.speed == 0.5
    qtbot.waitUntil(lambda: live.status.info is not None)
    qtbot.waitUntil(lambda: live.status.state is State.PAUSED)
    qtbot.wait(100)  # what was on its way when it could be paused
    frames = live.status.frames
    qtbot.wait(300)
    assert (live.status.state, live.status.frames) == (State.PAUSED, frames)


def test_a_file_that_cannot_be_written_is_told(
    open_window: Open, preferences: Preferences, tmp_path: Path
) -> None:
    (tmp_path / "settings.toml").mkdir()
    window = open_window(preferences=preferences)
    row = page_of(window).list.rows["detect", "smallest_face_px"]
    row.edited.emit(row.setting, 30)
    assert "cannot be changed" in window.status_line.currentMessage()


def dialog_of(page: SettingsPage) -> CameraDialog:
    return page.cameras.findChildren(CameraDialog)[-1]


def test_cameras_are_added_changed_moved_and_removed(
    open_window: Open, preferences: Preferences
) -> None:
    page = page_of(open_window(preferences=preferences))
    for name in ("door", "yard"):
        page.cameras.add()
        dialog = dialog_of(page)
        dialog.name.setText(name)
        dialog.source.setText("rtsp://viewer:secret@192.0.2.7/s")
        dialog.accept()
    file = preferences.cameras_file
    assert [camera.name for camera in load_cameras(file).cameras] == ["door", "yard"]
    assert "secret" not in page.cameras.list.item(0).text()
    page.cameras.list.setCurrentRow(1)
    page.cameras.buttons["up"].click()
    page.cameras.change()
    dialog_of(page).fps_cap.setValue(5)
    dialog_of(page).accept()
    cameras = load_cameras(file).cameras
    assert [(camera.name, camera.fps_cap) for camera in cameras] == [("yard", 5.0), ("door", 0.0)]
    page.cameras.buttons["remove"].click()
    assert [camera.name for camera in load_cameras(file).cameras] == ["door"]
    assert not page.cameras.buttons["remove"].isEnabled(), "a file has at least one camera"


def test_a_camera_that_cannot_be_is_not_saved(open_window: Open, preferences: Preferences) -> None:
    page = page_of(open_window(preferences=preferences))
    page.cameras.add()
    dialog = dialog_of(page)
    dialog.name.setText("")
    dialog.accept()
    assert dialog.result() != QDialog.DialogCode.Accepted
    assert dialog.problem.text().startswith("name: ")
    assert not preferences.cameras_file.exists()
    dialog.reject()


def test_a_rate_at_which_nobody_is_followed_is_not_saved(
    open_window: Open, preferences: Preferences
) -> None:
    page = page_of(open_window(preferences=preferences))
    page.cameras.add()
    dialog = dialog_of(page)
    dialog.fps_cap.setValue(0.4)
    dialog.accept()
    assert dialog.problem.text().startswith("fps_cap: should be 0 or at least 1")
    assert not preferences.cameras_file.exists()
    dialog.fps_cap.setValue(1)
    dialog.accept()
    assert load_cameras(preferences.cameras_file).cameras[0].fps_cap == 1


def test_a_camera_is_tested_before_it_is_saved(
    qtbot: QtBot, open_window: Open, preferences: Preferences
) -> None:
    page = page_of(open_window(preferences=preferences))
    page.cameras.add()
    dialog = dialog_of(page)
    dialog.source.setText("live")
    dialog._try()
    qtbot.waitUntil(lambda: dialog.preview.words.text() == "320 x 240 px")
    dialog.reject()


def test_a_camera_is_tested_with_its_blackouts_and_its_transport(
    qtbot: QtBot, open_window: Open, preferences: Preferences
) -> None:
    preferences.cameras_file.write_text(
        '[[camera]]\nname = "door"\nsource = "live"\n[[camera.zone]]\nname = "bed"\n'
        'kind = "blackout"\npoints = [[0, 0], [1, 0], [1, 1]]\n'
    )
    window = open_window(preferences=preferences)
    page = page_of(window)
    page.cameras.list.setCurrentRow(0)
    page.cameras.change()
    dialog = dialog_of(page)
    dialog.transport.setCurrentText("udp")
    dialog._try()
    tried = window._sessions.tried
    qtbot.waitUntil(lambda: bool(tried))
    assert tried[0].blackouts == (((0, 0), (1, 0), (1, 1)),)
    assert tried[0].reading.transport == "udp"
    dialog.reject()


def test_the_cameras_of_the_file_are_opened(open_window: Open, preferences: Preferences) -> None:
    preferences.cameras_file.write_text('[[camera]]\nname = "door"\nsource = "clip.mp4"\n')
    window = open_window(preferences=preferences)
    page_of(window).cameras.buttons["open"].click()
    assert [tile.name for tile in window.tiles] == ["door"]
    assert window.pages.shown == "live"


def test_the_models_page_tells_what_runs_and_why_engines_cannot_be_built(
    qtbot: QtBot, open_window: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    models = page_of(open_window()).models
    assert "onnxruntime" in models.runtime.text()
    qtbot.mouseClick(models.button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(models.button.isEnabled, timeout=30_000)
    assert models.state.text().startswith("Not built: ")


def test_a_file_with_receivers_says_that_the_window_sends_nothing(
    open_window: Open, preferences: Preferences
) -> None:
    file = preferences.cameras_file
    file.write_text('[[camera]]\nname = "door"\nsource = "0"\n')
    page = page_of(open_window(preferences=preferences))
    page.tabs.setCurrentWidget(page.cameras)
    assert page.cameras.silent.isHidden()
    file.write_text(file.read_text() + '[mqtt]\nbroker = "mqtts://192.0.2.20"\n')
    page.cameras.refresh()
    assert page.cameras.silent.isVisible()
    assert "monitor" in page.cameras.silent.text()
