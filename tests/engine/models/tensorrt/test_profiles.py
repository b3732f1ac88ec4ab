from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import ModelError
from engine.models.choose import half_of
from engine.models.model import ModelSpec, Port
from engine.models.shipped import AGE_MODEL, DETECTOR
from engine.models.tensorrt.load import read_spec
from engine.models.tensorrt.profiles import profiles_for, split
from tests.engine.models.made import SIDE_PX

CROPS = profiles_for(read_spec(half_of(AGE_MODEL)))
PICTURES = profiles_for(read_spec(half_of(DETECTOR)))


def test_crops_have_one_exact_profile_for_each_batch_size() -> None:
    assert [profile.batch for profile in CROPS] == [1, 4, 16, 32]
    assert all(profile.smallest == profile.usual == profile.largest for profile in CROPS)
    assert CROPS[2].largest == (16, SIDE_PX, SIDE_PX, 3)


def test_pictures_may_have_any_size_up_to_a_bound_that_falls_with_the_batch() -> None:
    assert [profile.batch for profile in PICTURES] == [1, 4, 16]
    for profile in PICTURES:
        assert profile.smallest[0] == profile.usual[0] == profile.largest[0]
        assert profile.fits(profile.smallest[1:])
        assert profile.fits(profile.usual[1:])
        assert profile.fits(profile.largest[1:])


@given(rows=st.integers(1, 300))
def test_every_row_is_run_once_in_a_batch_that_holds_it(rows: int) -> None:
    parts = list(split((rows, SIDE_PX, SIDE_PX, 3), CROPS))
    assert sum(count for _, count in parts) == rows
    assert all(count <= CROPS[index].batch for index, count in parts)
    padding = sum(CROPS[index].batch - count for index, count in parts)
    assert padding < 16


@pytest.mark.parametrize(
    ("shape", "batches"),
    [
        ((1, 1088, 1920, 3), [1]),
        ((4, 1088, 1920, 3), [4]),
        ((5, 1088, 1920, 3), [4, 1]),
        ((3, 2176, 3840, 3), [1, 1, 1]),
        ((16, 384, 640, 3), [16]),
    ],
)
def test_a_picture_too_large_for_a_large_batch_goes_in_smaller_ones(
    shape: tuple[int, ...], batches: list[int]
) -> None:
    assert [PICTURES[index].batch for index, _ in split(shape, PICTURES)] == batches


@pytest.mark.parametrize("item", [(16, 640, 3), (384, 3872, 3), (384, 640, 4)])
def test_a_size_that_no_profile_allows_is_refused_with_the_bounds(item: tuple[int, ...]) -> None:
    with pytest.raises(ModelError, match="expected 32x32x3 to 2176x3840x3"):
        list(split((1, *item), PICTURES))


@pytest.mark.parametrize(
    "inputs",
    [
        (),
        (Port("a", "uint8", (None, 8, 8, 3)), Port("b", "uint8", (None, 8, 8, 3))),
        (Port("a", "float32", (None, 8, 8, 3)),),
        (Port("a", "uint8", (1, 8, 8, 3)),),
        (Port("a", "uint8", (None, 3)),),
    ],
)
def test_a_model_that_takes_no_batch_of_pictures_is_refused(inputs: tuple[Port, ...]) -> None:
    spec: ModelSpec = replace(read_spec(AGE_MODEL), inputs=inputs)
    with pytest.raises(ModelError, match="expected one input, a batch of uint8 pictures"):
        profiles_for(spec)
