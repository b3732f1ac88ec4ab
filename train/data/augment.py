"""What cameras and photographs do to a face, at random: one RGBA crop in, one RGB crop out.

The edge of the photograph must tell the network nothing: crops are masked by random rectangles
like those of tightly cut data sets, and what lies outside is filled in many ways.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.stages.align import FILL_RGB
from engine.values.frame import Image
from train.data.crops import MARGIN

Generator = np.random.Generator


@dataclass(frozen=True, slots=True)
class Augmentation:
    """Probabilities and ranges. All probabilities are per crop.

    Attributes:
        degrees: Largest rotation to either side.
        zoom: Largest relative change of scale.
        shift: Largest shift in crop sides.
        border: Probability of a random rectangle outside which nothing is seen.
        tone: Strength of brightness, contrast, gamma and colour changes, 0..1.
        grey: Probability of a grey picture.
        old: Probability of a faded, tinted, grainy print.
        blur: Probability of defocus or motion blur.
        small: Probability of a low-resolution picture.
        jpeg: Probability of strong compression.
        noise: Probability of sensor noise.
        cover: Probability of a covering patch.
    """

    degrees: float = 8.0
    zoom: float = 0.1
    shift: float = 0.035
    border: float = 0.3
    tone: float = 0.15
    grey: float = 0.12
    old: float = 0.0
    blur: float = 0.12
    small: float = 0.2
    jpeg: float = 0.2
    noise: float = 0.1
    cover: float = 0.05

    def __call__(self, crop: Image, side: int, random: Generator) -> Image:
        """Change one crop.

        Args:
            crop: (S, S, 4) uint8 RGBA, wider than wanted; see `train.data.crops`.
            side: Side of the result in px.
            random: Source of chance; the same state gives the same result.

        Returns:
            (side, side, 3) uint8 RGB.
        """
        moved = self._move(crop, side, random)
        image, seen = moved[:, :, :3], moved[:, :, 3] > 127
        if random.random() < self.border:
            seen = seen & _rectangle(side, random)
        image = _fill(image, seen, random)
        image = self._tones(image, random)
        if random.random() < self.old:
            image = _old_print(image, random)
        image = self._damage(image, random)
        if random.random() < 0.5:  # the engine fills after the camera, photographs before
            image = np.where(seen[:, :, None], image, np.array(FILL_RGB, np.uint8))
        return image

    def _move(self, crop: Image, side: int, random: Generator) -> Image:
        angle = random.uniform(-self.degrees, self.degrees)
        zoom = float(np.exp(random.uniform(-self.zoom, self.zoom))) * side * MARGIN / crop.shape[0]
        middle = (crop.shape[0] - 1) / 2
        matrix = cv2.getRotationMatrix2D((middle, middle), angle, zoom)
        shift = random.uniform(-self.shift, self.shift, 2) * side
        matrix[:, 2] += (side - 1) / 2 - middle + shift
        if random.random() < 0.5:
            matrix[0] = -matrix[0]
            matrix[0, 2] += side - 1
        return np.asarray(
            cv2.warpAffine(crop, matrix, (side, side), borderValue=(0,) * 4), np.uint8
        )

    def _tones(self, image: Image, random: Generator) -> Image:
        gain, contrast, gamma = np.exp(random.normal(0, 0.6 * self.tone, 3))
        colour = np.exp(random.normal(0, 0.25 * self.tone, 3))
        saturation = 0.0 if random.random() < self.grey else np.exp(random.normal(0, self.tone))
        # All but saturation maps each channel by itself: one table of 256 entries does it.
        level = np.clip(np.linspace(0, 1, 256) * gain, 0, 1) ** gamma
        middle = level[int(image.mean())]
        table = ((level - middle) * contrast + middle)[:, None] * colour * 255
        toned = cv2.LUT(image, table.clip(0, 255).astype(np.uint8)[None])
        grey = cv2.cvtColor(cv2.cvtColor(toned, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
        share = min(float(saturation), 2.0)
        return np.asarray(cv2.addWeighted(toned, share, grey, 1 - share, 0), np.uint8)

    def _damage(self, image: Image, random: Generator) -> Image:
        if random.random() < self.cover:
            image = _cover(image, random)
        if random.random() < self.small:
            image = _small(image, random)
        if random.random() < self.blur:
            image = _blur(image, random)
        if random.random() < self.noise:
            spread = random.uniform(3, 18)
            noisy = image + spread * random.standard_normal(image.shape, np.float32)
            image = np.clip(noisy, 0, 255).astype(np.uint8)
        if random.random() < self.jpeg:
            quality = int(random.integers(15, 75))
            _, packed = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])
            image = np.asarray(cv2.imdecode(packed, cv2.IMREAD_COLOR), np.uint8)
        return image


def plain(crops: Image, side: int) -> Image:
    """The crops that the engine would cut: no chance, outside filled with the engine's grey.

    Args:
        crops: (N, S, S, 4) uint8 RGBA.
        side: Side of the middle to keep, in px.

    Returns:
        (N, side, side, 3) uint8 RGB.
    """
    inner = round(crops.shape[1] / MARGIN)
    edge = (crops.shape[1] - inner) // 2
    middle = crops[:, edge : edge + inner, edge : edge + inner, :3]
    if inner == side:
        return middle
    # Area averaging is what the engine's aligner does when it makes faces smaller.
    scaled = [cv2.resize(crop, (side, side), interpolation=cv2.INTER_AREA) for crop in middle]
    return np.asarray(scaled, np.uint8).reshape(-1, side, side, 3)


def _rectangle(side: int, random: Generator) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    reach = side * np.clip(random.normal(0.46, 0.06, 4), 0.36, 0.7)
    left, top, right, bottom = side / 2 + reach * [-1, -1, 1, 1]
    corners = np.array([[left, top], [right, top], [right, bottom], [left, bottom]])
    angle = np.deg2rad(random.normal(0, 6))
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    turned = (corners - side / 2) @ turn + side / 2
    mask = np.zeros((side, side), np.uint8)
    cv2.fillConvexPoly(mask, np.rint(turned).astype(np.int32), 1)
    return mask.astype(bool)


def _fill(image: Image, seen: np.ndarray, random: Generator) -> Image:
    if seen.all():
        return image
    kind = random.random()
    fill: NDArray[np.uint8]
    if kind < 0.2:
        fill = np.array(FILL_RGB, np.uint8)
    elif kind < 0.4:
        fill = _continued(image, seen)
    elif kind < 0.55:
        fill = np.zeros(3, np.uint8)
    elif kind < 0.7:
        fill = random.integers(0, 256, 3, dtype=np.uint8)
    elif kind < 0.85:
        fill = np.asarray(image[seen].mean(0), np.uint8)
    else:
        coarse = random.integers(0, 256, (4, 4, 3), dtype=np.uint8)
        fill = np.asarray(cv2.resize(coarse, image.shape[1::-1]), np.uint8)
    return np.asarray(np.where(seen[:, :, None], image, fill), np.uint8)


def _continued(image: Image, seen: np.ndarray) -> Image:
    """What is seen, blurred on past its edge: a picture that does not seem to end."""
    known = seen.astype(np.float32)
    fill = image.astype(np.float32) * known[:, :, None]
    for size in (9, 33, 97):
        reach = cv2.blur(known, (size, size)) + 1e-6
        spread = cv2.blur(fill, (size, size)) / reach[:, :, None]
        new = (known == 0) & (reach > 1e-3)
        fill[new], known[new] = spread[new], 1.0
    return fill.astype(np.uint8)


def _old_print(image: Image, random: Generator) -> Image:
    """A print that has lain for decades: blacks lifted, whites yellowed, soft, with grain."""
    share = random.uniform(0, 1)  # of colour that is left
    grey = cv2.cvtColor(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
    faded = np.asarray(cv2.addWeighted(image, share, grey, 1 - share, 0), np.float32) / 255
    black = random.uniform(0, 0.25)
    white = random.uniform(0.75, 1.0) * np.array([1.0, *random.uniform(0.75, 1.0, 2)])
    faded = black + faded * np.asarray(white - black, np.float32)
    soft = cv2.GaussianBlur(faded, (0, 0), random.uniform(0.4, 1.6))
    grain = cv2.GaussianBlur(random.standard_normal(image.shape[:2], np.float32), (0, 0), 0.7)
    grained = soft + random.uniform(0, 0.08) * grain[:, :, None]
    return np.asarray(np.clip(grained, 0, 1) * 255, np.uint8)


def _cover(image: Image, random: Generator) -> Image:
    side = image.shape[0]
    size = random.integers(side // 8, side // 3, 2)
    corner = random.integers(0, side - size)
    covered = image.copy()
    covered[corner[1] : corner[1] + size[1], corner[0] : corner[0] + size[0]] = random.integers(
        0, 256, 3, dtype=np.uint8
    )
    return covered


def _small(image: Image, random: Generator) -> Image:
    side = image.shape[0]
    tiny = int(np.exp(random.uniform(np.log(22), np.log(0.85 * side))))
    small = cv2.resize(image, (tiny, tiny), interpolation=cv2.INTER_AREA)
    back = cv2.INTER_CUBIC if random.random() < 0.3 else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(small, (side, side), interpolation=back), np.uint8)


def _blur(image: Image, random: Generator) -> Image:
    if random.random() < 0.6:
        return np.asarray(cv2.GaussianBlur(image, (0, 0), random.uniform(0.5, 2.5)), np.uint8)
    length = int(random.integers(3, 10))
    kernel = np.zeros((length, length), np.float32)
    kernel[length // 2] = 1 / length
    turn = cv2.getRotationMatrix2D(((length - 1) / 2,) * 2, random.uniform(0, 180), 1)
    turned = np.asarray(cv2.warpAffine(kernel, turn, (length, length)), np.float32)
    return np.asarray(cv2.filter2D(image, -1, turned / max(turned.sum(), 1e-6)), np.uint8)
