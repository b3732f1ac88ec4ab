"""Handing things from one thread to another. Knows no frames.

`Mailbox` for what is live: only the newest counts. `Backlog` for what is recorded: nothing is lost.
"""

from contextlib import suppress
from queue import Empty, Full, Queue
from threading import Condition, Event
from typing import Generic, TypeVar

T = TypeVar("T")
_TICK_S = 0.05


class Mailbox(Generic[T]):
    """Holds one thing at most: a newer one replaces it, and the giver never waits."""

    def __init__(self) -> None:
        """Start empty and open."""
        self._changed = Condition()
        self._item: T | None = None
        self._open = True
        self._lost = 0

    def put(self, item: T) -> bool:
        """Leave a thing; once closed nothing is taken in any more.

        Returns:
            Whether the box was empty, so that a receiver who does not wait has to be told.
        """
        with self._changed:
            if not self._open:
                return False
            was_empty = self._item is None
            self._lost += not was_empty
            self._item = item
            self._changed.notify()
            return was_empty

    def get(self, timeout_s: float = 0.0) -> T | None:
        """Take what is there, waiting for it at most `timeout_s`.

        Returns:
            The newest thing, or None when nothing came or the box is closed and empty.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._item is not None or not self._open, timeout_s)
            item, self._item = self._item, None
            return item

    def close(self) -> None:
        """Take in nothing more and wake who waits; what lies in the box can still be taken."""
        with self._changed:
            self._open = False
            self._changed.notify_all()

    @property
    def finished(self) -> bool:
        """Closed and empty: nothing will ever come again."""
        with self._changed:
            return not self._open and self._item is None

    @property
    def waiting(self) -> bool:
        """Whether something lies in the box."""
        return self._item is not None

    @property
    def lost(self) -> int:
        """How many things were replaced before anyone took them."""
        return self._lost


class Backlog(Generic[T]):
    """A short queue: the giver waits until there is room."""

    def __init__(self, room: int) -> None:
        """Start empty and open, with room for so many things."""
        self._queue: Queue[T] = Queue(room)
        self._closed = Event()
        self.lost = 0

    def put(self, item: T) -> None:
        """Append a thing, waiting for room; once closed it is forgotten."""
        while not self._closed.is_set():
            with suppress(Full):
                self._queue.put(item, timeout=_TICK_S)
                return

    def get(self, timeout_s: float = 0.0) -> T | None:
        """Take the oldest thing, waiting for it at most `timeout_s`; None when nothing came."""
        with suppress(Empty):
            return self._queue.get(block=timeout_s > 0, timeout=timeout_s or None)
        return None

    def close(self) -> None:
        """Take in nothing more; what waits in the queue can still be taken."""
        self._closed.set()

    @property
    def finished(self) -> bool:
        """Closed and empty: nothing will ever come again."""
        return self._closed.is_set() and self._queue.empty()
