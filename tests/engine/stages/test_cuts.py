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


def walked(part: float) -> Image:
    """A wall with a dark patch that fills a third of it and moves."""
    image = picture(0)
    left = round(part * 80)
    image[:, left : left + 40] = 20
    return image


def test_what_changes_all_the_time_is_no_cut() -> None:
    cuts = CutDetector()
    found = [cuts(Frame(walked(i / 20), i, i / 25, 0, "cut")) for i in range(20)]
    again = CutDetector()
    assert min(found[5:]) > 0.95
    assert min(again(Frame(walked(i % 2), i, float(i), 0, "cut")) for i in range(2)) < 0.9
    assert cuts(Frame(picture(1), 20, 0.8, 0, "cut")) < 0.6


def test_what_was_usual_is_forgotten() -> None:
    cuts = CutDetector()
    for index, time_s in enumerate((0.0, 0.04, 0.08)):
        moving = cuts(Frame(walked(index / 10), index, time_s, 0, "cut"))
    later = cuts(Frame(walked(0.3), 4, 5.0, 0, "cut"))
    assert later < moving


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
