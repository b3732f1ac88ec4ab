"""Who crossed a line, and which way. Flicker on the line counts nobody."""

from dataclasses import dataclass

import numpy as np

from engine.zones.area import MARGIN_SIDES
from engine.zones.events import Action, Shape, ZoneVisit
from engine.zones.geometry import side_of
from engine.zones.sighting import Sighting

_Point = tuple[float, float]


@dataclass(slots=True)
class _Way:
    """One track's way around the line.

    Attributes:
        at: Where it was last seen, px.
        off_px: Signed distance to the line there.
        side: The side it was last clearly on, 1 or -1; 0 while that is unknown.
        passed: It went through between the line's ends since then, and not back.
    """

    at: _Point
    off_px: float
    side: int = 0
    passed: bool = False
    crossed_in: int = 0
    crossed_out: int = 0
    first_s: float = 0.0
    last_s: float = 0.0


class Line:
    """A counting line from its first to its second point; walking around its ends is no crossing.

    A crossing counts when the face is clearly on the other side, once for each id and passage.
    """

    def __init__(self, name: str, start: _Point, end: _Point) -> None:
        """Watch a line in relative coordinates."""
        self.name = name
        self._ends = np.asarray([start, end], np.float64)
        self._ways: dict[int, _Way] = {}

    @classmethod
    def of(cls, shape: Shape) -> "Line":
        """The line drawn by a zone."""
        return cls(shape.name, *shape.points)

    def draw(self, points: tuple[_Point, ...]) -> None:
        """Lie there from now on; nobody has crossed it by its move."""
        ends = np.asarray(points, np.float64)
        if not np.array_equal(ends, self._ends):
            self._ends = ends
            self.put_away()

    def put_away(self) -> None:
        """Watch nobody for now: on which side they are is unknown; what they did is kept."""
        for way in self._ways.values():
            way.side, way.passed = 0, False

    @property
    def present(self) -> frozenset[int]:
        """Nobody is ever inside a line."""
        return frozenset()

    def see(self, face: Sighting, size_wh: tuple[int, int]) -> Action | None:
        """Take one face; tell whether it has crossed."""
        start, end = self._ends * size_wh
        at = (face.x_px, face.y_px)
        off_px = side_of(at, start, end)
        way = self._ways.setdefault(face.track_id, _Way(at, off_px))
        way.passed ^= _goes_through(way, at, off_px, start, end)
        way.at, way.off_px = at, off_px
        if abs(off_px) < MARGIN_SIDES * face.side_px:
            return None
        side = 1 if off_px > 0 else -1
        crossed = way.side == -side and way.passed
        way.side, way.passed = side, False
        return self._count(way, side, face.time_s) if crossed else None

    def visit(self, track_id: int) -> ZoneVisit | None:
        """What a track did here; None if it never crossed."""
        way = self._ways.get(track_id)
        if way is None or not way.crossed_in + way.crossed_out:
            return None
        return ZoneVisit(
            self.name,
            "line",
            entries=0,
            crossed_in=way.crossed_in,
            crossed_out=way.crossed_out,
            dwell_s=0.0,
            attention_s=0.0,
            first_s=way.first_s,
            last_s=way.last_s,
        )

    def forget(self, track_id: int) -> None:
        """Drop a track that ended."""
        self._ways.pop(track_id, None)

    def _count(self, way: _Way, side: int, time_s: float) -> Action:
        way.first_s = way.first_s if way.crossed_in + way.crossed_out else time_s
        way.last_s = time_s
        if side > 0:
            way.crossed_in += 1
            return Action.IN
        way.crossed_out += 1
        return Action.OUT


def _goes_through(way: _Way, at: _Point, off_px: float, start: np.ndarray, end: np.ndarray) -> bool:
    """Whether the step from the last place to `at` passes between the ends of the line."""
    if (way.off_px > 0) == (off_px > 0):
        return False
    part = way.off_px / (way.off_px - off_px)
    through = np.asarray(way.at) + part * (np.asarray(at) - way.at)
    along = end - start
    return 0 <= float((through - start) @ along) <= float(along @ along)
