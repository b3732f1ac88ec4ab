"""One frame of the tracker's work: which track claims which face, by place and by looks."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from engine.stages.appearance import (
    ALIKE,
    UNLIKE,
    AppearanceCode,
    AppearanceMemory,
    covered_heads,
    gain_of,
    look,
    nearer,
    nudged,
)
from engine.stages.associate import assign, covered, relate, separations
from engine.stages.motion import Doubles, Motion, coordinates
from engine.values.faces import UNCLAIMED, Faces, Floats
from engine.values.frame import Frame

_LOST_S, _SLOW_S = 0.25, 0.7
"""A face that was missed for the first, or comes in frames farther apart than the second (which is
beyond what `balanced` leaves between looks), must look like the person whose track it is to
continue."""
_SURELY_UNLIKE = 20.0
"""Largest difference in looks at which a face near others, or missed for a moment, is the same. Of
pairs of people of made-up scenes 5 to 9 in 100 differ less, of looks at one person under 1 in 100
differ more."""
_ALIKE_ENOUGH, _HARDLY = (6.6, 24.2), (1.0, 0.2)
"""Differences in looks between which the affinity of a contested pair falls, and by which factors:
among neighbours looks decide."""
_UNKNOWN = 0.6
"""The factor where looks cannot be compared: halfway, or a person of whom nothing is known would
take the face of a neighbour who differs a little from himself."""
_DOUBLE = 0.65
"""Part of the smaller face that is shared when a detector reports one face twice."""
_ALONE_SIDES = 1.4
"""With others nearer than this a look that does not fit is no sign of another person."""
_FEWEST_SEEN = 12
"""Of the 16 cells of a head, how many others must leave to be seen for a look to be remembered."""


@dataclass(slots=True, eq=False, repr=False)
class OpenTrack:
    """A track that has not ended. Holds an appearance: never show it, write it or hand it on.

    Attributes:
        motion: Where the one face was last seen and is going.
        born_s: Media second of the first face.
        track_id: Its number, -1 until it is confirmed.
        memory: How the person looks.
        tolerance: Largest difference in looks at which a face is accepted; finite after a cut.
        crowded: Somebody nearer may have covered the last face: whoever is in its place next may be
            that one.
    """

    motion: Motion
    born_s: float
    track_id: int = UNCLAIMED
    memory: AppearanceMemory = field(default_factory=AppearanceMemory)
    tolerance: float = np.inf
    crowded: bool = False

    @property
    def seen_s(self) -> float:
        """Media second of the last face."""
        return float(self.motion.time_s[0])

    @property
    def confirmed(self) -> bool:
        """Whether it has a number."""
        return self.track_id != UNCLAIMED


class Claims:
    """The faces of one frame and the tracks that claim them.

    Attributes:
        faces: Faces that may be claimed, without the detector's doubles.
        time_s: Media second of the frame.
        by_face: Claiming track by index into `faces`.
        switched: Tracks that seem to follow another person from this frame on.
    """

    def __init__(self, frame: Frame, faces: Faces, *, last_frame_s: float, comparing: bool) -> None:
        """Begin without any claim.

        Args:
            frame: The frame.
            faces: Its faces.
            last_frame_s: Media second of the frame before.
            comparing: Whether looks may be compared.
        """
        shared = covered(faces.boxes, faces.boxes)
        kept = _singles(faces.scores, shared)
        self.faces = faces[kept]
        self.time_s = frame.time_s
        self.by_face: dict[int, OpenTrack] = {}
        self.switched: list[OpenTrack] = []
        self._shared = shared[np.ix_(kept, kept)]
        self._frame = frame
        self._last_frame_s = last_frame_s
        self._comparing = comparing
        self._codes: dict[tuple[int, bool], list[AppearanceCode]] = {}

    def gap_s(self, track: OpenTrack) -> float:
        """How long the face of a track has not been seen."""
        return self.time_s - track.seen_s

    def is_live(self, track: OpenTrack) -> bool:
        """Whether the face was there just now, as far as the frame rate lets one tell."""
        return not self._was_missed(track) or self.gap_s(track) <= _LOST_S

    def has_face(self, track: OpenTrack) -> bool:
        """Whether a track has claimed a face of this frame."""
        return track in self.by_face.values()

    def free(self, mask: NDArray[np.bool_], shared: float = _DOUBLE) -> NDArray[np.intp]:
        """Unclaimed faces of `mask` that share at most a part `shared` with any claimed one."""
        claimed = sorted(self.by_face)
        near = self._shared[:, claimed].max(1, initial=0) > shared
        near[claimed] = True
        return np.flatnonzero(mask & ~near)

    def match(self, tracks: Sequence[OpenTrack], mask: NDArray[np.bool_]) -> None:
        """Let those of `tracks` that have no face yet claim free faces of `mask`."""
        tracks = [track for track in tracks if not self.has_face(track)]
        faces = self.free(mask) if tracks else np.zeros(0, np.intp)
        if not len(faces):
            return
        motion = Motion.joined([track.motion for track in tracks])
        pairs = relate(motion, self.faces.boxes[faces], self.time_s)
        affinity, odd = pairs.affinity, pairs.surprising | pairs.contested
        away = np.array([self._needs_proof(track) for track in tracks])
        missed = np.array([self._was_missed(track) for track in tracks])
        crowded = np.array([track.crowded for track in tracks])
        doubtful = odd | ((away | missed | crowded)[:, None] & (affinity > 0))
        for row, column in np.argwhere(doubtful):
            proof = bool(away[row] or pairs.surprising[row, column])
            affinity[row, column] *= self._credit(tracks[row], int(faces[column]), proof=proof)
        rows, columns = assign(affinity)
        followed = motion[rows].follow(self.faces.boxes[faces[columns]], self.time_s)
        for index, (row, column) in enumerate(zip(rows, columns, strict=True)):
            if odd[row, column]:
                tracks[row].memory.beware()
            self._go_on(tracks[row], int(faces[column]), followed[index : index + 1])

    def _go_on(self, track: OpenTrack, face: int, followed: Motion) -> None:
        if self.gap_s(track) == 0:
            followed = track.motion  # A repeated frame tells nothing new.
        elif self._was_missed(track):
            followed = track.motion.rejoin(self.faces.boxes[[face]], self.time_s)
        self.claim(track, face, followed)

    def claim(self, track: OpenTrack, face: int, motion: Motion) -> None:
        """Give a face to a track and let the track take note of how it looks.

        Args:
            track: The track.
            face: Index into `faces`.
            motion: The motion of this one face up to now.
        """
        if self._needs_proof(track):
            track.memory.beware()
        track.motion, track.tolerance = motion, np.inf
        track.crowded = not self.is_bare(face)
        self.by_face[face] = track
        self._observe(track, face)

    def apart(self, track: OpenTrack, face: int) -> float:
        """Difference in looks between a track's person and a face; NaN where unknown."""
        return track.memory.apart(self._code(track, face))

    def _was_missed(self, track: OpenTrack) -> bool:
        return track.seen_s < self._last_frame_s

    def _needs_proof(self, track: OpenTrack) -> bool:
        patience_s = _LOST_S if self._was_missed(track) else _SLOW_S
        return self.gap_s(track) > patience_s or track.tolerance < np.inf

    def _credit(self, track: OpenTrack, face: int, *, proof: bool) -> float:
        """Factor by which looks raise or lower the affinity of a pair; 0 forbids it."""
        apart = self.apart(track, face)
        if apart > (min(track.tolerance, UNLIKE) if proof else _SURELY_UNLIKE):
            return 0.0
        if np.isnan(apart):
            return 0.0 if proof and track.memory.knows and not self.is_bare(face) else _UNKNOWN
        return float(np.interp(apart, _ALIKE_ENOUGH, _HARDLY))

    def _observe(self, track: OpenTrack, face: int) -> None:
        if self.time_s < track.memory.due_s:
            return
        code = self._code(track, face)
        if code is None or code.head_cells < _FEWEST_SEEN:
            return
        if not self._is_alone(face) and not track.memory.fits(code):
            return  # Only in plain sight is a misfit another person.
        if track.memory.observe(code, self.time_s):
            self.switched.append(track)

    def _code(self, track: OpenTrack, face: int) -> AppearanceCode | None:
        """How a face looks, its box moved a little if that makes it look like a track's person."""
        if not self._comparing:
            return None
        box = self.faces.boxes[face]
        [plain] = self._looks(face, box[None], nudge=False)
        if not track.memory.apart(plain) > ALIKE:
            return plain
        looks = [plain, *self._looks(face, nudged(box), nudge=True)]
        return min(looks, key=lambda code: np.nan_to_num(track.memory.apart(code), nan=np.inf))

    def _looks(self, face: int, boxes: Floats, *, nudge: bool) -> list[AppearanceCode]:
        kept = self._codes.get((face, nudge))
        if kept is None:
            before = self.faces.boxes[self._nearer[face]]
            kept = [look(self._frame.image, box, self._gain, before=before) for box in boxes]
            self._codes[face, nudge] = kept
        return kept

    @cached_property
    def _gain(self) -> float:
        return gain_of(self._frame.glimpse)

    @cached_property
    def _covered(self) -> NDArray[np.bool_]:
        return covered_heads(self.faces.boxes)

    @cached_property
    def _nearer(self) -> NDArray[np.bool_]:
        return nearer(self.faces.boxes)

    @cached_property
    def _points(self) -> Doubles:
        return coordinates(self.faces.boxes)

    def _is_alone(self, face: int) -> bool:
        if not self.is_bare(face):
            return False
        sides, _ = separations(self._points[face], self._points)
        return bool((sides > _ALONE_SIDES).sum() == len(sides) - 1)

    def is_bare(self, face: int) -> bool:
        """Whether nobody nearer may cover a face."""
        return not self._covered[face]


def _singles(scores: Floats, shared: Floats) -> NDArray[np.intp]:
    """Faces that do not mostly share their place with one of a better score."""
    ranks = np.empty(len(scores), np.intp)
    ranks[np.argsort(-scores, kind="stable")] = np.arange(len(scores))
    better = ranks[None, :] < ranks[:, None]
    return np.flatnonzero(~((shared > _DOUBLE) & better).any(1))
