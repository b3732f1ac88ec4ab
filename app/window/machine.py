"""What this program takes of the machine. Knows no Qt."""

import time


class Load:
    """Share of the processor that this program has taken since the last reading."""

    def __init__(self) -> None:
        """Start to count."""
        self._clock_s, self._busy_s = time.monotonic(), time.process_time()

    def read(self) -> float:
        """Cores taken, on average since the last call; 1.0 is one core all the time."""
        clock_s, busy_s = time.monotonic(), time.process_time()
        cores = (busy_s - self._busy_s) / max(clock_s - self._clock_s, 1e-3)
        self._clock_s, self._busy_s = clock_s, busy_s
        return cores
