"""Colours of the age bands, told apart by people with any colour vision. Knows no drawing.

Source: Okabe, Ito, Color Universal Design, 2008; its black, unseen on a dark plate, is white here.
"""

from dataclasses import dataclass

DASH = "\N{EN DASH}"
"""How a range is written."""
Colour = tuple[int, int, int]
"""Red, green, blue, 0..255."""


@dataclass(frozen=True, slots=True)
class Band:
    """Ages drawn in one colour.

    Attributes:
        name: As people read it, such as 25 to 34.
        first: Youngest age in whole years.
        colour: RGB.
    """

    name: str
    first: int
    colour: Colour


BANDS = (
    Band(f"0{DASH}12", 0, (86, 180, 233)),
    Band(f"13{DASH}17", 13, (0, 114, 178)),
    Band(f"18{DASH}24", 18, (0, 158, 115)),
    Band(f"25{DASH}34", 25, (240, 228, 66)),
    Band(f"35{DASH}44", 35, (230, 159, 0)),
    Band(f"45{DASH}54", 45, (213, 94, 0)),
    Band(f"55{DASH}64", 55, (204, 121, 167)),
    Band("65+", 65, (255, 255, 255)),
)
"""From young to old."""

PLATE: Colour = (18, 20, 24)
TEXT: Colour = (255, 255, 255)
FAINT_TEXT: Colour = (186, 190, 198)
UNKNOWN: Colour = (168, 172, 178)
"""Of faces nothing is known about yet."""


def band_of(age_years: float) -> Band:
    """The band of an age: one is 17 until the 18th birthday."""
    return next((band for band in reversed(BANDS) if age_years >= band.first), BANDS[0])


def contrast(first: Colour, second: Colour) -> float:
    """Contrast ratio of two colours, 1..21 (WCAG 2.2)."""
    lighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: Colour) -> float:
    parts = (channel / 255 for channel in colour)
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
