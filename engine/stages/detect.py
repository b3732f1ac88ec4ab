"""Faces in a picture with YuNet. Knows no tracks.

The network looks at a smaller copy of the picture: as small as still shows the smallest face asked
for at the size the network can just see. Boxes and landmarks come back in full-picture pixels.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.models.model import Array, Model
from engine.values.faces import Faces, Floats
from engine.values.frame import Frame, Image, shrink

_PAD = 32
_GREY = 110
_SMALLEST_COPY_PX = 320
_NMS_OVERLAP = 0.3


@dataclass(frozen=True, slots=True)
class DetectorScale:
    """How small a copy of the picture the detector looks at.

    Attributes:
        smallest_face_px: Side of the smallest face to be found in the full picture.
        seen_px: Side at which the network still sees a face.
        longest_px: Bound on the longer side of the copy; 0 for none.
    """

    smallest_face_px: int
    seen_px: int
    longest_px: int = 0

    def size_for(self, width: int, height: int) -> tuple[int, int]:
        """Width and height in px of the copy of a picture; never larger than the picture."""
        # Small pictures cost nothing at full size, and landmarks are then exact.
        least = _SMALLEST_COPY_PX / max(width, height)
        scale = min(1.0, max(self.seen_px / self.smallest_face_px, least))
        if self.longest_px:
            scale = min(scale, self.longest_px / max(width, height))
        return max(1, round(width * scale)), max(1, round(height * scale))


class YuNetDetector:
    """Face detector with five landmarks.

    Source: Wu, Peng, Yu, YuNet, 2023; the decoding of its outputs follows the paper: at each cell
    of strides 8, 16, 32 the score is the root of class times objectness, box centres and landmarks
    are offsets in strides from the cell, box sides are exponentials.
    """

    def __init__(
        self, model: Model, scale: DetectorScale, *, score_threshold: float, margin: float = 0.0
    ) -> None:
        """Wrap a loaded detector.

        Args:
            model: A model of kind "detector" with YuNet's outputs.
            scale: From which picture size to look.
            score_threshold: Faces below are dropped, 0..1.
            margin: Grey room around the picture, in shares of its longer side: faces that fill a
                photograph to its edge are found only with room around them.
        """
        self._model = model
        self._strides: list[int] = model.spec.fact("strides")
        self._threshold = score_threshold
        self._margin = margin
        self.scale = scale

    def __call__(self, frame: Frame) -> Faces:
        """Find the faces of a frame, best score first."""
        width, height = frame.size_wh
        wanted = self.scale.size_for(width, height)
        small = frame.small
        if small is None or (small.shape[1], small.shape[0]) != wanted:
            small = shrink(frame.image, wanted)
        room = round(self._margin * max(small.shape[:2]))
        padded = _padded(small, room)
        found = self._decode(self._model({"image": padded}), padded.shape[2])
        factor = np.array([width / small.shape[1], height / small.shape[0]], np.float32)
        return Faces.found(
            (found.boxes - room) * np.tile(factor, 2),
            (found.landmarks - room) * factor,
            found.scores,
        )

    def _decode(self, outputs: dict[str, Array], columns: int) -> Faces:
        parts = [
            _decode_stride(outputs, stride, columns // stride, self._threshold)
            for stride in self._strides
        ]
        boxes, landmarks, scores = (np.concatenate(part) for part in zip(*parts, strict=True))
        keep = _suppress(boxes, scores, self._threshold)
        return Faces.found(boxes[keep], landmarks[keep], scores[keep])


def _padded(small: Image, room: int) -> Image:
    """A batch of one with `room` px of grey around and sides that the network can halve."""
    height, width = (-(-(side + 2 * room) // _PAD) * _PAD for side in small.shape[:2])
    padded = np.full((1, height, width, 3), _GREY if room else 0, np.uint8)
    padded[0, room : room + small.shape[0], room : room + small.shape[1]] = small
    return padded


def _decode_stride(
    outputs: dict[str, Array], stride: int, columns: int, threshold: float
) -> tuple[Floats, Floats, Floats]:
    classes, objects = (
        np.clip(np.asarray(outputs[f"{name}_{stride}"], np.float32).reshape(-1), 0, 1)
        for name in ("cls", "obj")
    )
    scores = np.sqrt(classes * objects)
    found = np.nonzero(scores > threshold)[0]
    offsets = outputs[f"bbox_{stride}"].reshape(-1, 4)[found].astype(np.float32)
    points = outputs[f"kps_{stride}"].reshape(-1, 5, 2)[found].astype(np.float32)
    cells = np.stack([found % columns, found // columns], 1).astype(np.float32)
    centres = (cells + offsets[:, :2]) * stride
    halves = np.exp(offsets[:, 2:]) * (stride / 2)
    boxes = np.concatenate([centres - halves, centres + halves], 1).astype(np.float32)
    landmarks = ((points + cells[:, None]) * stride).astype(np.float32)
    return boxes, landmarks, scores[found]


def _suppress(boxes: Floats, scores: Floats, threshold: float) -> NDArray[np.intp]:
    if not len(boxes):
        return np.zeros(0, np.intp)
    corners_wh = np.concatenate([boxes[:, :2], boxes[:, 2:] - boxes[:, :2]], 1)
    kept = cv2.dnn.NMSBoxes(corners_wh.tolist(), scores.tolist(), threshold, _NMS_OVERLAP)
    return np.asarray(kept, np.intp).reshape(-1)
