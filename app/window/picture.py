"""A result as the picture that the view paints: scaled to the screen, overlays on, in Qt's format.

Everything slow happens here, outside the thread that paints.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import cast

import cv2
import numpy as np
from PyQt6.QtGui import QImage

from engine.sinks.overlay import draw
from engine.sinks.shown import Shown
from engine.sinks.trail import Points
from engine.sinks.zone import DrawnZone
from engine.values.faces import Faces
from engine.values.frame import Image, read_only
from engine.values.result import FrameResult


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """What the view paints.

    Attributes:
        image: In screen pixels; borrows the memory of `pixels`.
        pixels: (H, W, 4) uint8, kept because `image` borrows it.
        decoded_ns: Monotonic clock when the frame was decoded, to tell the age of the picture.
        faces: Where the faces are in `image`.
    """

    image: QImage
    pixels: Image
    decoded_ns: int
    faces: Faces

    def face_at(self, x_px: float, y_px: float) -> int | None:
        """Track id of the smallest face at a place in the image; None where there is none."""
        boxes = self.faces.boxes
        inside = (boxes[:, :2] <= (x_px, y_px)).all(1) & (boxes[:, 2:] >= (x_px, y_px)).all(1)
        if not inside.any():
            return None
        area = (boxes[:, 2:] - boxes[:, :2]).prod(1)
        return int(self.faces.track_ids[np.argmin(np.where(inside, area, np.inf))])


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """What is drawn besides the result.

    Attributes:
        shown: What to draw of it.
        trails: (P, 2) points in px of the frame by track id.
        zones: Drawn below the faces.
        zoom: How many screen pixels the desktop takes for one: text is at least so much larger.
    """

    shown: Shown = field(default_factory=Shown)
    trails: Mapping[int, Points] = field(default_factory=dict)
    zones: tuple[DrawnZone, ...] = ()
    zoom: float = 1.0


def render(result: FrameResult, room_wh: tuple[int, int], scene: Scene) -> Picture:
    """Scale a result into `room_wh` screen pixels and draw on it: text is then never scaled."""
    small = scaled(result, fitting(result.frame.size_wh, room_wh))
    factor = small.frame.size_wh[0] / result.frame.size_wh[0]
    nearer = {track_id: points * np.float32(factor) for track_id, points in scene.trails.items()}
    drawn = draw(small, scene.shown, nearer, scene.zones, zoom=scene.zoom)
    pixels = np.asarray(cv2.cvtColor(drawn, cv2.COLOR_RGB2BGRA), np.uint8)
    height, width = pixels.shape[:2]
    memory = cast(bytes, pixels.data)  # any buffer will do, though PyQt's types say bytes
    image = QImage(memory, width, height, pixels.strides[0], QImage.Format.Format_RGB32)
    return Picture(image, pixels, result.frame.decoded_ns, small.faces)


def fitting(size_wh: tuple[int, int], room_wh: tuple[int, int]) -> tuple[int, int]:
    """The largest size of the same shape that fits into the room, at least 1x1 px."""
    width, height = size_wh
    factor = min(room_wh[0] / width, room_wh[1] / height)
    return max(1, round(width * factor)), max(1, round(height * factor))


def scaled(result: FrameResult, size_wh: tuple[int, int]) -> FrameResult:
    """The same result on a larger or smaller picture."""
    frame = result.frame
    if size_wh == frame.size_wh:
        return result
    # Averaging areas costs four times as much, and shows only where it is shrunk by much.
    shrinks = 2 * size_wh[0] < frame.size_wh[0]
    way = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    image = read_only(np.asarray(cv2.resize(frame.image, size_wh, interpolation=way), np.uint8))
    factor = (np.array(size_wh) / frame.size_wh).astype(np.float32)
    faces = replace(
        result.faces,
        boxes=result.faces.boxes * np.tile(factor, 2),
        landmarks=result.faces.landmarks * factor,
    )
    return replace(result, frame=frame.showing(image), faces=faces)
