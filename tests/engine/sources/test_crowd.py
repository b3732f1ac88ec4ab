import numpy as np

from engine.sources.crowd import crowd, has_twin


def test_a_crowd_comes_and_goes_in_all_sizes() -> None:
    sizes, both = [], 0
    for seed in range(10):
        for walk in crowd(20, 16.0, seed):
            (begin_s, first), *_, (end_s, last) = walk.stops
            assert 0 <= begin_s < end_s
            assert not 0 <= first.x <= 1
            assert not 0 <= last.x <= 1
            sizes += [first.size * 720, last.size * 720]
            both += (first.x < 0) != (last.x < 0)
    assert 20 <= min(sizes) < 24
    assert 300 < max(sizes) <= 400
    assert both > 50


def test_the_same_seed_gives_the_same_crowd() -> None:
    assert crowd(20, 16.0, 3) == crowd(20, 16.0, 3)
    assert crowd(20, 16.0, 3) != crowd(20, 16.0, 4)


def test_a_twin_walks_beside_the_one_before() -> None:
    walks = crowd(12, 16.0, 5)
    assert [person for person in range(12) if has_twin(person)] == [5, 11]
    for time_s in np.arange(0, 16, 0.5):
        one, twin = walks[4].at(time_s), walks[5].at(time_s)
        assert (one is None) == (twin is None)
        if one is not None and twin is not None:
            assert twin.size == one.size
            assert 0.7 < (twin.x - one.x) / one.size < 1
