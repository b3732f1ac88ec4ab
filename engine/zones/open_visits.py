"""Visits that are not over yet, so that a program that is killed has told of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

from engine.values.result import Track
from engine.zones.sighting import Sighting

_numbers = count(1)


@dataclass(slots=True)
class _Open:
    number: int
    first_s: float
    last: Sighting
    frames: int = 0
    quality_sum: float = 0.0


class OpenVisits:
    """The visits of one camera; each gets a number that no other has in this run."""

    def __init__(self) -> None:
        """Start with nobody."""
        self._open: dict[int, _Open] = {}

    def see(self, face: Sighting) -> bool:
        """Take one face of a frame; tell whether a visit begins with it."""
        visit = self._open.get(face.track_id)
        is_new = visit is None
        if visit is None:
            visit = self._open[face.track_id] = _Open(next(_numbers), face.time_s, face)
        visit.last = face
        visit.frames += 1
        visit.quality_sum += face.quality
        return is_new

    def end(self, track_id: int) -> int:
        """Let go of a track; returns the number of its visit."""
        visit = self._open.pop(track_id, None)
        return visit.number if visit else next(_numbers)

    def so_far(self, source: str) -> Iterator[tuple[int, Track]]:
        """Number and track of every visit as it stands."""
        for track_id, visit in self._open.items():
            yield (
                visit.number,
                Track(
                    source=source,
                    track_id=track_id,
                    first_s=visit.first_s,
                    last_s=visit.last.time_s,
                    frames=visit.frames,
                    belief=visit.last.belief,
                    quality=visit.quality_sum / visit.frames,
                ),
            )
