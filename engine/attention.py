"""Looks at frames as the schedule asks, and says who is where in those it does not look at."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.schedule import Look, Schedule, Waiting
from engine.stages.change import ChangeMap
from engine.stages.detect import WINDOW_PX, YuNetDetector, best, windows_around
from engine.stages.track import Outlook, Tracker
from engine.values.faces import UNCLAIMED, Faces, Floats
from engine.values.frame import Frame

if TYPE_CHECKING:
    from engine.stages.detect_mediapipe import MediaPipeDetector

Timer = Callable[[str], AbstractContextManager[None]]

_ROOM, _ROOM_A_SECOND, _MOST_ROOM = 0.15, 1.5, 1.5
"""How far a face may be from where it is expected, in its sides: at once, by each second that it
has been away, and at most."""
_SEARCHED_S = 0.5
"""How long a face that was lost is looked for where it should be."""
_WORTH_WHOLE = 0.6
"""Share of the whole picture's cost from which looking at parts saves too little."""


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """Who is in a frame.

    Attributes:
        faces: Faces with the ids of their tracks.
        ended: Tracks that ended.
        detected: False where the faces are predicted.
    """

    faces: Faces
    ended: tuple[int, ...] = ()
    detected: bool = True


class Attention:
    """Detector, tracker and schedule of one source."""

    def __init__(
        self, detect: "YuNetDetector | MediaPipeDetector", tracker: Tracker, schedule: Schedule
    ) -> None:
        """Start before the first frame."""
        self._detect, self._tracker, self._schedule = detect, tracker, schedule
        self._closer = detect if isinstance(detect, YuNetDetector) else None
        self._change = ChangeMap()

    def __call__(self, frame: Frame, found: Faces | None, timed: Timer) -> Seen:
        """See who is in the next frame.

        Args:
            frame: The frame.
            found: Its faces, where the whole of it was looked at ahead.
            timed: Takes the time of a stage.
        """
        with timed("schedule"):
            outlook = self._outlook(frame)
            look, part = self._plan(frame, outlook)
        if look is Look.NOT:
            return Seen(outlook.faces, self.pass_over(frame), detected=False)
        with timed("detect"):
            if look is Look.WHOLE:
                faces = self._detect(frame) if found is None else found
            else:
                faces = self._parts(frame, outlook, part)
        with timed("track"):
            tracked = self._tracker(frame, faces)
        if not self._schedule.exhaustive:
            self._schedule.looked(frame.time_s, look, outlook.faces, tracked.faces)
            if look is not Look.FACES:
                self._change.looked(frame, part)
        return Seen(tracked.faces, tracked.ended)

    def pass_over(self, frame: Frame) -> tuple[int, ...]:
        """The tracks that end with a frame at which nobody looks."""
        return self._tracker.expire(frame.time_s)

    def finish(self) -> tuple[int, ...]:
        """End all tracks and start afresh; returns their ids."""
        self._change = ChangeMap()
        self._schedule.begin()
        return self._tracker.finish()

    def _outlook(self, frame: Frame) -> Outlook:
        if self._schedule.exhaustive:
            return Outlook(Faces.none(), Faces.none().boxes, np.zeros(0))
        self._tracker.glimpse(frame)
        return self._tracker.outlook(frame.time_s)

    def _plan(self, frame: Frame, outlook: Outlook) -> tuple[Look, Floats | None]:
        """How to look at a frame, and at which changed part besides the known faces."""
        if self._schedule.exhaustive:
            return Look.WHOLE, None
        part = self._change(frame, np.concatenate([outlook.faces.boxes, outlook.away]))
        missing_s = [away_s for away_s in outlook.away_s.tolist() if away_s <= _SEARCHED_S]
        waiting = Waiting(
            cut=self._tracker.changed(),
            unconfirmed=UNCLAIMED in outlook.faces.track_ids.tolist(),
            away_s=min(missing_s, default=np.inf),
            faces=bool(len(outlook.faces) or missing_s),
            change=part is not None,
        )
        look = self._schedule.plan(frame.time_s, waiting)
        part = part if look is Look.CHANGE else None
        if look in (Look.FACES, Look.CHANGE) and not self._saves(frame, outlook, part):
            return Look.WHOLE, None
        return look, part

    def _saves(self, frame: Frame, outlook: Outlook, part: Floats | None) -> bool:
        """Whether looking at parts of a frame is much cheaper than looking at all of it."""
        if self._closer is None:
            return False
        width, height = frame.size_wh
        small_wh = self._closer.scale.size_for(width, height)
        share = len(_windows(frame, outlook)) * WINDOW_PX**2 / (small_wh[0] * small_wh[1])
        if part is not None:
            share += float((part[2:] - part[:2]).prod()) / (width * height)
        return share < _WORTH_WHOLE

    def _parts(self, frame: Frame, outlook: Outlook, part: Floats | None) -> Faces:
        if self._closer is None:
            return self._detect(frame)
        faces = self._closer.near(frame, _windows(frame, outlook))
        if part is None:
            return faces
        return best(Faces.joined([faces, self._closer(frame, part)]))


def _windows(frame: Frame, outlook: Outlook) -> np.ndarray[tuple[int, int], np.dtype[np.int64]]:
    """Windows around everybody who is or should be in a frame."""
    missing = outlook.away_s <= _SEARCHED_S
    boxes = np.concatenate([outlook.faces.boxes, outlook.away[missing]])
    away_s = np.concatenate([np.zeros(len(outlook.faces)), outlook.away_s[missing]])
    room = np.minimum(_ROOM + _ROOM_A_SECOND * away_s, _MOST_ROOM)
    return windows_around(boxes, room.astype(np.float32), frame.size_wh)
