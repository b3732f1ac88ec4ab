"""What there is to tell of a person's visit when it ends: the belief's course, the best picture.

A sink feeds a `Biographer` with results and gets one `Biography` a track; of pictures, where
nothing is tracked, one a face.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

import cv2
import numpy as np

from engine.values.faces import Floats
from engine.values.frame import Frame, Image
from engine.values.result import AgeBelief, FrameResult, Status, Track

_MOST_MOMENTS = 48
_BETTER = 1.15
"""By what factor a look must be better to replace the picture: cutting one out costs time."""
_AROUND = 1.5
"""Side of the picture in sides of the face's box."""
_FACE_PX = 112
_BLOCKS = 7
"""Mosaic blocks along the side of a blurred picture: too few for anybody to be known by."""


@dataclass(frozen=True, slots=True)
class Faces:
    """Which pictures of faces are kept.

    Attributes:
        blur: Make them unrecognisable, the whole of them: a neighbour may be in view as well.
    """

    blur: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Moment:
    """The belief at one time."""

    time_s: float
    belief: AgeBelief


@dataclass(frozen=True, slots=True, eq=False)
class Biography:
    """One visit.

    Attributes:
        track: The track; of a picture, one made of the face.
        side_px: Side of the face at its largest.
        course: The belief over time, at most 49 moments; empty for pictures.
        face: (112, 112, 3) uint8 RGB, the best look, or None where none was wanted or good enough.
        picture: File name of the picture, else "".
    """

    track: Track
    side_px: float
    course: tuple[Moment, ...]
    face: Image | None
    picture: str = ""


@dataclass(slots=True)
class _Notes:
    side_px: float = 0.0
    quality: float = 0.0
    face: Image | None = None
    moments: list[Moment] = field(default_factory=list)
    stride: int = 1
    updates: int = 0

    def remember(self, moment: Moment) -> None:
        """Keep every n-th moment; n doubles when there are too many."""
        if self.updates % self.stride == 0:
            self.moments.append(moment)
        self.updates += 1
        if len(self.moments) > _MOST_MOMENTS:
            del self.moments[1::2]
            self.stride *= 2


class Biographer:
    """Takes notes of everybody in view; memory grows with them, not with the length."""

    def __init__(self, faces: Faces | None = None) -> None:
        """Keep pictures of faces where `faces` says which."""
        self._faces = faces
        self._notes: dict[int, _Notes] = {}
        self._told = 0

    def follow(self, result: FrameResult) -> list[Biography]:
        """Take one frame's result and tell of those whose visit ended with it."""
        if not result.looked:
            return self.end(result.ended)
        if result.frame.picture:
            return self._portraits(result)
        for row, track_id in enumerate(result.faces.track_ids.tolist()):
            if track_id >= 0:
                self._note(self._notes.setdefault(track_id, _Notes()), result, row)
        return self.end(result.ended)

    def end(self, tracks: Iterable[Track]) -> list[Biography]:
        """Tell of tracks that ended."""
        return [self._tell(track, self._notes.pop(track.track_id, _Notes())) for track in tracks]

    def _note(self, notes: _Notes, result: FrameResult, row: int) -> None:
        notes.side_px = max(notes.side_px, float(result.faces.sides_px[row]))
        notes.remember(Moment(result.frame.time_s, result.beliefs[row]))
        if self._faces is None or result.estimates is None:
            return
        quality = float(result.quality[row])
        if np.isfinite(result.estimates.probs[row, 0]) and quality > _BETTER * notes.quality:
            notes.quality = quality
            notes.face = _cut(result.frame, result.faces.boxes[row], self._faces)

    def _tell(self, track: Track, notes: _Notes) -> Biography:
        course = [*notes.moments, Moment(track.last_s, track.belief)]
        return Biography(track, notes.side_px, tuple(course), notes.face)

    def _portraits(self, result: FrameResult) -> list[Biography]:
        frame, told = result.frame, []
        for row, belief in enumerate(result.beliefs):
            self._told += 1
            quality = float(result.quality[row])
            wanted = None if belief.status is Status.INSUFFICIENT else self._faces
            told.append(
                Biography(
                    Track(frame.source, self._told, frame.time_s, frame.time_s, 1, belief, quality),
                    float(result.faces.sides_px[row]),
                    (),
                    _cut(frame, result.faces.boxes[row], wanted) if wanted else None,
                    frame.picture,
                )
            )
        return told


def _cut(frame: Frame, box: Floats, faces: Faces) -> Image:
    """The square around a face, filled with black where it reaches past the picture."""
    centre = (box[:2] + box[2:]) / 2
    side = max(2, round(float((box[2:] - box[:2]).max()) * _AROUND))
    x, y = np.round(centre - side / 2).astype(int)
    image = np.zeros((side, side, 3), np.uint8)
    width, height = frame.size_wh
    x1, y1, x2, y2 = max(x, 0), max(y, 0), min(x + side, width), min(y + side, height)
    if x2 > x1 and y2 > y1:
        image[y1 - y : y2 - y, x1 - x : x2 - x] = frame.image[y1:y2, x1:x2]
    if faces.blur:
        image = _resized(image, _BLOCKS, cv2.INTER_AREA)
        return _resized(image, _FACE_PX, cv2.INTER_NEAREST)
    return _resized(image, _FACE_PX, cv2.INTER_AREA)


def _resized(image: Image, side_px: int, how: int) -> Image:
    return np.asarray(cv2.resize(image, (side_px, side_px), interpolation=how), np.uint8)
