"""Keeps one source running for ever, whatever becomes of it."""

import logging
from collections.abc import Callable
from time import monotonic

from PyQt6.QtCore import QObject, QSize, pyqtSignal

from app.window.kiosk.lens import Lens, Sight
from app.window.sessions import Running
from app.window.tile import SessionMaker
from app.window.wanted import Wanted
from engine.backoff import HEALTHY_S, Backoff
from engine.mailbox import Mailbox
from engine.playback import Playback
from engine.session import Session
from engine.status import SessionStatus, State
from engine.values.result import FrameResult

_log = logging.getLogger(__name__)
_HANGS_S = 20.0
_HOPELESS_S = 60.0
_STILL = "it stands still"

MakeLens = Callable[[Mailbox[FrameResult]], Lens]


class Keeper(QObject):
    """Begins a session anew when it fails or hangs, ever more slowly while that is no use.

    Attributes:
        reason: Why the last one was begun anew, or "".
    """

    seen = pyqtSignal()
    """There is a new sight to take."""

    def __init__(self, sessions: SessionMaker, wanted: Wanted, make_lens: MakeLens) -> None:
        """Start the source."""
        super().__init__()
        self._sessions, self._wanted, self._make_lens = sessions, wanted, make_lens
        self._room = QSize(1, 1)
        self._backoff = Backoff()
        self.reason = ""
        self._retry_s: float | None = None
        self._began_s = self._good_s = monotonic()
        self._begin(None)

    @property
    def hopeless(self) -> bool:
        """It failed again and again for a minute: a new process may do better."""
        return monotonic() - self._good_s > _HOPELESS_S

    @property
    def session(self) -> Running:
        """The one that runs now."""
        return self._session

    def take(self) -> Sight | None:
        """The newest sight that was not taken yet."""
        return self._lens.take()

    def fit(self, room_px: QSize) -> None:
        """Make reflections for so many screen pixels."""
        self._room = room_px
        self._lens.fit(room_px)

    def check(self) -> SessionStatus:
        """How the source stands; ends and failures are mended in passing. Call it often."""
        now_s, status = monotonic(), self._session.status
        if isinstance(self._session, Playback) and status.state is State.ENDED:
            self._session.resume()  # a recording plays in a loop
        elif status.state.over or self._hangs() or self._lens.failure:
            self._mend(status, now_s)
        else:
            self._good_s = now_s
        return status

    def close(self) -> None:
        """End the session, within two seconds."""
        self._lens.stop()
        self._session.stop()

    def _hangs(self) -> bool:
        return isinstance(self._session, Session) and self._session.idle_s > _HANGS_S

    def _mend(self, status: SessionStatus, now_s: float) -> None:
        if self._retry_s is None:
            healthy_s = self._good_s - self._began_s
            self._backoff.was_healthy(healthy_s)
            self._retry_s = now_s + self._backoff.next_s()
            told, self.reason = self.reason, status.message or self._lens.failure or _STILL
            known = self.reason == told and healthy_s < HEALTHY_S
            level = logging.INFO if known else logging.WARNING
            _log.log(level, "the source is begun anew: %s", self.reason)
        elif now_s >= self._retry_s:
            self._retry_s = None
            before = self._session
            self._lens.stop()
            self._lens.deleteLater()
            self._begin(before)

    def _begin(self, before: Running | None) -> None:
        self._began_s = monotonic()
        self._session = self._sessions.open(self._wanted, after=before)
        self._lens = self._make_lens(self._session.results)
        self._lens.ready.connect(self.seen)
        self._lens.fit(self._room)
        self._lens.start()
