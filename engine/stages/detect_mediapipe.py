"""Near faces with MediaPipe's BlazeFace: fewer faces than YuNet, but faster. Knows no tracks.

The package comes with the extra `mediapipe`, never with the default install: it brings an OpenCV
build of its own, and its versions from 0.10.35 on send usage metrics to Google (seen: name look-ups
of play.googleapis.com while a detector runs), for which whoever runs it must ask people's consent.
"""

import weakref
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from engine.errors import ModelError, installing
from engine.models.verify import verify
from engine.stages.align import MEAN_SHAPE
from engine.stages.detect import DetectorScale
from engine.values.faces import Faces, Floats, overlaps
from engine.values.frame import Frame, Image, shrink

if TYPE_CHECKING:
    from mediapipe.tasks.python.vision import FaceDetector

MODEL = (
    Path(__file__).resolve().parents[2] / "assets" / "models" / "face_detection_short_range.tflite"
)
_NEAR = 1 / 4
_GLANCE = 0.3
"""Score from which a far face is worth a look close up, where its score counts."""
_CLOSE_UP_SIDES, _CLOSE_UP_PX = 2.0, 256
_SAME = 0.2
_RAISED, _WIDTH, _HEIGHT = 0.145, 0.97, 1.25
"""From BlazeFace's square boxes to YuNet's: the centre is higher by this part of the height, then
the sides are multiplied (measured on 892 faces cut from 11 clips)."""
_MOUTH_HALF = float(MEAN_SHAPE[4, 0])


class MediaPipeDetector:
    """Face detector for faces that fill at least a tenth of the picture's longer side.

    Of a face that fills less than a quarter the network sees so few pixels that box and landmarks
    are off by up to an eye distance: it is looked at again close up, and dropped if not seen there.
    The network gives the middle of the mouth; the corners are set beside it along the line of the
    eyes, as far out as they lie in the mean shape of `align`.
    """

    def __init__(self, scale: DetectorScale, *, score_threshold: float) -> None:
        """Load the shipped network; errors as in `load`.

        Args:
            scale: From which picture size to look; the network sees 128 px of any.
            score_threshold: Faces below are dropped, 0..1.
        """
        self._detector = load(MODEL, score_threshold=min(_GLANCE, score_threshold))
        self._closing = weakref.finalize(self, _close, self._detector)
        self._threshold = score_threshold
        self.scale = scale

    def __call__(self, frame: Frame) -> Faces:
        """Find the faces of a frame, best score first."""
        width, height = frame.size_wh
        wanted = self.scale.size_for(width, height)
        found = self._look(frame.scaled(wanted), np.array([0, 0, width, height], np.float32))
        far = found.sides_px < _NEAR * max(width, height)
        seen = [self._close_up(frame.image, box) for box in found.boxes[far]]
        faces = _joined([found[~far], *seen])
        best_first = np.argsort(-faces.scores, kind="stable")
        return faces[best_first[faces.scores[best_first] >= self._threshold]]

    def close(self) -> None:
        """Free the network; happens by itself when the detector is dropped."""
        self._closing()

    def _close_up(self, image: Image, box: Floats) -> Faces:
        """The one face at `box` (4,) seen in a cut around it, or none."""
        size = np.array([image.shape[1], image.shape[0]])
        side = np.sqrt((box[2:] - box[:2]).prod())
        centre, half = (box[:2] + box[2:]) / 2, _CLOSE_UP_SIDES / 2 * side
        left, top = np.clip(np.floor(centre - half), 0, size - 1).astype(int)
        right, bottom = np.clip(np.ceil(centre + half), [left + 1, top + 1], size).astype(int)
        scale = min(1.0, _CLOSE_UP_PX / max(right - left, bottom - top))
        wanted = max(1, round((right - left) * scale)), max(1, round((bottom - top) * scale))
        region = np.array([left, top, right, bottom], np.float32)
        seen = self._look(shrink(image[top:bottom, left:right], wanted), region)
        shared = overlaps(box[None], seen.boxes)[0]
        return seen[np.flatnonzero(shared > _SAME)[np.argsort(-shared[shared > _SAME])][:1]]

    def _look(self, image: Image, region: Floats) -> Faces:
        """Find the faces of a picture that shows `region` (x1 y1 x2 y2) of the full one."""
        from mediapipe import Image as Picture
        from mediapipe import ImageFormat

        picture = Picture(image_format=ImageFormat.SRGB, data=np.ascontiguousarray(image))
        found = self._detector.detect(picture).detections
        boxes = [
            (box.origin_x, box.origin_y, box.origin_x + box.width, box.origin_y + box.height)
            for box in (face.bounding_box for face in found)
        ]
        points = [[(point.x, point.y) for point in face.keypoints[:4]] for face in found]
        corner, size = region[:2], region[2:] - region[:2]
        factor = np.tile(size / np.array(image.shape[1::-1], np.float32), 2)
        return Faces.found(
            _as_yunet(np.array(boxes, np.float32).reshape(-1, 4)) * factor + np.tile(corner, 2),
            _five(np.array(points, np.float32).reshape(-1, 4, 2) * size + corner),
            np.array([face.categories[0].score for face in found], np.float32),
        )


def load(model: Path, *, score_threshold: float) -> "FaceDetector":
    """Load a network of MediaPipe.

    Raises:
        ModelError: The extra is not installed, or the file is missing or damaged.
    """
    try:
        from mediapipe.tasks.python import BaseOptions, vision
    except ImportError as error:
        raise ModelError(
            f"the detector mediapipe is not installed ({error}). "
            f"Install it with {installing('mediapipe')}, or use the detector yunet."
        ) from error
    verify(model)
    options = vision.FaceDetectorOptions(
        base_options=BaseOptions(model_asset_path=str(model)),
        min_detection_confidence=score_threshold,
    )
    try:
        return vision.FaceDetector.create_from_options(options)
    except (OSError, RuntimeError, ValueError) as error:
        first_line = str(error).splitlines()[0]
        raise ModelError(f"{model.name} could not be loaded: {first_line}") from error


def _close(detector: "FaceDetector") -> None:
    try:
        detector.close()
    except RuntimeError:
        # The interpreter is ending and MediaPipe's worker is gone: without a handle its own __del__
        # does not try again and fail aloud.
        detector._handle = None  # noqa: SLF001  there is no public way to give it up


def _as_yunet(boxes: Floats) -> Floats:
    """Boxes (N, 4) that hold what YuNet's hold: from the middle of the forehead to the chin."""
    sides = boxes[:, 2:] - boxes[:, :2]
    centres = (boxes[:, :2] + boxes[:, 2:]) / 2 - sides * np.array([0, _RAISED], np.float32)
    halves = sides * np.array([_WIDTH, _HEIGHT], np.float32) / 2
    return np.concatenate([centres - halves, centres + halves], 1)


def _five(points: Floats) -> Floats:
    """Five landmarks (N, 5, 2) from right eye, left eye, nose and middle of the mouth (N, 4, 2)."""
    half_mouth = _MOUTH_HALF * (points[:, 1] - points[:, 0])
    corners = [points[:, 3] - half_mouth, points[:, 3] + half_mouth]
    return np.stack([points[:, 0], points[:, 1], points[:, 2], *corners], 1)


def _joined(parts: list[Faces]) -> Faces:
    return Faces.found(
        np.concatenate([part.boxes for part in parts]),
        np.concatenate([part.landmarks for part in parts]),
        np.concatenate([part.scores for part in parts]),
    )
