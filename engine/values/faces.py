"""The faces of one frame as parallel arrays that slice together like numpy."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]
UNCLAIMED = -1


@dataclass(frozen=True, slots=True, eq=False)
class Faces:
    """N faces found in one frame.

    Attributes:
        boxes: (N, 4) float32, x1 y1 x2 y2 in px of the full picture; may reach past its border.
        landmarks: (N, 5, 2) float32 px: right eye, left eye, nose tip, right and left mouth
            corner, "right" being the person's own (so smaller x in an upright frontal face).
        scores: (N,) float32 detector scores in 0..1.
        track_ids: (N,) int64, -1 where no track has claimed the face.
    """

    boxes: Floats
    landmarks: Floats
    scores: Floats
    track_ids: Ints

    def __post_init__(self) -> None:
        """Check that the arrays belong together."""
        n = len(self.boxes)
        shapes = (self.boxes.shape, self.landmarks.shape, self.scores.shape, self.track_ids.shape)
        if shapes != ((n, 4), (n, 5, 2), (n,), (n,)):
            raise ValueError(f"Faces needs (N,4), (N,5,2), (N,), (N,) arrays; got {shapes}")

    @classmethod
    def found(cls, boxes: ArrayLike, landmarks: ArrayLike, scores: ArrayLike) -> "Faces":
        """Faces fresh from a detector, claimed by no track yet."""
        corners = np.asarray(boxes, np.float32).reshape(-1, 4)
        return cls(
            corners,
            np.asarray(landmarks, np.float32).reshape(-1, 5, 2),
            np.asarray(scores, np.float32).reshape(-1),
            np.full(len(corners), UNCLAIMED, np.int64),
        )

    @classmethod
    def none(cls) -> "Faces":
        """No faces."""
        return cls.found(np.zeros((0, 4)), np.zeros((0, 5, 2)), np.zeros(0))

    @classmethod
    def joined(cls, parts: "Sequence[Faces]") -> "Faces":
        """The faces of all `parts`, at least one, in order."""
        return cls(
            np.concatenate([part.boxes for part in parts]),
            np.concatenate([part.landmarks for part in parts]),
            np.concatenate([part.scores for part in parts]),
            np.concatenate([part.track_ids for part in parts]),
        )

    def moved(self, scale: Floats, shift: Floats) -> "Faces":
        """The same faces with every point scaled, then shifted, by x and y.

        Args:
            scale: (2,) for all faces or (N, 2) for each; (N, 1) for both axes.
            shift: (2,) or (N, 2) px.
        """
        scale, shift = scale[..., None, :], shift[..., None, :]
        corners = self.boxes.reshape(-1, 2, 2) * scale + shift
        landmarks = self.landmarks * scale + shift
        return replace(self, boxes=corners.reshape(-1, 4), landmarks=landmarks)

    def __len__(self) -> int:
        return len(self.boxes)

    def __getitem__(self, key: NDArray[np.bool_] | NDArray[np.intp] | slice) -> "Faces":
        """Select faces by mask, index array or slice."""
        return Faces(self.boxes[key], self.landmarks[key], self.scores[key], self.track_ids[key])

    def with_ids(self, track_ids: Ints) -> "Faces":
        """The same faces, claimed by tracks."""
        return replace(self, track_ids=np.asarray(track_ids, np.int64))

    @property
    def sides_px(self) -> Floats:
        """(N,) float32: square root of each box's area, the size meant by "a 20 px face"."""
        sides = np.clip(self.boxes[:, 2:] - self.boxes[:, :2], 0, None)
        return np.sqrt(sides[:, 0] * sides[:, 1])


def overlaps(first: Floats, second: Floats) -> Floats:
    """Intersection over union of every box of `first` (N, 4) with every one of `second` (M, 4).

    Returns:
        (N, M) float32 in 0..1.
    """
    top_left = np.maximum(first[:, None, :2], second[None, :, :2])
    bottom_right = np.minimum(first[:, None, 2:], second[None, :, 2:])
    inside = np.clip(bottom_right - top_left, 0, None).prod(-1)
    areas = [np.clip(b[:, 2:] - b[:, :2], 0, None).prod(-1) for b in (first, second)]
    union = areas[0][:, None] + areas[1][None, :] - inside
    return np.asarray(inside / np.maximum(union, 1e-9), np.float32)
