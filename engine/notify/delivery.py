"""Brings messages to one receiver, in order, in a thread of its own, however often it fails.

What cannot be delivered waits in memory, in bounds; what is too much is counted as lost. A message
at which the receiver itself stumbles again and again is set aside and lets the others pass. It is
tried again when none of them waits, and lost when ten minutes of that were in vain.
"""

import logging
from collections import deque
from collections.abc import Callable, Collection
from dataclasses import dataclass
from math import inf
from threading import Event, Lock, Thread
from time import monotonic
from typing import Protocol

from engine.backoff import Backoff
from engine.errors import SinkError
from engine.notify.message import Message

_log = logging.getLogger(__name__)
_MOST_WAITING = 10_000
_TICK_S = 0.1
STOP_S = 1.0
_MOST_STUMBLES = 5
_IN_VAIN_S = 600.0


class RefusedError(SinkError):
    """The receiver does not want this message: sending it again is no use."""


class StumblesError(SinkError):
    """The receiver is there and has failed; it may be this very message that it fails at."""


class Receiver(Protocol):
    """Takes messages; all is called from one thread."""

    def open(self) -> None:
        """Be ready for messages; called again and again while none waits.

        Raises:
            SinkError: Not now.
        """
        ...

    def send(self, message: Message) -> None:
        """Deliver one message; returns when it has arrived.

        Raises:
            RefusedError: It never will be accepted.
            StumblesError: Not now, and others may be.
            SinkError: Not now.
        """
        ...

    def close(self) -> None:
        """Say goodbye."""
        ...


@dataclass(frozen=True, slots=True)
class DeliveryStatus:
    """How a delivery stands.

    Attributes:
        sent: Messages delivered.
        waiting: Messages that wait.
        lost: Messages lost: refused, set aside in vain, or too many waited.
        problem: Why nothing is delivered now; else empty.
    """

    sent: int
    waiting: int
    lost: int
    problem: str


class Delivery:
    """Delivers to one receiver until closed."""

    def __init__(
        self,
        name: str,
        receiver: Receiver,
        *,
        backoff: Callable[[], Backoff] = Backoff,
        most_waiting: int = _MOST_WAITING,
        at_once: bool = True,
    ) -> None:
        """Begin.

        Args:
            name: Where to, safe to show.
            receiver: Takes the messages.
            backoff: How long to wait after failures.
            most_waiting: Of more than so many the oldest is lost, of those set aside first.
            at_once: Deliver from now on; else when `start` is called.
        """
        self.name = name
        self._receiver, self._backoff = receiver, backoff
        self._most_waiting = most_waiting
        self._lock = Lock()
        self._waiting: deque[Message] = deque()
        self._aside: dict[Message, float] = {}
        """Since when others have arrived: from then on it is not the receiver's fault alone."""
        self._sent = self._lost = self._stumbles = 0
        self._problem = ""
        self._until_s = inf
        self._something, self._closing = Event(), Event()
        # A receiver that hangs must not hold up the program's end.
        self._thread = Thread(target=self._main, name=f"deliver {name}", daemon=True)
        if at_once:
            self.start()

    def start(self) -> None:
        """Deliver from now on."""
        self._thread.start()

    def put(self, message: Message) -> None:
        """Take a message; never waits."""
        with self._lock:
            if len(self._waiting) + len(self._aside) >= self._most_waiting:
                if self._aside:
                    del self._aside[next(iter(self._aside))]
                else:
                    self._waiting.popleft()
                self._lost += 1
            self._waiting.append(message)
        self._something.set()

    @property
    def status(self) -> DeliveryStatus:
        """How it stands now."""
        with self._lock:
            waiting = len(self._waiting) + len(self._aside)
            return DeliveryStatus(self._sent, waiting, self._lost, self._problem)

    def close(self) -> None:
        """Deliver what waits, as far as that is possible within a second, and end."""
        close_all([self])

    def end(self, until_s: float) -> None:
        """Ask it to deliver what waits up to this second of the monotonic clock, and to end."""
        self._until_s = until_s
        self._closing.set()
        self._something.set()

    def join(self) -> None:
        """Wait for the end that was asked for, as long as it may take."""
        self._thread.join(max(0.0, self._until_s + _TICK_S - monotonic()))
        if left := self.status.waiting:
            _log.warning("%s: %d messages were not delivered", self.name, left)

    def _main(self) -> None:
        backoff, failed_s = self._backoff(), monotonic()
        while self._goes_on():
            message = self._next()
            aside = message in self._aside
            try:
                if message is None:
                    self._receiver.open()
                    backoff.was_healthy(monotonic() - failed_s)
                else:
                    self._deliver(message)
                    backoff = self._backoff()
                self._note("")
            except StumblesError:
                ends = self._closing.is_set() or not aside  # a new one need not wait for this one
                (self._closing if ends else self._something).wait(backoff.next_s())
                failed_s = monotonic()
            except SinkError as error:
                self._note(str(error))
                if self._closing.is_set():
                    break
                self._closing.wait(backoff.next_s())
                failed_s = monotonic()
            except Exception:  # noqa: BLE001  later ones may be delivered
                _log.exception("%s is not ready", self.name)
                self._closing.wait(backoff.next_s())
                failed_s = monotonic()
        self._receiver.close()

    def _goes_on(self) -> bool:
        """At the end every message that waits is tried once more, but none that was set aside."""
        return not self._closing.is_set() or (bool(self._waiting) and monotonic() < self._until_s)

    def _deliver(self, message: Message) -> None:
        try:
            self._receiver.send(message)
        except RefusedError as error:
            self._done(message, sent=False)
            _log.warning("%s refuses a message, which is lost: %s", self.name, error)
        except StumblesError as error:
            if message in self._aside:
                self._stumble_again(message, str(error))
            else:
                self._stumble(message, str(error))
            raise
        except SinkError:
            raise
        except Exception:  # noqa: BLE001  one message must not stop all others
            self._done(message, sent=False)
            _log.exception("%s: a message is lost", self.name)
        else:
            self._done(message, sent=True)

    def _next(self) -> Message | None:
        """The oldest message that waits, else one set aside; None after a while without any."""
        self._something.wait(_TICK_S)
        with self._lock:
            if self._waiting:
                return self._waiting[0]
            self._something.clear()
            return next(iter(self._aside), None)

    def _stumble(self, message: Message, problem: str) -> None:
        """Keep the order while it may be the receiver's fault, else set the message aside."""
        self._stumbles += 1
        if self._stumbles >= _MOST_STUMBLES:
            self._note(problem)
        with self._lock:
            choosy = any(since_s < inf for since_s in self._aside.values())
            set_aside = choosy or self._closing.is_set() or self._stumbles % _MOST_STUMBLES == 0
            if set_aside and self._waiting and self._waiting[0] is message:
                self._aside[self._waiting.popleft()] = inf

    def _stumble_again(self, message: Message, problem: str) -> None:
        with self._lock:
            since_s = self._aside.pop(message, inf)
            in_vain = monotonic() - since_s >= _IN_VAIN_S
            self._lost += in_vain
            if not in_vain:
                self._aside[message] = since_s
        if in_vain:
            _log.warning("%s fails at a message, which is lost: %s", self.name, problem)

    def _done(self, message: Message, *, sent: bool) -> None:
        self._stumbles = 0
        with self._lock:
            if self._aside.pop(message, None) is not None:
                self._lost += not sent
            elif self._waiting and self._waiting[0] is message:  # else it was pushed out meanwhile
                self._waiting.popleft()
                self._lost += not sent
            self._sent += sent
            if sent:
                now_s = monotonic()
                self._aside = {other: min(since_s, now_s) for other, since_s in self._aside.items()}

    def _note(self, problem: str) -> None:
        """Log when a problem comes and goes, not while it lasts."""
        with self._lock:
            before, self._problem = self._problem, problem
        if problem and not before:
            _log.warning("%s: %s It is tried again.", self.name, problem)
        elif before and not problem:
            _log.info("%s takes messages again", self.name)


def close_all(deliveries: Collection[Delivery], within_s: float = STOP_S) -> None:
    """End all at the same time: they deliver what waits, as far as possible within that time."""
    until_s = monotonic() + within_s
    for delivery in deliveries:
        delivery.end(until_s)
    for delivery in deliveries:
        delivery.join()
