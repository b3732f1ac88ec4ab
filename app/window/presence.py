"""Who is in view, from one result to the next. Knows no Qt."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from engine.sinks.label import Label, labels_of
from engine.values.faces import UNCLAIMED
from engine.values.result import FrameResult, Status

_REMEMBERED_S = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Person:
    """Somebody in view.

    Attributes:
        source: Name of the source.
        label: Number, age, interval, colour and curve, as they stand beside the face.
        status: How far to trust the age.
        since_s: Media second of the first frame with the face.
        last_s: Media second of the latest one.
    """

    source: str
    label: Label
    status: Status
    since_s: float
    last_s: float

    @property
    def present_s(self) -> float:
        """How long the face has been in view."""
        return self.last_s - self.since_s


class Presence:
    """Keeps the people of one source. Who has not been seen for a second is forgotten.

    In a folder of pictures each picture stands alone: its people are those of the picture.
    """

    def __init__(self) -> None:
        """Start with nobody."""
        self._people: dict[int, Person] = {}

    def __call__(self, result: FrameResult) -> tuple[Person, ...]:
        """Take in a result; returns who is in view now, longest present first."""
        ids: list[int] = result.faces.track_ids.tolist()
        labels = labels_of(result.beliefs, ids)
        if result.frame.picture:
            return tuple(_persons(result, range(len(ids)), labels))
        claimed = [row for row, track_id in enumerate(ids) if track_id != UNCLAIMED]
        for row, person in zip(claimed, _persons(result, claimed, labels), strict=True):
            known = self._people.get(ids[row], person)
            self._people[ids[row]] = replace(person, since_s=known.since_s)
        oldest_s = result.frame.time_s - _REMEMBERED_S
        self._people = {k: v for k, v in self._people.items() if v.last_s >= oldest_s}
        return tuple(self._people[track_id] for track_id in sorted(self._people))


def _persons(result: FrameResult, rows: Sequence[int], labels: Sequence[Label]) -> list[Person]:
    frame = result.frame
    return [
        Person(frame.source, labels[row], result.beliefs[row].status, frame.time_s, frame.time_s)
        for row in rows
    ]
