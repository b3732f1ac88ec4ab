"""The way from a source to its session: a live source is opened again whenever it is lost."""

import logging
from collections.abc import Callable
from threading import Event
from time import monotonic

from engine.backoff import Backoff
from engine.errors import AccessError, SourceError
from engine.sources.closing import Closing
from engine.sources.source import Source, SourceInfo
from engine.status import Books
from engine.values.frame import Frame

_log = logging.getLogger(__name__)
_TICK_S = 1.0
_REFUSED_S = 300.0
"""Many cameras lock an account for half an hour after a few wrong passwords."""


class Link:
    """Reads a source to its end; a live one, of which every end is a loss, until it is stopped.

    Attributes:
        name: Of the frames of a live source.
        live: Whether the source is a live one; expected until it is open, then known.
        sign_s: Second of the monotonic clock when the reading thread last gave a sign of life.
    """

    def __init__(
        self,
        open_source: Callable[[], Source],
        books: Books,
        stopping: Event,
        *,
        live: bool,
        name: str,
    ) -> None:
        """Prepare.

        Args:
            open_source: Opens the source, each time it was lost.
            books: Where losses and returns are noted.
            stopping: Ends the reading when set.
            live: A live source is expected: one that cannot be opened at first is tried again.
            name: Of the frames of a live source.
        """
        self.name, self.live = name, live
        self.sign_s = monotonic()
        self._open_source = open_source
        self._books, self._stopping = books, stopping
        self._backoff = Backoff()
        self._source: Source | None = None
        self._index = 0
        self._expected = 0
        self._start_s: float | None = None
        self._lost_s: float | None = None

    @property
    def heard_s(self) -> float:
        """`sign_s`, or when the source gave a later picture that it did not deliver."""
        source = self._source
        return max(self.sign_s, source.sign_s) if isinstance(source, Closing) else self.sign_s

    def run(self, begin: Callable[[SourceInfo], None], deliver: Callable[[Frame], None]) -> None:
        """Read.

        Args:
            begin: Called each time the source is open.
            deliver: Takes every frame. Those of a live source are numbered and timed anew, so that
                both go on over a loss.

        Raises:
            SourceError: A source that is not live broke off or cannot be opened.
        """
        while not self._stopping.is_set():
            self.sign_s = monotonic()
            try:
                self._read_once(begin, deliver)
                if not self.live:
                    return
                reason, wait_s = "the source ended by itself.", self._backoff.next_s()
            except SourceError as error:
                if not self.live:
                    raise
                refused = isinstance(error, AccessError)
                reason, wait_s = str(error), _REFUSED_S if refused else self._backoff.next_s()
            if not self._stopping.is_set():
                self._wait_to_retry(reason, wait_s)

    def close(self) -> None:
        """Let go of a source that is open; safe from another thread."""
        if self._source:
            self._source.close()

    def _read_once(
        self, begin: Callable[[SourceInfo], None], deliver: Callable[[Frame], None]
    ) -> None:
        with self._open_source() as source:
            began_s = monotonic()
            self._note_open(source, began_s)
            self._expected = 0
            begin(source.info)
            try:
                for frame in source:
                    if self._stopping.is_set():
                        return
                    deliver(self._arrived(frame) if self.live else frame)
            finally:
                self._backoff.was_healthy(monotonic() - began_s)

    def _note_open(self, source: Source, now_s: float) -> None:
        self._source, self.live = source, source.info.live
        self._books.connected(source.info, " ".join(source.problems), now_s)
        info = source.info
        shown = f"{info.width}x{info.height}" + (f", {info.rate:.3g} frames/s" if info.rate else "")
        if self._lost_s is not None and self._start_s is not None:
            _log.info("%s is back after %.0f s: %s", self.name, now_s - self._lost_s, shown)
        elif self.live:
            _log.info("%s is there: %s", self.name, shown)
        self._lost_s = None

    def _arrived(self, frame: Frame) -> Frame:
        self.sign_s = monotonic()
        if self._start_s is None:
            self._start_s = self.sign_s
        self._books.arrived(self.sign_s)
        self._books.passed_over(max(0, frame.index - self._expected))
        self._expected = frame.index + 1
        index, self._index = self._index, self._index + 1
        return frame.renumbered(index, self.sign_s - self._start_s, self.name)

    def _wait_to_retry(self, reason: str, wait_s: float) -> None:
        """Tell of the loss, once as long as its reason stays, and wait."""
        now_s = monotonic()
        known = self._books.read(now_s, 0).message == reason
        if self._lost_s is None:
            self._lost_s = now_s
        later = f" It is tried again in {wait_s / 60:.0f} minutes." if wait_s == _REFUSED_S else ""
        _log.log(logging.DEBUG if known else logging.WARNING, "%s: %s%s", self.name, reason, later)
        until_s = now_s + wait_s
        self._books.lost(reason, until_s)
        while (left_s := until_s - monotonic()) > 0:
            self.sign_s = monotonic()
            if self._stopping.wait(min(left_s, _TICK_S)):
                return
