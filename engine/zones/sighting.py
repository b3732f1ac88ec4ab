"""One face of one frame, as zones see it: a point, a size and whether it looks at the camera."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from engine.stages.quality import pose_of
from engine.values.faces import UNCLAIMED
from engine.values.result import AgeBelief, FrameResult

_FRONTAL_YAW = 0.25
"""Shift of the nose in eye distances: a head turned by some 25 degrees."""
_FRONTAL_PITCH = 0.25


@dataclass(frozen=True, slots=True, eq=False)
class Sighting:
    """One tracked face at one moment.

    Attributes:
        track_id: Whose.
        time_s: Media second.
        x_px: Centre of the face.
        y_px: Centre of the face.
        side_px: Size of the face.
        frontal: The face is turned to the camera.
        quality: How much the face can tell, 0..1.
        belief: The age now.
    """

    track_id: int
    time_s: float
    x_px: float
    y_px: float
    side_px: float
    frontal: bool
    quality: float
    belief: AgeBelief


def sightings(result: FrameResult) -> Iterator[Sighting]:
    """The tracked faces of a frame; none of a frame that was passed over."""
    if not result.looked or not len(result.faces):
        return
    faces = result.faces
    pose = pose_of(faces.landmarks)
    frontal = (np.abs(pose.yaw) <= _FRONTAL_YAW) & (np.abs(pose.pitch) <= _FRONTAL_PITCH)
    centres = (faces.boxes[:, :2] + faces.boxes[:, 2:]) / 2
    sides = faces.sides_px
    for at, track_id in enumerate(faces.track_ids.tolist()):
        if track_id != UNCLAIMED:
            x_px, y_px = centres[at].tolist()
            yield Sighting(
                track_id=track_id,
                time_s=result.frame.time_s,
                x_px=x_px,
                y_px=y_px,
                side_px=float(sides[at]),
                frontal=bool(frontal[at]),
                quality=float(result.quality[at]),
                belief=result.beliefs[at],
            )
