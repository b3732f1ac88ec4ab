"""Makes faces unrecognisable: in one picture, or in all that comes from a source.

blur = FaceBlur(settings.privacy)
for result in results:
    sink.write(blur(result))
"""

from dataclasses import dataclass, replace
from math import inf

import cv2
import numpy as np

from engine.settings import BlurStyle, PrivacySettings
from engine.values.faces import UNCLAIMED, Floats
from engine.values.frame import Image
from engine.values.result import FrameResult

_USUAL = PrivacySettings()
_BLOCKS = 6
"""Mosaic blocks along the longer side: too few for a face to be matched by people or machines."""
_GREY = 110


class FaceBlur:
    """Blurs every face of the results of one source, in their order; use one for each source.

    A face that is lost for a moment stays blurred where it was last seen.
    """

    def __init__(self, settings: PrivacySettings = _USUAL) -> None:
        """Take over how to blur, how far around a face and for how long."""
        self._settings = settings
        self._held: list[_Held] = []
        self._time_s = -inf
        self._size_wh = (0, 0)

    def __call__(self, result: FrameResult) -> FrameResult:
        """The same result with another picture; the one given is left as it is."""
        boxes = np.concatenate([result.faces.boxes, self._lost(result)])
        if not len(boxes):
            return result
        image = blur_faces(
            result.frame.image,
            boxes,
            style=self._settings.blur_style,
            larger=self._settings.blur_larger,
        )
        return replace(result, frame=result.frame.showing(image))

    def _lost(self, result: FrameResult) -> Floats:
        """(M, 4) where faces were until a moment ago that are not found now."""
        frame, faces = result.frame, result.faces
        went_on = self._time_s <= frame.time_s and self._size_wh == frame.size_wh
        self._time_s, self._size_wh = frame.time_s, frame.size_wh
        if frame.picture or not went_on:
            self._held = []
        since_s = frame.time_s - self._settings.blur_hold_s
        found = set(faces.track_ids.tolist()) - {UNCLAIMED}
        lost = [h for h in self._held if h.time_s > since_s and h.track_id not in found]
        now = zip(faces.track_ids.tolist(), faces.boxes, strict=True)
        self._held = [*lost, *(_Held(frame.time_s, track_id, box) for track_id, box in now)]
        return np.array([held.box for held in lost], np.float32).reshape(-1, 4)


@dataclass(frozen=True, slots=True, eq=False)
class _Held:
    time_s: float
    track_id: int
    box: Floats


def blur_faces(
    image: Image, boxes: Floats, *, style: BlurStyle = BlurStyle.PIXELATE, larger: float = 1.3
) -> Image:
    """Hide the ellipse around every face.

    Args:
        image: (H, W, 3) uint8 RGB; left as it is.
        boxes: (N, 4) x1 y1 x2 y2 in px; may reach past the picture.
        style: What is put over the faces.
        larger: Axes of the ellipse in sides of the box: hair, ears and chin lie outside it.

    Returns:
        A new picture.
    """
    blurred = image.copy()
    for box in boxes:
        _blur(blurred, box, style, larger)
    return blurred


def _blur(image: Image, box: Floats, style: BlurStyle, larger: float) -> None:
    height, width = image.shape[:2]
    centre = (box[:2] + box[2:]) / 2
    half = np.maximum((box[2:] - box[:2]) / 2 * larger, 1)
    x1, y1 = np.clip(np.floor(centre - half), 0, (width, height)).astype(int)
    x2, y2 = np.clip(np.ceil(centre + half), 0, (width, height)).astype(int)
    if x2 <= x1 or y2 <= y1:
        return
    region = image[y1:y2, x1:x2]
    mask = np.zeros(region.shape[:2], np.uint8)
    centre_px = tuple(int(value) for value in np.round(centre - (x1, y1)))
    axes_px = tuple(int(value) for value in np.ceil(half))
    cv2.ellipse(mask, centre_px, axes_px, 0, 0, 360, 255, -1)
    cv2.copyTo(_hidden(region, style), mask, region)


def _hidden(region: Image, style: BlurStyle) -> Image:
    """What is put over a region; of its detail only blocks are left, in every style."""
    if style is BlurStyle.SOLID:
        return np.full_like(region, _GREY)
    height, width = region.shape[:2]
    blocks = [max(1, round(_BLOCKS * side / max(height, width))) for side in (width, height)]
    coarse = cv2.resize(region, blocks, interpolation=cv2.INTER_AREA)
    smooth = style is BlurStyle.GAUSSIAN
    mosaic = cv2.resize(
        coarse, (width, height), interpolation=cv2.INTER_CUBIC if smooth else cv2.INTER_NEAREST
    )
    if smooth:
        mosaic = cv2.GaussianBlur(mosaic, (0, 0), max(height, width) / (2 * _BLOCKS))
    return np.asarray(mosaic, np.uint8)
