"""Settings from files and options."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app import options
from app.cli import app
from app.preferences import read_settings
from app.settings_file import read_model, write_changed
from engine.errors import SettingsError
from engine.settings import Settings

ROOT = Path(__file__).parents[2]
COMMANDS = ("watch", "analyze", "monitor", "kiosk", "demo", "bench")


def test_a_file_and_the_command_line_come_together(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text("[detect]\nscore = 0.7\n[track]\nlost_s = 3\n")
    settings = read_settings(path, smallest_face_px=40)
    assert settings.detect.score == 0.7
    assert settings.detect.smallest_face_px == 40
    assert settings.track.lost_s == 3


def test_a_file_may_begin_with_a_byte_order_mark(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text("[detect]\nscore = 0.7\n", encoding="utf-8-sig")
    settings = read_settings(path)
    assert settings == read_model(path, Settings)
    assert settings.detect.score == 0.7
    write_changed(path, settings, Settings())
    assert read_settings(path) == Settings()


@pytest.mark.parametrize("number", ["1" * 5000, "0x" + "f" * 5000], ids=["decimal", "hexadecimal"])
@pytest.mark.parametrize("read", [read_settings, partial(read_model, kind=Settings)])
def test_a_number_that_is_too_long_to_be_read_is_told(
    tmp_path: Path, read: Callable[[Path], Settings], number: str
) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(f"[track]\nlost_s = {number}\n")
    with pytest.raises(SettingsError, match=r"mine\.toml|lost_s"):
        read(path)


def test_an_option_left_alone_leaves_the_files_word(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text('[runtime]\nname = "openvino"\nrequire_gpu = true\n')
    read = partial(read_settings, path)
    assert read().runtime.name == "openvino"
    assert read().runtime.require_gpu
    assert read(runtime="onnxruntime").runtime.name == "onnxruntime"


def test_an_option_that_is_given_wins_also_where_it_is_the_default(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(
        '[runtime]\nname = "tensorrt"\nrequire_gpu = true\n[schedule]\neffort = "fast"\n'
        '[detect]\ndetector = "mediapipe"\nsmallest_face_px = 60\n[stream]\nhwaccel = "cuda"\n'
    )
    settings = read_settings(
        path,
        detector="yunet",
        smallest_face_px=20,
        runtime="auto",
        require_gpu=False,
        hwaccel="none",
        effort="balanced",
    )
    assert settings == Settings()


@pytest.mark.parametrize("given", [True, False])
def test_what_is_typed_goes_over_the_settings_file(tmp_path: Path, given: bool) -> None:
    path = tmp_path / "mine.toml"
    path.write_text('[schedule]\neffort = "fast"\n[detect]\nsmallest_face_px = 60\n')
    words = ["analyze", "synthetic:?people=1&seconds=0.5&size=320x240", "--no-report", "--quiet"]
    words += ["--out", str(tmp_path / "out"), "--settings", str(path)]
    words += ["--effort", "balanced", "--smallest-face", "20"] if given else []
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 0, done.output
    used = json.loads((tmp_path / "out" / "summary.json").read_text())["settings"]
    found = (used["schedule"]["effort"], used["detect"]["smallest_face_px"])
    assert found == (("balanced", 20) if given else ("fast", 60))


def test_the_help_tells_the_defaults_of_the_settings() -> None:
    usual = Settings()
    told = {
        "Detector": usual.detect.detector,
        "SmallestFace": usual.detect.smallest_face_px,
        "Runtime": usual.runtime.name,
        "Hwaccel": usual.stream.hwaccel,
        "Effort": usual.schedule.effort,
    }
    for name, value in told.items():
        (option,) = getattr(options, name).__metadata__
        assert option.show_default == str(value)
    assert not usual.runtime.require_gpu
    shown = CliRunner().invoke(app, ["watch", "--help"], env={"COLUMNS": "200"}).output
    assert all(f"[default: ({value})]" in shown for value in told.values())


@pytest.mark.parametrize("command", COMMANDS)
def test_a_gpu_that_the_settings_ask_for_can_be_left_out(command: str) -> None:
    shown = CliRunner().invoke(app, [command, "--help"], env={"COLUMNS": "200"}).output
    assert "--no-require-gpu" in shown


def test_an_unknown_runtime_is_named() -> None:
    with pytest.raises(SettingsError, match=r"runtime\.name: .*'onnxruntime', 'openvino'"):
        read_settings(None, runtime="tflite")


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("[detect]\nscore = 7\n", "detect.score"),
        ("[detect]\ncolour = 1\n", "detect.colour"),
        ("[detect\n", "TOML"),
        ("detect = 3\n", "section"),
    ],
)
def test_a_wrong_file_is_named(tmp_path: Path, text: str, word: str) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(text)
    with pytest.raises(SettingsError, match=word):
        read_settings(path)


def test_a_file_is_utf_8_whatever_the_locale(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text("# für Türen\n[detect]\nscore = 0.7\n", encoding="utf-8")
    ascii_only = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    done = subprocess.run(
        [sys.executable, "main.py", "engine", "list", "--settings", str(path)],
        cwd=ROOT,
        env={**os.environ, **ascii_only},
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        read_settings(tmp_path / "none.toml")


def test_what_decodes_live_video_can_be_chosen() -> None:
    settings = read_settings(None, hwaccel="auto")
    assert settings.stream.hwaccel == "auto"
    with pytest.raises(SettingsError, match=r"stream\.hwaccel"):
        read_settings(None, hwaccel="abacus")
