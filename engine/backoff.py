"""How long to wait before a lost source is tried again. Knows no threads."""

import random
from collections.abc import Callable

FIRST_S = 0.5
LONGEST_S = 30.0
HEALTHY_S = 10.0


class Backoff:
    """Exponential back-off with full jitter: cameras behind one switch do not come back in step.

    Source: M. Brooker, "Exponential Backoff and Jitter", 2015; departs in that no wait is shorter
    than the first one, lest a camera that refuses at once is hammered.
    """

    def __init__(self, draw: Callable[[float, float], float] = random.uniform) -> None:
        """Start as after a long time of health; `draw` picks a number between two."""
        self._draw = draw
        self._failures = 0

    def next_s(self) -> float:
        """Seconds to wait after one more failure."""
        ceiling_s = min(LONGEST_S, FIRST_S * 2.0 ** min(self._failures, 10))
        self._failures += 1
        return self._draw(FIRST_S, ceiling_s)

    def was_healthy(self, seconds: float) -> None:
        """Pictures came for so long: after ten seconds all failures before are forgotten."""
        if seconds >= HEALTHY_S:
            self._failures = 0
