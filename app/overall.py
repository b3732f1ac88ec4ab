"""How far a run over many sources is, and how long it will take."""

import time
from collections.abc import Callable, Mapping

from engine.job import Job
from engine.sources.source import SourceInfo


class Overall:
    """Shares of the work: a file counts by its size, as bytes tell most about its length.

    Attributes:
        total: Sources to do.
        ended: Sources that ended.
        failed: Those of them that failed.
    """

    def __init__(
        self, sizes: Mapping[str, int], clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Begin.

        Args:
            sizes: Bytes by name of the source; 0 where unknown.
            clock: Seconds.
        """
        known = [size for size in sizes.values() if size]
        usual = sum(known) / len(known) if known else 1.0
        self._weights = {name: size or usual for name, size in sizes.items()}
        self._frames: dict[str, int] = {}
        self._under_way: dict[str, float] = {}
        self._clock, self._began_s = clock, clock()
        self._done = 0.0
        self.total, self.ended, self.failed = len(sizes), 0, 0

    def begin(self, info: SourceInfo) -> None:
        """A source is open."""
        self._frames[info.name] = info.frames

    def step(self, job: Job) -> None:
        """A source is so far."""
        if frames := self._frames.get(job.source, 0):
            self._under_way[job.source] = min(1.0, job.frames / frames)

    def done(self, job: Job) -> None:
        """A source ended."""
        self._under_way.pop(job.source, None)
        self._done += self._weights.get(job.source, 0.0)
        self.ended += 1
        self.failed += bool(job.errors)

    @property
    def share(self) -> float:
        """What is done, 0..1."""
        part = sum(self._weights.get(n, 0.0) * share for n, share in self._under_way.items())
        return min(1.0, (self._done + part) / max(sum(self._weights.values()), 1e-9))

    @property
    def left_s(self) -> float | None:
        """Seconds until all is done at the pace so far; None where too little is done to say."""
        share = self.share
        if share < 1e-4:
            return None
        return (self._clock() - self._began_s) * (1 - share) / share

    def __str__(self) -> str:
        left = self.left_s
        end = "" if left is None or self.ended == self.total else f", {duration(left)} left"
        failed = f", {self.failed} failed" if self.failed else ""
        return f"{self.ended} of {self.total} sources, {self.share:.0%}{failed}{end}"


def duration(seconds: float) -> str:
    """Such as 45 s, 12 min or 3 h 05 min."""
    minutes = round(seconds / 60)
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02d} min"
