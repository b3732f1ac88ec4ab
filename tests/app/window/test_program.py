import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from app.window.main_window import MainWindow
from app.window.program import closed_by_interrupt, forget_foreign_plugins

ROOT = Path(__file__).resolve().parents[3]


def watch(*words: str, **environment: str) -> subprocess.Popen[str]:
    variables = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY")}
    return subprocess.Popen(
        [sys.executable, "main.py", "watch", *words],
        cwd=ROOT,
        env={**variables, "QT_QPA_PLATFORM": "offscreen", **environment},
        stderr=subprocess.PIPE,
        text=True,
    )


def test_a_screenshot_has_size_and_theme_and_closes_the_window(tmp_path: Path) -> None:
    shot = tmp_path / "shot.png"
    words = ("--screenshot", str(shot), "--after", "0.3", "--size", "900x600", "--theme", "light")
    program = watch(*words)
    _, errors = program.communicate(timeout=60)
    assert (program.returncode, errors) == (0, "")
    image = cv2.imread(str(shot))
    assert image.shape == (600, 900, 3)
    assert np.median(image) > 220, "the theme is light"
    assert image.std() > 10, "something is there"
    assert list(tmp_path.iterdir()) == [shot]


def test_cameras_of_a_file_are_shown_on_the_page_that_is_asked_for(tmp_path: Path) -> None:
    shot, config = tmp_path / "shot.png", tmp_path / "cameras.toml"
    config.write_text(
        '[[camera]]\nname = "door"\nsource = "synthetic:?people=1&seconds=5&size=320x240"\n'
        '[[camera.zone]]\nname = "mat"\nkind = "area"\n'
        "points = [[0.1, 0.1], [0.9, 0.1], [0.9, 0.9]]\n"
    )
    words = ("--config", str(config), "--screenshot", str(shot), "--after", "1")
    program = watch(*words, "--size", "1000x640", "--page", "audience", "--theme", "dark")
    _, errors = program.communicate(timeout=120)
    assert (program.returncode, errors) == (0, "")
    image = cv2.imread(str(shot))
    assert image.shape == (640, 1000, 3)
    assert np.median(image) < 60, "the theme is dark"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--page", "x"), "page 'x' is unknown; choose start"),
        (("--theme", "x"), "theme 'x' is unknown; choose system"),
        (("--size", "x"), "size 'x' is not understood"),
        (("--size", "20x20"), "size '20x20' is none of 320x160 to 8192x8192"),
        (("--size", "99999x720"), "size '99999x720' is none of"),
        (("--config", "x"), "cameras file x cannot be read"),
        (("--screenshot", "no/such/shot.png"), "shot.png' could not be written"),
        (("--screenshot", "."), "end it in .png"),
        (("--screenshot", "shot.jpg"), "end it in .png"),
        (("no-such-clip.mp4",), "no-such-clip.mp4 does not exist. Check the path."),
        (("no-such-*.mp4",), "nothing matches no-such-*.mp4"),
        (("synthetic:?people=none",), "synthetic: people must be a whole number from 1 to 50"),
        (("ftp://host/clip.mp4",), "ftp://host/clip.mp4 is no kind of stream that can be read"),
    ],
)
def test_what_is_not_understood_is_told_at_once(words: tuple[str, ...], said: str) -> None:
    program = watch(*words)
    _, errors = program.communicate(timeout=60)
    assert program.returncode == 2
    assert said in errors
    assert errors.startswith("agescope: ")
    assert errors.count("\n") == 1


def test_a_display_that_does_not_answer_ends_in_words_and_not_in_a_core_dump() -> None:
    program = watch(QT_QPA_PLATFORM="xcb", DISPLAY=":54321")
    _, errors = program.communicate(timeout=60)
    assert program.returncode == 2
    assert errors.startswith("agescope: no window can be opened: ")
    assert errors.count("\n") == 1


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_an_interrupt_closes_the_window_and_the_old_handler_returns(
    open_window: Callable[..., MainWindow],
) -> None:
    window = open_window("clip.mp4", playing=True)
    before = signal.getsignal(signal.SIGINT)
    with closed_by_interrupt(window):
        signal.raise_signal(signal.SIGINT)
    assert not window.isVisible()
    assert signal.getsignal(signal.SIGINT) is before


def test_plugins_of_another_opencv_are_forgotten_and_others_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM_PLUGIN_PATH", "/x/site-packages/cv2/qt/plugins")
    monkeypatch.setenv("QT_QPA_FONTDIR", "/usr/share/fonts")
    forget_foreign_plugins()
    assert "QT_QPA_PLATFORM_PLUGIN_PATH" not in os.environ
    assert os.environ["QT_QPA_FONTDIR"] == "/usr/share/fonts"


@pytest.mark.parametrize("page", ["zones", "settings"])
def test_every_page_can_be_photographed_in_german(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, page: str
) -> None:
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")
    shot = tmp_path / "shot.png"
    scene = "synthetic:?people=1&seconds=5&size=320x240"
    words = ("--page", page, "--theme", "light", "--size", "1280x720")
    program = watch(scene, *words, "--screenshot", str(shot), "--after", "1")
    _, errors = program.communicate(timeout=120)
    assert (program.returncode, errors) == (0, "")
    image = cv2.imread(str(shot))
    assert image.shape == (720, 1280, 3)
    assert image.std() > 5


def test_the_window_is_gone_before_pyqt_clears_up_at_exit() -> None:
    code = """
        from PyQt6 import sip
        from PyQt6.QtCore import QTimer
        from PyQt6.QtWidgets import QWidget

        from app.start_window import Look
        from app.window.program import run
        from engine.settings import Settings

        windows = []

        def build(sessions):
            windows.append(QWidget())
            QTimer.singleShot(50, windows[0].close)
            return windows[0]

        assert run(build, Settings(), Look(), charts=False) == 0
        assert sip.isdeleted(windows[0])
    """
    program = [sys.executable, "-c", textwrap.dedent(code)]
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    ended = subprocess.run(
        program, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60
    )
    assert (ended.returncode, ended.stderr) == (0, "")


def test_visited_folders_are_written_down_nowhere(tmp_path: Path) -> None:
    code = """
        from PyQt6.QtCore import QTimer
        from PyQt6.QtWidgets import QFileDialog, QWidget

        from app.start_window import Look
        from app.window.program import run
        from engine.settings import Settings

        def build(sessions):
            window = QWidget()
            dialog = QFileDialog(window)
            dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
            dialog.open()
            QTimer.singleShot(50, dialog.accept)
            QTimer.singleShot(100, window.close)
            return window

        assert run(build, Settings(), Look(), charts=False) == 0
    """
    program = [sys.executable, "-c", textwrap.dedent(code)]
    environment = {k: v for k, v in os.environ.items() if k != "XDG_CONFIG_HOME"}
    environment |= {"QT_QPA_PLATFORM": "offscreen", "HOME": str(tmp_path)}
    ended = subprocess.run(program, cwd=ROOT, env=environment, capture_output=True, timeout=60)
    assert ended.returncode == 0, ended.stderr
    assert [file.name for file in tmp_path.rglob("*.conf")] == []
