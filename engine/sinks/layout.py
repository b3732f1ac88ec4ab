"""Where labels go: beside their faces, inside the picture, on no face and on no other label.

Pure geometry; knows no drawing.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.values.faces import Floats

Ints = NDArray[np.int64]

_ON_LABEL, _ON_FACE = 1e8, 1e4
"""What a covered cell costs, in cells of distance: no way is too long to spare a label or face."""
_CELLS_A_LABEL = 3


def place_labels(
    boxes: Floats,
    label_wh: Ints,
    picture_wh: tuple[int, int],
    *,
    gap: int = 4,
    taken: Ints | None = None,
) -> Ints:
    """Find a place for each label, the first ones choosing first.

    A label goes directly beside its box where that is free, else to the nearest free place; where
    nothing is free, to where it covers the fewest labels, then the least of faces.

    Args:
        boxes: (N, 4) x1 y1 x2 y2 in px; may reach past the picture.
        label_wh: (N, 2) sizes in px.
        picture_wh: Size of the picture in px.
        gap: Room between a box and its label, px.
        taken: (M, 4) places where no label may go, such as a legend.

    Returns:
        (N, 2) x and y of each label's upper left corner. Labels lie inside the picture unless
        larger than it; those begin at 0.
    """
    if not len(boxes):
        return np.zeros((0, 2), np.int64)
    outer = np.stack([np.floor(boxes[:, :2]), np.ceil(boxes[:, 2:])], 1).reshape(-1, 4)
    faces = outer.clip(-1e6, 1e6).astype(np.int64)
    labels = np.zeros((0, 4), np.int64) if taken is None else taken
    ground: _Ground | None = None
    places = np.zeros((len(boxes), 2), np.int64)
    for row, size in enumerate(label_wh):
        room = np.maximum(np.asarray(picture_wh) - size, 0)
        beside = np.clip(_beside(faces[row], size, gap), 0, room)
        free = ~_covered(beside, size, np.concatenate([faces, labels]))
        if free.any():
            places[row] = beside[np.argmax(free)]
        else:
            ground = ground or _Ground.of(faces, labels, label_wh, picture_wh)
            places[row] = ground.nearest(beside[0], size, room)
        label = np.concatenate([places[row], places[row] + size])
        labels = np.concatenate([labels, label[None]])
        if ground:
            ground.take(label)
    return places


def _beside(box: Ints, size: Ints, gap: int) -> Ints:
    """Places touching a box, best first: above, below, right, left."""
    x1, y1, x2, y2 = box
    width, height = size
    middle = (x1 + x2 - width) // 2
    rows = [(x, y) for y in (y1 - gap - height, y2 + gap) for x in (middle, x1, x2 - width)]
    columns = [(x, y) for x in (x2 + gap, x1 - gap - width) for y in (y1, y2 - height)]
    return np.array(rows + columns, np.int64)


def _covered(places: Ints, size: Ints, obstacles: Ints) -> NDArray[np.bool_]:
    """(P,) whether a label of `size` at each of P places would lie on any obstacle (M, 4)."""
    first = np.maximum(places[:, None], obstacles[None, :, :2])
    last = np.minimum(places[:, None] + size, obstacles[None, :, 2:])
    return np.asarray((first < last).all(-1).any(-1), np.bool_)


@dataclass(slots=True, eq=False)
class _Ground:
    """The picture in square cells, each with the cost of covering it."""

    cell: int
    costs: NDArray[np.float64]

    @classmethod
    def of(
        cls, faces: Ints, labels: Ints, label_wh: Ints, picture_wh: tuple[int, int]
    ) -> "_Ground":
        cell = max(1, int(label_wh.min()) // _CELLS_A_LABEL)
        width, height = picture_wh
        ground = cls(cell, np.zeros((max(1, height // cell), max(1, width // cell))))
        for face in faces:
            ground._spend(face, _ON_FACE)
        for label in labels:
            ground.take(label)
        return ground

    def take(self, label: Ints) -> None:
        """Let no other label go where this one lies."""
        self._spend(label, _ON_LABEL)

    def _spend(self, box: Ints, cost: float) -> None:
        x1, y1 = np.maximum(box[:2] // self.cell, 0)
        x2, y2 = np.maximum(-(-box[2:] // self.cell), 0)
        self.costs[y1:y2, x1:x2] += cost

    def nearest(self, wanted: Ints, size: Ints, room: Ints) -> Ints:
        """The cheapest place for a label of `size`, near `wanted` and within 0..`room`."""
        rows, columns = self.costs.shape
        wide, high = np.minimum(-(-size // self.cell), (columns, rows))
        total = cv2.integral(self.costs, sdepth=cv2.CV_64F)
        covering = (
            total[high:, wide:]
            - total[:-high, wide:]
            - total[high:, :-wide]
            + total[:-high, :-wide]
        )
        x = np.arange(columns - wide + 1) - wanted[0] / self.cell
        y = np.arange(rows - high + 1) - wanted[1] / self.cell
        distance = np.hypot(x[None, :], y[:, None])
        row, column = np.unravel_index(int(np.argmin(covering + distance)), covering.shape)
        return np.minimum(np.array([column, row]) * self.cell, room)
