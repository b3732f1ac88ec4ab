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
_LARGEST_COPY_PX = 25_000_000
"""Pixels of a copy, whatever was asked for: a photograph of 50 megapixels is looked at in half of
them, which takes 2 GB with the room around it; what is larger still must not take more."""
_NMS_OVERLAP = 0.3
_BATCH = 8
_ROOMY = 2.0
"""Side of a window, in sides of the face that is expected in its middle."""

WINDOW_PX = 160
Windows = NDArray[np.int64]
Part = Floats


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
        scale = min(scale, (_LARGEST_COPY_PX / (width * height)) ** 0.5)
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
            margin: Grey room around the picture, in shares of its longer side or of twice its
                shorter, which is as large as a face can be that fills a photograph to its edge: it
                is found only with room around it.
        """
        self._model = model
        self._strides: list[int] = model.spec.fact("strides")
        self._threshold = score_threshold
        self._margin = margin
        self.scale = scale

    def __call__(self, frame: Frame, part: Part | None = None) -> Faces:
        """Find the faces of a frame, best score first. Safe from several threads.

        Args:
            frame: Where to look.
            part: x1 y1 x2 y2 in px of the only part of the picture to look at; None for all.
        """
        width, height = frame.size_wh
        wanted = self.scale.size_for(width, height)
        size_wh, room = self.fitting(wanted)
        small = shrink(frame.scaled(wanted), size_wh)
        factor = np.array([width / small.shape[1], height / small.shape[0]], np.float32)
        corner = np.zeros(2, np.float32)
        if part is not None:
            x1, y1 = (int(value) for value in np.floor(part[:2] / factor).clip(0))
            x2, y2 = (int(value) for value in np.ceil(part[2:] / factor))
            small, corner = small[y1:y2, x1:x2], np.array([x1, y1], np.float32)
        padded = _padded(small, room)
        [found] = self._found(padded)
        return found.moved(factor, (corner - room) * factor)

    def fitting(self, size_wh: tuple[int, int]) -> tuple[tuple[int, int], int]:
        """How much of a size and of the room around it the runtime takes.

        Args:
            size_wh: Wanted width and height in px of the copy of a picture.

        Returns:
            Width and height of the copy, not larger than wanted, and the room on each side, in px.
        """
        room = round(self._margin * min(max(size_wh), 2 * min(size_wh)))
        if self._model.spec.largest_hw is None:
            return size_wh, room
        most_wh = self._model.spec.largest_hw[::-1]
        shares = [most / (side + 2 * room) for most, side in zip(most_wh, size_wh, strict=True)]
        share = min(1.0, *shares)
        width, height = (max(1, int(side * share)) for side in size_wh)
        return (width, height), int(room * share)

    def near(self, frame: Frame, windows: Windows) -> Faces:
        """Find the faces in square windows of a frame, best score first.

        A window is shrunk to `WINDOW_PX`, so that a large face costs no more than a small one. What
        crosses a window's border inside the picture is left out: it may be half a face, and is
        another window's business.
        """
        parts = [Faces.none()]
        for start in range(0, len(windows), _BATCH):
            some = windows[start : start + _BATCH]
            found = self._found(np.stack([_cut(frame.image, window) for window in some]))
            faces, around = Faces.joined(found), np.repeat(some, list(map(len, found)), 0)
            whole = _is_whole(faces.boxes, around, frame.size_wh)
            corners, sides = around[whole, :2], around[whole, 2:]
            scales = (sides / WINDOW_PX).astype(np.float32)
            parts.append(faces[whole].moved(scales, corners.astype(np.float32)))
        return best(Faces.joined(parts))

    def _found(self, batch: Image) -> list[Faces]:
        """The faces of (B, H, W, 3) pictures, in px of those, without doubles."""
        outputs = self._model({"image": batch})
        columns = batch.shape[2]
        parts = [
            _decode_stride(outputs, stride, columns // stride, self._threshold)
            for stride in self._strides
        ]
        rows, *found = (np.concatenate(part) for part in zip(*parts, strict=True))
        faces = Faces.found(*found)
        return [best(faces[rows == row]) for row in range(len(batch))]


def windows_around(boxes: Floats, room: Floats, size_wh: tuple[int, int]) -> Windows:
    """Square windows with faces in their middle.

    Args:
        boxes: (N, 4) x1 y1 x2 y2 px.
        room: (N,) how far each face may have moved, in its sides.
        size_wh: Width and height of the picture; windows lie inside it where they can.

    Returns:
        (N, 3) left, top and side in px; the side is at least `WINDOW_PX`.
    """
    sides = (boxes[:, 2:] - boxes[:, :2]).max(1, initial=0)
    reach = np.rint(sides * (_ROOMY + 2 * room)).clip(WINDOW_PX).astype(np.int64)
    reach -= reach % (reach // WINDOW_PX)
    middle = (boxes[:, :2] + boxes[:, 2:]) / 2
    corner = np.rint(middle - reach[:, None] / 2).astype(np.int64)
    most = np.array(size_wh) - reach[:, None]
    return np.concatenate([corner.clip(0, most.clip(0)), reach[:, None]], 1)


def _is_whole(boxes: Floats, windows: Windows, size_wh: tuple[int, int]) -> NDArray[np.bool_]:
    """(N,) whether windows (N, 3) hold all that the picture shows of boxes in their own px."""
    begins = windows[:, :2] <= 0
    ends = windows[:, :2] + windows[:, 2:] >= size_wh
    return np.asarray(
        ((boxes[:, :2] > 0) | begins).all(1) & ((boxes[:, 2:] < WINDOW_PX) | ends).all(1)
    )


def best(faces: Faces) -> Faces:
    """The faces that overlap no better one, best score first."""
    if len(faces) <= 1:
        return faces
    boxes = faces.boxes
    corners_wh = np.concatenate([boxes[:, :2], boxes[:, 2:] - boxes[:, :2]], 1)
    kept = cv2.dnn.NMSBoxes(corners_wh.tolist(), faces.scores.tolist(), 0.0, _NMS_OVERLAP)
    return faces[np.asarray(kept, np.intp).reshape(-1)]


def _cut(image: Image, window: Windows) -> Image:
    """(WINDOW_PX, WINDOW_PX, 3) of a window; black outside the picture."""
    left, top, side = (int(value) for value in window)
    region = image[top : top + side, left : left + side]
    if region.shape[:2] != (side, side):
        whole = np.zeros((side, side, 3), np.uint8)
        whole[: region.shape[0], : region.shape[1]] = region
        region = whole
    # Areas are averaged by a whole number, which is quick, and the rest is interpolated.
    half = shrink(region, (side // (side // WINDOW_PX),) * 2)
    wanted = (WINDOW_PX, WINDOW_PX)
    return np.asarray(cv2.resize(half, wanted, interpolation=cv2.INTER_LINEAR), np.uint8)


def _padded(small: Image, room: int) -> Image:
    """A batch of one with `room` px of grey around and sides that the network can halve."""
    height, width = (-(-(side + 2 * room) // _PAD) * _PAD for side in small.shape[:2])
    padded = np.full((1, height, width, 3), _GREY if room else 0, np.uint8)
    padded[0, room : room + small.shape[0], room : room + small.shape[1]] = small
    return padded


def _decode_stride(
    outputs: dict[str, Array], stride: int, columns: int, threshold: float
) -> tuple[NDArray[np.intp], Floats, Floats, Floats]:
    """Which of B pictures each face is in, boxes, landmarks and scores."""
    classes, objects, offsets, points = (
        np.asarray(outputs[f"{name}_{stride}"], np.float32)
        for name in ("cls", "obj", "bbox", "kps")
    )
    scores = np.sqrt(classes.clip(0, 1) * objects.clip(0, 1))[..., 0]
    rows, found = np.nonzero(scores > threshold)
    cells = np.stack([found % columns, found // columns], 1).astype(np.float32)
    centres = (cells + offsets[rows, found, :2]) * stride
    halves = np.exp(offsets[rows, found, 2:]) * (stride / 2)
    boxes = np.concatenate([centres - halves, centres + halves], 1).astype(np.float32)
    landmarks = (points[rows, found].reshape(-1, 5, 2) + cells[:, None]) * stride
    return rows, boxes, landmarks.astype(np.float32), scores[rows, found]
