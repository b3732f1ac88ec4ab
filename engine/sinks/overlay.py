"""Draws what is known about the faces of a frame into a copy of its picture."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from engine.sinks.canvas import Canvas, PictureCanvas
from engine.sinks.label import TYPICAL, Label, Scale, labels_of
from engine.sinks.layout import Ints, place_labels
from engine.sinks.legend import legend_place, legend_stamp
from engine.sinks.palette import PLATE, TEXT, UNKNOWN, Colour
from engine.sinks.shown import Shown
from engine.sinks.trail import Points, draw_trail
from engine.sinks.zone import DrawnZone, draw_zone
from engine.values.faces import UNCLAIMED, Faces, Floats
from engine.values.frame import Image
from engine.values.result import FrameResult

Look = tuple[Shown, Mapping[int, Points], Sequence[DrawnZone]]
"""What is drawn of a result, and the trails and zones that there are besides."""
Order = NDArray[np.intp]

_USUAL = Shown()
_NOWHERE: Ints = np.zeros((0, 4), np.int64)
_NO_TRAILS: Mapping[int, Points] = MappingProxyType({})
_SMALLEST_PICTURE_PX = 48
_SMALLEST_BOX_PX = 3
_CROWDED = 0.2
"""Share of the picture above which full labels would be too much: they are then brief."""
_CORNER_ARC = 0.15
_CORNER_LEG = 0.28
_LINE = 0.05
"""In shares of a box's shorter side."""
_TURNS = np.linspace(np.pi / 2, 0, 7)
_CORNER = np.concatenate(
    [
        [[_CORNER_LEG, 0.0]],
        (1 - np.stack([np.cos(_TURNS), np.sin(_TURNS)], 1)) * _CORNER_ARC,
        [[0.0, _CORNER_LEG]],
    ]
)
"""(P, 2) the upper left corner of a box of side 1, from its upper to its left end."""


def usual() -> Look:
    """What is drawn where nobody chose."""
    return _USUAL, _NO_TRAILS, ()


def draw(
    result: FrameResult,
    shown: Shown = _USUAL,
    trails: Mapping[int, Points] = _NO_TRAILS,
    zones: Sequence[DrawnZone] = (),
    *,
    zoom: float = 1.0,
) -> Image:
    """Draw boxes and labels: closed boxes where the belief is stable, corners where it may move.

    Args:
        result: Any result. Pictures too small for text come back without drawing.
        shown: What to draw.
        trails: (P, 2) points in px by track id, as `Trails` gives them.
        zones: Areas and lines.
        zoom: Pixels that stand for one on a screen with very small ones.

    Returns:
        A new (H, W, 3) uint8 RGB picture.
    """
    image = result.frame.image.copy()
    height, width = image.shape[:2]
    if min(width, height) < _SMALLEST_PICTURE_PX:
        return image
    scale = Scale.of(width, height, zoom)
    texts = [draw_zone(image, zone, scale) for zone in zones if shown.zones]
    marks = Marks.of(result, shown, np.concatenate([_NOWHERE, *texts]), zoom=zoom)
    for track_id, colour in marks.colours():
        if shown.trails and track_id in trails:
            draw_trail(image, trails[track_id], colour, scale.line_px)
    marks.draw(PictureCanvas(image))
    return image


@dataclass(frozen=True, slots=True, eq=False)
class Marks:
    """Boxes, labels and legend of a result, in their places. Knows no pixels.

    Attributes:
        picture_wh: Size of the picture in px.
        faces: By their ids, ascending.
        labels: Of the faces; None where nothing is said.
        places: (N, 4) of the labels, x1 y1 x2 y2 in px; of no size where there is none.
        leaders: (N, 2, 2) ends of the lines from labels to boxes; NaN where they are near.
        legend: (0 or 1, 4) its place.
        scale: Of lines and text.
        shown: What is drawn.
    """

    picture_wh: tuple[int, int]
    faces: Faces
    labels: list[Label | None]
    places: Ints
    leaders: Floats
    legend: Ints
    scale: Scale
    shown: Shown

    @classmethod
    def of(
        cls,
        result: FrameResult,
        shown: Shown = _USUAL,
        taken: Ints = _NOWHERE,
        *,
        zoom: float = 1.0,
    ) -> "Marks":
        """Find places for everything.

        Args:
            result: Any result.
            shown: What to draw.
            taken: (M, 4) places where no label may go, px.
            zoom: See `draw`.
        """
        size_wh = result.frame.size_wh
        scale = Scale.of(*size_wh, zoom)
        legend = legend_place(size_wh, scale) if shown.legend else _NOWHERE
        order = np.argsort(result.faces.track_ids, kind="stable")
        faces = result.faces[order]
        labels = _labels(result, order, scale, shown)
        taken = np.concatenate([legend, taken])
        places = _places(faces.boxes, labels, scale, size_wh, taken)
        leaders = _leaders(faces.boxes, places, 2 * scale.pad_px)
        return cls(size_wh, faces, labels, places, leaders, legend, scale, shown)

    def colours(self) -> list[tuple[int, Colour]]:
        """Id and colour of each face."""
        colours = [label.colour if label else UNKNOWN for label in self.labels]
        return list(zip(self.faces.track_ids.tolist(), colours, strict=True))

    def draw(self, canvas: Canvas) -> None:
        """Draw onto a picture of this size."""
        scale = self.scale
        for x1, y1, x2, y2 in self.legend.tolist():
            canvas.press(legend_stamp((x2 - x1, y2 - y1), scale), x1, y1)
        if self.shown.boxes:
            for box, label in zip(self.faces.boxes, self.labels, strict=True):
                colour, closed = (label.colour, label.sure) if label else (UNKNOWN, False)
                _draw_box(canvas, box, self.picture_wh, colour, scale, closed=closed)
        if self.shown.landmarks:
            _draw_landmarks(canvas, self.faces, scale)
        for ends, label in zip(self.leaders, self.labels, strict=True):
            if label is not None and not np.isnan(ends[0, 0]):
                _draw_leader(canvas, ends, label.colour, scale)
        width, height = self.picture_wh
        for (x1, y1, x2, y2), label in zip(self.places.tolist(), self.labels, strict=True):
            if label is not None and x1 < x2 <= width and y1 < y2 <= height:
                canvas.press(label.stamp(scale), x1, y1)


def _leaders(boxes: Floats, places: Ints, far_px: int) -> Floats:
    """(N, 2, 2) ends of lines from labels that other faces have pushed away to their boxes."""
    near = ((places[:, :2] + places[:, 2:]) / 2).clip(boxes[:, :2], boxes[:, 2:])
    start = near.clip(places[:, :2], places[:, 2:])
    end = start.clip(boxes[:, :2], boxes[:, 2:])
    ends = np.stack([start, end], 1).astype(np.float32)
    ends[(np.abs(start - end).max(1) <= far_px) | (places[:, 0] == places[:, 2])] = np.nan
    return ends


def _places(
    boxes: Floats,
    labels: list[Label | None],
    scale: Scale,
    picture_wh: tuple[int, int],
    taken: Ints,
) -> Ints:
    """(N, 4) where the labels go."""
    rows = [row for row, label in enumerate(labels) if label and not label.empty]
    others = np.array([row for row in range(len(labels)) if row not in rows], np.intp)
    sizes = np.array(
        [label.size_wh(scale) for label in labels if label and not label.empty], np.int64
    ).reshape(-1, 2)
    avoided = np.concatenate([taken, boxes[others].astype(np.int64)])
    corners = place_labels(boxes[rows], sizes, picture_wh, gap=scale.pad_px, taken=avoided)
    corners = corners // 2 * 2  # a video has one sample of colour for two by two of light
    places = np.zeros((len(labels), 4), np.int64)
    places[rows] = np.concatenate([corners, corners + sizes], 1)
    return places


def _labels(result: FrameResult, order: Order, scale: Scale, shown: Shown) -> list[Label | None]:
    """A label for each face; none for those that no track of a video has claimed yet."""
    ids = result.faces.track_ids[order].tolist()
    labels = labels_of([result.beliefs[row] for row in order], ids)
    width, height = TYPICAL.size_wh(scale)
    area = result.frame.size_wh[0] * result.frame.size_wh[1]
    if len(labels) * width * height > _CROWDED * area:
        labels = [label.brief() for label in labels]
    labels = [
        label.only(shown, float(quality))
        for label, quality in zip(labels, result.quality[order], strict=True)
    ]
    return [
        label if track_id != UNCLAIMED or result.frame.picture else None
        for label, track_id in zip(labels, ids, strict=True)
    ]


def _draw_box(
    canvas: Canvas,
    box: Floats,
    picture_wh: tuple[int, int],
    colour: Colour,
    scale: Scale,
    *,
    closed: bool,
) -> None:
    inset = scale.line_px
    limit = np.array(picture_wh) - 1 - inset
    first, last = np.clip(box[:2], inset, limit), np.clip(box[2:], inset, limit)
    side = float((last - first).min())
    if side < _SMALLEST_BOX_PX:
        return
    corner = _CORNER * side
    corners = [
        first + corner[::-1],
        np.array([last[0], first[1]]) + corner * (-1, 1),
        last - corner[::-1],
        np.array([first[0], last[1]]) + corner * (1, -1),
    ]
    line = max(1, min(scale.line_px, round(_LINE * side)))
    paths = [np.concatenate(corners)] if closed else corners
    for width, ink in ((line + _halo(line), PLATE), (line, colour)):
        for path in paths:
            canvas.line(path, ink, width, closed=closed)


def _halo(line_px: int) -> int:
    """How much wider the dark line under a coloured one is, so that it shows on any ground."""
    return max(1, line_px // 2)


def _draw_landmarks(canvas: Canvas, faces: Faces, scale: Scale) -> None:
    radius = max(1, scale.line_px)
    for point in faces.landmarks.reshape(-1, 2).clip(-1e4, 1e5):
        for size, colour in ((radius + 1, PLATE), (radius, TEXT)):
            canvas.disc(point, colour, size)


def _draw_leader(canvas: Canvas, ends: Floats, colour: Colour, scale: Scale) -> None:
    line = scale.line_px
    for width, ink in ((line + _halo(line), PLATE), (line, colour)):
        canvas.line(ends, ink, width)
