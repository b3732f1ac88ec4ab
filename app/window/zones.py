"""Which zones a source's people are in, for tables and picture. Knows no widgets."""

from collections.abc import Sequence
from dataclasses import replace

from app.window.presence import Person
from app.window.words import translate
from engine.sinks.zone import DrawnZone
from engine.values.result import FrameResult
from engine.zones.events import WHOLE, Action, Shape
from engine.zones.watch import ZoneWatch


class Zones:
    """Follows one source's people through its areas and over its lines."""

    def __init__(self, shapes: Sequence[Shape]) -> None:
        """Watch these zones; blackouts are passed over."""
        self._shapes = [shape for shape in shapes if shape.kind in ("area", "line")]
        self._watch = ZoneWatch(self._shapes)
        self._crossed = {shape.name: [0, 0] for shape in self._shapes if shape.kind == "line"}
        self._last: dict[int, str] = {}

    def step(self, result: FrameResult) -> None:
        """Take in a result."""
        if not self._shapes:
            return
        for passage in self._watch.step(result):
            if passage.action in (Action.IN, Action.OUT):
                self._crossed[passage.zone][passage.action is Action.OUT] += 1
        for name, track_ids in self._watch.present().items():
            if name != WHOLE:
                self._last |= dict.fromkeys(track_ids, name)
        for track in result.ended:
            self._watch.end(track.track_id)
            self._last.pop(track.track_id, None)

    def placed(self, people: Sequence[Person]) -> tuple[Person, ...]:
        """The same people with the zone that each was in last."""
        if not self._last:
            return tuple(people)
        return tuple(replace(person, zone=self._last.get(person.track_id, "")) for person in people)

    def drawn(self) -> tuple[DrawnZone, ...]:
        """The zones with their counts."""
        if not self._shapes:
            return ()
        inside = self._watch.occupancy()
        return tuple(
            DrawnZone(shape.points, f"{shape.name} · {self._count(shape, inside)}")
            for shape in self._shapes
        )

    def _count(self, shape: Shape, inside: dict[str, int]) -> str:
        if shape.kind == "area":
            return str(inside.get(shape.name, 0))
        entered, left = self._crossed[shape.name]
        return translate("zones", "in {}, out {}").format(entered, left)
