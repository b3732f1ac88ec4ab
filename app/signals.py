"""Ctrl-C, SIGTERM and SIGHUP as an event, so that what was begun is completed."""

import math
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING

from engine.errors import AgescopeError

if TYPE_CHECKING:
    from engine.models.tensorrt.progress import Progress

_OUTPUTS = (1, 2)
"""Standard output and standard error."""


class StoppedError(AgescopeError):
    """A signal came while the models were loaded: nothing was begun."""


class Stop(threading.Event):
    """Set when the program shall end.

    Attributes:
        since_s: Second of the monotonic clock at which it was set first.
    """

    since_s = math.inf

    def set(self) -> None:
        """Begin the end."""
        self.since_s = min(self.since_s, time.monotonic())
        super().set()


def ending_signals() -> list[signal.Signals]:
    """The signals that ask this program to end; with `nohup` a closed terminal is none."""
    numbers = [signal.SIGINT, signal.SIGTERM]
    if sys.platform != "win32" and signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        numbers.append(signal.SIGHUP)
    return numbers


@contextmanager
def stopped_by_signals() -> Iterator[Stop]:
    """An event that the first signal sets; a second one interrupts."""
    stop = Stop()
    terminals = [file for file in _OUTPUTS if os.isatty(file)]

    def on_signal(number: int, _frame: FrameType | None) -> None:
        if not stop.is_set():
            stop.set()
        elif number in (signal.SIGINT, signal.SIGTERM):  # a closed terminal tells it twice
            raise KeyboardInterrupt
        _leave_closed(terminals)

    if threading.current_thread() is not threading.main_thread():
        yield stop  # Python hands signals to the main thread only
        return
    before = {n: signal.signal(n, on_signal) for n in ending_signals()}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _leave_closed(terminals: list[int]) -> None:
    """Write no more to a terminal that is closed, which would fail and break the end off."""
    for file in terminals:
        if not os.isatty(file):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, file)
            os.close(nowhere)


def unless_stopped(stop: threading.Event, progress: "Progress") -> "Progress":
    """Progress of loading the models, which takes minutes where engines are built, until a stop.

    Args:
        stop: Ends the loading with `StoppedError` when set.
        progress: Told the same.
    """

    def tell(text: str, share: float) -> None:
        if stop.is_set():
            raise StoppedError("stopped while the models were loaded.")
        progress(text, share)

    return tell
