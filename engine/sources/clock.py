"""Seconds for frames: from the file's own timestamps, or from their arrival."""

import math
import time
from fractions import Fraction

LEAST_FPS = 1.0
"""Who is looked at less often is not followed: between two looks everybody counts as gone."""

_LEAP_S = 1.0
"""By how much a timestamp must be ahead of both its neighbours to be wrong: two frames that are out
of order are not."""


class MediaClock:
    """Seconds since the first frame, from timestamps in the file. Never falls.

    A frame without a timestamp follows its predecessor by one nominal step. A single timestamp
    that falls back is held; two in a row are a new timeline (joined recordings do that), which
    then carries on from where the old one stopped. A single timestamp that leaps ahead is known
    by the one that comes after it: where that goes on with the timeline, the leap is left out.

    Attributes:
        origin_s: Where second 0 is on the timeline that the newest timestamp belongs to; None
            before the first.
    """

    def __init__(
        self, time_base: Fraction | None, rate: float, origin_s: float | None = None
    ) -> None:
        """Start a clock.

        Args:
            time_base: Seconds that one unit of a timestamp lasts; None where unknown.
            rate: Nominal frames a second, 0 where unknown.
            origin_s: Where second 0 is if it is not the first timestamp.
        """
        self._unit_s = float(time_base) if time_base else 0.0
        self._step_s = 1 / rate if rate > 0 else 0.0
        self.origin_s = origin_s
        self._now_s = -self._step_s
        self._falls = 0

    def __call__(self, pts: int | None, coming: int | None = None) -> float:
        """Second at which the frame with this timestamp is shown.

        Args:
            pts: Its timestamp, None where it has none.
            coming: That of the next frame, None where unknown.
        """
        follows_s = self._now_s + self._step_s
        if pts is None or not self._unit_s:
            self._now_s = follows_s
            return self._now_s
        stamp_s = pts * self._unit_s
        if self.origin_s is None:
            self.origin_s = stamp_s - follows_s
        if coming is not None:
            coming_s = coming * self._unit_s
            leaps = stamp_s - max(coming_s, follows_s + self.origin_s) > _LEAP_S
            if leaps and coming_s - self.origin_s >= self._now_s:
                stamp_s = min(coming_s, follows_s + self.origin_s)
        self._falls = self._falls + 1 if stamp_s - self.origin_s < self._now_s else 0
        if self._falls == 2:
            self.origin_s = stamp_s - follows_s
            self._falls = 0
        self._now_s = max(self._now_s, stamp_s - self.origin_s)
        return self._now_s


class ReceiveClock:
    """Seconds since the first frame arrived, by the machine's monotonic clock.

    The first frame of an RTSP stream has no timestamp at all and cameras give none.
    """

    def __init__(self) -> None:
        """Start a clock that reads 0 at its first call."""
        self._start_ns: int | None = None

    def __call__(self, pts: int | None = None) -> float:
        """Second at which a frame arrived; the timestamp is ignored."""
        del pts
        now_ns = time.monotonic_ns()
        if self._start_ns is None:
            self._start_ns = now_ns
        return (now_ns - self._start_ns) / 1e9


def is_cap(fps: float) -> bool:
    """Whether a rate can be a cap: 0 for none, or enough to follow people."""
    return fps == 0 or fps >= LEAST_FPS


class RateCap:
    """Lets through no more frames a second than asked for.

    Attributes:
        sign_s: Second of the monotonic clock at which the newest frame came, let through or not.
    """

    def __init__(self, fps_cap: float) -> None:
        """Start; 0 lets everything through."""
        self._cap = fps_cap
        self._due_s = self.sign_s = -math.inf

    def __call__(self, time_s: float) -> bool:
        """Whether to take the frame that came at this second."""
        self.sign_s = time.monotonic()
        if not self._cap:
            return True
        early_s = 0.25 / self._cap  # network jitter must not cost every second frame
        if time_s < self._due_s - early_s:
            return False
        self._due_s = max(self._due_s, time_s - early_s) + 1 / self._cap
        return True

    def rate(self, nominal: float) -> float:
        """Frames a second that are left of a nominal rate, 0 where unknown."""
        return min(nominal, self._cap) if nominal and self._cap else nominal or self._cap
