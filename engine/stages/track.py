"""Faces of successive frames become tracks: one number for one person's visit.

ByteTrack's rounds by score and OC-SORT's ways with lost tracks, on media time. A short-lived
appearance code decides where place alone cannot; it never leaves this stage. Nobody is known again
once a track has ended.

Sources: Zhang et al., "ByteTrack", 2022; Cao et al., "Observation-Centric SORT", 2023.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count

import numpy as np
from numpy.typing import NDArray

from engine.errors import SettingsError
from engine.settings import DetectSettings, TrackSettings
from engine.stages.appearance import ALIKE, UNLIKE
from engine.stages.associate import separations
from engine.stages.claims import Claims, OpenTrack
from engine.stages.cuts import CutDetector
from engine.stages.motion import Doubles, Motion, boxes_of, coordinates
from engine.values.faces import Faces, Floats
from engine.values.frame import Frame

_CONFIRM_S = 0.095
"""A face is believed when it is still there after a tenth of a second, less the rounding of media
clocks: hands in motion look like a face for up to 67 ms (clip `again`, three frames)."""
_SURE_SCORE, _SURE_S = 0.85, 0.03
"""A face of such a score is believed the second time: no hand or cloth of 13 clips had more than
0.76."""
_BIRTH_S = 0.5
"""A face that was seen once and not again within this time was none."""
_FAINT_S = 0.5
"""How long after a face was last seen a low score may continue its track."""
_NO_BIRTH = 0.3
"""Part of the smaller face shared with a claimed one from which no track begins."""
_SUSPECT_CUT, _SURE_CUT = 0.92, 0.6
"""Likeness of successive pictures below which looks must fit; below which all has changed."""
_SETTLE_S = 0.5
"""How long a new face near somebody lost is looked at before it counts as another person: who comes
out from behind something is at first half hidden."""
_HALF_HIDDEN = 1.5
"""How many times more unlike than the same person one may look while half hidden."""
_LATE_LOOK = 1.25
"""Longest time between two looks, in periods of their rate: frames do not fall on its beat."""
_NEAR_SIDES = 3.0
_FAR_LOOKS = 5.5
"""Largest difference in looks at which somebody lost is known again farther away than that."""
_WALK_SIDES_S, _SIZE_RATIO = 6.0, 0.7
"""How much farther for each second gone (a brisk walk, in face sides), and how much larger or
smaller the face may have become (a logarithm)."""


def longest_gap_s(lost_s: float) -> float:
    """Seconds between two looks over which people are followed, though the second comes late."""
    return max(lost_s, _BIRTH_S) / _LATE_LOOK


def least_looks(lost_s: float) -> float:
    """Looks a second at which people are followed, where tracks are kept for `lost_s`."""
    return math.ceil(100 * _LATE_LOOK / max(lost_s, _BIRTH_S)) / 100


def enough_lost_s(gap_s: float) -> float:
    """For how long tracks must be kept so that people are followed over looks `gap_s` apart."""
    return math.ceil(100 * _LATE_LOOK * gap_s) / 100


def check_looks(most: float, lost_s: float, option: str) -> None:
    """Refuse a bound on looks at which everybody counts as gone between two of them.

    Args:
        most: Looks a second at most; 0 for no bound.
        lost_s: The setting.
        option: What the bound is called.

    Raises:
        SettingsError: Nobody would be followed.
    """
    if 0 < most < least_looks(lost_s):
        raise SettingsError(
            f"{option} {most:g} is so rare that nobody is followed with track.lost_s = {lost_s:g}: "
            f"make it at least {least_looks(lost_s):g}, or track.lost_s at least "
            f"{enough_lost_s(1 / most):g}."
        )


@dataclass(frozen=True, slots=True, eq=False)
class Tracked:
    """The outcome of one frame.

    Attributes:
        faces: Faces that a track has claimed, in the order of the detector; the track id is -1
            while a track is not confirmed.
        ended: Tracks whose time to come back ran out or that seem to follow somebody else by now
            and go on under a new number; ascending.
    """

    faces: Faces
    ended: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Outlook:
    """Where the faces of the open tracks should be by now, whoever looks or not.

    Attributes:
        faces: Of the tracks that had a face when last looked at, in that order; scores are those
            of that look, ids are -1 where a track is not confirmed.
        away: (M, 4) boxes of the confirmed tracks that had none.
        away_s: (M,) how long those have not been seen.
    """

    faces: Faces
    away: Floats
    away_s: Doubles


class Tracker:
    """Follows the faces of one source. Keeps nothing of a face that has been gone for `lost_s`."""

    def __init__(self, settings: TrackSettings, detect: DetectSettings) -> None:
        """Start before the first frame.

        Args:
            settings: How long lost tracks are kept and whether looks are compared.
            detect: Scores from which faces start and continue tracks.
        """
        self._lost_s = settings.lost_s
        self._comparing = settings.reentry
        self._low, self._high = detect.low_score, detect.score
        self._cuts = CutDetector()
        self._tracks: list[OpenTrack] = []
        self._ids = count(1)
        self._time_s = -np.inf
        self._glimpsed_s = -np.inf
        self._likeness = 1.0
        self._away = self._nobody = Motion.begun(np.zeros((0, 4), np.float32), 0.0)
        self._held = Carried(Faces.none(), self._nobody)

    def glimpse(self, frame: Frame) -> float:
        """Watch for cuts in a frame, whether its faces are looked for or not.

        Returns:
            Least likeness of neighbouring frames since the last look, -1..1.
        """
        if frame.time_s > self._glimpsed_s:
            self._likeness = min(self._likeness, self._cuts(frame))
            self._glimpsed_s = frame.time_s
        return self._likeness

    def changed(self) -> bool:
        """Whether a cut may have come since the last look."""
        return self._likeness < _SUSPECT_CUT

    def outlook(self, time_s: float) -> Outlook:
        """Where everybody should be at a media second after the last look."""
        return Outlook(
            self._held.at(time_s),
            _predicted(self._away, time_s),
            time_s - self._away.time_s,
        )

    def __call__(self, frame: Frame, faces: Faces) -> Tracked:
        """Track the faces of the next frame, whose time must not lie before the last one's."""
        ended = self._let_go(frame)
        claims = Claims(
            frame,
            faces[faces.scores >= self._low],
            last_frame_s=self._time_s,
            comparing=self._comparing,
        )
        high = claims.faces.scores >= self._high
        confirmed = [track for track in self._tracks if track.confirmed]
        # Lost tracks take part at once: who comes out from behind another is his own, if he looks
        # it, and not that of whoever was lost a moment ago.
        claims.match([track for track in self._tracks if self._takes_part(claims, track)], high)
        claims.match([track for track in confirmed if claims.gap_s(track) <= _FAINT_S], ~high)
        self._admit(claims, high)
        self._confirm(claims)
        ended = tuple(sorted(ended + self._parted(claims)))
        self._time_s = frame.time_s
        outcome = _outcome(claims, ended)
        held = [claims.by_face[face] for face in sorted(claims.by_face)]
        away = [track for track in self._tracks if track.confirmed and track not in held]
        self._held, self._away = Carried(outcome.faces, self._joined(held)), self._joined(away)
        return outcome

    def _takes_part(self, claims: Claims, track: OpenTrack) -> bool:
        return track.confirmed or claims.is_live(track)

    def expire(self, time_s: float) -> tuple[int, ...]:
        """End the tracks whose time to come back is over at a media second, whoever looks or not.

        Returns:
            Their ids, ascending.
        """
        return self._end([track for track in self._tracks if self._is_over(track, time_s)])

    def finish(self) -> tuple[int, ...]:
        """End all tracks and return their ids, ascending; ids go on counting afterwards."""
        self._time_s = self._glimpsed_s = -np.inf
        self._cuts, self._likeness = CutDetector(), 1.0
        self._held, self._away = Carried(Faces.none(), self._nobody), self._nobody
        return self._end(self._tracks)

    def _joined(self, tracks: Sequence[OpenTrack]) -> Motion:
        return Motion.joined([track.motion for track in tracks]) if tracks else self._nobody

    def _let_go(self, frame: Frame) -> tuple[int, ...]:
        """End the tracks that cannot go on in this frame; after a cut, look at the rest closely."""
        likeness, self._likeness = self.glimpse(frame), 1.0
        cut = likeness < _SURE_CUT
        long_gap = frame.time_s - self._time_s > max(self._lost_s, _BIRTH_S)
        if long_gap or (cut and not self._comparing):
            return self._end(self._tracks)
        if likeness < _SUSPECT_CUT:
            for track in self._tracks:
                limit = track.memory.limit if cut else UNLIKE
                track.tolerance = min(track.tolerance, limit)
        return self.expire(frame.time_s)

    def _is_over(self, track: OpenTrack, time_s: float) -> bool:
        kept_s = self._lost_s if track.confirmed else _BIRTH_S
        return track.seen_s < self._time_s and time_s - track.seen_s > kept_s

    def _end(self, tracks: Sequence[OpenTrack]) -> tuple[int, ...]:
        self._tracks = [track for track in self._tracks if track not in tracks]
        return tuple(sorted(track.track_id for track in tracks if track.confirmed))

    def _admit(self, claims: Claims, high: NDArray[np.bool_]) -> None:
        """Give the faces nobody claimed to lost tracks by their looks, or begin new tracks."""
        free = claims.free(high, _NO_BIRTH)
        for face in free[np.argsort(-claims.faces.scores[free], kind="stable")]:
            if face not in claims.free(high, _NO_BIRTH):
                continue  # Too near to one that was just admitted.
            begun = Motion.begun(claims.faces.boxes[[face]], claims.time_s)
            track = self._twin(claims, face)
            if track is None:
                track = OpenTrack(begun, born_s=claims.time_s)
                self._tracks.append(track)
            claims.claim(track, int(face), begun)

    def _confirm(self, claims: Claims) -> None:
        """Number the new tracks that have lasted, unless they are lost ones that came back."""
        for face, track in sorted(claims.by_face.items()):
            age_s = claims.time_s - track.born_s
            sure = claims.faces.scores[face] >= _SURE_SCORE
            if track.confirmed or age_s < (_SURE_S if sure else _CONFIRM_S):
                continue
            twin = self._twin(claims, face)
            if twin is not None:
                self._tracks.remove(track)
                claims.claim(twin, face, track.motion)
            elif (
                age_s >= _SETTLE_S
                or self._is_whole(claims, track, face)
                or not self._might_be_lost(claims, face)
            ):
                track.track_id = next(self._ids)

    def _parted(self, claims: Claims) -> tuple[int, ...]:
        """Number the tracks afresh that seem to follow another person; returns the old numbers."""
        parted = [track for track in claims.switched if track.confirmed]
        numbers = tuple(track.track_id for track in parted)
        for track in parted:
            track.track_id = next(self._ids)
        return numbers

    def _twin(self, claims: Claims, face: int) -> OpenTrack | None:
        """The lost track that looks most like a face and can have got there, or None."""
        fits = [
            (claims.apart(track, face) / limit, track)
            for track, limit in self._candidates(claims, face)
        ]
        fits = [fit for fit in fits if fit[0] < 1]  # not those that cannot be compared
        return min(fits, key=lambda fit: fit[0])[1] if fits else None

    def _is_whole(self, claims: Claims, track: OpenTrack, face: int) -> bool:
        """Whether a new face has looked the same for a while: nothing more of it will come out."""
        lasted = claims.time_s - track.born_s >= _CONFIRM_S
        return lasted and claims.is_bare(face) and claims.apart(track, face) < ALIKE

    def _might_be_lost(self, claims: Claims, face: int) -> bool:
        """Whether a face may turn out to be a lost one when more of it is seen."""
        return any(
            not claims.apart(track, face) > _HALF_HIDDEN * limit
            for track, limit in self._candidates(claims, face)
        )

    def _candidates(self, claims: Claims, face: int) -> list[tuple[OpenTrack, float]]:
        """Lost tracks whose person can be here, and how unlike a face of theirs may look."""
        if not self._comparing:
            return []
        point = coordinates(claims.faces.boxes[[face]])
        candidates = []
        for track in self._tracks:
            if not track.confirmed or claims.has_face(track):
                continue
            [sides], [size] = separations(track.motion.seen[0], point)
            way = _NEAR_SIDES + _WALK_SIDES_S * claims.gap_s(track)
            if sides <= way and size <= _SIZE_RATIO:
                near = sides <= _NEAR_SIDES
                candidates.append((track, track.memory.limit if near else _FAR_LOOKS))
        return candidates


class Carried:
    """Faces as they were last found, moved on into the boxes where they should be by now."""

    def __init__(self, faces: Faces, motion: Motion) -> None:
        """Take the faces and the motion of each."""
        size = np.maximum(faces.boxes[:, 2:] - faces.boxes[:, :2], 1e-3)
        self._faces, self._motion = faces, motion
        self._shares = (faces.landmarks - faces.boxes[:, None, :2]) / size[:, None]

    def at(self, time_s: float) -> Faces:
        """The faces at a media second, their landmarks moved along."""
        boxes = _predicted(self._motion, time_s)
        corners, size = boxes[:, None, :2], boxes[:, None, 2:] - boxes[:, None, :2]
        landmarks = corners + self._shares * size
        return Faces(boxes, landmarks, self._faces.scores, self._faces.track_ids)


def _predicted(motion: Motion, time_s: float) -> Floats:
    """(K, 4) boxes at a later moment."""
    return boxes_of(motion.places(time_s)) if len(motion) else np.zeros((0, 4), np.float32)


def _outcome(claims: Claims, ended: tuple[int, ...]) -> Tracked:
    kept = sorted(claims.by_face)
    ids = np.array([claims.by_face[face].track_id for face in kept], np.int64)
    faces = claims.faces[np.array(kept, np.intp)].with_ids(ids)
    return Tracked(faces, ended)
