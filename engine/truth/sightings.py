"""What was seen of the people of a scene, frame by frame: the sink that holds results to truth."""

from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from engine.sources.scene import Scene
from engine.values.faces import UNCLAIMED, Faces, Floats, Ints, overlaps
from engine.values.result import AgeBelief, FrameResult, Status, Track

Doubles = NDArray[np.float64]
Flags = NDArray[np.bool_]

LEAST_OVERLAP = 0.5
"""Overlap from which a found box is that of a true face."""
_CLEAR = 0.7
"""Share of a true face that must be to be seen for it to count; fewer may be found or missed."""


@dataclass(frozen=True, slots=True, eq=False)
class Moment:
    """One frame: what was there, what was seen.

    Attributes:
        people: (T,) numbers of the people there.
        sides_px: (T,) sizes of their faces.
        clear: (T,) whether the face counts: mostly inside the picture, not covered, and no smaller
            than the program was asked to find.
        overlaps: (T, N) of the true boxes with those seen.
        track_ids: (N,) tracks of the faces seen, -1 where not confirmed.
    """

    people: Ints
    sides_px: Floats
    clear: Flags
    overlaps: Floats
    track_ids: Ints

    def pairs(self) -> list[tuple[int, int]]:
        """Rows of true faces and of the faces seen that are theirs, best overlap in sum."""
        rows = linear_sum_assignment(self.overlaps, maximize=True)
        return [
            (int(true), int(seen))
            for true, seen in zip(*rows, strict=True)
            if self.overlaps[true, seen] >= LEAST_OVERLAP
        ]


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """The age of one face in one frame: what is true, what was said.

    Attributes:
        frame: Number of the frame.
        time_s: Its media second.
        person: Whose face it is.
        track_id: Which track has claimed it.
        age_years: The true age.
        estimate_years: Median of this frame's estimate alone; NaN where none was made.
        shown_years: Median of the belief.
        interval_years: Its 90 % interval.
        status: How far the belief is to be trusted.
    """

    frame: int
    time_s: float
    person: int
    track_id: int
    age_years: float
    estimate_years: float
    shown_years: float
    interval_years: tuple[float, float]
    status: Status


@dataclass(slots=True, eq=False)
class Sightings:
    """Takes the results of one scene and keeps what truth has to say about them.

    Attributes:
        scene: The scene.
        smallest_px: Side of the smallest face that the program was asked to find.
        moments: Of all frames.
        readings: Of all true faces that a track had claimed.
        final_years: Median of the final belief of each track.
    """

    scene: Scene
    smallest_px: float = 0.0
    moments: list[Moment] = field(default_factory=list)
    readings: list[Reading] = field(default_factory=list)
    final_years: dict[int, float] = field(default_factory=dict)

    def write(self, result: FrameResult) -> None:
        """Take one frame's result."""
        truth = self.scene.truth(result.frame.index)
        boxes = np.array([face.box_xyxy for face in truth], np.float32).reshape(-1, 4)
        faces = Faces.found(boxes, np.zeros((len(boxes), 5, 2)), np.ones(len(boxes)))
        visible = np.array([face.visible >= _CLEAR for face in truth], np.bool_)
        moment = Moment(
            people=np.array([face.person for face in truth], np.int64),
            sides_px=faces.sides_px,
            clear=visible & (faces.sides_px >= self.smallest_px),
            overlaps=overlaps(boxes, result.faces.boxes),
            track_ids=result.faces.track_ids,
        )
        self.moments.append(moment)
        estimated = result.estimates.median() if result.estimates else np.zeros(0)
        for true, seen in moment.pairs():
            if moment.track_ids[seen] != UNCLAIMED:
                person, age_years = truth[true].person, truth[true].age_years
                track_id, belief = int(moment.track_ids[seen]), result.beliefs[seen]
                self.readings.append(
                    Reading(
                        result.frame.index,
                        result.frame.time_s,
                        person,
                        track_id,
                        age_years,
                        float(estimated[seen]),
                        *_said(belief),
                    )
                )
        self._end(result.ended)

    def finish(self, tracks: tuple[Track, ...]) -> None:
        """Take the tracks that were still open."""
        self._end(tracks)

    def _end(self, tracks: tuple[Track, ...]) -> None:
        for track in tracks:
            if track.belief.status is not Status.INSUFFICIENT:
                self.final_years[track.track_id] = float(track.belief.distribution.median())

    def __enter__(self) -> Self:
        """Return self."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Nothing is held open."""


def _said(belief: AgeBelief) -> tuple[float, tuple[float, float], Status]:
    low, median, high = belief.distribution.quantiles((0.05, 0.5, 0.95)).tolist()
    return median, (low, high), belief.status
