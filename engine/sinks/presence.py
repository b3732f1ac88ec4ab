"""How many people were in view over time, in bounded memory whatever the length."""

from pydantic import BaseModel, ConfigDict

_MOST_BINS = 240


class Presence(BaseModel):
    """People in view in equal parts of the media time.

    Attributes:
        first_s: Media second at which the first part begins.
        step_s: Length of a part: one second, doubled as often as needed.
        mean: Mean number of people in view; None where no frame was looked at.
        most: Largest number of people in one frame.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    first_s: float = 0.0
    step_s: float = 1.0
    mean: tuple[float | None, ...] = ()
    most: tuple[int, ...] = ()


class PresenceCounter:
    """Counts along the frames; pairs of parts are joined when there are too many."""

    def __init__(self) -> None:
        """Start with nothing."""
        self._first_s: float | None = None
        self._step_s = 1.0
        self._sums: list[int] = []
        self._frames: list[int] = []
        self._most: list[int] = []

    def add(self, time_s: float, people: int) -> None:
        """Count one frame; times never fall."""
        if self._first_s is None:
            self._first_s = time_s
        while (at := int((time_s - self._first_s) / self._step_s)) >= _MOST_BINS:
            self._join()
        for counts in (self._sums, self._frames, self._most):
            counts.extend([0] * (at + 1 - len(counts)))
        self._sums[at] += people
        self._frames[at] += 1
        self._most[at] = max(self._most[at], people)

    def result(self) -> Presence:
        """What was counted."""
        pairs = zip(self._sums, self._frames, strict=True)
        return Presence(
            first_s=self._first_s or 0.0,
            step_s=self._step_s,
            mean=tuple(round(total / n, 3) if n else None for total, n in pairs),
            most=tuple(self._most),
        )

    def _join(self) -> None:
        self._step_s *= 2
        self._sums = [sum(self._sums[at : at + 2]) for at in range(0, len(self._sums), 2)]
        self._frames = [sum(self._frames[at : at + 2]) for at in range(0, len(self._frames), 2)]
        self._most = [max(self._most[at : at + 2]) for at in range(0, len(self._most), 2)]
