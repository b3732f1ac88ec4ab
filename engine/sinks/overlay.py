"""Draws what is known about the faces of a frame into a copy of its picture."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.sinks.label import TYPICAL, Label, Scale, labels_of
from engine.sinks.layout import Ints, place_labels
from engine.sinks.legend import draw_legend
from engine.sinks.palette import PLATE, TEXT, UNKNOWN, Colour
from engine.sinks.plate import SHIFT, subpixel
from engine.sinks.shown import Shown
from engine.sinks.trail import Points, draw_trail
from engine.sinks.zone import DrawnZone, draw_zone
from engine.values.faces import UNCLAIMED, Faces, Floats
from engine.values.frame import Image
from engine.values.result import FrameResult

Order = NDArray[np.intp]

_USUAL = Shown()
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
    taken = draw_legend(image, scale) if shown.legend else np.zeros((0, 4), np.int64)
    taken = np.concatenate([taken, *(draw_zone(image, zone, scale) for zone in zones)])
    order = np.argsort(result.faces.track_ids, kind="stable")
    faces = result.faces[order]
    labels = _labels(result, order, scale, shown)
    for box, label, track_id in zip(faces.boxes, labels, faces.track_ids.tolist(), strict=True):
        colour, closed = (label.colour, label.sure) if label else (UNKNOWN, False)
        if shown.trails and track_id in trails:
            draw_trail(image, trails[track_id], colour, scale.line_px)
        if shown.boxes:
            _draw_box(image, box, colour, scale, closed=closed)
    if shown.landmarks:
        _draw_landmarks(image, faces, scale)
    _draw_labels(image, faces.boxes, labels, scale, taken)
    return image


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


def _draw_box(image: Image, box: Floats, colour: Colour, scale: Scale, *, closed: bool) -> None:
    inset = scale.line_px
    limit = np.array([image.shape[1], image.shape[0]]) - 1 - inset
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
    lines = [np.concatenate(corners)] if closed else corners
    paths = [subpixel(points) for points in lines]
    cv2.polylines(image, paths, closed, PLATE, line + _halo(line), cv2.LINE_AA, SHIFT)
    cv2.polylines(image, paths, closed, colour, line, cv2.LINE_AA, SHIFT)


def _halo(line_px: int) -> int:
    """How much wider the dark line under a coloured one is, so that it shows on any ground."""
    return max(1, line_px // 2)


def _draw_landmarks(image: Image, faces: Faces, scale: Scale) -> None:
    radius = max(1, scale.line_px)
    for x, y in faces.landmarks.reshape(-1, 2).clip(-1e4, 1e5):
        centre = tuple(int(value) for value in subpixel(np.array([x, y])))
        for size, colour in ((radius + 1, PLATE), (radius, TEXT)):
            cv2.circle(image, centre, size << SHIFT, colour, -1, cv2.LINE_AA, SHIFT)


def _draw_labels(
    image: Image, boxes: Floats, labels: list[Label | None], scale: Scale, taken: Ints
) -> None:
    height, width = image.shape[:2]
    rows = [row for row, label in enumerate(labels) if label and not label.empty]
    shown = [label for label in labels if label and not label.empty]
    others = np.array([row for row in range(len(labels)) if row not in rows], np.intp)
    sizes = np.array([label.size_wh(scale) for label in shown], np.int64).reshape(-1, 2)
    avoided = np.concatenate([taken, boxes[others].astype(np.int64)])
    places = place_labels(boxes[rows], sizes, (width, height), gap=scale.pad_px, taken=avoided)
    for box, place, size, label in zip(boxes[rows], places, sizes, shown, strict=True):
        _draw_leader(image, box, np.concatenate([place, place + size]), label.colour, scale)
    for (x, y), (wide, high), label in zip(places, sizes, shown, strict=True):
        if x + wide <= width and y + high <= height:
            label.draw(image[y : y + high, x : x + wide], scale)


def _draw_leader(image: Image, box: Floats, label: Ints, colour: Colour, scale: Scale) -> None:
    """Join a label to its box where other faces have pushed it away."""
    near = np.clip((label[:2] + label[2:]) / 2, box[:2], box[2:])
    start = np.clip(near, label[:2], label[2:])
    end = np.clip(start, box[:2], box[2:])
    if np.abs(start - end).max() <= 2 * scale.pad_px:
        return
    path, line = [subpixel(np.stack([start, end]))], scale.line_px
    for size, ink in ((line + _halo(line), PLATE), (line, colour)):
        cv2.polylines(image, path, False, ink, size, cv2.LINE_AA, SHIFT)
