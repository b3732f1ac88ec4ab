"""SIGTERM and Ctrl-C while the first engine is built, on stand-ins."""

import logging
import os
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from app import analyze, monitor
from engine.settings import RuntimeSettings, Settings

STEPS, STEP_S = 400, 0.05
SOON_S = 0.4 * STEPS * STEP_S
"""Far less than the build of one model takes, for a busy machine."""


class Signalled:
    """Builds last, and in their third step a signal comes."""

    def __init__(self, number: int) -> None:
        self._number = number
        self.at_s = 0.0

    def __call__(self, step: int) -> None:
        if step == 2 and not self.at_s:
            self.at_s = time.monotonic()
            os.kill(os.getpid(), self._number)
        time.sleep(STEP_S)


@pytest.fixture(params=[signal.SIGTERM, signal.SIGINT])
def signalled(
    trt: ModuleType, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Signalled:
    made = Signalled(request.param)
    monkeypatch.setattr(trt.Builder, "steps", STEPS)
    monkeypatch.setattr(trt.Builder, "before_step", staticmethod(made))
    return made


@pytest.fixture
def on_tensorrt(settings: RuntimeSettings) -> Settings:
    return Settings(runtime=settings.model_copy(update={"name": "tensorrt"}))


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "cameras.toml"
    path.write_text('[[camera]]\nname = "door"\nsource = "http://127.0.0.1:1/"\n')
    return path


@pytest.fixture
def listening(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    """The socket that systemd would listen on."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(tmp_path / "notify"))
        systemd.setblocking(False)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        yield systemd


def test_a_signal_ends_monitor_while_it_builds(
    trt: ModuleType,
    signalled: Signalled,
    on_tensorrt: Settings,
    config: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    assert monitor.monitor(monitor.Wish(config), on_tensorrt) == 0
    assert time.monotonic() - signalled.at_s < SOON_S
    assert trt.Builder.builds == 0
    assert "stopping: as asked" in caplog.text


def test_a_signal_ends_analyze_while_it_builds(
    trt: ModuleType, signalled: Signalled, on_tensorrt: Settings, tmp_path: Path
) -> None:
    wish = analyze.Wish(tmp_path / "out", quiet=True, report=False)
    code = analyze.analyze_all(["synthetic:?people=1&seconds=1"], wish, on_tensorrt)
    assert code == analyze.INTERRUPTED
    assert time.monotonic() - signalled.at_s < SOON_S
    assert trt.Builder.builds == 0
    assert '"interrupted": true' in (tmp_path / "out" / "summary.json").read_text()


def test_monitor_tells_the_log_and_systemd_how_far_the_build_is(
    trt: ModuleType,
    on_tensorrt: Settings,
    config: Path,
    listening: socket.socket,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    monkeypatch.setattr(monitor, "_LOADING_TOLD_EVERY_S", 0.2)
    monkeypatch.setattr(trt.Builder, "before_step", staticmethod(lambda _step: time.sleep(0.3)))
    assert monitor.monitor(monitor.Wish(config, for_s=0.1), on_tensorrt) == 0
    told = [listening.recv(200).decode()]
    while not told[-1].startswith("READY=1"):
        told.append(listening.recv(200).decode())
    assert len(told) > 1
    assert all(line.startswith("EXTEND_TIMEOUT_USEC=60000000\nSTATUS=") for line in told[:-1])
    assert "fp16.onnx" in told[0]
    assert "building the engine" in caplog.text
