"""Letting go of a file, device or connection from any thread. Knows no frames."""

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock
from types import TracebackType
from typing import Self


class Closing(ABC):
    """The `with` half of a source: entering gives the source, leaving closes it."""

    @property
    def sign_s(self) -> float:
        """Second of the monotonic clock at which it last gave a picture, delivered or not.

        A live source that delivers only some of its pictures tells so; others need not.
        """
        return -math.inf

    @abstractmethod
    def close(self) -> None:
        """Let go of everything; safe to call twice and from another thread."""

    def __enter__(self) -> Self:
        """Return self."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close."""
        self.close()


class Handle:
    """Something that one thread uses and any thread may close.

    FFmpeg and OpenCV crash when a reader is closed under a running read. A close that comes during
    a use therefore waits for nobody: the using thread closes when that use is over.
    """

    def __init__(self, close: Callable[[], object]) -> None:
        """Guard a thing that `close` lets go of; `close` is called once."""
        self._close = close
        self._lock = Lock()
        self._closed = False
        self.closing = False

    @contextmanager
    def in_use(self) -> Iterator[bool]:
        """Hold the thing open; gives False when it is closed already and must not be touched."""
        try:
            with self._lock:
                yield not self.closing
        finally:
            if self.closing:
                self.close()

    def close(self) -> None:
        """Close now, or as soon as the use that is under way is over."""
        self.closing = True
        if not self._lock.acquire(blocking=False):
            return
        try:
            if not self._closed:
                self._closed = True
                self._close()
        finally:
            self._lock.release()
