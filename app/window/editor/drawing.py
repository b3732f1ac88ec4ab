"""Zones while they are being drawn: they may be unfinished or crossed. Knows no Qt."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import count, pairwise
from math import hypot

from pydantic import ValidationError

from engine.cameras_file import Zone
from engine.zones.geometry import inside

Point = tuple[float, float]
KINDS = ("area", "line", "blackout")


@dataclass(frozen=True, slots=True)
class Drawing:
    """One zone as it is drawn.

    Attributes:
        name: Unique in its picture.
        kind: One of `KINDS`.
        points: x, y in widths and heights of the picture, 0..1.
        kept: Its last valid points, in use while the drawn ones are not valid.
    """

    name: str
    kind: str
    points: tuple[Point, ...]
    kept: tuple[Point, ...] = field(default=(), compare=False)

    @property
    def problem(self) -> str:
        """Why it cannot be used as it is; "" where it can."""
        try:
            self.zone()
        except ValidationError as error:
            message = error.errors(include_url=False)[0]["msg"]
            return message.removeprefix("Value error, ").replace("String should", "a name should")
        return ""

    @property
    def used(self) -> "Drawing | None":
        """Itself, or with a problem its last valid shape; None where it never had one.

        Were it taken out of use, a corner pulled too far would uncover what a blackout hides.
        """
        if not self.problem:
            return self
        last = replace(self, points=self.kept)
        return None if last.problem else last

    def zone(self) -> Zone:
        """As it is used and written.

        Raises:
            ValidationError: It cannot be used.
        """
        kind, points = self.kind, self.points
        return Zone.model_validate({"name": self.name, "kind": kind, "points": points})

    def shifted(self, dx: float, dy: float) -> "Drawing":
        """Moved as a whole, as far as the borders of the picture let it."""
        xs, ys = zip(*self.points, strict=True)
        dx = min(max(dx, -min(xs)), 1 - max(xs))
        dy = min(max(dy, -min(ys)), 1 - max(ys))
        return self._reshaped(tuple((x + dx, y + dy) for x, y in self.points))

    def with_corner(self, at: int, point: Point) -> "Drawing":
        """One corner moved to a point, or to the border where that lies outside."""
        points = [*self.points]
        points[at] = kept_inside(point)
        return self._reshaped(tuple(points))

    def split_after(self, at: int) -> "Drawing":
        """One more corner, in the middle of the side that follows a corner."""
        (x1, y1), (x2, y2) = self.points[at], self.points[(at + 1) % len(self.points)]
        middle = ((x1 + x2) / 2, (y1 + y2) / 2)
        return self._reshaped((*self.points[: at + 1], middle, *self.points[at + 1 :]))

    def without_corner(self, at: int) -> "Drawing":
        """One corner less."""
        return self._reshaped(self.points[:at] + self.points[at + 1 :])

    def _reshaped(self, points: tuple[Point, ...]) -> "Drawing":
        used = self.used
        return replace(self, points=points, kept=used.points if used else ())

    @property
    def fewest(self) -> int:
        """How many points it needs."""
        return 2 if self.kind == "line" else 3


def kept_inside(point: Point) -> Point:
    """The nearest point of the picture."""
    return min(max(point[0], 0.0), 1.0), min(max(point[1], 0.0), 1.0)


def free_name(word: str, drawings: Sequence[Drawing]) -> str:
    """A name like "area 2" that no drawing has yet."""
    taken = {drawing.name for drawing in drawings}
    return next(name for n in count(1) if (name := f"{word} {n}") not in taken)


def corner_at(drawing: Drawing, at: Point, reach: Point) -> int | None:
    """The corner within reach of a point, the nearest; `reach` is in widths and heights."""
    far = [hypot((x - at[0]) / reach[0], (y - at[1]) / reach[1]) for x, y in drawing.points]
    nearest = min(range(len(far)), key=far.__getitem__)
    return nearest if far[nearest] <= 1 else None


def is_at(drawing: Drawing, at: Point, reach: Point) -> bool:
    """Whether a point lies in a polygon, or within reach of a line."""
    if drawing.kind != "line":
        return bool(inside([at], drawing.points)[0])
    scaled = [(x / reach[0], y / reach[1]) for x, y in (*drawing.points, at)]
    return any(_distance(scaled[-1], *side) <= 1 for side in pairwise(scaled[:-1]))


def _distance(at: Point, start: Point, end: Point) -> float:
    along = end[0] - start[0], end[1] - start[1]
    length2 = max(along[0] ** 2 + along[1] ** 2, 1e-18)
    part = ((at[0] - start[0]) * along[0] + (at[1] - start[1]) * along[1]) / length2
    part = min(max(part, 0.0), 1.0)
    return hypot(at[0] - start[0] - part * along[0], at[1] - start[1] - part * along[1])
