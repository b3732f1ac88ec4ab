"""Hands events to everybody who asked for them. One subscriber's failure is nobody else's."""

import logging
from collections.abc import Callable
from threading import Lock

from engine.zones.events import Event

_log = logging.getLogger(__name__)

Subscriber = Callable[[Event], None]


class EventStream:
    """Calls every subscriber with every event, in the thread of the camera it comes from.

    A subscriber must return at once: what may wait for a disk or a network has a queue of its own.
    """

    def __init__(self) -> None:
        """Start without subscribers."""
        self._lock = Lock()
        self._subscribers: tuple[Subscriber, ...] = ()

    def subscribe(self, subscriber: Subscriber) -> Callable[[], None]:
        """Let somebody hear all events from now on; calling what is returned ends it."""
        with self._lock:
            self._subscribers = (*self._subscribers, subscriber)

        def unsubscribe() -> None:
            with self._lock:
                self._subscribers = tuple(s for s in self._subscribers if s is not subscriber)

        return unsubscribe

    def publish(self, event: Event) -> None:
        """Tell everybody."""
        for subscriber in self._subscribers:
            try:
                subscriber(event)
            except Exception:  # noqa: BLE001  the others and the camera go on
                _log.exception("a subscriber failed on a %s", type(event).__name__)
