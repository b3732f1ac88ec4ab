import numpy as np

from engine.settings import KioskSettings
from engine.values.age import AgeDistribution
from engine.values.faces import Faces
from engine.values.frame import Frame
from engine.values.result import AgeBelief, FrameResult, Status
from engine.visitors import Visitors

AGES = np.arange(101, dtype=np.float32)
BELIEF = AgeBelief(AgeDistribution(AGES, np.full(101, 1 / 101, np.float32)), 1, 1, Status.STABLE)
IMAGE = np.zeros((100, 200, 3), np.uint8)


def result_of(sides_px: dict[int, float]) -> FrameResult:
    n = len(sides_px)
    boxes = [[0, 0, side, side] for side in sides_px.values()]
    faces = Faces.found(boxes, np.zeros((n, 5, 2)), np.ones(n))
    faces = faces.with_ids(np.array(list(sides_px), np.int64))
    frame = Frame(IMAGE, 0, 0.0, 0, "hall")
    return FrameResult(frame, faces, np.ones(n, np.float32), None, (BELIEF,) * n)


def near_ids(visitors: Visitors, sides_px: dict[int, float]) -> list[int]:
    result = result_of(sides_px)
    return result.faces.track_ids[visitors.near(result)].tolist()


def front_ids(visitors: Visitors, sides_px: dict[int, float]) -> list[int]:
    result = result_of(sides_px)
    return result.faces.track_ids[visitors.front(result, visitors.near(result))].tolist()


def test_the_nearest_come_first_and_far_or_unfollowed_faces_do_not_count() -> None:
    visitors = Visitors(KioskSettings(near=0.2))
    assert near_ids(visitors, {1: 25, 2: 19, 3: 40, -1: 60}) == [3, 1]


def test_no_more_are_spoken_to_than_is_set() -> None:
    visitors = Visitors(KioskSettings(near=0.2, most=2))
    assert near_ids(visitors, {1: 30, 2: 50, 3: 40}) == [2, 3]


def test_who_is_near_stays_so_until_well_farther_off() -> None:
    visitors = Visitors(KioskSettings(near=0.2))
    assert near_ids(visitors, {1: 17}) == []
    assert near_ids(visitors, {1: 21}) == [1]
    assert near_ids(visitors, {1: 17}) == [1]
    assert near_ids(visitors, {1: 15}) == []
    assert near_ids(visitors, {1: 17}) == []


def test_somebody_much_smaller_stands_behind() -> None:
    visitors = Visitors(KioskSettings(near=0.2))
    assert front_ids(visitors, {1: 50, 2: 30}) == [1]
    assert front_ids(visitors, {1: 50, 2: 45}) == [1, 2]


def test_two_who_stood_beside_each_other_part_only_by_a_clear_step() -> None:
    visitors = Visitors(KioskSettings(near=0.2))
    assert front_ids(visitors, {1: 42, 2: 30}) == [1]
    assert front_ids(visitors, {1: 36, 2: 30}) == [1, 2]
    assert front_ids(visitors, {1: 42, 2: 30}) == [1, 2]
    assert front_ids(visitors, {1: 50, 2: 30}) == [1]
