"""Which zones a source's people are in, for tables and picture. Knows no widgets."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from math import inf

from app.window.presence import LOST_S, Person
from app.window.words import translate
from engine.sinks.zone import DrawnZone
from engine.values.faces import UNCLAIMED
from engine.values.result import FrameResult
from engine.zones.events import WHOLE, Action, Shape
from engine.zones.watch import ZoneWatch


class Zones:
    """Follows one source's people through its areas and over its lines.

    Whoever was not seen for as long as a face is followed has left: not every result comes here, so
    that of some tracks it is never told that they ended.
    """

    def __init__(self, shapes: Sequence[Shape], lost_s: float = LOST_S) -> None:
        """Watch these zones; blackouts are passed over.

        Args:
            shapes: As they were drawn.
            lost_s: How long a face may be gone and come back as the same track.
        """
        self._shapes = [shape for shape in shapes if shape.kind in ("area", "line")]
        self._lost_s = lost_s
        self._begin()

    def _begin(self) -> None:
        self._now_s = -inf
        self._seen_s: dict[int, float] = {}
        self._watch = ZoneWatch(self._shapes, lost_s=self._lost_s)
        self._crossed = {shape.name: [0, 0] for shape in self._shapes if shape.kind == "line"}
        self._last: dict[int, str] = {}
        self._drawn: tuple[DrawnZone, ...] | None = None

    def step(self, result: FrameResult) -> None:
        """Take in a result; one of an earlier moment begins all counts anew."""
        if not self._shapes:
            return
        now_s = result.frame.time_s
        if now_s < self._now_s:
            self._begin()
        self._now_s = now_s
        self._end(k for k, seen_s in list(self._seen_s.items()) if now_s - seen_s > self._lost_s)
        self._end(track.track_id for track in result.ended)
        here = [k for k in result.faces.track_ids.tolist() if k != UNCLAIMED]
        self._seen_s |= dict.fromkeys(here, now_s)
        for passage in self._watch.step(result):
            self._drawn = None
            if passage.action in (Action.IN, Action.OUT):
                self._crossed[passage.zone][passage.action is Action.OUT] += 1
        for name, track_ids in self._watch.present().items():
            if name != WHOLE:
                self._last |= dict.fromkeys(track_ids, name)

    def end_all(self) -> None:
        """Everybody has left; what was counted at the lines stays."""
        self._end(list(self._seen_s))

    def _end(self, track_ids: Iterable[int]) -> None:
        for track_id in track_ids:
            self._watch.end(track_id)
            self._drawn = None
            self._last.pop(track_id, None)
            self._seen_s.pop(track_id, None)

    def placed(self, people: Sequence[Person]) -> tuple[Person, ...]:
        """The same people with the zone that each was in last."""
        if not self._last:
            return tuple(people)
        return tuple(replace(person, zone=self._last.get(person.track_id, "")) for person in people)

    def drawn(self) -> tuple[DrawnZone, ...]:
        """The zones with their counts, the same as before until a count changes."""
        if self._drawn is None:
            inside = self._watch.occupancy()
            self._drawn = tuple(
                DrawnZone(shape.points, f"{shape.name} · {self._count(shape, inside)}")
                for shape in self._shapes
            )
        return self._drawn

    def _count(self, shape: Shape, inside: dict[str, int]) -> str:
        if shape.kind == "area":
            return str(inside.get(shape.name, 0))
        entered, left = self._crossed[shape.name]
        return translate("zones", "in {}, out {}").format(entered, left)
