import subprocess
import sys
import time
from pathlib import Path

import pytest

from app.secrets_out_of_sight import with_secrets

ROOT = Path(__file__).parents[2]
ADDRESS = "rtsp://viewer:hush-hush@192.0.2.1/stream"
THREAD = "threading.Thread(target=crash).start()"


def run(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    program = [sys.executable, "-c", code, *arguments]
    return subprocess.run(program, cwd=ROOT, capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize("how", ["crash()", THREAD], ids=["main", "thread"])
def test_a_crash_report_names_no_password(how: str) -> None:
    ended = run(
        "import threading; from app.secrets_out_of_sight import hide_secrets; hide_secrets()\n"
        f"def crash(): raise RuntimeError('cannot open {ADDRESS}')\n{how}"
    )
    assert "rtsp://viewer:***@192.0.2.1/stream" in ended.stderr
    assert "in crash" in ended.stderr
    assert "hush" not in ended.stderr


@pytest.mark.parametrize("address", [ADDRESS, ADDRESS.replace("hush-hush", "${DOOR}")])
def test_no_command_shows_a_password_when_it_crashes(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOOR", "hush-hush")
    ended = run(
        "import app.analyze\n"
        "def crash(folder, addresses, *_, **__): raise RuntimeError(f'cannot use {addresses}')\n"
        "app.analyze.open_ledger = crash\n"
        "from app.cli import main; main()",
        *("analyze", address, "--out", str(tmp_path)),
    )
    assert ended.returncode == 1
    assert "in crash" in ended.stderr
    assert "RuntimeError: cannot use ['rtsp://viewer:***@192.0.2.1/stream']" in ended.stderr
    assert "hush" not in ended.stderr


@pytest.mark.parametrize("address", [ADDRESS, ADDRESS.replace("hush-hush", "${DOOR}")])
def test_no_command_logs_a_password_with_an_unforeseen_fault(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOOR", "hush-hush")
    ended = run(
        "import engine.archive.one\n"
        "def crash(task, *_): raise RuntimeError(f'cannot use {task}')\n"
        "engine.archive.one.analyze_one = crash\n"
        "from app.cli import main; main()",
        *("analyze", address, "--out", str(tmp_path), "--runtime", "onnxruntime"),
    )
    assert ended.returncode == 1
    assert "in crash" in ended.stderr
    assert "RuntimeError: cannot use Task(address='rtsp://viewer:***@192.0.2.1/" in ended.stderr
    written = [path.read_text() for path in tmp_path.iterdir()]
    assert "hush" not in "".join([ended.stdout, ended.stderr, *written])


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs Linux' /proc")
def test_ps_shows_no_password() -> None:
    code = (
        "from app.secrets_out_of_sight import hide_secrets; hide_secrets()\n"
        "import sys; print(ascii(open('/proc/self/cmdline').read())); print(sys.argv[1])"
    )
    ended = run(code, ADDRESS, "http://h/?token=hush-hush", "plain")
    shown, kept = ended.stdout.splitlines()
    assert "hush" not in shown
    assert "viewer:***@192.0.2.1/stream" in shown
    assert r"\x00plain\x00" in shown
    assert kept == ADDRESS


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs Linux' /proc")
def test_the_program_itself_hides_them(tmp_path: Path) -> None:
    program = [sys.executable, "main.py", "analyze", ADDRESS, "--out", str(tmp_path)]
    running = subprocess.Popen(program, cwd=ROOT, stderr=subprocess.DEVNULL)
    try:
        deadline_s = time.monotonic() + 30
        while b"***" not in (shown := Path(f"/proc/{running.pid}/cmdline").read_bytes()):
            assert time.monotonic() < deadline_s
            time.sleep(0.02)
        assert b"hush" not in shown
    finally:
        running.kill()
        running.wait()


def test_an_address_may_name_an_environment_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOOR", "p@ss/word")
    filled = with_secrets(["rtsp://me:${DOOR}@192.0.2.1/", "a ${DOOR}.mp4", "0"])
    assert filled == ["rtsp://me:p%40ss%2Fword@192.0.2.1/", "a ${DOOR}.mp4", "0"]


def test_the_umask_of_the_user_does_not_open_the_log(tmp_path: Path) -> None:
    code = (
        "import os, sys, logging; os.umask(0)\n"
        "from pathlib import Path; from app.logs import logging_to\n"
        "with logging_to('text', Path(sys.argv[1])): logging.info('x')"
    )
    path = tmp_path / "folder" / "log"
    assert run(code, str(path)).returncode == 0
    assert [p.stat().st_mode & 0o777 for p in (path, path.parent)] == [0o600, 0o700]
