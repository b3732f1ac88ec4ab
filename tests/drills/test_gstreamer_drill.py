"""The same promises against GStreamer's RTSP server, where the system has it."""

import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from engine.status import State
from tests.drills.conftest import Control, controlled

SERVER = Path(__file__).parents[1] / "servers" / "gstreamer.py"
PYTHON = shutil.which("python3", path="/usr/bin")
BINDINGS = "import gi; gi.require_version('GstRtspServer', '1.0')"
TRANSPORTS = ("tcp", "udp")


@contextmanager
def serving(port: int = 0) -> Iterator[tuple[subprocess.Popen[str], int]]:
    command = [str(PYTHON), str(SERVER), str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        try:
            yield server, int(server.stdout.readline())
        finally:
            server.kill()


def frozen_and_killed(control: Control, transport: str) -> None:
    with serving() as (server, port):
        post = control.watch(f"rtsp://127.0.0.1:{port}/live", transport=transport)
        post.until_frames(40)
        server.send_signal(signal.SIGSTOP)
        assert post.until_state(State.STALLED) <= 5
        server.send_signal(signal.SIGCONT)
        post.until_state(State.RUNNING, within_s=3)
        post.until_frames(10)
        stalls, reconnects = post.status.stalls, post.status.reconnects
        server.kill()
        server.wait()
        assert post.until_state(State.RECONNECTING) <= 1
    with serving(port):
        began_s, wait_s = time.monotonic(), post.status.next_retry_s
        post.until_state(State.RUNNING, within_s=wait_s + 3)
        assert time.monotonic() - began_s <= wait_s + 3
        post.until_frames(10)
        assert stalls == 1
        assert post.status.reconnects == reconnects + 1


@pytest.fixture(scope="module")
def outcomes() -> Iterator[dict[str, Future[None]]]:
    if PYTHON is None or subprocess.run([PYTHON, "-c", BINDINGS], capture_output=True).returncode:
        pytest.skip("GStreamer's RTSP server is not installed: gir1.2-gst-rtsp-server-1.0")
    with controlled() as control, ThreadPoolExecutor(len(TRANSPORTS)) as pool:
        yield {name: pool.submit(frozen_and_killed, control, name) for name in TRANSPORTS}


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_another_server_may_freeze_and_die(
    outcomes: dict[str, Future[None]], transport: str
) -> None:
    outcomes[transport].result(timeout=60)
