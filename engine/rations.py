"""How much time of the machine each of several live sources may take. Knows no pipelines.

While all of them together take less than there is, nobody is bound. When they would take more,
the heavy ones share evenly what the light ones leave: one crowded camera may use what seven quiet
ones do not need, and eight crowded ones get an eighth each.
"""

import math
from threading import Lock

_MEASURED_S = 2.0
_FORGOTTEN_S = 20.0


class Rations:
    """Keeps account of who takes how much, and derives from it what each may take."""

    def __init__(self, capacity: float, most: float) -> None:
        """Begin with nobody.

        Args:
            capacity: Seconds a second that all together may take: cores, less what else they do.
            most: Seconds a second that a single one may take.
        """
        self._capacity, self._most = capacity, most
        self._lock = Lock()
        self._spent: dict[object, tuple[float, float]] = {}

    def spend(self, who: object, seconds: float, now_s: float) -> None:
        """Note that a source has just taken so many seconds."""
        with self._lock:
            self._spent[who] = self._rate(who, now_s) + seconds / _MEASURED_S, now_s

    def ration(self, who: object, now_s: float) -> float:
        """Seconds a second that a source may take."""
        with self._lock:
            for other, (_, noted_s) in tuple(self._spent.items()):
                if now_s - noted_s > _FORGOTTEN_S:
                    del self._spent[other]
            rates = sorted(self._rate(other, now_s) for other in self._spent if other is not who)
        return min(_level(rates, self._capacity), self._most)

    def _rate(self, who: object, now_s: float) -> float:
        rate, noted_s = self._spent.get(who, (0.0, now_s))
        return rate * math.exp(-max(0.0, now_s - noted_s) / _MEASURED_S)


def _level(rates: list[float], capacity: float) -> float:
    """What one more may take if those who take less do so on, and the rest is held to as much.

    Args:
        rates: What the others take, ascending.
        capacity: What there is.
    """
    left, heavy = capacity, len(rates) + 1
    for rate in rates:
        if rate > left / heavy:
            break
        left -= rate
        heavy -= 1
    return left / heavy
