"""Who may look at a frame next, and for how long, when cameras want more than there are cores."""

import math
import os
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition
from time import monotonic

from engine.models.shipped import Models
from engine.pipeline import Pipeline
from engine.rations import Rations
from engine.settings import Settings
from engine.sources.source import SourceInfo
from engine.values.faces import Faces
from engine.values.frame import Frame
from engine.values.result import FrameResult

_LOST_S = 5.0
"""A turn that takes longer hangs, and no longer counts."""
_LONGEST_WAIT_S = 2.0
_CHECK_S = 0.1
_LOOKING = 0.5
"""Share of the cores that may look at pictures; others decode them."""
_MOST = 0.9
"""Share of the time that one source may take: it has one thread, and frames come all the time."""
_LONGEST_EARNING_S = 1.0


class Turns:
    """Lets as many compute at once as there are cores; who waited longest goes first.

    Waiting counts double for each step of priority: an important camera is served more often when
    the machine is too slow, and no camera is starved.

    Attributes:
        rations: How much time each live source may take.
    """

    def __init__(self, at_once: int = 0) -> None:
        """Begin with nobody.

        Args:
            at_once: How many may compute at the same time; 0 for one a core.
        """
        self._at_once = at_once or len(os.sched_getaffinity(0))
        self.rations = Rations(_LOOKING * self._at_once, _MOST)
        self._changed = Condition()
        self._began_s: dict[object, float] = {}
        self._waiting: dict[object, tuple[float, int]] = {}

    @contextmanager
    def taken(self, priority: int = 0) -> Iterator[None]:
        """Wait for a turn, at most two seconds, and hold it during the block."""
        turn = object()
        with self._changed:
            self._waiting[turn] = monotonic(), priority
            until_s = monotonic() + _LONGEST_WAIT_S
            while not self._is_next(turn) and monotonic() < until_s:
                self._changed.wait(_CHECK_S)
            del self._waiting[turn]
            self._began_s[turn] = monotonic()
            self._changed.notify_all()
        try:
            yield
        finally:
            with self._changed:
                del self._began_s[turn]
                self._changed.notify_all()

    def _is_next(self, turn: object) -> bool:
        now_s = monotonic()
        busy = sum(now_s - began_s < _LOST_S for began_s in self._began_s.values())
        if busy >= self._at_once:
            return False
        claims = {t: (now_s - s) * 2.0**priority for t, (s, priority) in self._waiting.items()}
        return turn is max(claims, key=lambda t: claims[t])


class TakingTurns(Pipeline):
    """A pipeline that waits for its turn before it looks at a frame.

    A live one looks and estimates less while that takes longer than its ration.
    """

    def __init__(
        self,
        models: Models,
        settings: Settings,
        info: SourceInfo,
        *,
        turns: Turns,
        priority: int = 0,
    ) -> None:
        """Build the stages, as `Pipeline` does.

        Args:
            models: As in `Pipeline`.
            settings: As in `Pipeline`.
            info: The source.
            turns: Shared by all that compute on this machine.
            priority: As in `Turns`.
        """
        super().__init__(models, settings, pictures=info.pictures)
        self._turns, self._priority, self._live = turns, priority, info.live
        self._stepped_s = -math.inf

    def step(self, frame: Frame, found: Faces | None = None) -> FrameResult:
        """Look at one frame when it is its turn."""
        with self._turns.taken(self._priority):
            began_s = monotonic()
            if self._live:
                self._earn(frame.time_s, began_s)
            result = super().step(frame, found)
            self._turns.rations.spend(self, monotonic() - began_s, began_s)
            return result

    def _earn(self, time_s: float, now_s: float) -> None:
        passed_s = min(time_s - self._stepped_s, _LONGEST_EARNING_S)
        self._stepped_s = time_s
        self.allow(self._turns.rations.ration(self, now_s) * passed_s * 1000)
