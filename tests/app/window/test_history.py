import numpy as np

from app.window.history import Histories
from engine.values.age import AgeDistribution
from engine.values.faces import Faces
from engine.values.frame import Frame
from engine.values.result import AgeBelief, FrameResult, Status

AGES = np.arange(101, dtype=np.float32)
IMAGE = np.zeros((60, 80, 3), np.uint8)


def seen(time_s: float, *ids: int, years: int = 30, status: Status = Status.STABLE) -> FrameResult:
    n = len(ids)
    faces = Faces.found(np.zeros((n, 4)), np.zeros((n, 5, 2)), np.ones(n))
    probs = np.zeros(101, np.float32)
    probs[years] = 1
    alone = np.full((n, 101), np.nan, np.float32)
    alone[1:] = np.eye(101, dtype=np.float32)[40]
    return FrameResult(
        Frame(IMAGE, 0, time_s, 0, "door"),
        faces.with_ids(np.array(ids, np.int64)),
        np.full(n, 0.7, np.float32),
        AgeDistribution(AGES, alone) if n else None,
        (AgeBelief(AgeDistribution(AGES, probs), 1, 1.0, status),) * n,
    )


def test_a_course_has_the_belief_the_estimates_and_the_quality() -> None:
    histories = Histories()
    for step in range(5):
        histories.add(seen(step / 10, 1, 2, years=30 + step))
    course = histories.course(2)
    assert course is not None
    np.testing.assert_allclose(course.time_s, np.arange(5) / 10)
    np.testing.assert_allclose(course.median, 30 + np.arange(5), atol=0.01)
    assert (course.outer[0] <= course.inner[0]).all()
    assert (course.inner[1] <= course.outer[1]).all()
    np.testing.assert_allclose(course.estimate, 40, atol=0.01)
    np.testing.assert_allclose(course.quality, 0.7, rtol=1e-5)
    first = histories.course(1)
    assert first is not None
    assert np.isnan(first.estimate).all()


def test_a_prior_is_not_drawn_as_a_belief() -> None:
    histories = Histories()
    histories.add(seen(0.0, 1, status=Status.INSUFFICIENT))
    course = histories.course(1)
    assert course is not None
    assert np.isnan(course.median).all()


def test_who_left_is_forgotten_after_a_while_and_strangers_are_unknown() -> None:
    histories = Histories()
    histories.add(seen(0.0, 1))
    histories.add(seen(5.0))
    assert histories.course(1) is not None
    histories.add(seen(20.0, 2))
    assert histories.course(1) is None
    assert histories.course(9) is None


def test_a_second_look_at_an_older_frame_changes_nothing() -> None:
    histories = Histories()
    for time_s in (0.0, 0.2, 0.1, 0.2):
        histories.add(seen(time_s, 1))
    course = histories.course(1)
    assert course is not None
    assert course.time_s.tolist() == [0.0, 0.2]


def test_a_long_visit_is_kept_more_coarsely_from_its_begin_to_its_end() -> None:
    histories = Histories()
    frames = 6000
    for step in range(frames):
        histories.add(seen(step / 25, 1))
    course = histories.course(1)
    assert course is not None
    assert 1024 <= len(course.time_s) <= 2048
    assert course.time_s[0] == 0
    assert course.time_s[-1] > frames / 25 - 1
    assert (np.diff(course.time_s) > 0).all()
    assert np.diff(course.time_s).max() < 0.5, "evenly"


def test_estimates_outlive_the_frames_between_them() -> None:
    histories = Histories()
    for step in range(6000):
        ids = (2, 1) if step % 50 == 0 else (1,)  # only the second face of a frame is estimated
        histories.add(seen(step / 25, *ids))
    course = histories.course(1)
    assert course is not None
    assert (~np.isnan(course.estimate)).sum() == 120
