"""How good a camera's connection was over the last hour. Knows no session."""

from enum import StrEnum

import numpy as np

_BINS = 60
_BIN_S = 60.0


class Grade(StrEnum):
    """Quality of a camera over the last hour."""

    EXCELLENT = "excellent"
    """No reconnection, fewer than 5 stalls, a picture 99 % of the time."""
    FAIR = "fair"
    """At most 2 reconnections and 20 stalls, a picture 90 % of the time."""
    POOR = "poor"
    """At most 10 reconnections and 100 stalls, a picture half of the time."""
    UNUSABLE = "unusable"


_BOUNDS = (
    (Grade.EXCELLENT, 0, 4, 0.01),
    (Grade.FAIR, 2, 20, 0.1),
    (Grade.POOR, 10, 100, 0.5),
)


class Record:
    """Counts of the last hour, minute by minute, in room that is taken once: nothing grows."""

    def __init__(self, now_s: float) -> None:
        """Start at this second of the monotonic clock."""
        self._minutes = np.zeros((_BINS, 4))  # reconnections, stalls, seconds dark and watched
        self._minute = 0
        self._minute_began_s = self._noted_s = now_s

    def note(self, now_s: float, *, reconnects: int, stalls: int, dark: bool) -> None:
        """Add what happened since the last note.

        Args:
            now_s: Now, by the monotonic clock.
            reconnects: Reconnections since the last note.
            stalls: Stalls since the last note.
            dark: There is no new picture now.
        """
        while now_s - self._minute_began_s >= _BIN_S:
            self._minute = (self._minute + 1) % _BINS
            self._minutes[self._minute] = 0
            self._minute_began_s += _BIN_S
        passed_s, self._noted_s = now_s - self._noted_s, now_s
        self._minutes[self._minute] += reconnects, stalls, passed_s * dark, passed_s

    @property
    def grade(self) -> Grade:
        """The grade of the last hour."""
        reconnects, stalls, dark_s, watched_s = self._minutes.sum(0).tolist()
        dark = dark_s / max(watched_s, 1e-9)
        for grade, most_reconnects, most_stalls, most_dark in _BOUNDS:
            if reconnects <= most_reconnects and stalls <= most_stalls and dark <= most_dark:
                return grade
        return Grade.UNUSABLE
