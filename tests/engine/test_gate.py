import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from engine.gate import Gate, Reason, Stage, Verdict, judge
from engine.settings import GateSettings
from engine.values.age import AgeDistribution
from engine.values.faces import Faces
from engine.values.frame import Frame
from engine.values.result import AgeBelief, FrameResult, Status

AGES = np.arange(101, dtype=np.float32)
IMAGE = np.zeros((240, 320, 3), np.uint8)
CALM = GateSettings(hold_s=0.3, patience_s=5)
years = st.floats(1, 95)
widths = st.floats(0.5, 12)
VISITS = st.lists(st.tuples(st.integers(0, 2), years, st.floats(0, 8)), max_size=40)


def normal(mean: float, std: float = 3.0) -> AgeDistribution:
    probs = np.exp(-0.5 * ((AGES - mean) / std) ** 2) + 1e-9
    return AgeDistribution(AGES, (probs / probs.sum()).astype(np.float32))


def belief(mean: float, looks: float = 5.0, status: Status = Status.STABLE) -> AgeBelief:
    return AgeBelief(normal(mean), 9, looks, status)


class Street:
    """Frames a tenth of a second apart; rows given in `front` stand before the gate."""

    def __init__(self, settings: GateSettings = CALM) -> None:
        self.gate, self.time_s = Gate(settings), 0.0

    def step(self, people: dict[int, AgeBelief], front: int | None = None) -> Verdict:
        self.time_s += 0.1
        n = len(people)
        faces = Faces.found(np.zeros((n, 4)), np.zeros((n, 5, 2)), np.ones(n))
        faces = faces.with_ids(np.array(list(people), np.int64))
        frame = Frame(IMAGE, 0, self.time_s, 0, "street")
        quality = np.ones(n, np.float32)
        result = FrameResult(frame, faces, quality, None, tuple(people.values()))
        return self.gate.step(result, np.arange(n if front is None else front))

    def stay(self, steps: int, people: dict[int, AgeBelief]) -> list[Verdict]:
        return [self.step(people) for _ in range(steps)]


@given(years, widths, st.floats(0.001, 0.2), st.floats(0.001, 0.2), st.integers(10, 60))
def test_no_decision_errs_more_often_than_accepted(
    mean: float, width: float, over: float, under: float, age: int
) -> None:
    settings = GateSettings(age=age, wrongly_over=over, wrongly_under=under)
    distribution = normal(mean, width)
    stage, reason = judge(distribution, settings)
    below = float(distribution.probability_below(age))
    assert stage is not Stage.OVER or below <= over
    assert stage is not Stage.UNDER or 1 - below <= under + 1e-6
    assert (reason is None) == (stage is not Stage.ASK)


@given(years, years, widths)
def test_who_looks_older_is_never_decided_lower(first: float, second: float, width: float) -> None:
    rank = {Stage.UNDER: 0, Stage.ASK: 1, Stage.OVER: 2}
    younger, older = sorted((first, second))
    lower, upper = (judge(normal(mean, width), CALM)[0] for mean in (younger, older))
    assert rank[lower] <= rank[upper]


@given(years, widths, st.integers(18, 40))
def test_a_challenge_age_lets_nobody_more_through(
    mean: float, width: float, challenge: int
) -> None:
    with_challenge = GateSettings(challenge=challenge)
    asked = judge(normal(mean, width), with_challenge)[0] is Stage.OVER
    assert not asked or judge(normal(mean, width), GateSettings())[0] is Stage.OVER


def test_over_the_age_but_younger_than_the_challenge_is_asked() -> None:
    settings = GateSettings(challenge=35)
    assert judge(normal(30, 2), settings) == (Stage.ASK, Reason.CHALLENGE)
    assert judge(normal(40, 2), settings) == (Stage.OVER, None)


@given(years, widths, st.sampled_from([Stage.OVER, Stage.UNDER]))
def test_a_decision_is_kept_wherever_it_would_be_made(
    mean: float, width: float, made: Stage
) -> None:
    if judge(normal(mean, width), CALM)[0] is made:
        assert judge(normal(mean, width), CALM, made)[0] is made


def test_a_trembling_belief_does_not_undo_a_decision() -> None:
    below = GateSettings(wrongly_over=0.05)
    kept = normal(22.4, 3.0)
    assert 0.05 < float(kept.probability_below(18)) < 0.1
    assert judge(kept, below)[0] is Stage.ASK
    assert judge(kept, below, Stage.OVER)[0] is Stage.OVER


@pytest.mark.parametrize(("mean", "stage"), [(40, Stage.OVER), (8, Stage.UNDER), (19, Stage.ASK)])
def test_each_of_the_three_decisions_is_made_and_counted_once(mean: float, stage: Stage) -> None:
    street = Street()
    assert street.stay(50, {1: belief(mean)})[-1].stage is stage
    assert street.gate.counts == {stage: 1}


def test_nothing_is_decided_before_it_held_for_a_while() -> None:
    stages = [verdict.stage for verdict in Street().stay(6, {1: belief(40)})]
    assert stages == [Stage.LOOKING] * 3 + [Stage.OVER] * 3


@pytest.mark.parametrize(
    "poor", [belief(40, looks=2.9), belief(40, status=Status.PROVISIONAL)], ids=["few", "moving"]
)
def test_too_little_evidence_ends_with_a_person(poor: AgeBelief) -> None:
    verdicts = Street().stay(60, {1: poor})
    assert verdicts[40].stage is Stage.LOOKING
    assert verdicts[40].evidence > 0.9
    assert (verdicts[-1].stage, verdicts[-1].reason) == (Stage.ASK, Reason.UNSEEN)


def test_nobody_is_decided_while_several_stand_in_front() -> None:
    street = Street()
    pair = {1: belief(40), 2: belief(50)}
    assert {verdict.stage for verdict in street.stay(90, pair)} == {Stage.SEVERAL}
    assert street.gate.counts == {}
    assert street.stay(9, {1: belief(40)})[-1].stage is Stage.OVER


def test_somebody_behind_neither_disturbs_nor_is_decided() -> None:
    street = Street()
    for _ in range(9):
        verdict = street.step({1: belief(40), 2: belief(8)}, front=1)
    assert (verdict.stage, verdict.track_id) == (Stage.OVER, 1)
    assert street.gate.counts == {Stage.OVER: 1}


def test_a_person_who_steps_back_and_forth_is_counted_once() -> None:
    street = Street()
    for _ in range(4):
        street.stay(9, {1: belief(40)})
        street.step({1: belief(40)}, front=0)
    assert street.gate.counts == {Stage.OVER: 1}


def test_another_face_on_the_same_track_turns_the_decision_into_ask() -> None:
    street = Street()
    street.stay(9, {1: belief(40)})
    verdict = street.step({1: belief(12)})
    assert (verdict.stage, verdict.reason) == (Stage.ASK, Reason.CHANGED)
    assert street.gate.counts == {Stage.OVER: 1, Stage.ASK: 1}


def test_the_next_person_begins_anew_and_who_left_is_forgotten() -> None:
    street = Street()
    street.stay(9, {1: belief(40)})
    assert street.step({2: belief(40)}).stage is Stage.LOOKING
    street.stay(60, {2: belief(40)})
    assert set(street.gate._cases) == {2}


def test_a_recording_that_begins_again_begins_with_nobody() -> None:
    street = Street()
    street.stay(9, {1: belief(40)})
    street.time_s = 0.0
    assert street.step({1: belief(40)}).stage is Stage.LOOKING


@given(VISITS)
def test_whatever_comes_ask_stays_ask_and_every_decision_is_counted(
    visits: list[tuple[int, float, float]],
) -> None:
    street = Street(GateSettings(hold_s=0.1, patience_s=2))
    made: dict[int, Stage] = {}
    count = 0
    for track_id, mean, looks in visits:
        known = track_id in street.gate._cases
        stage = street.step({track_id: belief(mean, looks)}).stage
        before = made[track_id] if known else Stage.LOOKING
        assert (before, stage) in {(before, before), (before, Stage.ASK), (Stage.LOOKING, stage)}
        count += stage.decided and stage is not before
        made[track_id] = stage
    assert sum(street.gate.counts.values()) == count


def test_a_challenge_age_below_the_age_is_refused() -> None:
    with pytest.raises(ValidationError, match="must be 21 or more"):
        GateSettings(age=21, challenge=20)
