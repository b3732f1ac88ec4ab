"""Live video that is decoded too slowly piles up in sockets, and the picture grows old unnoticed.

Knows timestamps and moments, no packets.
"""

import math
from collections import deque
from itertools import pairwise

_BEHIND_S = 0.5
"""Networks deliver late now and then; what is farther behind was sent long before it is read."""
_PATIENCE_S = 0.5
"""After a pause of the machine decoding alone catches up, with no picture lost."""
_JUDGED_S = 1.0
"""Reading without decoding empties every socket within that time."""
_REMEMBERED_S = 30.0
_JUMP_S = 1.0
_MOST_ERRORS, _ERRORS_WITHIN_S = 3, 600.0
_LONGEST_S = 10.0
"""Key frames farther apart, or none at all, are not waited for: a damaged picture is better."""
_SETTLED_S = 2.0
"""By then a packet has come that no chance has delayed."""
_STEADY_S = 60.0
"""A way that becomes longer does not do so as evenly as a clock for that long."""


class Delay:
    """How late packets come, against the quickest of the last half minute to a minute.

    A camera's clock runs neither exactly as ours nor from the same moment, so that only changes
    of the delay say something, and only for some time.

    Attributes:
        drift: Seconds by which the camera's clock falls behind in one of its own. While it is
            known, nothing is forgotten: what piles up for many minutes would else become the
            measure. Packets that come sooner show that it is less.
    """

    drift: float | None = None

    def __init__(self) -> None:
        """Start before the first packet."""
        self._stamp_s = self._now_s = -math.inf
        self.restart()

    def restart(self) -> None:
        """Take the next packet for punctual."""
        self._least_s, self._least_before_s = math.inf, math.inf
        self._since_s = -math.inf
        self._drifted_s, self._sooner_s = -_SETTLED_S, 0.0

    def remember(self, now_s: float) -> None:
        """Forget nothing for the next half minute: the stream is catching up."""
        self._since_s = now_s

    def __call__(self, stamp_s: float, now_s: float) -> float:
        """Seconds by which a packet is late.

        Args:
            stamp_s: Its time by the camera's clock; a jump of that clock is no delay.
            now_s: Second of the monotonic clock at which it came.
        """
        step_s, passed_s = stamp_s - self._stamp_s, now_s - self._now_s
        if step_s < -_JUMP_S or step_s > passed_s + max(_JUMP_S, passed_s):
            self.restart()
        self._stamp_s, self._now_s = stamp_s, now_s
        if self.drift is not None:
            self._apply_drift(self.drift, now_s - stamp_s, step_s)
        elif now_s - self._since_s > _REMEMBERED_S:
            self._least_before_s, self._least_s = self._least_s, math.inf
            self._since_s = now_s
        self._least_s = min(self._least_s, now_s - stamp_s)
        return now_s - stamp_s - min(self._least_s, self._least_before_s)

    def _apply_drift(self, drift: float, delay_s: float, step_s: float) -> None:
        if self._least_s == math.inf:
            return
        self._drifted_s += step_s
        self._least_s += drift * step_s
        if self._drifted_s > 0:
            self._sooner_s += max(0.0, self._least_s - delay_s)
        if self._sooner_s > _BEHIND_S:
            self.drift = max(0.0, drift - self._sooner_s / self._drifted_s)
            self._sooner_s = 0.0


class CatchUp:
    """Says which packets to leave out so that a stream that has fallen behind is live again.

    From then on to the next key frame nothing is decoded: that frame is the first that needs none
    of those left out. Where key frames are far apart the picture grows old until the next one is
    about to be sent; then all before that one is left out. A delay that stays although nothing
    waits is that of a camera with a strange clock or of a longer way; it becomes the measure, and
    after a few such errors in ten minutes nothing is left out for the next ten. How old the picture
    is is told all the while: at each error nothing waited, and how the delay grew from one to the
    next is the camera's clock or a way that becomes longer and longer. So it is believed for as
    long again as it was seen, from a minute on for ten minutes; then nothing is decoded for a
    second, and on to the next key frame, to see whether it goes on.

    Attributes:
        late_s: How late the newest packet came.
    """

    def __init__(self) -> None:
        """Start before the first packet."""
        self.late_s = 0.0
        self._delay = Delay()
        self._behind_since_s = self._skipping_since_s = math.inf
        self._errors, self._error_s, self._first_error_s = 0, -math.inf, -math.inf
        self._doubt_s = math.inf
        self._key_s, self._group_s = math.inf, 0.0
        self._nothing_waited: deque[tuple[float, float]] = deque(maxlen=_MOST_ERRORS)

    def __call__(self, stamp_s: float, now_s: float, *, key: bool) -> bool:
        """Whether to leave a packet out.

        Args:
            stamp_s: Its time by the camera's clock.
            now_s: Second of the monotonic clock at which it came.
            key: It can be decoded without those before.
        """
        self.late_s = self._delay(stamp_s, now_s)
        if key:
            self._group_s, self._key_s = stamp_s - self._key_s, stamp_s
        if self._errors < _MOST_ERRORS:
            self._judge(stamp_s, now_s)
            live = self.late_s < _BEHIND_S or self._group_s > _LONGEST_S
        else:
            self._doubt_errors(stamp_s, now_s)
            live = now_s <= self._doubt_s
        if self._skipping_since_s < math.inf or self.late_s > _JUDGED_S:
            self._delay.remember(now_s)
        if key and live:
            self._skipping_since_s = math.inf
        return self._skipping_since_s < math.inf

    def _judge(self, stamp_s: float, now_s: float) -> None:
        if self.late_s < _BEHIND_S:
            self._behind_since_s = math.inf
        else:
            self._behind_since_s = min(self._behind_since_s, now_s)
        skipped_s = now_s - self._skipping_since_s
        if skipped_s > _LONGEST_S:
            if self._group_s > 0:  # it sends key frames: the next one ends this group
                self._group_s = math.inf
            else:
                self._was_mistaken(stamp_s, now_s)
            self._skipping_since_s = math.inf
        elif skipped_s > _JUDGED_S and self.late_s >= _BEHIND_S:
            self._was_mistaken(stamp_s, now_s)
        elif now_s - self._behind_since_s > _PATIENCE_S and self._nears_key_frame(stamp_s):
            self._skipping_since_s = min(self._skipping_since_s, now_s)

    def _nears_key_frame(self, stamp_s: float) -> bool:
        """Whether leaving out leads to the next key frame within the longest time without pictures.

        Where the last two were farther apart it does when the next is about to be sent; not later,
        so that nothing waits any more when it comes and the delay is measured anew.
        """
        unsent_s = self._key_s + self._group_s - stamp_s - self.late_s
        return self._group_s <= _LONGEST_S or (self.late_s > _JUDGED_S and unsent_s < _BEHIND_S)

    def _was_mistaken(self, stamp_s: float, now_s: float) -> None:
        recent = now_s - self._error_s <= _ERRORS_WITHIN_S
        self._first_error_s = self._first_error_s if recent else now_s
        self._errors, self._error_s = self._errors * recent + 1, now_s
        self._nothing_waited.append((stamp_s, now_s - stamp_s))
        self._delay.restart()
        self.late_s = 0.0
        self._behind_since_s = math.inf
        if self._errors >= _MOST_ERRORS:
            self._believe_errors()

    def _believe_errors(self) -> None:
        self._delay.drift = self._drift()
        seen_s = self._error_s - self._first_error_s
        believed_s = seen_s if seen_s < _STEADY_S else _ERRORS_WITHIN_S
        self._doubt_s = self._error_s + believed_s if self._delay.drift else math.inf

    def _doubt_errors(self, stamp_s: float, now_s: float) -> None:
        """Leave out for a second to see whether anything waits, once the errors are long ago."""
        if now_s > self._doubt_s + _JUDGED_S:
            self._try_once_more(now_s)
            self._was_mistaken(stamp_s, now_s)
        elif now_s > self._doubt_s:
            self._skipping_since_s = min(self._skipping_since_s, now_s)
        elif now_s - self._skipping_since_s > _LONGEST_S:
            self._skipping_since_s = math.inf
        elif self._doubt_s == math.inf and now_s - self._error_s > _ERRORS_WITHIN_S:
            self._try_once_more(now_s)

    def _try_once_more(self, now_s: float) -> None:
        """Another error within ten minutes is then one too many again."""
        self._errors, self._error_s = _MOST_ERRORS - 1, now_s
        self._delay.drift = None

    def _drift(self) -> float:
        """The least between two errors: a longer way comes at once, a slow clock goes on so."""
        pairs = pairwise(self._nothing_waited)
        drifts = [
            (late - early) / (end - begin) for (begin, early), (end, late) in pairs if end > begin
        ]
        return max(0.0, min(drifts, default=0.0))
