import numpy as np

from engine.stages.associate import assign, covered, relate, separations
from engine.stages.motion import Motion, coordinates
from engine.values.faces import Floats


def boxes(*centres_and_sides: tuple[float, float, float]) -> Floats:
    values = np.array(centres_and_sides, np.float32)
    return np.concatenate([values[:, :2] - values[:, 2:] / 2, values[:, :2] + values[:, 2:] / 2], 1)


def still(*at: tuple[float, float, float]) -> Motion:
    motion = Motion.begun(boxes(*at), 0.0)
    for step in range(1, 31):
        motion = motion.follow(boxes(*at), step / 30)
    return motion


def test_a_face_in_its_place_is_the_best_pair() -> None:
    pairs = relate(
        still((100, 100, 40), (300, 100, 40)), boxes((302, 101, 41), (99, 100, 40)), 1.03
    )
    rows, columns = assign(pairs.affinity)
    assert list(zip(rows, columns, strict=True)) == [(0, 1), (1, 0)]
    assert not pairs.surprising.any()
    assert not pairs.contested.any()


def test_a_face_too_far_away_or_of_another_size_is_impossible() -> None:
    pairs = relate(still((100, 100, 40)), boxes((200, 100, 40), (100, 100, 100)), 1.03)
    assert (pairs.affinity == 0).all()
    assert len(assign(pairs.affinity)[0]) == 0


def test_the_longer_a_face_is_gone_the_farther_it_may_be() -> None:
    motion, found = still((100, 100, 40)), boxes((170, 100, 40))
    assert relate(motion, found, 1.03).affinity[0, 0] == 0
    assert relate(motion, found, 2.0).affinity[0, 0] > 0


def test_a_jump_that_motion_does_not_explain_is_surprising() -> None:
    pairs = relate(still((100, 100, 40)), boxes((121, 100, 40)), 1.03)
    assert pairs.surprising.tolist() == [[True]]


def test_a_face_within_reach_of_two_tracks_is_contested() -> None:
    pairs = relate(still((100, 100, 40), (120, 100, 40)), boxes((110, 100, 40)), 1.03)
    assert pairs.contested.all()


def test_between_two_faces_the_one_in_the_direction_of_motion_is_preferred() -> None:
    motion = Motion.begun(boxes((100, 100, 40)), 0.0)
    for step in range(1, 16):
        motion = motion.follow(boxes((100 + 4 * step, 100, 40)), step / 30)
    ahead, behind = relate(motion, boxes((172, 100, 40), (148, 100, 40)), 16 / 30).affinity[0]
    assert ahead > behind


def test_one_perfect_pair_is_better_than_two_poor_ones() -> None:
    # Track 0 on its face; track 1 gone; a new face in reach of both.
    affinity = np.array([[1.9, 0.4], [0.5, 0.0]])
    rows, columns = assign(affinity)
    assert (rows.tolist(), columns.tolist()) == ([0], [0])


def test_covered_is_the_part_of_the_smaller_box() -> None:
    shared = covered(boxes((50, 50, 40)), boxes((50, 50, 20), (70, 50, 40), (200, 50, 40)))
    np.testing.assert_allclose(shared, [[1, 0.5, 0]], atol=1e-5)
    assert covered(np.zeros((0, 4), np.float32), boxes((50, 50, 40))).shape == (0, 1)


def test_separations_are_in_face_sides() -> None:
    points = coordinates(boxes((180, 100, 40), (100, 100, 80)))
    sides, sizes = separations(coordinates(boxes((100, 100, 40)))[0], points)
    np.testing.assert_allclose(sides, [2, 0], atol=1e-6)
    np.testing.assert_allclose(sizes, [0, np.log(2)], atol=1e-6)
