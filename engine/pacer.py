"""When a frame of a recording is due for it to play at its natural speed. Knows no threads."""

_TOLERATED_S = 0.1
_GIVE_UP_S = 0.5
_LONGEST_WAIT_S = 5.0


class Pacer:
    """Binds the media clock to the monotonic clock at the first frame it is asked about."""

    def __init__(self) -> None:
        """Start unbound."""
        self._offset_s: float | None = None
        self._behind_since_s: float | None = None

    def rest(self) -> None:
        """Unbind the clocks: the next frame asked about is due at once."""
        self._offset_s = None
        self._behind_since_s = None

    def wait_s(self, time_s: float, now_s: float) -> float:
        """Seconds until the frame of media second `time_s` is due; negative when it is late.

        A frame further ahead than any still picture lasts has a damaged time stamp and is due now.
        """
        if self._offset_s is None or time_s + self._offset_s - now_s > _LONGEST_WAIT_S:
            self._offset_s = now_s - time_s
        return time_s + self._offset_s - now_s

    def passes_over(self, time_s: float, now_s: float) -> bool:
        """Whether to leave the frame out to catch up.

        Where leaving frames out for half a second did not help, reading them is what is slow:
        every frame is then shown, later than it was due.
        """
        if -self.wait_s(time_s, now_s) <= _TOLERATED_S:
            self._behind_since_s = None
            return False
        if self._behind_since_s is None:
            self._behind_since_s = now_s
        if now_s - self._behind_since_s < _GIVE_UP_S:
            return True
        self.rest()
        return False
