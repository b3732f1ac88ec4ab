"""Who is in view, from one result to the next. Knows no Qt."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from engine.settings import TrackSettings
from engine.sinks.label import Label, labels_of
from engine.values.age import Floats
from engine.values.faces import UNCLAIMED
from engine.values.frame import Image
from engine.values.result import FrameResult, Status

LOST_S = TrackSettings().lost_s
"""How long a face may usually be gone and come back as the same track."""
IN_VIEW_S = 1.0
"""Who has been hidden for longer is no longer in view, but may come back."""
_THUMBNAIL_PX = 72
_MARGIN = 0.15


@dataclass(frozen=True, slots=True, eq=False)
class Person:
    """Somebody in view.

    Attributes:
        source: Name of the source.
        track_id: In its source; -1 in a folder of pictures.
        label: Number, age, interval, colour and curve, as they stand beside the face.
        status: How far to trust the age.
        probs: (A,) the belief.
        ages: (A,) its axis in years.
        quality: Of the face in its latest frame, 0..1.
        since_s: Media second of the first frame with the face.
        last_s: Media second of the latest one.
        thumbnail: (72, 72, 3) uint8 RGB, the face at its best so far; in memory only.
        best: Quality of the face in the thumbnail.
        zone: Where in the picture the person is; "" where no zones are drawn.
    """

    source: str
    track_id: int
    label: Label
    status: Status
    probs: Floats
    ages: Floats
    quality: float
    since_s: float
    last_s: float
    thumbnail: Image
    best: float
    zone: str = ""

    @property
    def key(self) -> tuple[str, int]:
        """Tells people of all sources apart."""
        return self.source, self.track_id

    @property
    def present_s(self) -> float:
        """How long the face has been in view."""
        return self.last_s - self.since_s


class Presence:
    """Keeps the people of one source for as long as they may come back: a visit is counted once.

    In a folder of pictures each picture stands alone: its people are those of the picture.
    """

    def __init__(self, lost_s: float = LOST_S) -> None:
        """Start with nobody.

        Args:
            lost_s: How long a face may be gone and come back as the same track.
        """
        self._lost_s = lost_s
        self._before_s = 0.0
        self._people: dict[int, Person] = {}
        self.left: list[Person] = []
        """Whose visit ended with the latest result."""

    def __call__(self, result: FrameResult) -> tuple[Person, ...]:
        """Take in a result; returns who is in view now, longest present first."""
        ids: list[int] = result.faces.track_ids.tolist()
        labels = labels_of(result.beliefs, ids)
        if result.frame.picture:
            return tuple(_person(result, row, labels[row], None) for row in range(len(ids)))
        self.left = self._forget(self._over(result, ids))
        now_s = self._before_s = result.frame.time_s
        for row, track_id in enumerate(ids):
            if track_id != UNCLAIMED:
                known = self._people.get(track_id)
                self._people[track_id] = _person(result, row, labels[row], known)
        self._forget(k for k, v in self._people.items() if v.last_s > now_s)  # leafed back
        people = [self._people[track_id] for track_id in sorted(self._people)]
        return tuple(person for person in people if now_s - person.last_s <= IN_VIEW_S)

    @property
    def kept(self) -> list[Person]:
        """Who is in view, or may come back."""
        return list(self._people.values())

    def end_all(self) -> list[Person]:
        """Forget everybody; returns whose visits end by that."""
        return self._forget(self._people)

    def _over(self, result: FrameResult, ids: Sequence[int]) -> list[int]:
        """Whose track has ended, or was not seen for so long that it must have."""
        over, now_s = {track.track_id for track in result.ended}, result.frame.time_s
        stays = {k for k in ids if k in self._people and self._people[k].last_s == self._before_s}
        return [
            k
            for k, person in self._people.items()
            if k in over or (k not in stays and now_s - person.last_s > self._lost_s)
        ]

    def _forget(self, track_ids: Iterable[int]) -> list[Person]:
        return [self._people.pop(track_id) for track_id in list(track_ids)]


def _person(result: FrameResult, row: int, label: Label, known: Person | None) -> Person:
    frame, belief, quality = result.frame, result.beliefs[row], float(result.quality[row])
    person = Person(
        source=frame.source,
        track_id=int(result.faces.track_ids[row]),
        label=label,
        status=belief.status,
        probs=belief.distribution.probs,
        ages=belief.distribution.ages,
        quality=quality,
        since_s=frame.time_s,
        last_s=frame.time_s,
        thumbnail=known.thumbnail if known else _NOTHING,
        best=known.best if known else -1.0,
    )
    if known:
        person = replace(person, since_s=min(known.since_s, frame.time_s))
    if quality > person.best:
        thumbnail = _thumbnail(frame.image, result.faces.boxes[row])
        person = replace(person, thumbnail=thumbnail, best=quality)
    return person


_NOTHING: Image = np.zeros((_THUMBNAIL_PX, _THUMBNAIL_PX, 3), np.uint8)


def _thumbnail(image: Image, box: Sequence[float] | Floats) -> Image:
    """The face, square, with a little room around it; black beyond the picture."""
    x1, y1, x2, y2 = (float(value) for value in box)
    side = max(x2 - x1, y2 - y1, 1.0) * (1 + 2 * _MARGIN)
    scale = _THUMBNAIL_PX / side
    left, top = (x1 + x2 - side) / 2, (y1 + y2 - side) / 2
    move = np.array([[scale, 0, -left * scale], [0, scale, -top * scale]], np.float32)
    size = (_THUMBNAIL_PX, _THUMBNAIL_PX)
    return np.asarray(cv2.warpAffine(image, move, size, flags=cv2.INTER_LINEAR), np.uint8)
