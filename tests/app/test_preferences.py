"""Settings from files and options."""

from functools import partial
from pathlib import Path

import pytest

from app.preferences import read_settings
from engine.errors import SettingsError


def test_a_file_and_the_command_line_come_together(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text("[detect]\nscore = 0.7\n[track]\nlost_s = 3\n")
    settings = read_settings(path, detector="yunet", smallest_face_px=40)
    assert settings.detect.score == 0.7
    assert settings.detect.smallest_face_px == 40
    assert settings.track.lost_s == 3


def test_an_option_left_alone_leaves_the_files_word(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text('[runtime]\nname = "openvino"\nrequire_gpu = true\n')
    read = partial(read_settings, path, detector="yunet", smallest_face_px=20)
    assert read().runtime.name == "openvino"
    assert read().runtime.require_gpu
    assert read(runtime="onnxruntime").runtime.name == "onnxruntime"


def test_an_unknown_runtime_is_named() -> None:
    with pytest.raises(SettingsError, match=r"runtime\.name: .*'onnxruntime', 'openvino'"):
        read_settings(None, detector="yunet", smallest_face_px=20, runtime="tflite")


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
        read_settings(path, detector="yunet", smallest_face_px=20)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        read_settings(tmp_path / "none.toml", detector="yunet", smallest_face_px=20)


def test_what_decodes_live_video_can_be_chosen() -> None:
    settings = read_settings(None, detector="yunet", smallest_face_px=20, hwaccel="auto")
    assert settings.stream.hwaccel == "auto"
    with pytest.raises(SettingsError, match=r"stream\.hwaccel"):
        read_settings(None, detector="yunet", smallest_face_px=20, hwaccel="abacus")
