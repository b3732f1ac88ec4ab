import numpy as np

from app.window.presence import Presence
from engine.values.age import AgeDistribution
from engine.values.faces import Faces
from engine.values.frame import Frame
from engine.values.result import AgeBelief, FrameResult, Status

AGES = np.arange(101, dtype=np.float32)
IMAGE = np.zeros((60, 80, 3), np.uint8)


def seen(time_s: float, *ids: int, years: int = 34, picture: str = "") -> FrameResult:
    n = len(ids)
    faces = Faces.found(np.zeros((n, 4)), np.zeros((n, 5, 2)), np.ones(n))
    probs = np.zeros(101, np.float32)
    probs[years] = 1
    belief = AgeBelief(AgeDistribution(AGES, probs), 1, 1.0, Status.STABLE)
    return FrameResult(
        Frame(IMAGE, 0, time_s, 0, "door", picture=picture),
        faces.with_ids(np.array(ids, np.int64)),
        np.ones(n, np.float32),
        None,
        (belief,) * n,
    )


def numbers(people: tuple) -> list[str]:
    return [person.label.number for person in people]


def test_people_keep_their_place_and_count_their_seconds() -> None:
    presence = Presence()
    presence(seen(10.0, 2))
    people = presence(seen(12.5, 3, 2))
    assert numbers(people) == ["#2", "#3"]
    assert [person.present_s for person in people] == [2.5, 0]


def test_who_is_hidden_for_a_moment_stays() -> None:
    presence = Presence()
    presence(seen(0.0, 1, years=20))
    presence(seen(0.5))
    assert numbers(presence(seen(0.9))) == ["#1"]
    people = presence(seen(1.5, 1, years=22))
    assert numbers(people) == ["#1"]
    assert people[0].label.age == "22"


def test_who_left_is_forgotten_and_counted_afresh_on_return() -> None:
    presence = Presence()
    presence(seen(0.0, 1))
    assert presence(seen(1.2)) == ()
    assert presence(seen(5.0, 1))[0].present_s == 0


def test_faces_that_no_track_has_claimed_are_not_people_yet() -> None:
    assert numbers(Presence()(seen(0.0, -1, 4))) == ["#4"]


def test_each_picture_of_a_folder_stands_alone() -> None:
    presence = Presence()
    assert len(presence(seen(0.0, -1, -1, picture="a.jpg"))) == 2
    people = presence(seen(0.0, -1, picture="b.jpg"))
    assert numbers(people) == [""]


def test_nobody_is_kept_for_ever() -> None:
    presence = Presence()
    for track_id in range(1, 500):
        people = presence(seen(track_id * 2.0, track_id))
    assert numbers(people) == ["#499"]
