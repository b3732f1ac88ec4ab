"""Who stands close enough to a screen to be spoken to. Knows no ages."""

import numpy as np
from numpy.typing import NDArray

from engine.settings import KioskSettings
from engine.values.faces import UNCLAIMED
from engine.values.result import FrameResult

_STAYS = 0.8
"""Whoever is near counts as near down to this share of the size that made it so."""
_BESIDE = 1.3
"""Up to this ratio of sizes two faces stand beside each other."""
_BEHIND = 1.5
"""From this ratio on the smaller one stands behind, where it stood beside before."""


class Visitors:
    """Keeps who is near from frame to frame; each limit is wider for who is already in."""

    def __init__(self, settings: KioskSettings) -> None:
        """Start with nobody."""
        self._settings = settings
        self._near: set[int] = set()
        self._several = False

    def near(self, result: FrameResult) -> NDArray[np.intp]:
        """Rows of the followed faces that are near, largest first, at most `most`."""
        ids, sides = result.faces.track_ids, result.faces.sides_px / min(result.frame.size_wh)
        stays = np.isin(ids, list(self._near))
        needed = self._settings.near * np.where(stays, _STAYS, 1.0)
        rows = np.flatnonzero((ids != UNCLAIMED) & (sides >= needed))
        rows = rows[np.argsort(-sides[rows], kind="stable")][: self._settings.most]
        self._near = set(ids[rows].tolist())
        return rows

    def front(self, result: FrameResult, near: NDArray[np.intp]) -> NDArray[np.intp]:
        """Of the rows that `near` gave those that stand in front, nobody before them."""
        if len(near) == 0:
            self._several = False
            return near
        sides = result.faces.sides_px[near]
        front = near[sides * (_BEHIND if self._several else _BESIDE) > sides[0]]
        self._several = len(front) > 1
        return front
