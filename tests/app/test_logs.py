import json
import logging
import os
import stat
from pathlib import Path

import pytest

from app.logs import logging_to
from engine.errors import SettingsError

_log = logging.getLogger("tests.door")
ADDRESS = "rtsp://admin:hunter2@192.0.2.1/stream?token=s3cret"


def complain() -> None:
    try:
        raise OSError(f"cannot open {ADDRESS}")
    except OSError:
        _log.exception("lost %s", ADDRESS)


@pytest.mark.parametrize("style", ["text", "json"])
def test_no_password_gets_into_the_log(
    tmp_path: Path, style: str, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "logs" / "log"
    with logging_to(style, file):
        complain()
    text = file.read_text()
    assert "hunter2" not in text
    assert "s3cret" not in text
    assert text.count("rtsp://admin:***@192.0.2.1/stream") == 2
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert caplog.records


def test_a_log_that_is_there_already_becomes_private(tmp_path: Path) -> None:
    file = tmp_path / "log"
    file.touch(mode=0o644)
    with logging_to("text", file):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_json_lines_are_objects(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with logging_to("json", tmp_path / "log"):
        _log.info("ready")
        complain()
    first, second = map(json.loads, (tmp_path / "log").read_text().splitlines())
    assert (first["level"], first["logger"], first["message"]) == ("info", "tests.door", "ready")
    assert first["time"].endswith("+00:00")
    assert "OSError" in second["exception"]
    assert caplog.records


def test_a_long_log_begins_anew_and_five_are_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.logs._FILE_BYTES", 2000)
    with logging_to("text", tmp_path / "log"):
        for number in range(500):
            _log.info("line %d", number)
    files = sorted(tmp_path.iterdir())
    assert len(files) == 6
    assert all(file.stat().st_size <= 2000 for file in files)
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert "line 499" in (tmp_path / "log").read_text()


def test_what_cannot_be_logged_to_is_told(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="text or json"), logging_to("xml", None):
        pass
    with pytest.raises(SettingsError, match="cannot be written"), logging_to("text", tmp_path):
        pass


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_full_disk_is_told_once_without_secrets_and_ends_nothing(
    capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    with logging_to("text", Path("/dev/full")):
        for _ in range(3):
            complain()
    [line] = capsys.readouterr().err.splitlines()
    assert line.startswith("agescope: lines of the log are lost")
    assert caplog.records


def test_a_log_that_cannot_begin_anew_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def forbid(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("app.logs._FILE_BYTES", 2000)
    monkeypatch.setattr(os, "rename", forbid)
    with logging_to("text", tmp_path / "log"):
        for number in range(100):
            _log.info("line %d", number)
    assert len((tmp_path / "log").read_text().splitlines()) == 100
    [line] = capsys.readouterr().err.splitlines()
    assert "cannot begin anew" in line
