import logging
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from app.supervise import Patience, supervise
from engine.backoff import Backoff

ROOT = Path(__file__).resolve().parents[2]
QUICK = Patience(start_s=60.0, hang_s=1.0)


def program(text: str) -> list[str]:
    return [sys.executable, "-S", "-c", f"import os, sys, time, pathlib\n{text}"]


def counting(file: Path, text: str) -> list[str]:
    """A program that notes each of its starts; `runs` is how many there were."""
    note = f"f = pathlib.Path({str(file)!r}); f.open('a').write('x'); runs = f.stat().st_size\n"
    return program(note + text)


def at_once() -> Backoff:
    return Backoff(draw=lambda _low, _high: 0.01)


def test_a_program_that_ends_well_is_not_started_again(tmp_path: Path) -> None:
    starts = tmp_path / "starts"
    assert supervise(counting(starts, ""), QUICK) == 0
    assert starts.read_text() == "x"


def test_wrong_usage_is_not_tried_again(tmp_path: Path) -> None:
    starts = tmp_path / "starts"
    assert supervise(counting(starts, "sys.exit(2)"), QUICK) == 2
    assert starts.read_text() == "x"


@pytest.mark.parametrize("crash", ["sys.exit(1)", "os.abort()", "os.kill(os.getpid(), 9)"])
def test_a_crash_is_followed_by_another_start(
    tmp_path: Path, crash: str, caplog: pytest.LogCaptureFixture
) -> None:
    starts = tmp_path / "starts"
    text = "import resource; resource.setrlimit(resource.RLIMIT_CORE, (0, 0))\n"
    assert supervise(counting(starts, f"{text}if runs < 3: {crash}"), QUICK, at_once()) == 0
    assert starts.read_text() == "xxx"
    assert caplog.text.count("ended with code") == 2


def test_a_program_that_hangs_is_killed_and_started_again(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    starts = tmp_path / "starts"
    hangs = "print('.', flush=True)\nif runs < 2: time.sleep(600)"
    begun = time.monotonic()
    assert supervise(counting(starts, hangs), QUICK, at_once()) == 0
    assert starts.read_text() == "xx"
    assert time.monotonic() - begun < 60
    assert "silent for 1 s" in caplog.text


def test_signs_of_life_keep_a_program_running(tmp_path: Path) -> None:
    starts = tmp_path / "starts"
    lives = "for _ in range(15): print('.', flush=True); time.sleep(0.1)"
    assert supervise(counting(starts, lives), QUICK) == 0
    assert starts.read_text() == "x"


def test_waits_grow_with_failures(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    ceilings: list[float] = []

    def draw(_low: float, high: float) -> float:
        ceilings.append(high)
        return 0.01

    command = counting(tmp_path / "starts", "sys.exit(runs < 5)")
    assert supervise(command, QUICK, Backoff(draw)) == 0
    assert ceilings == [0.5, 1.0, 2.0, 4.0]


def test_a_stopped_supervisor_takes_its_program_with_it(tmp_path: Path) -> None:
    starts = tmp_path / "starts"
    child = counting(starts, "print(os.getpid(), flush=True)\ntime.sleep(600)")
    code = f"import sys; from app.supervise import supervise; sys.exit(supervise({child!r}))"
    supervisor = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT)
    try:
        deadline = time.monotonic() + 60
        while not starts.exists() and time.monotonic() < deadline:
            time.sleep(0.02)
        supervisor.send_signal(signal.SIGTERM)
        assert supervisor.wait(30) == 0
    finally:
        supervisor.kill()
    mine = [p for p in Path("/proc").glob("[0-9]*/cmdline") if str(starts) in _read(p)]
    assert mine == []


def _read(path: Path) -> str:
    try:
        return path.read_text(errors="replace")
    except OSError:
        return ""
