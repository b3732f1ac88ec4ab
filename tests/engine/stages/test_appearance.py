import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from engine.stages.appearance import (
    ALIKE,
    UNLIKE,
    AppearanceCode,
    AppearanceMemory,
    covered_heads,
    difference,
    gain_of,
    look,
    nearer,
    nudged,
)
from engine.values.frame import Frame, Image

FACE = np.array([178, 63, 268, 176], np.float32)
"""The face of the portrait."""


def recoloured(image: Image) -> Image:
    """The same picture with red and blue exchanged: somebody else, as far as colours go."""
    return np.ascontiguousarray(image[..., ::-1])


def feed(memory: AppearanceMemory, code: AppearanceCode, times: NDArray[np.float64]) -> list[bool]:
    return [memory.observe(code, float(time_s)) for time_s in times]


@pytest.fixture
def own(portrait: Frame) -> AppearanceCode:
    return look(portrait.image, FACE)


@pytest.fixture
def other(portrait: Frame) -> AppearanceCode:
    return look(recoloured(portrait.image), FACE)


def test_a_code_is_small_and_shows_nothing_of_itself(own: AppearanceCode) -> None:
    assert own.cells.shape == (21, 3)
    assert "cells" not in repr(own)


def test_the_same_face_is_alike_and_another_unlike(
    own: AppearanceCode, other: AppearanceCode
) -> None:
    assert difference(own, own) == 0
    assert difference(own, other) > UNLIKE


def test_a_box_a_little_off_and_a_smaller_picture_are_alike(
    portrait: Frame, own: AppearanceCode
) -> None:
    assert difference(own, look(portrait.image, FACE + 5)) < ALIKE
    small = cv2.resize(portrait.image, None, fx=0.4, fy=0.4, interpolation=cv2.INTER_AREA)
    assert difference(own, look(np.asarray(small, np.uint8), FACE * 0.4)) < ALIKE


def test_dimmed_light_is_alike(portrait: Frame, own: AppearanceCode) -> None:
    dim = (portrait.image * 0.75).astype(np.uint8)
    assert difference(own, look(dim, FACE)) < UNLIKE


def test_what_lies_outside_the_picture_is_left_out(portrait: Frame, own: AppearanceCode) -> None:
    cut_off = np.ascontiguousarray(portrait.image[:200])
    assert np.isnan(look(cut_off, FACE).cells[16:]).all()
    assert difference(own, look(cut_off, FACE)) < ALIKE


@pytest.mark.parametrize("box", [[-90, -90, -10, -10], [600, 600, 700, 700], [5, 5, 5, 5]])
def test_a_box_outside_or_without_area_cannot_be_compared_but_does_no_harm(
    portrait: Frame, own: AppearanceCode, box: list[float]
) -> None:
    code = look(portrait.image, np.array(box, np.float32))
    apart = difference(own, code)
    assert np.isnan(apart) or apart >= 0


def test_without_a_code_there_is_no_difference_to_tell(own: AppearanceCode) -> None:
    assert np.isnan(difference(None, own))
    assert np.isnan(difference(own, None))


def test_blending_keeps_what_only_one_has_seen(portrait: Frame, own: AppearanceCode) -> None:
    half_seen = look(np.ascontiguousarray(portrait.image[:200]), FACE)
    for blend in (own.blended(half_seen, 0.3), half_seen.blended(own, 0.3)):
        assert not np.isnan(blend.cells).any()
        np.testing.assert_array_equal(blend.cells[16:], own.cells[16:])


def test_a_memory_wants_three_looks_soon_and_then_two_a_second(own: AppearanceCode) -> None:
    memory = AppearanceMemory()
    assert memory.due_s < 0
    for time_s, due_s in ((10.0, 10.1), (10.1, 10.2), (10.2, 10.7), (10.7, 11.2)):
        assert feed(memory, own, np.array([time_s])) == [False]
        assert memory.due_s == pytest.approx(due_s)


def test_the_first_looks_count_alike(own: AppearanceCode) -> None:
    memory = AppearanceMemory()
    shades = [AppearanceCode(own.cells + np.float32([0, shade, 0])) for shade in (0, 3, 6)]
    for time_s, code in zip((0.0, 0.1, 0.2), shades, strict=True):
        assert not memory.observe(code, time_s)
    assert memory.apart(shades[1]) == pytest.approx(0, abs=1e-3)


def test_nobody_is_covered_by_who_is_farther_away() -> None:
    near, far = [100, 100, 180, 200], [190, 90, 220, 130]
    assert covered_heads(np.array([near, far], np.float32)).tolist() == [False, True]


def test_a_body_below_a_face_covers_no_head() -> None:
    low, high = [100, 140, 180, 240], [150, 30, 180, 70]
    assert not covered_heads(np.array([low, high], np.float32)).any()


def test_what_somebody_nearer_covers_is_left_out(portrait: Frame, own: AppearanceCode) -> None:
    x1, y1, x2, y2 = FACE.astype(int)
    side = int(np.sqrt((x2 - x1) * (y2 - y1)))
    near = np.array([x1 + 1.1 * side, y1, x1 + 2.1 * side, y2], np.float32)
    crowded = portrait.image.copy()
    crowded[int(y1 - 0.2 * side) :, int(near[0] - 0.15 * side) :] = (20, 200, 90)
    crowded[int(y2 + 0.1 * side) :, int(near[0] - 0.6 * side) :] = (20, 200, 90)
    masked = look(crowded, FACE, before=near[None])
    assert np.isnan(masked.cells[:16, 0]).sum() in range(1, 9)
    assert difference(own, masked) < ALIKE < difference(own, look(crowded, FACE))


def test_without_clothes_the_head_stands_for_both(portrait: Frame, own: AppearanceCode) -> None:
    x1, _, x2, y2 = FACE
    bare = look(portrait.image, FACE, before=np.array([[x1 - 60, y2, x2 + 60, y2 + 210]]))
    assert np.isnan(bare.cells[16:]).all()
    assert bare.head_cells >= 8
    assert difference(bare, own) == pytest.approx(0, abs=1e-4)


def test_farther_people_cover_nothing(portrait: Frame, own: AppearanceCode) -> None:
    faces = np.array([FACE, FACE * 0.4 + 60], np.float32)
    assert nearer(faces).tolist() == [[False, False], [True, False]]
    code = look(portrait.image, FACE, before=faces[nearer(faces)[0]])
    np.testing.assert_array_equal(code.cells, own.cells)


def test_nudged_boxes_lie_around_their_own() -> None:
    box = np.array([100, 100, 140, 160], np.float32)
    boxes = nudged(box)
    assert boxes.shape == (6, 4)
    np.testing.assert_allclose(boxes[:4].mean(0), box, atol=1e-4)
    assert (boxes[4, 2:] - boxes[4, :2] < [40, 60]).all()
    assert (boxes[5, 2:] - boxes[5, :2] > [40, 60]).all()


def test_three_misfits_in_a_row_make_another_person(
    own: AppearanceCode, other: AppearanceCode
) -> None:
    memory = AppearanceMemory()
    feed(memory, own, np.arange(3) / 2)
    assert feed(memory, other, 2 + np.arange(5) / 10) == [False, False, True, False, False]
    assert memory.apart(other) == 0


def test_two_misfits_are_forgotten(own: AppearanceCode, other: AppearanceCode) -> None:
    memory = AppearanceMemory()
    for code in (own, other, other, own, other, other, own):
        assert not memory.observe(code, 0.0)
    assert memory.apart(own) == 0


def test_after_a_warning_smaller_misfits_count(own: AppearanceCode) -> None:
    moved = AppearanceCode(own.cells + np.float32([0, 7, 0]))
    assert ALIKE < difference(own, moved) < UNLIKE
    calm, warned = AppearanceMemory(), AppearanceMemory()
    for memory in (calm, warned):
        feed(memory, own, np.array([-0.5, 0.0]))
    warned.beware()
    assert feed(calm, moved, np.arange(1, 4) / 10) == [False] * 3
    assert feed(warned, moved, np.arange(1, 4) / 10) == [False, False, True]


def test_the_limit_follows_how_much_a_person_varies(own: AppearanceCode) -> None:
    random = np.random.default_rng(0)
    calm, lively = AppearanceMemory(), AppearanceMemory()
    for step in range(20):
        calm.observe(own, step)
        noise = random.normal(0, 6, own.cells.shape).astype(np.float32)
        lively.observe(AppearanceCode(own.cells + noise), step)
    assert ALIKE <= calm.limit < lively.limit <= UNLIKE


def test_two_people_differ_in_the_dark_as_in_the_light() -> None:
    rng = np.random.default_rng(3)
    light = rng.integers(40, 200, (40, 80, 3)).repeat(8, 0).repeat(8, 1).astype(np.uint8)
    dark = (light * 0.25).astype(np.uint8)
    boxes = np.array([[60, 60, 110, 120], [400, 60, 450, 120]], np.float32)
    in_light, in_dark, unmended = (
        difference(*(look(image, box, gain) for box in boxes))
        for image, gain in (
            (light, gain_of(light[..., 0])),
            (dark, gain_of(dark[..., 0])),
            (dark, 1.0),
        )
    )
    assert gain_of(light[..., 0]) == 1
    assert gain_of(dark[..., 0]) > 3
    assert unmended < 0.6 * in_light
    assert in_dark > 0.75 * in_light


def test_a_single_look_is_no_ground_to_call_somebody_another_person(own: AppearanceCode) -> None:
    other = AppearanceCode(own.cells + np.float32([0, 40, 0]))
    memory = AppearanceMemory()
    memory.observe(own, 0.0)
    assert feed(memory, other, np.arange(1, 4) / 10) == [False] * 3
    assert memory.apart(other) == 0
    assert not memory.observe(other, 0.8)
    assert feed(memory, own, np.arange(9, 12) / 10) == [False, False, True]
