import itertools

import numpy as np
import pytest

from engine.sinks.palette import BANDS, FAINT_TEXT, PLATE, TEXT, UNKNOWN, band_of, contrast

# Machado, Oliveira, Fernandes 2009, severity 1, on linear RGB.
EYES = {
    "full colour vision": np.eye(3),
    "protanopia": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deuteranopia": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "tritanopia": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}


def lab(linear: np.ndarray) -> np.ndarray:
    to_xyz = [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    xyz = np.array(to_xyz) @ linear / (0.9505, 1, 1.089)
    x, y, z = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def linear(colour: tuple[int, int, int]) -> np.ndarray:
    part = np.array(colour) / 255
    return np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)


@pytest.mark.parametrize("eye", EYES)
def test_no_two_bands_look_alike(eye: str) -> None:
    seen = [lab(np.clip(EYES[eye] @ linear(band.colour), 0, 1)) for band in BANDS]
    nearest = min(np.linalg.norm(a - b) for a, b in itertools.combinations(seen, 2))
    assert nearest > 15  # 2.3 is just noticeable


@pytest.mark.parametrize(
    ("age", "name"),
    [
        (-0.5, "0-12"),
        (0, "0-12"),
        (12.9, "0-12"),
        (13, "13-17"),
        (17.99, "13-17"),
        (18, "18-24"),
        (34, "25-34"),
        (64, "55-64"),
        (65, "65+"),
        (101, "65+"),
    ],
)
def test_an_age_has_the_band_of_its_whole_years(age: float, name: str) -> None:
    assert band_of(age).name.replace("\N{EN DASH}", "-") == name


def test_text_on_a_plate_over_white_reaches_the_contrast_of_wcag_aa() -> None:
    opacity = 0.78
    over_white = tuple(round(opacity * dark + (1 - opacity) * 255) for dark in PLATE)
    assert contrast(TEXT, over_white) >= 4.5
    assert contrast(FAINT_TEXT, over_white) >= 4.5


def test_lines_on_a_plate_reach_the_contrast_of_wcag_for_graphics() -> None:
    assert all(contrast(band.colour, PLATE) >= 3 for band in BANDS)
    assert contrast(UNKNOWN, PLATE) >= 3


def test_contrast_is_that_of_the_standard() -> None:
    assert contrast((255, 255, 255), (0, 0, 0)) == pytest.approx(21)
    assert contrast((119, 119, 119), (255, 255, 255)) == pytest.approx(4.48, abs=0.01)
