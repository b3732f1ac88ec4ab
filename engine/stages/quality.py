"""How much a face can tell about age, 0..1, from size, pose, sharpness, exposure and score.

The value weighs the face in the belief: 1 counts fully, 0 not at all. Every factor is a smooth
hand-set curve over a quantity with a unit, so that a face never flips between used and unused.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from engine.stages.align import MEAN_SHAPE
from engine.values.faces import Faces, Floats
from engine.values.frame import Image

_EYES_PX = 16.0
"""Eye distance at which size costs a third of the weight."""
_YAW = 0.38
"""Shift of the nose from the middle between the eyes, in eye distances, that costs two thirds."""
_PITCH = 0.22
"""The same along the line from eyes to mouth, in its length."""
_SHARP = 45.0
"""Variance of the Laplacian of an 8-bit crop from which it counts as sharp."""
_CONTRAST = 18.0
"""Standard deviation of the luma from which contrast is no limit, in levels of 255."""
_LEAST_INSIDE = 0.6
"""Share of the face's box inside the picture at which nothing is left to tell."""
_MEAN_NOSE = float((MEAN_SHAPE[2, 1] - MEAN_SHAPE[0, 1]) / (MEAN_SHAPE[3, 1] - MEAN_SHAPE[0, 1]))


@dataclass(frozen=True, slots=True, eq=False)
class Pose:
    """Head pose as landmark ratios, (N,) each.

    Attributes:
        eyes_px: Distance of the eyes, or what it would be from the front if the head is turned.
        yaw: Shift of the nose along the eye line in eye distances; positive to the picture's right.
        pitch: Shift of the nose along the line from eyes to mouth against the mean face, in the
            length of that line; positive when looking down.
    """

    eyes_px: Floats
    yaw: Floats
    pitch: Floats


def pose_of(landmarks: Floats) -> Pose:
    """Head pose from (N, 5, 2) landmarks in px."""
    eyes = landmarks[:, :2].mean(1)
    across = landmarks[:, 1] - landmarks[:, 0]
    down = landmarks[:, 3:].mean(1) - eyes
    nose = landmarks[:, 2] - eyes
    height = np.maximum(np.linalg.norm(down, axis=1), 1e-6)
    # Turned heads bring the eyes together but keep the distance of eyes and mouth.
    width = np.maximum(np.linalg.norm(across, axis=1), 1e-6)
    eyes_px = np.maximum(width, height)
    yaw = (nose * across).sum(1) / (width * eyes_px)
    pitch = (nose * down).sum(1) / height**2 - _MEAN_NOSE
    return Pose(eyes_px.astype(np.float32), yaw.astype(np.float32), pitch.astype(np.float32))


def view_of(faces: Faces, size_wh: tuple[int, int]) -> Floats:
    """The part of the quality that needs no pixels: size, pose, score and place.

    Args:
        faces: N faces in px of the picture.
        size_wh: Width and height of the picture in px.

    Returns:
        (N,) float32 in 0..1, to be multiplied by `light_of` the same faces.
    """
    if not len(faces):
        return np.zeros(0, np.float32)
    pose = pose_of(faces.landmarks)
    size = 1 - np.exp(-((pose.eyes_px / _EYES_PX) ** 2))
    turned = np.exp(-((pose.yaw / _YAW) ** 2) - (pose.pitch / _PITCH) ** 2)
    score = np.clip((faces.scores - 0.2) / 0.5, 0.1, 1)
    whole = np.clip((_inside(faces, size_wh) - _LEAST_INSIDE) / (1 - _LEAST_INSIDE), 0, 1)
    return np.asarray(size * turned * score * whole, np.float32)


def light_of(crops: Image) -> Floats:
    """The part of the quality that only pixels show: sharpness and exposure.

    Args:
        crops: (N, S, S, 3) uint8 RGB aligned crops.

    Returns:
        (N,) float32 in 0..1.
    """
    return np.array([_light(crop) for crop in crops], np.float32)


def _inside(faces: Faces, size_wh: tuple[int, int]) -> Floats:
    """(N,) share of each box that lies inside the picture."""
    whole = np.maximum(faces.sides_px**2, 1e-6)
    corners = np.clip(faces.boxes, 0, np.array([*size_wh, *size_wh], np.float32))
    return np.asarray((corners[:, 2:] - corners[:, :2]).prod(1) / whole, np.float32)


def _light(crop: Image) -> float:
    """Sharpness and exposure of the middle of a crop, 0..1."""
    side = crop.shape[0]
    edge = side // 6  # the border may be fill and is no face
    luma = cv2.cvtColor(crop, cv2.COLOR_RGB2GRAY)[edge : side - edge, edge : side - edge]
    sharp = np.log1p(cv2.Laplacian(luma, cv2.CV_32F).var()) / np.log1p(_SHARP)
    contrast = luma.std() / _CONTRAST
    clear = cv2.countNonZero(cv2.inRange(luma, 6, 249))
    burnt = min((luma.size - clear) / luma.size, 0.9)
    return float(np.clip(sharp, 0.1, 1) * np.clip(contrast, 0.1, 1) * (1 - burnt))
