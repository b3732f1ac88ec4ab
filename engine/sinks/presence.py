"""How many people were in view over time, in bounded memory whatever the length."""

from pydantic import BaseModel, ConfigDict

_MOST_BINS = 240
_SPEAKS_S = 0.5
"""So long before and after a frame the people in it count."""


class Presence(BaseModel):
    """People in view in equal parts of the media time.

    Attributes:
        first_s: Media second at which the first part begins.
        step_s: Length of a part: one second, doubled as often as needed.
        mean: Mean number of people in view, by time; None where no frame was looked at.
        most: Largest number of people in one frame.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    first_s: float = 0.0
    step_s: float = 1.0
    mean: tuple[float | None, ...] = ()
    most: tuple[int, ...] = ()


class PresenceCounter:
    """Sums along the frames; pairs of parts are joined when there are too many.

    Recordings have frames as it suits them (many while something moves, else one in seconds), so
    people are weighed by time: a frame speaks for half a second before and after it, and farther
    from the frames those are counted who are in the one before as well as in the one after.
    """

    def __init__(self) -> None:
        """Start with nothing."""
        self._first_s: float | None = None
        self._step_s = 1.0
        self._last_s, self._people = 0.0, 0
        self._people_s: list[float] = []
        self._seconds: list[float] = []
        self._frames: list[int] = []
        self._most: list[int] = []

    def add(self, time_s: float, people: int) -> None:
        """Count one frame; times never fall."""
        if self._first_s is None:
            self._first_s = self._last_s = time_s
        while (at := self._part(time_s)) >= _MOST_BINS:
            self._join()
        for sums in (self._people_s, self._seconds):
            sums.extend([0.0] * (at + 1 - len(sums)))
        for counts in (self._frames, self._most):
            counts.extend([0] * (at + 1 - len(counts)))
        near_s = min((time_s - self._last_s) / 2, _SPEAKS_S)
        self._pass(self._last_s, self._last_s + near_s, self._people)
        self._pass(self._last_s + near_s, time_s - near_s, min(self._people, people))
        self._pass(time_s - near_s, time_s, people)
        self._last_s, self._people = time_s, people
        self._frames[at] += 1
        self._most[at] = max(self._most[at], people)

    def result(self) -> Presence:
        """What was counted."""
        return Presence(
            first_s=self._first_s or 0.0,
            step_s=self._step_s,
            mean=tuple(self._mean(at) for at in range(len(self._frames))),
            most=tuple(self._most),
        )

    def _part(self, time_s: float) -> int:
        return int((time_s - (self._first_s or 0.0)) / self._step_s)

    def _pass(self, since_s: float, until_s: float, people: int) -> None:
        """Let time pass, part by part."""
        first_s = self._first_s or 0.0
        for at in range(self._part(since_s), self._part(until_s) + 1):
            begin_s = first_s + at * self._step_s
            seconds = min(until_s, begin_s + self._step_s) - max(since_s, begin_s)
            self._seconds[at] += seconds
            self._people_s[at] += people * seconds

    def _mean(self, at: int) -> float | None:
        if not self._frames[at]:
            return None
        seconds = self._seconds[at]
        if seconds <= 0:  # a last frame on the border of its part, or the only one
            return float(self._most[at])
        return round(self._people_s[at] / seconds, 3)

    def _join(self) -> None:
        self._step_s *= 2
        pairs = range(0, len(self._most), 2)
        self._people_s = [sum(self._people_s[at : at + 2]) for at in pairs]
        self._seconds = [sum(self._seconds[at : at + 2]) for at in pairs]
        self._frames = [sum(self._frames[at : at + 2]) for at in pairs]
        self._most = [max(self._most[at : at + 2]) for at in pairs]
