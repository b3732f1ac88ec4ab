import numpy as np

from engine.analysed import UNSEEN, Analysed
from engine.sources.source import SourceInfo
from engine.values.age import AgeDistribution
from engine.values.faces import Faces
from engine.values.frame import Frame
from engine.values.result import AgeBelief, FrameResult, Status, Track

IMAGE = np.zeros((60, 80, 3), np.uint8)
INFO = SourceInfo("x", "x", False, False, 80, 60, 10.0, 100, 10.0)
BELIEF = AgeBelief(
    AgeDistribution(np.arange(2, dtype=np.float32), np.full(2, 0.5, np.float32)),
    1,
    1.0,
    Status.STABLE,
)
TRACK = Track("x", 1, 0.0, 1.0, 2, BELIEF, 0.5)


class Looking:
    """Sees one person in every frame and remembers what it was asked."""

    def __init__(self) -> None:
        self.stepped: list[float] = []
        self.finished = 0

    def step(self, frame: Frame) -> FrameResult:
        self.stepped.append(frame.time_s)
        box, points = np.zeros((1, 4)), np.zeros((1, 5, 2))
        faces = Faces.found(box, points, np.ones(1)).with_ids(np.array([1], np.int64))
        return FrameResult(frame, faces, np.ones(1, np.float32), None, (BELIEF,))

    def finish(self) -> tuple[Track, ...]:
        self.finished += 1
        return (TRACK,)


def frame(time_s: float) -> Frame:
    return Frame(IMAGE, round(time_s * 10), time_s, 0, "x")


def test_a_frame_is_looked_at_once_and_then_remembered_with_its_own_picture() -> None:
    looking = Looking()
    analysed = Analysed(looking, INFO)
    analysed(frame(0.0))
    again = frame(0.0)
    result = analysed(again)
    assert looking.stepped == [0.0]
    assert result.frame is again
    assert result.faces.track_ids.tolist() == [1]


def test_where_nothing_may_be_recalled_every_frame_is_looked_at() -> None:
    looking = Looking()
    analysed = Analysed(looking, INFO, recalls=False)
    for time_s in (0.0, 0.3, 0.1, 0.3):
        analysed(frame(time_s))
    assert looking.stepped == [0.0, 0.3, 0.1]


def test_a_frame_between_remembered_ones_shows_what_was_seen_before_it() -> None:
    looking = Looking()
    analysed = Analysed(looking, INFO)
    analysed(frame(0.0))
    analysed(frame(0.3))
    assert analysed(frame(0.1)).faces.track_ids.tolist() == [1]
    assert looking.stepped == [0.0, 0.3]


def test_going_on_follows_people_and_a_jump_ends_their_tracks() -> None:
    looking = Looking()
    analysed = Analysed(looking, INFO)
    assert analysed(frame(0.0)).ended == ()
    assert analysed(frame(0.4)).ended == ()
    assert analysed(frame(7.0)).ended == (TRACK,)
    assert looking.finished == 1
    assert analysed(frame(5.0)).ended == (TRACK,), "backwards nobody can be followed"


def test_rare_pictures_are_no_jumps_while_people_are_followed_from_one_to_the_next() -> None:
    looking = Looking()
    patient = Analysed(looking, INFO, lost_s=4.0)
    assert [patient(frame(time_s)).ended for time_s in (0.0, 3.0, 6.0)] == [()] * 3
    assert patient.counts.tolist() == [1] * 61 + [UNSEEN] * 39
    assert patient(frame(10.1)).ended == (TRACK,)
    usual = Analysed(looking, INFO, lost_s=2.0)
    assert [usual(frame(time_s)).ended for time_s in (0.0, 2.0, 4.0)] == [()] * 3
    assert usual(frame(6.1)).ended == (TRACK,)


def test_counts_tell_where_people_were_and_what_was_not_looked_at() -> None:
    analysed = Analysed(Looking(), INFO)
    analysed(frame(0.0))
    analysed(frame(0.3))
    analysed(frame(5.0))
    assert analysed.counts[:5].tolist() == [1, 1, 1, 1, UNSEEN]
    assert analysed.counts[49:52].tolist() == [UNSEEN, 1, UNSEEN]


def test_what_is_remembered_holds_no_pictures() -> None:
    analysed = Analysed(Looking(), INFO)
    for number in range(50):
        analysed(frame(number / 10))
    assert sum(kept.frame.image.nbytes for kept in analysed._seen.values()) < 50 * 10
