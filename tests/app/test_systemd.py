import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.systemd import Systemd

ROOT = Path(__file__).parents[2]
UNIT = ROOT / "assets" / "examples" / "agescope.service"


@pytest.fixture
def listening(tmp_path: Path) -> Iterator[socket.socket]:
    """The socket that systemd would listen on."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(tmp_path / "notify"))
        systemd.settimeout(30)
        yield systemd


def environment(systemd: socket.socket, **more: str) -> dict[str, str]:
    return {"NOTIFY_SOCKET": str(systemd.getsockname()), **more}


def test_start_life_and_end_are_told(listening: socket.socket) -> None:
    with Systemd(environment(listening, WATCHDOG_USEC="30000")) as systemd:
        assert listening.recv(100) == b"READY=1"
        time.sleep(0.02)
        systemd.beat("2 cameras")
        assert listening.recv(100) == b"WATCHDOG=1\nSTATUS=2 cameras"
    assert listening.recv(100) == b"STOPPING=1"


def test_signs_of_life_are_given_as_often_as_needed_only(listening: socket.socket) -> None:
    systemd = Systemd(environment(listening, WATCHDOG_USEC="60000000"))
    for _ in range(50):
        systemd.beat("")
    listening.settimeout(0)
    with pytest.raises(BlockingIOError):
        listening.recv(100)


@pytest.mark.parametrize("more", [{}, {"WATCHDOG_PID": "1", "WATCHDOG_USEC": "1"}])
def test_who_wants_no_sign_of_life_gets_none(
    listening: socket.socket, more: dict[str, str]
) -> None:
    systemd = Systemd(environment(listening, **more))
    time.sleep(0.01)
    systemd.beat("")
    listening.settimeout(0)
    with pytest.raises(BlockingIOError):
        listening.recv(100)


@pytest.mark.parametrize("path", ["", "/nowhere/at/all", "@nobody-listens"])
def test_nobody_listening_does_no_harm(path: str) -> None:
    with Systemd({"NOTIFY_SOCKET": path, "WATCHDOG_USEC": "1"}) as systemd:
        time.sleep(0.001)
        systemd.beat("")


@pytest.mark.skipif(sys.platform != "linux", reason="abstract sockets are Linux' own")
def test_a_socket_without_a_file_is_found() -> None:
    name = f"agescope-test-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind("\0" + name)
        systemd.settimeout(5)
        Systemd({"NOTIFY_SOCKET": "@" + name}).__enter__()
        assert systemd.recv(100) == b"READY=1"


def test_monitor_tells_systemd(listening: socket.socket, tmp_path: Path) -> None:
    config = tmp_path / "cameras.toml"
    config.write_text('[[camera]]\nname = "door"\nsource = "http://127.0.0.1:1/"\n')
    program = [sys.executable, "main.py", "monitor", "--config", str(config), "--for", "60"]
    told = environment(listening, WATCHDOG_USEC="1000000")
    running = subprocess.Popen(
        program, cwd=ROOT, env={**os.environ, **told}, stderr=subprocess.DEVNULL
    )
    try:
        assert listening.recv(100) == b"READY=1"
        assert listening.recv(100) == b"WATCHDOG=1\nSTATUS=0 of 1 cameras are running"
        running.terminate()
        while (last := listening.recv(100)).startswith(b"WATCHDOG"):
            pass
        assert last == b"STOPPING=1"
        assert running.wait(30) == 0
    finally:
        running.kill()
        running.wait()


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")
def test_the_unit_is_valid(tmp_path: Path) -> None:
    """As systemd itself sees it, with a program that is there in the place of agescope."""
    text = UNIT.read_text().replace("/opt/agescope/.venv/bin/python", "/bin/true")
    unit = tmp_path / UNIT.name
    unit.write_text(text)
    ended = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", unit], capture_output=True, text=True
    )
    assert [line for line in ended.stderr.splitlines() if UNIT.name in line] == []
    assert {"Type=notify", "Restart=always"} <= set(text.splitlines())
