from dataclasses import replace

import cv2
import numpy as np
import pytest

from engine.stages.align import FILL_RGB
from engine.values.frame import Image
from train.data.augment import Augmentation, plain

SIDE = 128
CACHED = 160
STILL = Augmentation(
    degrees=0,
    zoom=0,
    shift=0,
    border=0,
    tone=0,
    grey=0,
    old=0,
    blur=0,
    small=0,
    jpeg=0,
    noise=0,
    cover=0,
)


def chance(seed: int) -> np.random.Generator:
    return np.random.default_rng(seed)


@pytest.fixture(scope="module")
def crop() -> Image:
    """A cached crop: smooth colours, the left eighth outside the photograph."""
    coarse = chance(5).integers(0, 256, (6, 6, 3), dtype=np.uint8)
    image = np.full((CACHED, CACHED, 4), 255, np.uint8)
    image[:, :, :3] = cv2.resize(coarse, (CACHED, CACHED), interpolation=cv2.INTER_CUBIC)
    image[:, :20] = (*FILL_RGB, 0)
    return image


def whole(crop: Image) -> Image:
    seen = crop.copy()
    seen[:, :, 3] = 255
    return seen


def test_the_same_chance_gives_the_same_crop(crop: Image) -> None:
    for seed in range(20):
        first = Augmentation()(crop, SIDE, chance(seed))
        again = Augmentation()(crop, SIDE, chance(seed))
        np.testing.assert_array_equal(first, again)


def test_another_chance_gives_another_crop(crop: Image) -> None:
    crops = [Augmentation()(crop, SIDE, chance(seed)).tobytes() for seed in range(20)]
    assert len(set(crops)) == 20


def test_the_cached_crop_is_left_alone(crop: Image) -> None:
    before = crop.copy()
    for seed in range(20):
        Augmentation()(crop, SIDE, chance(seed))
    np.testing.assert_array_equal(crop, before)


@pytest.mark.parametrize("side", [32, 96, 128])
def test_every_crop_is_rgb_bytes_of_the_side_asked_for(crop: Image, side: int) -> None:
    certain = replace(Augmentation(), border=1, blur=1, small=1, jpeg=1, noise=1, cover=1)
    for augmentation in (Augmentation(), certain):
        for seed in range(30):
            image = augmentation(crop, side, chance(seed))
            assert (image.shape, image.dtype) == ((side, side, 3), np.uint8)


def test_without_any_change_the_middle_of_the_crop_comes_out_plain_or_mirrored(
    crop: Image,
) -> None:
    middle = plain(whole(crop)[None], SIDE)[0].astype(int)
    mirrored = 0
    for seed in range(10):
        image = STILL(whole(crop), SIDE, chance(seed)).astype(int)
        nearest = min(np.abs(image - middle).max(), np.abs(image - middle[:, ::-1]).max())
        assert nearest <= 2
        mirrored += int(np.abs(image - middle[:, ::-1]).max() <= 2)
    assert 0 < mirrored < 10


def test_the_plain_crop_is_the_middle_with_the_engines_grey(crop: Image) -> None:
    (image,) = plain(crop[None], SIDE)
    np.testing.assert_array_equal(image, crop[16:144, 16:144, :3])
    assert image[64, 0].tolist() == list(FILL_RGB)


def test_what_lies_outside_the_photograph_never_shows(crop: Image) -> None:
    other = crop.copy()
    other[:, :20, :3] = 255 - crop[:, :20, :3]
    changes = Augmentation()
    for seed in range(60):
        np.testing.assert_array_equal(
            changes(crop, SIDE, chance(seed))[:, 40:-40],
            changes(other, SIDE, chance(seed))[:, 40:-40],
        )


def test_the_outside_is_filled_in_many_ways(crop: Image) -> None:
    colours = {tuple(STILL(crop, SIDE, chance(seed))[64, 1]) for seed in range(80)}
    colours |= {tuple(STILL(crop, SIDE, chance(seed))[64, -2]) for seed in range(80)}
    assert FILL_RGB in colours
    assert (0, 0, 0) in colours
    assert len(colours) > 10


def test_a_border_hides_the_edge_and_keeps_the_face(crop: Image) -> None:
    bordered = replace(STILL, border=1)
    changed = np.zeros((SIDE, SIDE))
    for seed in range(60):
        with_border = bordered(whole(crop), SIDE, chance(seed)).astype(int)
        middle = plain(whole(crop)[None], SIDE)[0].astype(int)
        apart = [np.abs(with_border - m).max(2) > 2 for m in (middle, middle[:, ::-1])]
        changed += min(apart, key=np.sum)
    assert changed[0].mean() > 0.3 * 60
    assert changed[44:84, 44:84].max() == 0


def test_a_grey_picture_has_equal_channels(crop: Image) -> None:
    grey = replace(STILL, grey=1)(whole(crop), SIDE, chance(1)).astype(int)
    assert np.abs(grey[:, :, 0] - grey[:, :, 1]).max() <= 1
    assert grey.std() > 5


def test_an_old_print_has_lost_contrast_and_blue_but_is_still_the_same_picture(crop: Image) -> None:
    for seed in range(10):
        fresh = STILL(whole(crop), SIDE, chance(seed)).astype(float)
        old = replace(STILL, old=1)(whole(crop), SIDE, chance(seed)).astype(float)
        assert old.std() < fresh.std()
        assert np.corrcoef(old.mean(2).ravel(), fresh.mean(2).ravel())[0, 1] > 0.8
        assert old[:, :, 2].max() <= old[:, :, 0].max() + 25


def test_a_small_picture_has_lost_its_details() -> None:
    stripes = np.full((CACHED, CACHED, 4), 255, np.uint8)
    stripes[:, ::2, :3] = 0
    for seed in range(5):
        image = replace(STILL, small=1)(stripes, SIDE, chance(seed))
        assert image.std() < 100 < STILL(stripes, SIDE, chance(seed)).std()
