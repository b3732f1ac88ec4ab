import numpy as np
import pytest

from engine.stages.cuts import CutDetector
from engine.values.frame import Frame, Image


def picture(seed: int, side: int = 120) -> Image:
    rough = np.random.default_rng(seed).integers(0, 255, (side // 10, side // 10, 3))
    return np.kron(rough, np.ones((10, 10, 1))).astype(np.uint8)


def likeness(*images: Image) -> float:
    cuts = CutDetector()
    return [cuts(Frame(image, i, i / 30, 0, "cut")) for i, image in enumerate(images)][-1]


def test_the_first_frame_is_no_cut() -> None:
    assert likeness(picture(0)) == 1


def test_a_still_picture_is_like_itself() -> None:
    assert likeness(picture(0), picture(0)) == pytest.approx(1)


def test_another_picture_is_a_cut() -> None:
    assert likeness(picture(0), picture(1)) < 0.6


def test_exposure_is_no_cut() -> None:
    bright = picture(0)
    dark = (bright * 0.4 + 10).astype(np.uint8)
    assert likeness(bright, dark) > 0.97


def test_black_follows_black_but_not_a_picture() -> None:
    black = np.zeros((120, 120, 3), np.uint8)
    assert likeness(black, black + np.uint8(3)) == 1
    assert likeness(picture(0), black) < 0.6


def test_the_decoders_small_copy_stands_for_the_picture() -> None:
    cuts = CutDetector()
    image = picture(0, 480)
    cuts(Frame(image, 0, 0.0, 0, "cut", np.ascontiguousarray(image[::2, ::2])))
    assert cuts(Frame(image, 1, 0.1, 0, "cut", np.ascontiguousarray(image[::2, ::2]))) > 0.99


@pytest.mark.parametrize("size_hw", [(1, 1), (1, 500), (3, 7), (1080, 1920)])
def test_any_size_of_picture_will_do(size_hw: tuple[int, int]) -> None:
    image = np.random.default_rng(0).integers(0, 255, (*size_hw, 3)).astype(np.uint8)
    assert -1.001 <= likeness(image, image[::-1].copy()) <= 1.001
