"""People of a synthetic scene as pictures: two portraits, mirrored, re-toned and scaled."""

import math
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.sources.portraits import Portrait
from engine.values.frame import Image

_STEP = 1.01
_FOLDS = 9.0
"""How much the colours of the lowest row are blurred to make up the body below, in px."""
_TONES = (
    (1.0, 1.0, 1.0),
    (1.0, 1.0, 1.0),
    (1.03, 0.98, 0.92),
    (0.96, 0.98, 1.02),
)
_CLOTHES = ((0, 1, 2), (0, 1, 2), (2, 1, 0), (2, 0, 1), (1, 0, 2), (1, 2, 0))
"""Orders of the colour channels below the chin: orange becomes blue or green."""
_PORTRAIT_OF = (0, 1, 1, 0)


@dataclass(frozen=True, slots=True, eq=False)
class Sprite:
    """A person at one size, ready to be laid over a picture.

    Attributes:
        colour: (H, W, 3) uint8 RGB, already multiplied by alpha.
        behind: (H, W, 3) uint8, 255 minus alpha: how much of the picture shines through.
    """

    colour: Image
    behind: Image


def dress(portraits: tuple[Portrait, Portrait], person: int) -> Portrait:
    """The portrait for a person: the two as they are first, then variants of them."""
    portrait = portraits[_PORTRAIT_OF[person % len(_PORTRAIT_OF)]]
    if person < 2:
        return portrait
    tone = np.array(_TONES[person % len(_TONES)], np.float32)
    image = np.clip(portrait.image * tone, 0, 255).astype(np.uint8)
    below = (np.arange(len(image)) > portrait.collar)[:, None, None]
    dressed = image[..., list(_CLOTHES[person % len(_CLOTHES)])]
    image = np.where(below, dressed, image)
    if person // 2 % 2 == 0:
        return replace(portrait, image=image)
    x1, y1, x2, y2 = portrait.face_xyxy
    face = image.shape[1] - x2, y1, image.shape[1] - x1, y2
    return replace(portrait, image=image[:, ::-1], alpha=portrait.alpha[:, ::-1], face_xyxy=face)


def near_size(face_px: float) -> float:
    """The nearest of the heights of a face, 1 % apart, at which people are drawn."""
    return float(_STEP ** round(math.log(face_px) / math.log(_STEP)))


def scale(portrait: Portrait, factor: float, height: int) -> Sprite:
    """Make a sprite.

    Args:
        portrait: Whom.
        factor: Size in sizes of the portrait.
        height: Height of the sprite in px: the body goes on below the portrait as far as that.
    """
    colour, alpha = (_resize(image, factor) for image in (portrait.image, portrait.alpha))
    colour = np.concatenate([colour, _folds(colour[-1:], alpha[-1:], _FOLDS * factor)])
    opacity = np.repeat(np.concatenate([alpha, alpha[-1:]])[..., None], 3, 2)
    rows = np.minimum(np.arange(height), len(opacity) - 1)
    colour = np.asarray(cv2.multiply(colour, opacity, scale=1 / 255), np.uint8)
    return Sprite(colour[rows], (255 - opacity)[rows])


def smeared(sprite: Sprite, way_px: int) -> Sprite:
    """A sprite that moved sideways by `way_px` while the shutter was open; wider by that way."""
    room = way_px // 2
    colour = cv2.copyMakeBorder(sprite.colour, 0, 0, room, room, cv2.BORDER_CONSTANT, value=[0] * 3)
    behind = cv2.copyMakeBorder(
        sprite.behind, 0, 0, room, room, cv2.BORDER_CONSTANT, value=[255] * 3
    )
    lens = 2 * room + 1, 1
    return Sprite(
        np.asarray(cv2.blur(colour, lens), np.uint8), np.asarray(cv2.blur(behind, lens), np.uint8)
    )


def _folds(row: Image, alpha: NDArray[np.uint8], blur_px: float) -> Image:
    """The body's colours below the portrait: its lowest row, blurred within the outline."""
    weight = alpha[..., None].astype(np.float32)
    inside = cv2.GaussianBlur(row * weight, (0, 0), blur_px)
    total = cv2.GaussianBlur(weight, (0, 0), blur_px)[..., None]
    return np.asarray(inside / np.maximum(total, 1), np.uint8)


def _resize(image: NDArray[np.uint8], factor: float) -> NDArray[np.uint8]:
    height, width = image.shape[:2]
    size = max(1, round(width * factor)), max(1, round(height * factor))
    how = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(image, size, interpolation=how), np.uint8)
