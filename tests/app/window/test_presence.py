from dataclasses import replace

import numpy as np

from app.window.presence import Presence
from engine.values.age import AgeDistribution
from engine.values.faces import Faces
from engine.values.frame import Frame
from engine.values.result import AgeBelief, FrameResult, Status, Track

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


def test_a_visit_goes_on_as_long_as_the_face_may_come_back_as_the_same_track() -> None:
    presence, visits = Presence(lost_s=2.0), []
    for step in range(600):
        turned_away = step % 60 >= 45
        presence(seen(step / 10, *([] if turned_away else [7])))
        visits += presence.left
    assert visits == []
    presence(seen(62.0))
    assert [round(person.present_s, 1) for person in presence.left] == [58.4]


def test_a_visit_is_over_with_its_track_though_the_face_could_have_come_back_later() -> None:
    presence = Presence(lost_s=60.0)
    people = presence(seen(0.0, 7))
    belief = seen(0.0, 7).beliefs[0]
    ended = replace(seen(0.5), ended=(Track("door", 7, 0.0, 0.0, 1, belief, 1.0),))
    assert presence(ended) == ()
    assert [person.key for person in presence.left] == [person.key for person in people]


def test_nobody_has_left_where_somebody_leafed_back() -> None:
    presence = Presence()
    presence(seen(9.0, 7))
    presence(seen(4.0))
    assert presence.left == []
    assert presence(seen(9.1)) == ()


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
