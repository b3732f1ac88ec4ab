"""Runs a program again whenever it crashes or hangs. Knows nothing of what it runs."""

import logging
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from threading import Event, Thread
from time import monotonic
from typing import IO

from app.signals import stopped_by_signals
from engine.backoff import Backoff

_log = logging.getLogger(__name__)
_TICK_S = 0.1
_STOP_S = 5.0
_DONE = (0, 2)
"""It ended as it was asked to, or was called wrongly: another start changes nothing."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long the program may be silent.

    Attributes:
        start_s: Before its first sign of life.
        hang_s: Between two.
    """

    start_s: float = 90.0
    hang_s: float = 15.0


def supervise(
    command: Sequence[str], patience: Patience = Patience(), backoff: Backoff | None = None
) -> int:
    """Run a program until it ends well, or until SIGTERM or Ctrl-C, which it gets as SIGTERM.

    Args:
        command: Program and arguments; whatever it writes to its standard output is a sign of life.
        patience: How long it may be silent before it is killed.
        backoff: How long to wait before it is started again; None for half a second to half a
            minute, and afresh after ten good seconds.

    Returns:
        The exit code of the last run; 0 where the supervisor was stopped.
    """
    backoff = backoff or Backoff()
    with stopped_by_signals() as stop:
        while not stop.is_set():
            began_s = monotonic()
            code = _run_once(command, patience, stop)
            if code in _DONE:
                return code
            if stop.is_set():
                break
            backoff.was_healthy(monotonic() - began_s)
            wait_s = backoff.next_s()
            _log.warning("the program ended with code %d; again in %.1f s", code, wait_s)
            stop.wait(wait_s)
    return 0


def _run_once(command: Sequence[str], patience: Patience, stop: Event) -> int:
    with subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL) as program:
        assert program.stdout is not None
        pulse = _Pulse(program.stdout)
        pulse.start()
        try:
            _watch(program, pulse, patience, stop)
        finally:
            if program.poll() is None:
                program.kill()
        pulse.join()
    return program.returncode


def _watch(
    program: subprocess.Popen[bytes], pulse: "_Pulse", patience: Patience, stop: Event
) -> None:
    """Return when the program has ended, or when it has to be killed."""
    while program.poll() is None:
        if stop.wait(_TICK_S):
            program.terminate()
            _wait(program)
            return
        allowed_s = patience.hang_s if pulse.heard else patience.start_s
        if monotonic() - pulse.last_s > allowed_s:
            _log.warning("the program has been silent for %.0f s and is killed", allowed_s)
            return


def _wait(program: subprocess.Popen[bytes]) -> None:
    try:
        program.wait(_STOP_S)
    except subprocess.TimeoutExpired:
        _log.warning("the program does not end and is killed")


class _Pulse(Thread):
    """Listens to a program.

    Attributes:
        heard: It gave a sign of life.
        last_s: When, on the monotonic clock; at first when listening began.
    """

    def __init__(self, stream: IO[bytes]) -> None:
        super().__init__(name="pulse", daemon=True)
        self.heard, self.last_s = False, monotonic()
        self._stream = stream

    def run(self) -> None:
        """Listen until the program closes its standard output."""
        while self._stream.read(1):
            self.heard, self.last_s = True, monotonic()
