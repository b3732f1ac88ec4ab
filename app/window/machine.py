"""What this program takes of the machine. Knows no Qt."""

import os
import sys
import time
from pathlib import Path

_STATM = Path("/proc/self/statm")


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


def memory_mb() -> float:
    """Memory of this program in MB; the most so far where the system tells only that."""
    if _STATM.exists():
        return int(_STATM.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
    if sys.platform == "win32":
        return 0.0
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
