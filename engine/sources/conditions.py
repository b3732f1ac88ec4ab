"""What a camera and its line do to a scene: shake, smear, defocus, darkness, noise, compression."""

from dataclasses import dataclass

import cv2
import numpy as np

from engine.values.frame import Image

_NOISE_MARGIN = 64
_HALVES = 1.25
"""Two halves of noise that are shifted against each other have 0.8 of its strength."""
_SWING_S, _MILDEST = 2.9, 0.2
_LEAST_BLUR_PX = 0.2
_SHAKE_HZ = (1.3, 3.1, 0.7, 2.3)


@dataclass(frozen=True, slots=True)
class Conditions:
    """How a scene is recorded.

    Attributes:
        name: For tables.
        shake_px: Largest way that the camera trembles, in px.
        exposure: Share of a frame's time in which the shutter is open: moving people smear.
        defocus_px: Standard deviation of the blur at its worst, in px; the focus hunts.
        light: Brightness against that of the photographs, at its darkest; it comes and goes.
        noise: Standard deviation of the sensor's noise, in levels of 255.
        crf: Quality of x264, smaller is better.
    """

    name: str = "clear"
    shake_px: float = 0.0
    exposure: float = 0.0
    defocus_px: float = 0.0
    light: float = 1.0
    noise: float = 2.0
    crf: int = 20


CLEAR = Conditions()
DEGRADED = (
    Conditions("night", light=0.3, noise=5.0, crf=23, exposure=0.5),
    Conditions("moving", shake_px=5.0, exposure=0.8, crf=23),
    Conditions("defocused", defocus_px=1.6, crf=23),
    Conditions("compressed", noise=3.0, crf=35),
)


class Camera:
    """Records pictures under conditions. The same for a seed, frame by frame."""

    def __init__(self, conditions: Conditions, size_wh: tuple[int, int], seed: int) -> None:
        """Set up.

        Args:
            conditions: How it records.
            size_wh: Width and height of its pictures in px.
            seed: Varies shake and noise.
        """
        self._conditions = conditions
        self._size_wh = size_wh
        self._seed = seed
        self._phases = np.random.default_rng((seed, 1)).uniform(0, 2 * np.pi, len(_SHAKE_HZ))
        self._noise = _noise(size_wh, seed, conditions.noise)

    def shift(self, time_s: float) -> tuple[int, int]:
        """By how much everything is out of its place at a media second, x and y in px."""
        swing = np.sin(2 * np.pi * np.array(_SHAKE_HZ) * time_s + self._phases)
        x, y = self._conditions.shake_px * swing.reshape(2, 2).mean(1)
        return round(float(x)), round(float(y))

    def record(self, image: Image, index: int, time_s: float) -> None:
        """Turn what is before the lens in a frame into what the sensor gives, in place."""
        conditions, worst = self._conditions, self._severity(time_s)
        defocus_px = worst * conditions.defocus_px
        if defocus_px > _LEAST_BLUR_PX:
            cv2.GaussianBlur(image, (0, 0), defocus_px, dst=image)
        if conditions.light != 1:
            cv2.convertScaleAbs(image, dst=image, alpha=conditions.light**worst)
        rng = np.random.default_rng((self._seed, index))
        width, height = self._size_wh
        for change, noise in zip((cv2.add, cv2.subtract), self._noise, strict=True):
            x, y = rng.integers(0, _NOISE_MARGIN, 2)
            change(image, noise[y : y + height, x : x + width], dst=image)

    def _severity(self, time_s: float) -> float:
        """How bad focus and light are just now, up to 1."""
        swing = float(np.sin(2 * np.pi * time_s / _SWING_S + self._phases[0]))
        return 1 - (1 - _MILDEST) * (0.5 + 0.5 * swing)


def _noise(size_wh: tuple[int, int], seed: int, strength: float) -> tuple[Image, Image]:
    """Sensor noise to add and to subtract, larger than the picture: every frame takes a part."""
    shape = size_wh[1] + _NOISE_MARGIN, size_wh[0] + _NOISE_MARGIN, 3
    noise = np.random.default_rng(seed).standard_normal(shape, np.float32)
    noise *= _HALVES * strength
    return noise.clip(0).astype(np.uint8), (-noise).clip(0).astype(np.uint8)
