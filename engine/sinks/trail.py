"""Where faces have been lately: remembered along the frames, drawn as lines that fade in."""

from collections import deque
from collections.abc import Mapping

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.sinks.palette import Colour
from engine.sinks.plate import SHIFT, subpixel
from engine.values.faces import UNCLAIMED
from engine.values.frame import Image
from engine.values.result import FrameResult

Points = NDArray[np.float32]
_LENGTH_S = 2.0
_PIECES = 6


class Trails:
    """Keeps the middles of the faces of one source for two seconds of media time."""

    def __init__(self) -> None:
        """Start with nobody."""
        self._middles: dict[int, deque[tuple[float, Points]]] = {}

    def __call__(self, result: FrameResult) -> Mapping[int, Points]:
        """Take in a result; returns (P, 2) points in px by track id, oldest first."""
        now_s, boxes = result.frame.time_s, result.faces.boxes
        for track_id, box in zip(result.faces.track_ids.tolist(), boxes, strict=True):
            if track_id != UNCLAIMED:
                middles = self._middles.setdefault(track_id, deque())
                if middles and middles[-1][0] > now_s:
                    middles.clear()  # somebody leafed back
                middles.append((now_s, (box[:2] + box[2:]) / 2))
        for track_id, middles in list(self._middles.items()):
            while middles and not now_s - _LENGTH_S <= middles[0][0] <= now_s:
                middles.popleft()
            if not middles:
                del self._middles[track_id]
        return {k: np.stack([point for _, point in v]) for k, v in self._middles.items()}


def draw_trail(image: Image, points: Points, colour: Colour, line_px: int) -> None:
    """Draw one trail, thicker and brighter towards its newest end."""
    parts = np.array_split(np.arange(len(points)), min(_PIECES, len(points)))
    for piece, rows in enumerate(parts, start=1):
        path = points[rows[0] : rows[-1] + 2]
        if len(path) > 1:
            strength = 0.35 + 0.65 * piece / len(parts)
            ink = tuple(channel * strength for channel in colour)
            width = max(1, round(line_px * strength))
            cv2.polylines(image, [subpixel(path)], False, ink, width, cv2.LINE_AA, SHIFT)
