"""Looks after a session of the window as the supervisor does after those without a window."""

from time import monotonic

from app.window.sessions import Running
from engine.rebuilds import Rebuilds
from engine.session import Session
from engine.status import SessionStatus, State
from engine.supervisor import Limits

_LIMITS = Limits()


class Watchdog:
    """Says when a live source is to be begun anew: when it hangs or was broken by a fault.

    Never for recordings: they wait for whoever watches them, and their failures are final.
    """

    def __init__(self, limits: Limits = _LIMITS) -> None:
        """Start with a healthy session."""
        self._limits, self._rebuilds = limits, Rebuilds()

    def complaint(self, session: Running, status: SessionStatus) -> str:
        """Why to begin the source anew now; "" to leave it. A complaint counts as followed."""
        if not isinstance(session, Session):
            return ""
        hangs = session.idle_s > self._limits.hang_s
        if not (hangs or status.state is State.FAILED) or not self._rebuilds.may(monotonic()):
            return ""
        return status.message or f"no sign of life for {self._limits.hang_s:.0f} s"
