"""Ctrl-C and SIGTERM as an event, so that what was begun is completed."""

import math
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING

from engine.errors import AgescopeError

if TYPE_CHECKING:
    from engine.models.tensorrt.progress import Progress


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


@contextmanager
def stopped_by_signals() -> Iterator[Stop]:
    """An event that the first signal sets; a second one interrupts."""
    stop = Stop()

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()

    if threading.current_thread() is not threading.main_thread():
        yield stop  # Python hands signals to the main thread only
        return
    before = {n: signal.signal(n, on_signal) for n in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


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
