"""The tracker on painted people: who gets which number, when, and how long."""

import gc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as bounded
from hypothesis import strategies as st

from engine.errors import SettingsError
from engine.sources.clock import RateCap
from engine.stages.track import check_looks, least_looks
from engine.values.frame import Frame
from tests.engine.stages.painted import (
    ANN,
    BOB,
    CYD,
    WALL,
    At,
    all_ids,
    faces_of,
    id_at,
    ids,
    run,
    times,
    tracker,
    wall,
)


def test_a_face_is_numbered_once_it_has_lasted_a_tenth_of_a_second() -> None:
    outcomes = run(lambda _: [At(ANN, 300, score=0.8)], times(0.2))
    assert [ids(outcome) for outcome in outcomes] == [[-1]] * 3 + [[1]] * 3


def test_a_face_that_is_surely_one_is_numbered_the_second_time() -> None:
    outcomes = run(lambda _: [At(ANN, 300, score=0.9)], times(0.2))
    assert [ids(outcome) for outcome in outcomes] == [[-1]] + [[1]] * 5


def test_at_five_frames_a_second_the_second_sighting_is_enough() -> None:
    outcomes = run(lambda _: [At(ANN, 300)], times(0.7, rate=5))
    assert [ids(outcome) for outcome in outcomes] == [[-1], [1], [1], [1]]


def test_a_face_that_shows_for_a_moment_gets_no_number() -> None:
    def scene(t: float) -> list[At]:
        moment = 0.5 <= t < 0.59 or 1.5 <= t < 1.52 or 2.1 <= t < 2.12
        return [At(ANN, 300)] + ([At(BOB, 500, score=0.8)] if moment else [])

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


@pytest.mark.parametrize(("hidden_s", "expected"), [(0.3, {1}), (1.5, {1}), (2.5, {1, 2})])
def test_a_hidden_face_keeps_its_id_for_two_seconds(hidden_s: float, expected: set[int]) -> None:
    outcomes = run(lambda t: [] if 1 <= t < 1 + hidden_s else [At(ANN, 200 + 20 * t)], times(5))
    assert all_ids(outcomes) == expected
    ended = [number for outcome in outcomes for number in outcome.ended]
    assert ended == ([1] if len(expected) == 2 else [])


def test_somebody_who_walks_behind_a_pillar_comes_out_as_himself() -> None:
    outcomes = run(lambda t: [] if 1 <= t < 2.2 else [At(ANN, 60 + 150 * t)], times(3.5))
    assert all_ids(outcomes) == {1}


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
    def outcome() -> list[tuple[list[int], tuple[int, ...]]]:
        random = np.random.default_rng(3)

        def scene(_: float) -> list[At]:
            x = random.normal(300, 60, 3)
            return [At(who, x[i] + 100 * i) for i, who in enumerate((ANN, BOB, CYD)) if x[i] > 260]

        return [(ids(o), o.ended) for o in run(scene, times(4))]

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
    assert all_ids(run(lambda _: [At(ANN, 100)], times(0.3), using)) == {3}


def test_an_ended_track_is_reported_once() -> None:
    outcomes = run(lambda t: [At(ANN, 300)] if t < 0.5 else [], times(6))
    assert [outcome.ended for outcome in outcomes if outcome.ended] == [(1,)]


def test_with_no_patience_a_missed_face_ends_its_track() -> None:
    scene = {True: [], False: [At(ANN, 300)]}
    outcomes = run(lambda t: scene[0.5 <= t < 0.6], times(1), tracker(lost_s=0.0))
    assert all_ids(outcomes) == {1, 2}


@pytest.mark.parametrize("rate", [10, 25, 30])
@pytest.mark.parametrize("lost_s", [0.0, 0.5, 0.9, 1.1, 2.0])
def test_people_are_followed_at_the_least_rate_that_is_taken(lost_s: float, rate: float) -> None:
    check_looks(least_looks(lost_s), lost_s, "fps")
    let_through = RateCap(least_looks(lost_s))
    looks = [time_s for time_s in times(10, rate) if let_through(time_s)]
    assert all_ids(run(lambda _: [At(ANN, 300)], looks, tracker(lost_s=lost_s))) == {1}


@pytest.mark.parametrize(("lost_s", "fps"), [(0.9, 1), (0.3, 1.9), (0.0, 1.5)])
def test_a_rate_at_which_nobody_would_be_followed_is_refused(lost_s: float, fps: float) -> None:
    assert not all_ids(run(lambda _: [At(ANN, 300)], times(10, fps), tracker(lost_s=lost_s)))
    with pytest.raises(SettingsError, match=r"^fps_cap .* nobody is followed .*at least"):
        check_looks(fps, lost_s, "fps_cap")
    check_looks(0, lost_s, "fps_cap")


def test_a_refused_rate_names_a_lost_s_that_would_do() -> None:
    with pytest.raises(SettingsError, match=r"at least 1\.39, or track\.lost_s at least 1\.25\.$"):
        check_looks(1, 0.9, "fps_cap")
    check_looks(1.39, 0.9, "fps_cap")
    check_looks(1, 1.25, "fps_cap")


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
