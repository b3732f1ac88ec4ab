"""The zones of one camera over its results: events, occupancy and ages. No threads, no clock."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from engine.values.age import Doubles
from engine.values.result import AgeBelief, FrameResult
from engine.zones.area import Area, Spent
from engine.zones.events import WHOLE, Action, Shape, ZoneKind, ZoneVisit
from engine.zones.line import Line
from engine.zones.sighting import Sighting, sightings

_KINDS: dict[str, type[Area | Line]] = {"area": Area, "line": Line}


@dataclass(frozen=True, slots=True, eq=False)
class Passage:
    """Somebody came, went or crossed.

    Attributes:
        zone: Name of the zone.
        kind: Area or line.
        action: What happened.
        sighting: Who and when; of a track that ended its last sighting.
        visit: What this track did at the zone so far.
    """

    zone: str
    kind: ZoneKind
    action: Action
    sighting: Sighting
    visit: ZoneVisit


class ZoneWatch:
    """Follows all tracks of one camera through its areas and lines."""

    def __init__(self, shapes: Iterable[Shape] = (), *, lost_s: float = 0.0) -> None:
        """Watch these zones, besides the whole picture.

        Args:
            shapes: The zones.
            lost_s: For how long people are followed whom nobody sees.
        """
        self._lost_s = lost_s
        self._whole = Area(WHOLE, lost_s=lost_s)
        self._zones: list[Area | Line] = []
        self._gone: list[Area | Line] = []
        self._last: dict[int, Sighting] = {}
        self._newest: Sequence[Sighting] = ()
        self.redraw(shapes)

    def redraw(self, shapes: Iterable[Shape]) -> list[Passage]:
        """Watch these zones from now on; what was done before, also where none is now, is kept.

        A zone that is put back, by undoing for one, goes on with what was done in it.

        Returns:
            Who leaves the areas that are gone.
        """
        known = {(type(zone), zone.name): zone for zone in (*self._gone, *self._zones)}
        self._zones = []
        for shape in shapes:
            if kind := _KINDS.get(shape.kind):
                zone = known.pop((kind, shape.name), None) or self._made(shape)
                zone.draw(shape.points)
                self._zones.append(zone)
        self._gone = list(known.values())
        passages = [
            passage
            for zone in self._gone
            for track_id in zone.present
            for passage in _passage(zone, Action.LEFT, self._last[track_id])
        ]
        for zone in self._gone:
            zone.put_away()
        return passages

    def _made(self, shape: Shape) -> Area | Line:
        return Line.of(shape) if shape.kind == "line" else Area.of(shape, self._lost_s)

    @property
    def lines(self) -> tuple[str, ...]:
        """Names of the lines."""
        return tuple(zone.name for zone in self._zones if isinstance(zone, Line))

    def step(self, result: FrameResult) -> list[Passage]:
        """Take one frame. Tracks that ended are taken by `end`."""
        return self.see(list(sightings(result)), result.frame.size_wh)

    def see(self, faces: Sequence[Sighting], size_wh: tuple[int, int]) -> list[Passage]:
        """Take the faces of one frame of `size_wh` px."""
        passages: list[Passage] = []
        self._newest = faces
        for face in faces:
            self._last[face.track_id] = face
            self._whole.see(face, size_wh)
            for zone in self._zones:
                action = zone.see(face, size_wh)
                if action is not None:
                    passages += _passage(zone, action, face)
        return passages

    def touched(self, track_id: int) -> tuple[ZoneVisit, ...]:
        """What a track did at each zone it touched so far, the whole picture first."""
        zones = (self._whole, *self._zones, *self._gone)
        return tuple(visit for zone in zones if (visit := zone.visit(track_id)))

    def end(self, track_id: int) -> tuple[tuple[ZoneVisit, ...], list[Passage]]:
        """Let go of a track.

        Returns:
            What it did at each zone it touched, the whole picture first; and the areas it leaves.
        """
        visits = self.touched(track_id)
        passages: list[Passage] = []
        last = self._last.pop(track_id, None)
        for zone in self._zones:
            if last is not None and isinstance(zone, Area) and track_id in zone.present:
                passages += _passage(zone, Action.LEFT, last)
        for zone in (self._whole, *self._zones, *self._gone):
            zone.forget(track_id)
        return visits, passages

    def present(self) -> dict[str, frozenset[int]]:
        """Track ids inside each area now; `WHOLE` is the picture."""
        return {area.name: area.present for area in self._areas()}

    def occupancy(self) -> dict[str, int]:
        """People inside each area now."""
        return {name: len(ids) for name, ids in self.present().items()}

    def spent(self) -> dict[str, list[Spent]]:
        """What the faces of the newest frame have added to their stays in each area.

        Sums of it are the `dwell_s` of visits: of who is gone nothing is added.
        """
        return {area.name: area.spent(self._newest) for area in self._areas()}

    def ages(self) -> dict[str, Doubles]:
        """(A,) expected people of each age in each area now: the sum of their beliefs."""
        return {
            name: sum_of_beliefs([self._last[track_id].belief for track_id in ids])
            for name, ids in self.present().items()
        }

    def _areas(self) -> list[Area]:
        return [self._whole, *(zone for zone in self._zones if isinstance(zone, Area))]


def sum_of_beliefs(beliefs: Sequence[AgeBelief]) -> Doubles:
    """(A,) expected number of people of each age 0..A-1; (0,) for nobody."""
    if not beliefs:
        return np.zeros(0)
    return np.sum([belief.distribution.probs for belief in beliefs], 0, dtype=np.float64)


def _passage(zone: Area | Line, action: Action, face: Sighting) -> list[Passage]:
    visit = zone.visit(face.track_id)
    kind: ZoneKind = "area" if isinstance(zone, Area) else "line"
    return [Passage(zone.name, kind, action, face, visit)] if visit else []
