"""Upright square crops of faces from five landmarks. Knows no ages.

A similarity transform (rotation, one scale, shift) lays the landmarks on a template that leaves
room for forehead and chin. Where the template reaches past the picture, the crop is filled with
one grey: the age model has learnt with many fills, so that the border is no cue.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.values.faces import Floats
from engine.values.frame import Image

Doubles = NDArray[np.float64]

MEAN_SHAPE: Doubles = np.array(
    [[-0.5, -0.4946], [0.5, -0.4946], [0.0, 0.0825], [-0.4305, 0.4946], [0.4305, 0.4946]]
)
"""Mean of YuNet's landmarks over 991 photographs (UTKFace and All-Age-Faces) after Procrustes
alignment, made symmetric; unit: eye distance; origin: midway between eyes and mouth."""

FILL_RGB = (124, 117, 104)
"""Grey of what lies outside the picture: the mean colour of the face network's first training."""


def template(half_side: float) -> Doubles:
    """Where the landmarks lie in a crop.

    Args:
        half_side: Half the crop's side in eye distances.

    Returns:
        (5, 2) in units of the crop's side, 0..1.
    """
    return 0.5 + MEAN_SHAPE / (2 * half_side)


def similarity(source: Floats | Doubles, target: Doubles) -> Doubles:
    """The similarity transform that takes `source` nearest to `target` in least squares.

    Source: Umeyama, "Least-squares estimation of transformation parameters", 1991, written with
    complex numbers: for centred points the best rotation and scale is one complex factor.

    Args:
        source: (P, 2) points.
        target: (P, 2) points.

    Returns:
        (2, 3) affine matrix.
    """
    z = source[:, 0].astype(np.float64) + 1j * source[:, 1]
    w = target[:, 0] + 1j * target[:, 1]
    z_mean, w_mean = z.mean(), w.mean()
    spread = np.sum(np.abs(z - z_mean) ** 2)
    factor = np.sum(np.conj(z - z_mean) * (w - w_mean)) / max(spread, 1e-12)
    shift = w_mean - factor * z_mean
    return np.array(
        [[factor.real, -factor.imag, shift.real], [factor.imag, factor.real, shift.imag]]
    )


def align(image: Image, landmarks: Floats, points: Doubles, side: int) -> Image:
    """Cut the crops of N faces.

    Args:
        image: (H, W, C) uint8 picture.
        landmarks: (N, 5, 2) px.
        points: (5, 2) template in units of the crop's side.
        side: Side of the crops in px.

    Returns:
        (N, side, side, C) uint8; outside the picture `FILL_RGB` (a fourth channel gets 0).
    """
    crops = np.empty((len(landmarks), side, side, image.shape[2]), np.uint8)
    for crop, points_px in zip(crops, landmarks, strict=True):
        crop[:] = _cut(image, similarity(points_px, points * side), side)
    return crops


def _cut(image: Image, matrix: Doubles, side: int) -> Image:
    scale = float(np.hypot(matrix[0, 0], matrix[1, 0]))
    if scale < 0.6:
        # Bilinear warping skips pixels when it shrinks: average the region's areas first.
        image, matrix = _shrunk_region(image, matrix, side, scale)
    return np.asarray(
        cv2.warpAffine(
            image,
            matrix,
            (side, side),
            flags=cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_CONSTANT,
            borderValue=(*FILL_RGB, 0),
        ),
        np.uint8,
    )


def _shrunk_region(image: Image, matrix: Doubles, side: int, scale: float) -> tuple[Image, Doubles]:
    height, width = image.shape[:2]
    back = cv2.invertAffineTransform(matrix)
    corners = np.array([[0, 0], [side, 0], [0, side], [side, side]]) @ back[:, :2].T + back[:, 2]
    # Interpolation reaches one px of the small copy past the crop.
    room = np.ceil(1 / max(scale, 1e-3)) + 1
    left, top = np.clip(np.floor(corners.min(0)) - room, 0, [width - 1, height - 1]).astype(int)
    right, bottom = np.clip(
        np.ceil(corners.max(0)) + room, [left + 1, top + 1], [width, height]
    ).astype(int)
    region = image[top:bottom, left:right]
    small_wh = (
        max(1, round((right - left) * scale)),
        max(1, round((bottom - top) * scale)),
    )
    small = cv2.resize(region, small_wh, interpolation=cv2.INTER_AREA)
    ratio = np.array([(right - left) / small_wh[0], (bottom - top) / small_wh[1]])
    moved = matrix.copy()
    # Pixel centres: full = (small + 0.5) * ratio - 0.5 + corner of the region.
    moved[:, 2] += matrix[:, :2] @ (np.array([left, top]) + 0.5 * ratio - 0.5)
    moved[:, :2] = matrix[:, :2] * ratio
    return np.asarray(small, np.uint8), moved
