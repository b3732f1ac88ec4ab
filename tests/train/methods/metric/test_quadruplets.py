import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from train.methods.metric.quadruplets import QuadrupletSampler

PEOPLE = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 12)), min_size=3, max_size=60)


def labels(people: list[tuple[int, int]]) -> tuple[np.ndarray, np.ndarray]:
    years = np.array([year for year, _ in people], np.float32)
    return years, np.array([f"{person:02d}" for _, person in people])


@settings(max_examples=60)
@given(PEOPLE, st.integers(1, 6), st.integers(0, 99))
def test_quadruplets_are_what_they_are_called(
    people: list[tuple[int, int]], limit: int, seed: int
) -> None:
    years, groups = labels([*people, people[0]])
    drawn = QuadrupletSampler(years, groups, limit).draw(8, np.random.default_rng(seed))
    anchor, positive, younger, older = drawn.rows.T
    assert (anchor != positive).all()
    np.testing.assert_array_equal(years[anchor], years[positive])
    for side, neighbour, owner, sign in ((0, younger, anchor, -1), (1, older, positive, 1)):
        there = drawn.present[:, side]
        gaps = sign * (years[neighbour] - years[anchor])[there]
        assert ((gaps >= 1) & (gaps <= limit)).all()
        np.testing.assert_array_equal(drawn.gaps[there, side], gaps)
        assert (groups[neighbour] != groups[owner])[there].all()
        np.testing.assert_array_equal(neighbour[~there], anchor[~there])
        assert (drawn.gaps[~there, side] == 0).all()


@settings(max_examples=30)
@given(PEOPLE, st.integers(0, 99))
def test_a_neighbour_lacks_only_where_there_is_none(
    people: list[tuple[int, int]], seed: int
) -> None:
    years, groups = labels([*people, people[0]])
    drawn = QuadrupletSampler(years, groups).draw(8, np.random.default_rng(seed))
    for row, (younger, older) in zip(drawn.rows, drawn.present, strict=True):
        ahead = years - years[row[0]]
        assert younger == ((ahead < 0) & (ahead >= -5) & (groups != groups[row[0]])).any()
        assert older == ((ahead > 0) & (ahead <= 5) & (groups != groups[row[1]])).any()


def test_the_same_seed_draws_the_same_quadruplets() -> None:
    years, groups = labels([(age, age * 7 % 5) for age in range(20)] * 3)
    sampler = QuadrupletSampler(years, groups)
    first, second = (sampler.draw(16, np.random.default_rng(4)).rows for _ in range(2))
    np.testing.assert_array_equal(first, second)


def test_ages_that_all_differ_are_refused() -> None:
    with pytest.raises(ValueError, match="share an age"):
        QuadrupletSampler(np.arange(5, dtype=np.float32), np.array(list("abcde")))
