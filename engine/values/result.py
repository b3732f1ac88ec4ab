"""What leaves the corridor: beliefs, tracks and everything about one frame."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from engine.values.age import AgeDistribution
from engine.values.faces import Faces
from engine.values.frame import Frame


class Status(StrEnum):
    """How far a belief can be trusted."""

    INSUFFICIENT = "insufficient"
    """Nothing good enough to estimate from yet: the belief is the prior."""
    PROVISIONAL = "provisional"
    """An age, but it may still move."""
    STABLE = "stable"
    """Enough independent looks, and the interval has settled."""


@dataclass(frozen=True, slots=True, eq=False)
class AgeBelief:
    """The age of one person as far as it is known now.

    Attributes:
        distribution: One distribution, probs (A,).
        estimates: Crops that went into it.
        effective_frames: How many independent looks they are worth (correlated ones count less).
        status: How far to trust it.
    """

    distribution: AgeDistribution
    estimates: int
    effective_frames: float
    status: Status


@dataclass(frozen=True, slots=True, eq=False)
class Track:
    """One person's visit, sent once when it ends.

    Attributes:
        source: Name of the source.
        track_id: Number of the track in its source, from 1.
        first_s: Media second of the first frame.
        last_s: Media second of the last frame in which the face was found.
        frames: Frames in which the face was found.
        belief: The final belief.
        quality: Mean quality of the face over its frames, 0..1.
    """

    source: str
    track_id: int
    first_s: float
    last_s: float
    frames: int
    belief: AgeBelief
    quality: float


@dataclass(frozen=True, slots=True, eq=False)
class FrameResult:
    """All that a sink or the window gets about one frame.

    Attributes:
        frame: The picture.
        faces: N faces; track id -1 where a face stands alone (pictures) or is not confirmed yet.
        quality: (N,) float32 in 0..1.
        estimates: (N, A) distributions from this frame alone, or None when N is 0; a row is NaN
            where the face was not estimated in this frame.
        beliefs: N beliefs, in the order of the faces.
        ended: Tracks that ended with this frame.
        timings_ms: Milliseconds by stage.
        looked: False for a frame that was passed over (`max_fps`): faces and beliefs are then
            those of the last frame looked at; tables leave such frames out.
        detected: False where the detector was spared and the faces are predicted from earlier
            frames; tables hold such frames.
    """

    frame: Frame
    faces: Faces
    quality: NDArray[np.float32]
    estimates: AgeDistribution | None
    beliefs: tuple[AgeBelief, ...]
    ended: tuple[Track, ...] = ()
    timings_ms: Mapping[str, float] = field(default_factory=dict)
    looked: bool = True
    detected: bool = True
