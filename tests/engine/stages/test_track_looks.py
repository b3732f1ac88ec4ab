"""What the tracker does with looks: knowing people again, doubting them, and forgetting them."""

import gc

import numpy as np
import pytest

from engine.stages.appearance import AppearanceCode, AppearanceMemory, look
from engine.stages.claims import Claims, OpenTrack
from engine.stages.motion import Motion
from engine.stages.track import Tracker
from engine.values.frame import Frame
from tests.engine.stages.painted import (
    ANN,
    BOB,
    CYD,
    At,
    all_ids,
    faces_of,
    frame,
    id_at,
    ids,
    run,
    times,
    tracker,
    wall,
)


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
    assert ids(outcomes[-1]) == [2]
    assert 1 in {number for outcome in outcomes for number in outcome.ended}


def test_who_shows_up_in_a_crowd_where_another_was_does_not_take_his_number() -> None:
    def scene(t: float) -> list[At]:
        return [At(ANN if t < 1 else BOB, 300, y=120), At(CYD, 360, y=140, side=60)]

    outcomes = run(scene, times(2))
    first, after = outcomes[20], [outcome for outcome in outcomes[31:] if len(outcome.faces)]
    assert id_at(first, 300) == 1
    assert all(id_at(outcome, 300) != 1 for outcome in after)
    assert {id_at(outcome, 360) for outcome in outcomes[20:]} == {id_at(first, 360)}


def test_a_face_half_behind_somebody_keeps_its_number_by_what_is_seen_of_it() -> None:
    def scene(t: float) -> list[At]:
        hidden = 1 <= t < 1.6
        ann, cyd = At(ANN, 300, y=120), At(CYD, 450 - 60 * t, y=140, side=60)
        return [cyd] if hidden else [ann, cyd]

    outcomes = run(scene, times(2))
    assert id_at(outcomes[20], 300) == id_at(outcomes[-1], 300) == 1
    assert len(all_ids(outcomes)) == 2


def test_a_face_goes_to_whom_it_resembles_and_not_to_somebody_never_seen_alone() -> None:
    def track(number: int, x: float) -> OpenTrack:
        return OpenTrack(Motion.begun(faces_of([At(ANN, x)]).boxes, 0.0), 0.0, number)

    known, unseen = track(1, 308), track(2, 309)
    now = frame([At(ANN, 310)], 0.04)
    nearly = faces_of([At(ANN, 324)]).boxes[0]
    known.memory.observe(look(now.image, nearly), 0.0)
    claims = Claims(now, faces_of([At(ANN, 310)]), last_frame_s=0.0, comparing=True)
    assert 6.6 < claims.apart(known, 0) < 20
    claims.match([known, unseen], np.array([True]))
    assert claims.by_face == {0: known}


def test_a_hand_before_the_face_is_not_another_person() -> None:
    def scene(t: float) -> list[At]:
        return [At(BOB, 300, score=0.8)] if 1 <= t < 1.1 else [At(ANN, 300)]

    outcomes = run(scene, times(2))
    assert all_ids(outcomes) == {1}


def test_a_light_switched_on_is_not_another_person() -> None:
    using, outcomes = tracker(), []
    for t in times(3):
        dark = frame([At(ANN, 300)], t)
        lit = np.clip(dark.image * (0.75 if t < 1.5 else 1.0), 0, 255).astype(np.uint8)
        outcomes.append(using(Frame(lit, 0, t, 0, "lamp"), faces_of([At(ANN, 300)])))
    assert all_ids(outcomes) == {1}


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
