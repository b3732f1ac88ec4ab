"""How often a session may be rebuilt. Knows no session."""

from collections import deque

MOST = 5
WITHIN_S = 60.0
_LONGEST_HOLD_S = 960.0


class Rebuilds:
    """At most five in sixty seconds; then a hold, twice as long each time it was no use."""

    def __init__(self) -> None:
        """Start with none."""
        self._times: deque[float] = deque(maxlen=MOST)
        self._hold_s = WITHIN_S
        self._held_until_s = 0.0

    def may(self, now_s: float) -> bool:
        """Whether one more rebuild is allowed at this second; if so it is counted."""
        if now_s < self._held_until_s:
            return False
        if len(self._times) == MOST and now_s - self._times[0] < WITHIN_S:
            self._held_until_s = now_s + self._hold_s
            self._hold_s = min(_LONGEST_HOLD_S, 2 * self._hold_s)
            self._times.clear()
            return False
        if self._times and now_s - self._times[-1] > _LONGEST_HOLD_S + WITHIN_S:
            self._hold_s = WITHIN_S
        self._times.append(now_s)
        return True

    def held_min(self, now_s: float) -> int:
        """Minutes until the hold is over, 1 or more; 0 without one."""
        left_s = self._held_until_s - now_s
        return max(1, round(left_s / 60)) if left_s > 0 else 0
