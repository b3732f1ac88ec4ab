"""The tracker on painted people: what it must do with whom, when."""

import gc
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as bounded
from hypothesis import strategies as st
from numpy.typing import NDArray

from engine.settings import DetectSettings, TrackSettings
from engine.stages.appearance import AppearanceCode, AppearanceMemory
from engine.stages.claims import OpenTrack
from engine.stages.track import Tracked, Tracker
from engine.values.faces import Faces
from engine.values.frame import Frame, Image

WIDTH, HEIGHT = 640, 360
Colour = tuple[int, int, int]


@dataclass(frozen=True)
class Person:
    skin: Colour
    hair: Colour
    shirt: Colour


ANN = Person((224, 180, 150), (60, 40, 30), (30, 60, 160))
BOB = Person((150, 100, 70), (20, 20, 20), (200, 190, 60))
CYD = Person((235, 200, 185), (200, 170, 90), (150, 30, 40))


@dataclass(frozen=True)
class At:
    """A person in one frame: centre of the face and its side in px, and the detector's score."""

    who: Person
    x: float
    y: float = 130
    side: float = 40
    score: float = 0.9


def wall(seed: int = 0) -> Image:
    random = np.random.default_rng(seed)
    grey = random.integers(110, 190, (6, 10, 1))
    rough = (grey + random.integers(-6, 7, (6, 10, 3))).astype(np.uint8)
    return np.asarray(cv2.resize(rough, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC), np.uint8)


WALL = wall()


def painted(people: Iterable[At], background: Image = WALL) -> Image:
    """People painted in order: later ones cover earlier ones."""
    image = background.copy()
    for p in people:
        x, y, s = round(p.x), round(p.y), p.side
        chest = (round(x - 1.1 * s), round(y + 0.75 * s)), (round(x + 1.1 * s), HEIGHT)
        cv2.rectangle(image, *chest, p.who.shirt, -1)
        cv2.ellipse(
            image, (x, y - round(0.15 * s)), half(0.55 * s, 0.75 * s), 0, 0, 360, p.who.hair, -1
        )
        cv2.ellipse(
            image, (x, y + round(0.05 * s)), half(0.42 * s, 0.6 * s), 0, 0, 360, p.who.skin, -1
        )
    return image


def half(width: float, height: float) -> tuple[int, int]:
    return round(width), round(height)


def faces_of(people: Sequence[At]) -> Faces:
    boxes = [
        (p.x - p.side / 2, p.y - p.side / 2, p.x + p.side / 2, p.y + p.side / 2) for p in people
    ]
    marks = np.zeros((len(people), 5, 2), np.float32)
    return Faces.found(
        np.array(boxes, np.float32), marks, np.array([p.score for p in people], np.float32)
    )


def frame(people: Sequence[At], time_s: float, background: Image = WALL) -> Frame:
    return Frame(painted(people, background), round(time_s * 1000), time_s, 0, "painted")


def tracker(*, lost_s: float = 2.0, reentry: bool = True) -> Tracker:
    return Tracker(TrackSettings(lost_s=lost_s, reentry=reentry), DetectSettings())


def times(until_s: float, rate: float = 30, from_s: float = 0.0) -> NDArray[np.float64]:
    return np.arange(from_s, until_s, 1 / rate)


def run(
    scene: Callable[[float], Sequence[At]],
    at: Iterable[float],
    using: Tracker | None = None,
    background: Image = WALL,
) -> list[Tracked]:
    using = using or tracker()
    outcomes = []
    for time_s in at:
        people = scene(float(time_s))
        outcomes.append(using(frame(people, float(time_s), background), faces_of(people)))
    return outcomes


def ids(outcome: Tracked) -> list[int]:
    return [int(number) for number in outcome.faces.track_ids]


def all_ids(outcomes: Iterable[Tracked]) -> set[int]:
    return {number for outcome in outcomes for number in ids(outcome)} - {-1}


def id_at(outcome: Tracked, x: float) -> int:
    centres = (outcome.faces.boxes[:, 0] + outcome.faces.boxes[:, 2]) / 2
    return int(outcome.faces.track_ids[np.abs(centres - x).argmin()])


def test_a_face_is_numbered_once_it_has_lasted_a_tenth_of_a_second() -> None:
    outcomes = run(lambda _: [At(ANN, 300)], times(0.2))
    assert [ids(outcome) for outcome in outcomes] == [[-1]] * 3 + [[1]] * 3


def test_at_five_frames_a_second_the_second_sighting_is_enough() -> None:
    outcomes = run(lambda _: [At(ANN, 300)], times(0.7, rate=5))
    assert [ids(outcome) for outcome in outcomes] == [[-1], [1], [1], [1]]


def test_a_face_that_shows_for_a_moment_gets_no_number() -> None:
    def scene(t: float) -> list[At]:
        moment = 0.5 <= t < 0.59 or 1.5 <= t < 1.52 or 2.1 <= t < 2.12
        return [At(ANN, 300)] + ([At(BOB, 500)] if moment else [])

    outcomes = run(scene, times(4))
    assert all_ids(outcomes) == {1}
    assert not any(outcome.ended for outcome in outcomes)


@pytest.mark.parametrize("rate", [30, 12, 5])
def test_crossing_people_keep_their_ids(rate: float) -> None:
    def scene(t: float) -> list[At]:
        back, front = At(ANN, 100 + 110 * t, y=126), At(BOB, 540 - 110 * t, y=134)
        hidden = abs(back.x - front.x) < 0.5 * back.side
        return [front] if hidden else [back, front]

    at = times(4, rate)
    outcomes = run(scene, at)
    last = scene(float(at[-1]))
    assert id_at(outcomes[len(at) // 4], 100 + 110 * at[len(at) // 4]) == id_at(
        outcomes[-1], last[0].x
    )
    assert all_ids(outcomes) == {1, 2}
    assert not any(outcome.switched for outcome in outcomes)


@pytest.mark.parametrize(("hidden_s", "expected"), [(0.3, {1}), (1.5, {1}), (2.5, {1, 2})])
def test_a_hidden_face_keeps_its_id_for_two_seconds(hidden_s: float, expected: set[int]) -> None:
    outcomes = run(lambda t: [] if 1 <= t < 1 + hidden_s else [At(ANN, 200 + 20 * t)], times(5))
    assert all_ids(outcomes) == expected
    ended = [number for outcome in outcomes for number in outcome.ended]
    assert ended == ([1] if len(expected) == 2 else [])


def test_somebody_who_walks_behind_a_pillar_comes_out_as_himself() -> None:
    outcomes = run(lambda t: [] if 1 <= t < 2.2 else [At(ANN, 60 + 150 * t)], times(3.5))
    assert all_ids(outcomes) == {1}


def test_somebody_who_comes_back_elsewhere_is_known_by_his_looks() -> None:
    outcomes = run(lambda t: [] if 1 <= t < 2 else [At(ANN, 120 if t < 1 else 400)], times(3))
    assert all_ids(outcomes) == {1}


def test_nobody_is_known_by_looks_when_that_is_switched_off() -> None:
    scene = {False: [At(ANN, 120)], True: [At(ANN, 400)]}
    outcomes = run(lambda t: [] if 1 <= t < 2 else scene[t >= 2], times(3), tracker(reentry=False))
    assert all_ids(outcomes) == {1, 2}


@pytest.mark.parametrize("gap_s", [0.0, 0.5, 1.5])
def test_another_person_at_the_same_place_is_noticed(gap_s: float) -> None:
    def scene(t: float) -> list[At]:
        return [] if 1 <= t < 1 + gap_s else [At(ANN if t < 1 else BOB, 300)]

    outcomes = run(scene, times(3.5))
    switched = {number for outcome in outcomes for number in outcome.switched}
    assert ids(outcomes[-1]) != [1] or 1 in switched


def test_a_hand_before_the_face_is_not_another_person() -> None:
    def scene(t: float) -> list[At]:
        return [At(BOB if 1 <= t < 1.1 else ANN, 300)]

    outcomes = run(scene, times(2))
    assert all_ids(outcomes) == {1}
    assert not any(outcome.switched for outcome in outcomes)


def test_a_light_switched_on_is_not_another_person() -> None:
    using, outcomes = tracker(), []
    for t in times(3):
        dark = frame([At(ANN, 300)], t)
        lit = np.clip(dark.image * (0.75 if t < 1.5 else 1.0), 0, 255).astype(np.uint8)
        outcomes.append(using(Frame(lit, 0, t, 0, "lamp"), faces_of([At(ANN, 300)])))
    assert all_ids(outcomes) == {1}
    assert not any(outcome.switched for outcome in outcomes)


def test_a_cut_hands_no_id_to_whoever_stands_there_next() -> None:
    using = tracker()
    before = run(lambda _: [At(ANN, 300), At(BOB, 460)], times(1), using)
    after = run(lambda _: [At(CYD, 305)], times(2, from_s=1.0), using, wall(7))
    assert all_ids(before) == {1, 2}
    assert all_ids(after) == {3}


def test_a_cut_keeps_the_id_of_a_person_who_is_in_both_scenes() -> None:
    using = tracker()
    run(lambda _: [At(ANN, 300)], times(1), using)
    assert all_ids(run(lambda _: [At(ANN, 310)], times(2, from_s=1.0), using, wall(7))) == {1}


def test_without_comparing_looks_a_cut_ends_every_track() -> None:
    using = tracker(reentry=False)
    run(lambda _: [At(ANN, 300)], times(1), using)
    after = run(lambda _: [At(ANN, 300)], times(2, from_s=1.0), using, wall(7))
    assert after[0].ended == (1,)
    assert all_ids(after) == {2}


def test_a_gap_in_the_source_ends_every_track() -> None:
    using = tracker()
    run(lambda _: [At(ANN, 300)], times(1), using)
    after = run(lambda _: [At(ANN, 300)], times(4.5, from_s=4.0), using)
    assert after[0].ended == (1,)
    assert all_ids(after) == {2}


def test_a_small_face_that_moves_its_own_width_between_frames_is_kept() -> None:
    outcomes = run(lambda t: [At(ANN, 40 + 100 * t, side=20)], times(5, rate=5))
    assert all_ids(outcomes) == {1}
    assert all(len(outcome.faces) == 1 for outcome in outcomes)


def test_a_variable_frame_rate_gives_the_same_ids() -> None:
    def scene(t: float) -> list[At]:
        people = [At(ANN, 80 + 60 * t), At(BOB, 560 - 50 * t, y=150, side=50)]
        return people if not 2 <= t < 3 else people[1:]

    steady = run(scene, times(6))
    steps = np.random.default_rng(1).choice([1 / 60, 1 / 30, 1 / 12, 1 / 6], 200)
    varying = run(scene, np.cumsum(steps)[np.cumsum(steps) < 6])
    assert all_ids(steady) == all_ids(varying) == {1, 2}
    for outcomes in (steady, varying):
        assert ids(outcomes[-1])[0] == 1


def test_a_flickering_detector_does_not_break_a_track() -> None:
    random = np.random.default_rng(2)
    outcomes = run(lambda t: [At(ANN, 200 + 30 * t)] if random.random() < 0.5 else [], times(6))
    assert all_ids(outcomes) == {1}


def test_a_low_score_continues_a_track_but_begins_none() -> None:
    outcomes = run(lambda t: [At(ANN, 300, score=0.9 if t < 0.5 else 0.4)], times(3))
    assert ids(outcomes[-1]) == [1]
    outcomes = run(lambda _: [At(ANN, 300, score=0.45)], times(3))
    assert all(len(outcome.faces) == 0 for outcome in outcomes)


def test_a_face_below_the_low_score_is_ignored() -> None:
    outcomes = run(lambda t: [At(ANN, 300, score=0.9 if t < 0.5 else 0.2)], times(1))
    assert len(outcomes[-1].faces) == 0


def test_ids_count_up_and_are_never_given_twice() -> None:
    using = tracker(lost_s=0.2)
    for visit in range(1, 6):
        start = 2.0 * visit
        outcomes = run(lambda _: [At(ANN, 300)], times(start + 0.5, from_s=start), using)
        assert all_ids(outcomes) == {visit}


def test_two_runs_give_the_same() -> None:
    def outcome() -> list[tuple[list[int], tuple[int, ...], tuple[int, ...]]]:
        random = np.random.default_rng(3)

        def scene(_: float) -> list[At]:
            x = random.normal(300, 60, 3)
            return [At(who, x[i] + 100 * i) for i, who in enumerate((ANN, BOB, CYD)) if x[i] > 260]

        return [(ids(o), o.ended, o.switched) for o in run(scene, times(4))]

    assert outcome() == outcome()


def test_a_face_that_the_detector_reports_twice_is_one_track() -> None:
    def scene(_: float) -> list[At]:
        return [At(ANN, 300), At(ANN, 306, y=136, side=30, score=0.8)]

    outcomes = run(scene, times(1))
    assert all(len(outcome.faces) == 1 for outcome in outcomes)
    assert all_ids(outcomes) == {1}


def test_no_track_begins_on_part_of_a_face_that_has_one() -> None:
    outcomes = run(lambda _: [At(ANN, 300), At(ANN, 310, y=150, score=0.8)], times(1))
    assert all_ids(outcomes) == {1}


def test_faces_stay_in_the_order_of_the_detector() -> None:
    people = [At(ANN, 500), At(BOB, 100, score=0.4), At(CYD, 300, score=0.95)]
    outcome = run(lambda _: people, times(0.3))[-1]
    assert outcome.faces.boxes[:, 0].tolist() == [480, 280]


def test_a_repeated_frame_changes_nothing() -> None:
    using = tracker()
    before = run(lambda _: [At(ANN, 300)], times(0.5), using)[-1]
    again = run(lambda _: [At(ANN, 300)], [times(0.5)[-1]] * 5, using)
    assert [ids(outcome) for outcome in again] == [ids(before)] * 5


def test_finish_ends_every_numbered_track() -> None:
    using = tracker()
    run(
        lambda t: [At(ANN, 100), At(BOB, 400)] + ([At(CYD, 550)] if t > 0.45 else []),
        times(0.5),
        using,
    )
    assert using.finish() == (1, 2)
    assert using.finish() == ()


def test_an_ended_track_is_reported_once() -> None:
    outcomes = run(lambda t: [At(ANN, 300)] if t < 0.5 else [], times(6))
    assert [outcome.ended for outcome in outcomes if outcome.ended] == [(1,)]


def test_with_no_patience_a_missed_face_ends_its_track() -> None:
    scene = {True: [], False: [At(ANN, 300)]}
    outcomes = run(lambda t: scene[0.5 <= t < 0.6], times(1), tracker(lost_s=0.0))
    assert all_ids(outcomes) == {1, 2}


def test_no_appearance_can_be_reached_from_what_leaves_the_tracker() -> None:
    using = tracker()
    outcomes = run(lambda t: [At(ANN if t < 1 else BOB, 300), At(CYD, 500)], times(3), using)
    seen: set[int] = set()
    pending: list[object] = list(outcomes)
    while pending:
        value = pending.pop()
        if id(value) in seen or isinstance(value, type):
            continue
        seen.add(id(value))
        assert not isinstance(value, AppearanceCode | AppearanceMemory | OpenTrack | Tracker)
        pending.extend(gc.get_referents(value))


def codes() -> int:
    gc.collect()
    return sum(isinstance(value, AppearanceCode) for value in gc.get_objects())


def test_an_appearance_is_gone_with_its_track() -> None:
    using, before = tracker(), codes()
    run(lambda _: [At(ANN, 300)], times(1), using)
    assert codes() > before
    run(lambda _: [], times(4, from_s=1.0), using)
    assert codes() == before


def test_a_long_run_does_not_grow() -> None:
    using, blank, counts = tracker(lost_s=0.5), wall()[:48, :64], []
    for index in range(10_000):
        # Somebody new every second or so, and a false alarm now and then.
        visit, step = divmod(index, 40)
        people = [At(ANN, 10 + 97 * visit % 50, y=20, side=10)] if step < 8 else []
        alarms = [At(BOB, 7 * index % 60, side=12)] if step == 20 else []
        using(Frame(blank, index, index / 30, 0, "long"), faces_of(people + alarms))
        if index in (2_000, 9_999):
            gc.collect()
            counts.append(len(gc.get_objects()))
    assert counts[1] < counts[0] + 100


boxes = st.tuples(st.floats(-50, 700), st.floats(-50, 400), st.floats(0, 300), st.floats(0.0, 1.0))


@bounded(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 3), st.lists(boxes, max_size=6)), max_size=12))
def test_whatever_is_detected_ids_are_unique_and_faces_are_the_detectors(
    steps: list[tuple[float, list[tuple[float, float, float, float]]]],
) -> None:
    using, time_s = tracker(), 0.0
    for step_s, found in steps:
        time_s += step_s
        faces = faces_of([At(ANN, x, y, side, score) for x, y, side, score in found])
        outcome = using(Frame(WALL, 0, time_s, 0, "any"), faces)
        numbered = [number for number in ids(outcome) if number != -1]
        assert len(numbered) == len(set(numbered))
        given_boxes = {box.tobytes() for box in faces.boxes}
        assert all(box.tobytes() in given_boxes for box in outcome.faces.boxes)
