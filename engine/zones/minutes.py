"""The running minute of every zone of one camera."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import count

import numpy as np

from engine.values.age import Doubles
from engine.zones.area import Spent, held_s
from engine.zones.events import WHOLE, Action, Minute, ZoneKind
from engine.zones.watch import Passage, ZoneWatch

_MINUTE_S = 60
_series = count(1)


@dataclass(slots=True)
class _Sums:
    kind: ZoneKind
    people_s: float = 0.0
    attention_s: float = 0.0
    most_people: int = 0
    entered: int = 0
    left: int = 0
    ages_s: Doubles = field(default_factory=lambda: np.zeros(0))


class Minutes:
    """Sums of one camera since the minute began; a frame counts for the time since the last one.

    A face counts for the time since it was last seen, as in the visits: nobody is counted who has
    left and only may come back.
    """

    def __init__(self, camera: str, *, lost_s: float = 0.0) -> None:
        """Sum for a camera of this name, where people are followed for `lost_s` unseen."""
        self._camera = camera
        self._longest_step_s = held_s(lost_s)
        self._start_at = 0
        self._begin(0)

    def _begin(self, start_at: int) -> None:
        if start_at <= self._start_at:  # from here on minutes come that have been told of
            self._series = next(_series)
        self._start_at = start_at
        self._frames, self._seconds = 0, 0.0
        self._sums: dict[str, _Sums] = {}

    def add(
        self, at: float, passed_s: float, watch: ZoneWatch, passages: Iterable[Passage]
    ) -> list[Minute]:
        """Take one frame.

        Args:
            at: Unix time, s.
            passed_s: Seconds since the frame before.
            watch: After its step.
            passages: Who came, went or crossed with this frame.

        Returns:
            The minutes that are over with it.
        """
        start_at = int(at // _MINUTE_S) * _MINUTE_S
        over = self.snapshot() if start_at != self._start_at else []
        if start_at != self._start_at:
            self._begin(start_at)
        step_s = min(max(passed_s, 0.0), self._longest_step_s)  # more was not watched
        self._frames += 1
        self._seconds += step_s
        inside = watch.occupancy()
        for name, spent in watch.spent().items():
            self._stay(self._of(name, "area"), inside[name], spent)
        for name in watch.lines:
            self._of(name, "line")
        self.count(passages)
        return over

    def count(self, passages: Iterable[Passage]) -> None:
        """Count who came, went or crossed."""
        for passage in passages:
            sums = self._of(passage.zone, passage.kind)
            came = passage.action in (Action.ENTERED, Action.IN)
            sums.entered += came
            sums.left += not came

    def count_visits(self, *, begun: int = 0, ended: int = 0) -> None:
        """Count visits that began and ended, which is coming into the picture and leaving it."""
        whole = self._of(WHOLE, "area")
        whole.entered += begun
        whole.left += ended

    def rename(self, camera: str) -> list[Minute]:
        """Begin anew under another name; returns the minute as it stands under the old one."""
        before = self.snapshot()
        self._camera = camera
        self._begin(self._start_at)
        return before

    def snapshot(self) -> list[Minute]:
        """The minute so far, zone by zone; none when nothing was looked at in it."""
        if not self._frames:
            return []
        return [
            Minute(
                camera=self._camera,
                zone=zone,
                kind=sums.kind,
                start_at=self._start_at,
                frames=self._frames,
                seconds=self._seconds,
                people_s=sums.people_s,
                attention_s=sums.attention_s,
                most_people=sums.most_people,
                entered=sums.entered,
                left=sums.left,
                ages_s=sums.ages_s.copy(),
                series=self._series,
            )
            for zone, sums in self._sums.items()
        ]

    def _of(self, zone: str, kind: ZoneKind) -> _Sums:
        return self._sums.setdefault(zone, _Sums(kind))

    def _stay(self, sums: _Sums, people: int, spent: Iterable[Spent]) -> None:
        sums.most_people = max(sums.most_people, people)
        for stay in spent:
            sums.people_s += stay.dwell_s
            sums.attention_s += stay.attention_s
            ages_s = stay.dwell_s * stay.face.belief.distribution.probs.astype(np.float64)
            sums.ages_s = ages_s + sums.ages_s if len(sums.ages_s) else ages_s
