"""What was seen in each frame of a recording, so that scrubbing back needs no model."""

from bisect import bisect_right
from collections import OrderedDict
from dataclasses import replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from engine.sources.seeking import length_s, shown_s
from engine.sources.source import SourceInfo
from engine.values.faces import UNCLAIMED
from engine.values.frame import Frame
from engine.values.result import FrameResult, Track

Counts = NDArray[np.int16]

_LEAST_JUMP_S = 2.0
"""A longer way forward is a jump, if people are not followed for longer than this."""
_RECALLED_S = 0.5
"""How long what was seen stands for the frames after it that were passed over."""
_MOST = 50_000
_BINS = 600
UNSEEN = -1
_NO_IMAGE = np.zeros((1, 1, 3), np.uint8)


class Stepping(Protocol):
    """What is needed of a pipeline."""

    def step(self, frame: Frame) -> FrameResult:
        """Look at a frame."""
        ...

    def finish(self) -> tuple[Track, ...]:
        """End all tracks."""
        ...


class Analysed:
    """Steps a pipeline through new frames and remembers the results, without the pictures.

    Attributes:
        counts: (B,) int16, most people seen at once in each part of the recording, -1 where
            nothing was looked at.
    """

    def __init__(
        self, pipeline: Stepping, info: SourceInfo, *, lost_s: float = 0.0, recalls: bool = True
    ) -> None:
        """Start knowing nothing.

        Args:
            pipeline: Looks at what is new.
            info: The recording.
            lost_s: For how long the pipeline follows people whom nobody sees: where pictures are
                rare, the way from one to the next is no jump.
            recalls: What was seen in a frame stands for those after it that were passed over.
        """
        self._recalls = recalls
        self._way_s = max(lost_s, _LEAST_JUMP_S)
        self.counts: Counts = np.full(min(info.frames or _BINS, _BINS), UNSEEN, np.int16)
        self._pipeline = pipeline
        self._length_s = length_s(info)
        self._seen: OrderedDict[float, FrameResult] = OrderedDict()
        self._times: list[float] = []
        self._edge_s = -np.inf
        """Media second of the frame stepped last."""

    def knows(self, frame: Frame) -> bool:
        """Whether looking at the frame is free."""
        return shown_s(frame) in self._seen

    def __call__(self, frame: Frame) -> FrameResult:
        """The result of a frame: remembered, recalled from the one before it, or new."""
        time_s = shown_s(frame)
        known = self._seen.get(time_s) or self._recall(time_s)
        if known is not None:
            return replace(known, frame=frame, ended=(), timings_ms={})
        return self._look(frame, time_s)

    def _recall(self, time_s: float) -> FrameResult | None:
        """What was seen just before a frame that lies between remembered ones."""
        place = bisect_right(self._times, time_s)
        if not 0 < place < len(self._times):
            return None
        before_s, after_s = self._times[place - 1], self._times[place]
        near = time_s - before_s < _RECALLED_S and after_s - time_s < _RECALLED_S
        return self._seen.get(before_s) if near and self._recalls else None

    def _look(self, frame: Frame, time_s: float) -> FrameResult:
        jumped = not 0 < time_s - self._edge_s <= self._way_s and not frame.picture
        ended = self._pipeline.finish() if jumped and self._seen else ()
        result = self._pipeline.step(frame)
        self._keep(result, time_s)
        self._count(result, time_s, since_s=time_s if jumped else self._edge_s)
        self._edge_s = time_s
        return replace(result, ended=ended + result.ended)

    def _keep(self, result: FrameResult, time_s: float) -> None:
        frame = result.frame
        bare = Frame(_NO_IMAGE, frame.index, frame.time_s, 0, frame.source, None, frame.picture)
        self._seen[time_s] = replace(result, frame=bare, ended=())
        self._times.insert(bisect_right(self._times, time_s), time_s)
        if len(self._seen) > _MOST:
            oldest_s, _ = self._seen.popitem(last=False)
            self._times.remove(oldest_s)

    def _count(self, result: FrameResult, time_s: float, *, since_s: float) -> None:
        """Note the people of a frame; they stand for the frames before it that were passed over."""
        claimed = result.faces.track_ids != UNCLAIMED
        people = len(claimed) if result.frame.picture else int(claimed.sum())
        first, last = self._part(since_s) + 1, self._part(time_s)
        between = self.counts[first:last]
        between[between == UNSEEN] = people
        self.counts[last] = max(self.counts[last], people)

    def _part(self, time_s: float) -> int:
        parts = len(self.counts)
        return min(int(max(time_s, 0.0) / self._length_s * parts), parts - 1)
