"""The label of one face: its number, its age in words and its age as a curve.

Knows what a label looks like, not where it goes.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import cv2
import numpy as np

from engine.sinks.palette import DASH, FAINT_TEXT, TEXT, UNKNOWN, Colour, band_of
from engine.sinks.plate import (
    BOLD,
    REGULAR,
    SHIFT,
    Stamp,
    cap_height,
    lay_plate,
    put_text,
    subpixel,
    text_width,
)
from engine.sinks.shown import Shown
from engine.values.age import AgeDistribution
from engine.values.faces import UNCLAIMED
from engine.values.frame import Image
from engine.values.result import AgeBelief, Status

_INTERVAL = 0.9
_ELLIPSIS = "\N{HORIZONTAL ELLIPSIS}"


@dataclass(frozen=True, slots=True)
class Scale:
    """Sizes that follow the picture's, so that a label reads the same on any screen.

    Attributes:
        text_px: Of the age.
        small_px: Of number and interval.
        pad_px: Room inside and around things.
        line_px: Width of a box's line.
    """

    text_px: int
    small_px: int
    pad_px: int
    line_px: int

    @classmethod
    def of(cls, width: int, height: int, zoom: float = 1.0) -> "Scale":
        """Scale for a picture of this size in px, of which `zoom` by `zoom` look like one."""
        text = max(round(13 * zoom), round(0.024 * min(width, height)))
        small = max(round(11 * zoom), round(0.8 * text))
        return cls(text, small, max(3, round(0.3 * text)), max(2, round(0.09 * text)))


@dataclass(frozen=True, slots=True)
class Label:
    """What is said about one face. Labels that say the same are equal.

    Attributes:
        number: Such as "#7", or "".
        age: Median in whole years, or an ellipsis.
        interval: 90 % interval in whole years, 29 to 40 in parentheses, or "".
        colour: Of the age band.
        distribution: Drawn as a curve, or None for none.
        sure: The belief is stable.
        quality: Such as "q 0.62", or "".
    """

    number: str
    age: str
    interval: str
    colour: Colour
    distribution: AgeDistribution | None
    sure: bool
    quality: str = ""

    @property
    def empty(self) -> bool:
        """Nothing of it is to be seen."""
        return not (self.number or self.age or self.quality or self.distribution)

    def only(self, shown: Shown, quality: float) -> "Label":
        """The label without what is not to be shown, and with the quality where that is."""
        return replace(
            self,
            number=self.number if shown.ids else "",
            age=self.age if shown.ages else "",
            interval=self.interval if shown.ages else "",
            distribution=self.distribution if shown.curves else None,
            quality=f"q {quality:.2f}" if shown.quality else "",
        )

    def brief(self) -> "Label":
        """The age alone, for crowds."""
        return Label("", self.age, "", self.colour, None, self.sure)

    def size_wh(self, scale: Scale) -> tuple[int, int]:
        """Width and height in px; even, as stamps must be."""
        pad = scale.pad_px
        widths = [text_width(part, size, weight) for part, size, weight, _ in self._parts(scale)]
        width = sum(widths) + pad * (len(widths) + 1) + _bar_width(scale)
        height = cap_height(scale.text_px) + 2 * pad
        if self.distribution is not None:
            height += _curve_height(scale) + pad
        return width + width % 2, height + height % 2

    def stamp(self, scale: Scale) -> Stamp:
        """What the label does to the picture under it, of `size_wh`."""
        return _stamp(self, scale)

    def ink(self, image: Image, scale: Scale) -> None:
        """Draw it stroke by stroke into `image`, of `size_wh`."""
        pad, bar = scale.pad_px, _bar_width(scale)
        lay_plate(image, pad)
        image[pad // 2 : -(pad // 2), pad // 2 : pad // 2 + bar] = self.colour
        baseline = pad + cap_height(scale.text_px)
        x = bar + pad
        for part, size, weight, colour in self._parts(scale):
            put_text(image, part, (x, baseline), colour, size, weight)
            x += text_width(part, size, weight) + pad
        if self.distribution is not None:
            room = image[baseline + pad : -pad, bar + pad : -pad]
            self._draw_curve(room, self.distribution, scale.line_px - 1)

    def _parts(self, scale: Scale) -> list[tuple[str, int, int, Colour]]:
        colour = TEXT if self.sure else FAINT_TEXT
        parts = [
            (self.number, scale.small_px, REGULAR, FAINT_TEXT),
            (self.age, scale.text_px, BOLD, colour),
            (self.interval, scale.small_px, REGULAR, colour),
            (self.quality, scale.small_px, REGULAR, FAINT_TEXT),
        ]
        return [part for part in parts if part[0]]

    def _draw_curve(self, image: Image, distribution: AgeDistribution, line_px: int) -> None:
        height, width = image.shape[:2]
        ages, probs = distribution.ages, distribution.probs
        x = (ages - ages[0]) * ((width - 1) / max(float(ages[-1] - ages[0]), 1.0))
        y = (height - 1) * (1 - probs / max(float(probs.max()), 1e-9))
        curve = np.stack([x, y], 1)
        ends = np.array([[width - 1, height - 1], [0, height - 1]])
        if self.sure:
            shade = tuple(channel * 0.55 for channel in self.colour)
            area = subpixel(np.concatenate([curve, ends]))
            cv2.fillPoly(image, [area], shade, cv2.LINE_AA, SHIFT)
        cv2.polylines(image, [subpixel(curve)], False, self.colour, line_px, cv2.LINE_AA, SHIFT)


@lru_cache(maxsize=256)
def _stamp(label: Label, scale: Scale) -> Stamp:
    """Most labels stay the same for many frames."""
    return Stamp.of(lambda image: label.ink(image, scale), label.size_wh(scale))


def labels_of(beliefs: Sequence[AgeBelief], track_ids: Sequence[int]) -> list[Label]:
    """The full label for each belief."""
    return [_label(belief, track_id) for belief, track_id in zip(beliefs, track_ids, strict=True)]


@lru_cache(maxsize=256)
def _label(belief: AgeBelief, track_id: int) -> Label:
    """A belief stays the same for many frames."""
    number = "" if track_id == UNCLAIMED else f"#{track_id}"
    if belief.status is Status.INSUFFICIENT:
        return Label(number, _ELLIPSIS, "", UNKNOWN, None, sure=False)
    tail = (1 - _INTERVAL) / 2
    quantiles = belief.distribution.quantiles((0.5, tail, 1 - tail))
    median, low, high = np.rint(quantiles).astype(int).tolist()
    return Label(
        number,
        str(median),
        f"({low}{DASH}{high})",
        band_of(median).colour,
        belief.distribution,
        sure=belief.status is Status.STABLE,
    )


TYPICAL = Label(
    "#88",
    "88",
    f"(88{DASH}88)",
    UNKNOWN,
    AgeDistribution(np.zeros(1, np.float32), np.ones(1, np.float32)),
    sure=True,
)
"""For judging how much room labels need."""


def _bar_width(scale: Scale) -> int:
    return 2 * scale.line_px


def _curve_height(scale: Scale) -> int:
    return round(0.8 * scale.text_px)
