"""Durations, counted in constant memory."""

import math

import numpy as np


class Histogram:
    """Milliseconds in logarithmic bins of 2 %: quantiles in constant memory."""

    _FIRST_MS, _STEP, _BINS = 1e-3, 1.02, 900

    def __init__(self) -> None:
        self._counts = [0] * self._BINS

    def add(self, milliseconds: float) -> None:
        """Count one duration."""
        at = math.log(max(milliseconds, self._FIRST_MS) / self._FIRST_MS) / math.log(self._STEP)
        self._counts[min(int(at), self._BINS - 1)] += 1

    def quantile(self, level: float) -> float:
        """Duration below which `level` of the counted ones lie, in ms."""
        if not any(self._counts):
            return 0.0
        cumulative = np.cumsum(self._counts)
        at = int(np.searchsorted(cumulative, level * cumulative[-1]))
        return float(self._FIRST_MS * self._STEP ** (at + 0.5))

    def summary(self) -> dict[str, float]:
        """Median and 95 % quantile."""
        return {"p50": round(self.quantile(0.5), 3), "p95": round(self.quantile(0.95), 3)}
