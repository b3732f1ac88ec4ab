"""Who is in an area, since when and for how long. Flicker at its border enters nobody twice."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.zones.events import WHOLE, Action, Shape, ZoneVisit
from engine.zones.geometry import area_of, depth_in
from engine.zones.sighting import Sighting

MARGIN_SIDES = 0.15
"""How far over a border a face has to be, in sides of the face, to have changed its side."""
_MARGIN_OF_AREA = 0.1
_HELD_S = 3.0


def held_s(lost_s: float) -> float:
    """Longest gap between two sights that is dwell, where people are followed for `lost_s`, unseen.

    In a longer one nobody knows where the person was.
    """
    return max(lost_s, _HELD_S)


@dataclass(frozen=True, slots=True)
class Spent:
    """What one face has spent in an area between its last two sights.

    Attributes:
        face: As it was seen last.
        dwell_s: Seconds inside.
        attention_s: Of these, with the face turned to the camera.
    """

    face: Sighting
    dwell_s: float
    attention_s: float


@dataclass(slots=True)
class _Stay:
    """One track's doings in the area."""

    seen_s: float
    latest_s: float = 0.0
    """What the last sight has added to `dwell_s`."""
    latest_attention_s: float = 0.0
    inside: bool = False
    frontal: bool = False
    entries: int = 0
    dwell_s: float = 0.0
    attention_s: float = 0.0
    first_s: float = 0.0
    last_s: float = 0.0


class Area:
    """A polygon, or the whole picture."""

    def __init__(
        self, name: str, points: tuple[tuple[float, float], ...] = (), *, lost_s: float = 0.0
    ) -> None:
        """Watch a polygon in relative coordinates.

        Args:
            name: Of the area.
            points: Its corners; none for the whole picture.
            lost_s: For how long people are followed whom nobody sees.
        """
        self.name = name
        self._held_s = held_s(lost_s)
        self._points = np.asarray(points, np.float64)
        self._stays: dict[int, _Stay] = {}

    @classmethod
    def of(cls, shape: Shape, lost_s: float) -> "Area":
        """The area drawn by a zone."""
        return cls(shape.name, shape.points, lost_s=lost_s)

    def draw(self, points: tuple[tuple[float, float], ...]) -> None:
        """Lie there from now on; who is then outside leaves when next seen."""
        self._points = np.asarray(points, np.float64)

    def put_away(self) -> None:
        """Watch nobody for now: all have left; what they did is kept."""
        for stay in self._stays.values():
            stay.inside = False

    @property
    def present(self) -> frozenset[int]:
        """Tracks inside now; a face that flickers stays until its track ends."""
        return frozenset(track_id for track_id, stay in self._stays.items() if stay.inside)

    def see(self, face: Sighting, size_wh: tuple[int, int]) -> Action | None:
        """Take one face; tell whether it has come or gone."""
        stay = self._stays.setdefault(face.track_id, _Stay(face.time_s))
        passed_s = face.time_s - stay.seen_s
        stay.latest_s = passed_s if stay.inside and passed_s <= self._held_s else 0.0
        stay.latest_attention_s = stay.latest_s if stay.frontal else 0.0
        stay.dwell_s += stay.latest_s
        stay.attention_s += stay.latest_attention_s
        was_inside, stay.inside = stay.inside, self._holds(face, size_wh, was=stay.inside)
        stay.seen_s, stay.frontal = face.time_s, face.frontal
        if stay.inside or was_inside:
            stay.last_s = face.time_s
        if stay.inside and not was_inside:
            stay.first_s = stay.first_s if stay.entries else face.time_s
            stay.entries += 1
            return Action.ENTERED
        return Action.LEFT if was_inside and not stay.inside else None

    def spent(self, faces: Sequence[Sighting]) -> list[Spent]:
        """What those of the faces just taken that were inside have added to their stays."""
        stays = ((face, self._stays.get(face.track_id)) for face in faces)
        return [Spent(f, s.latest_s, s.latest_attention_s) for f, s in stays if s and s.latest_s]

    def visit(self, track_id: int) -> ZoneVisit | None:
        """What a track did here; None if it never came in."""
        stay = self._stays.get(track_id)
        if stay is None or not stay.entries:
            return None
        return ZoneVisit(
            self.name,
            "area",
            entries=stay.entries,
            crossed_in=0,
            crossed_out=0,
            dwell_s=stay.dwell_s,
            attention_s=stay.attention_s,
            first_s=stay.first_s,
            last_s=stay.last_s,
        )

    def forget(self, track_id: int) -> Action | None:
        """Drop a track that ended; tell whether it was still inside."""
        stay = self._stays.pop(track_id, None)
        return Action.LEFT if stay and stay.inside else None

    def _holds(self, face: Sighting, size_wh: tuple[int, int], *, was: bool) -> bool:
        if self.name == WHOLE:
            return True
        polygon = self._points * size_wh
        side_px = np.sqrt(abs(area_of([(x, y) for x, y in polygon.tolist()])))
        margin_px = min(MARGIN_SIDES * face.side_px, _MARGIN_OF_AREA * side_px)
        depth_px = float(depth_in([(face.x_px, face.y_px)], polygon)[0])
        return depth_px > (-margin_px if was else margin_px)
