"""The belief filter against simulated people whose true ages are known."""

from dataclasses import replace

import numpy as np
import pytest

from engine.settings import BeliefSettings
from engine.stages.belief import BeliefFilter, ErrorModel
from engine.values.result import AgeBelief, Status

AGES = np.arange(101, dtype=np.float32)
UNIFORM = np.full(101, 1 / 101, np.float32)
STEP_S = 1 / 30


def error_model(bias: float = 4.0, noise: float = 2.5, rho: float = 0.8) -> ErrorModel:
    return ErrorModel(bias, noise, rho, STEP_S, UNIFORM)


def normal(mean: float, sd: float) -> np.ndarray:
    probs = np.exp(-0.5 * ((AGES - mean) / sd) ** 2)
    return (probs / probs.sum()).astype(np.float32)


def simulate(
    random: np.random.Generator, errors: ErrorModel, years: float, frames: int
) -> list[np.ndarray]:
    """Frame distributions of one person: constant bias, AR(1) noise, honest total width."""
    bias = random.normal(0, errors.bias_years)
    noise = random.normal(0, errors.noise_years)
    width = float(np.hypot(errors.bias_years, errors.noise_years))
    found = []
    for _ in range(frames):
        found.append(normal(years + bias + noise, width))
        fresh = random.normal(0, errors.noise_years * np.sqrt(1 - errors.rho**2))
        noise = errors.rho * noise + fresh
    return found


def feed(
    frames: list[np.ndarray],
    errors: ErrorModel,
    settings: BeliefSettings | None = None,
    weights: np.ndarray | None = None,
) -> list[AgeBelief]:
    belief = BeliefFilter(AGES, errors, settings or BeliefSettings())
    weights = np.ones(len(frames)) if weights is None else weights
    return [
        belief.update(probs, float(weight), index * STEP_S)
        for index, (probs, weight) in enumerate(zip(frames, weights, strict=True))
    ]


def width(belief: AgeBelief) -> float:
    low, high = belief.distribution.interval(0.9)
    return float(high - low)


def skewed() -> np.ndarray:
    probs = normal(26, 4) * 0.7 + normal(40, 9) * 0.3
    return (probs / probs.sum()).astype(np.float32)


def test_a_skewed_answer_keeps_its_median_however_often_it_comes() -> None:
    frames = [skewed() * (1 + 1e-3 * i) for i in range(90)]
    frames = [(f / f.sum() + 1e-5 * (i % 2)).astype(np.float32) for i, f in enumerate(frames)]
    beliefs = feed([f / f.sum() for f in frames], error_model(1.0, 4.0))
    medians = [float(belief.distribution.median()) for belief in beliefs]
    assert beliefs[-1].effective_frames > 5
    assert max(medians) - min(medians) < 0.3


def test_a_first_look_comes_out_as_the_model_gave_it() -> None:
    frame = normal(42, 5)
    belief = feed([frame], error_model())[0]
    assert belief.effective_frames == pytest.approx(1.0)
    assert float(belief.distribution.mean()) == pytest.approx(42, abs=0.05)
    assert float(belief.distribution.std()) == pytest.approx(5, abs=0.1)


@pytest.mark.parametrize(("bias", "noise", "rho"), [(4.0, 2.5, 0.8), (2.0, 4.0, 0.8)])
@pytest.mark.parametrize("frames", [1, 60])
def test_ninety_percent_intervals_hold_the_truth_nine_times_in_ten(
    bias: float, noise: float, rho: float, frames: int
) -> None:
    errors, random = error_model(bias, noise, rho), np.random.default_rng(3)
    inside = 0
    for _ in range(300):
        years = random.uniform(25, 65)
        low, high = feed(simulate(random, errors, years, frames), errors)[-1].distribution.interval(
            0.9
        )
        inside += low <= years <= high
    assert 0.86 <= inside / 300 <= 0.95


def test_more_frames_narrow_the_interval_down_to_the_bias_and_never_below() -> None:
    errors, random = error_model(2.0, 4.0), np.random.default_rng(0)
    frames = [normal(40 + random.normal(0, 0.3), float(np.hypot(2, 4))) for _ in range(600)]
    beliefs = feed(frames, errors)
    widths = [width(beliefs[at]) for at in (0, 5, 20, 100, 599)]
    assert widths == sorted(widths, reverse=True)
    floor = 2 * 1.645 * errors.bias_years
    assert floor * 0.97 <= widths[-1] <= floor * 1.08


def test_the_order_of_frames_does_not_matter_without_forgetting() -> None:
    errors, random = error_model(), np.random.default_rng(1)
    frames = simulate(random, errors, 35, 40)
    weights = random.uniform(0.1, 1, 40)
    order = random.permutation(40)
    settings = BeliefSettings(reset=0)
    one = feed(frames, errors, settings, weights)[-1]
    other = feed([frames[i] for i in order], errors, settings, weights[order])[-1]
    np.testing.assert_allclose(one.distribution.probs, other.distribution.probs, atol=1e-5)
    assert one.effective_frames == pytest.approx(other.effective_frames)


@pytest.mark.parametrize("shown", [2, 3, 5])
def test_pictures_that_come_several_times_tell_what_they_tell_once(shown: int) -> None:
    errors = error_model()
    frames = simulate(np.random.default_rng(5), errors, 35, 40)
    once, often = (BeliefFilter(AGES, errors, BeliefSettings()) for _ in range(2))
    for index, probs in enumerate(frames):
        for again in range(shown):
            seen = often.update(probs, 1.0, (index * shown + again) * STEP_S)
        expected = once.update(probs, 1.0, index * shown * STEP_S)
    assert seen.effective_frames == pytest.approx(expected.effective_frames)
    np.testing.assert_allclose(seen.distribution.probs, expected.distribution.probs, atol=1e-6)


def test_a_picture_that_stands_still_counts_as_estimated_when_it_last_was() -> None:
    belief = BeliefFilter(AGES, error_model(), BeliefSettings())
    for time_s in (0.0, 1.0, 2.0):
        belief.update(normal(30, 5), 1.0, time_s)
    assert belief.since_s(2.5) == 0.5
    assert belief.looks_after(1.0, 2.0) == pytest.approx(1.0, abs=1e-4)


def test_a_second_looked_at_often_does_not_outweigh_one_looked_at_seldom() -> None:
    belief = BeliefFilter(AGES, error_model(rho=0.98), BeliefSettings(reset=0))
    for index in range(31):
        belief.update(normal(30 + 0.01 * (index % 2), 5), 1.0, index * STEP_S)
    for index in range(3):
        said = belief.update(normal(40 + 0.01 * (index % 2), 5), 1.0, 1 + (index + 1) / 3)
    assert float(said.distribution.mean()) == pytest.approx(35, abs=0.6)


def test_uneven_looks_at_slow_noise_are_pooled_as_well_as_can_be() -> None:
    errors, random = error_model(bias=0.0, noise=4.0, rho=0.9), np.random.default_rng(4)
    times = np.concatenate([np.arange(30), np.arange(30, 300, 30)])
    apart = np.abs(times[:, None] - times)
    chol = np.linalg.cholesky(errors.noise_years**2 * errors.rho**apart)
    ours, plain = [], []
    for _ in range(300):
        seen = 40 + chol @ random.standard_normal(len(times))
        belief = BeliefFilter(AGES, errors, BeliefSettings(reset=0))
        for time, years in zip(times, seen, strict=True):
            said = belief.update(normal(years, 4), 1.0, time * STEP_S)
        ours.append(float(said.distribution.mean()) - 40)
        plain.append(seen.mean() - 40)
    best = 1 / np.linalg.inv(chol @ chol.T).sum()
    assert np.mean(np.square(ours)) < 1.15 * best
    assert np.mean(np.square(plain)) > 1.5 * best
    assert said.effective_frames == pytest.approx(errors.noise_years**2 / best, rel=0.05)


def test_frames_that_tell_nothing_do_not_drag_an_age_to_that_of_most_people() -> None:
    """A face that is mostly too small, dark or blurred gets the prior for an answer."""
    most, one = normal(30, 12), normal(70, 5)
    belief = BeliefFilter(AGES, replace(error_model(), prior=most), BeliefSettings(reset=0))
    for index in range(60):
        hardly = normal(30 + 0.1 * (index % 2), 12)
        said = belief.update(one if index % 6 == 0 else hardly, 1.0, index * STEP_S)
    assert float(said.distribution.median()) == pytest.approx(70, abs=1)


def test_a_person_whose_looks_all_tell_nothing_has_the_age_of_most_people() -> None:
    most = normal(30, 12)
    belief = BeliefFilter(AGES, replace(error_model(), prior=most), BeliefSettings())
    for index in range(60):
        said = belief.update(normal(30 + 1e-3 * (index % 2), 12), 1.0, index * STEP_S)
    assert float(said.distribution.median()) == pytest.approx(30, abs=0.2)


def test_looks_that_differ_by_more_than_the_model_errs_leave_the_age_less_sure() -> None:
    errors = error_model(bias=6.0, noise=1.5, rho=0.95)
    steady, restless = (
        feed([normal(40 + swing * np.sin(index / 7), 8) for index in range(220)], errors)[-1]
        for swing in (0.5, 6.0)
    )
    assert float(restless.distribution.median()) == pytest.approx(40, abs=0.5)
    assert width(restless) > 1.03 * width(steady)


def test_frames_of_the_same_moment_are_pooled() -> None:
    belief = BeliefFilter(AGES, error_model(), BeliefSettings(reset=0))
    belief.update(normal(30, 5), 1.0, 0.0)
    said = belief.update(normal(34, 5), 1.0, 0.0)
    assert float(said.distribution.mean()) == pytest.approx(32, abs=0.1)
    assert said.effective_frames == pytest.approx(1.0, abs=1e-3)


def test_duplicate_frames_add_nothing() -> None:
    errors = error_model()
    once = feed([normal(30, 5)], errors)[-1]
    hundred = feed([normal(30, 5)] * 100, errors)[-1]
    assert hundred.estimates == 1
    assert width(hundred) == pytest.approx(width(once))


def test_frames_a_moment_apart_tell_less_than_frames_seconds_apart() -> None:
    errors = error_model()
    dense, sparse = (BeliefFilter(AGES, errors, BeliefSettings()) for _ in range(2))
    for index in range(10):
        probs = normal(30 + 0.01 * index, 5)
        near = dense.update(probs, 1.0, index * STEP_S)
        far = sparse.update(probs, 1.0, index * 2.0)
    assert near.effective_frames < 3
    assert far.effective_frames > 9


def test_a_poor_look_says_less_than_a_good_one() -> None:
    errors = error_model()
    frame = normal(70, 5)
    good = feed([frame], errors, weights=np.array([1.0]))[0]
    poor = feed([frame], errors, weights=np.array([0.3]))[0]
    assert width(poor) > width(good)


def test_nothing_is_said_before_the_first_look_or_from_a_hopeless_one() -> None:
    belief = BeliefFilter(AGES, error_model(), BeliefSettings())
    assert belief.now().status is Status.INSUFFICIENT
    np.testing.assert_allclose(belief.now().distribution.probs, UNIFORM)
    assert belief.update(normal(20, 4), 0.05, 0.0).status is Status.INSUFFICIENT


def test_a_belief_becomes_stable_once_enough_independent_looks_agree() -> None:
    errors, random = error_model(), np.random.default_rng(5)
    beliefs = feed(simulate(random, replace(errors, bias_years=0.0), 50, 240), errors)
    assert beliefs[0].status is Status.PROVISIONAL
    assert beliefs[-1].status is Status.STABLE


def test_an_identity_switch_is_absorbed_within_two_seconds() -> None:
    errors, random = error_model(), np.random.default_rng(7)
    frames = simulate(random, errors, 12, 120) + simulate(random, errors, 60, 60)
    after = feed(frames, errors)[-1]
    never = feed(frames, errors, BeliefSettings(reset=0))[-1]
    assert abs(float(after.distribution.mean()) - 60) < 12
    assert float(never.distribution.mean()) < 40


def test_the_same_person_does_not_trigger_a_reset() -> None:
    errors, random = error_model(), np.random.default_rng(11)
    for _ in range(40):
        beliefs = feed(simulate(random, errors, random.uniform(5, 80), 150), errors)
        looks = [belief.effective_frames for belief in beliefs]
        assert looks == sorted(looks)


def test_the_books_keep_the_person_seen_best() -> None:
    errors, random = error_model(), np.random.default_rng(2)
    belief = BeliefFilter(AGES, errors, BeliefSettings())
    frames = [*simulate(random, errors, 70, 200), *simulate(random, errors, 15, 40)]
    for index, probs in enumerate(frames):
        belief.update(probs, 1.0, index * STEP_S)
    assert float(belief.now().distribution.mean()) < 30
    assert float(belief.final().distribution.mean()) > 50


def test_forgetting_follows_a_changing_face() -> None:
    errors = error_model()
    frames = [normal(30 + i * 1e-3, 5) for i in range(90)]
    frames += [normal(38 + i * 1e-3, 5) for i in range(300)]
    kept = feed(frames, errors, BeliefSettings(reset=0))[-1]
    faded = feed(frames, errors, BeliefSettings(reset=0, forget_s=1.0))[-1]
    assert abs(float(faded.distribution.mean()) - 38) < abs(float(kept.distribution.mean()) - 38)


def test_a_childs_interval_stays_as_narrow_as_the_model_is_sure() -> None:
    belief = feed([normal(4 + 0.01 * i, 1.0) for i in range(60)], error_model())[-1]
    assert width(belief) < 3.5


def test_a_stable_belief_that_trembles_is_said_unchanged() -> None:
    frames = [normal(18.5 + 0.3 * (-1) ** index, 4) for index in range(400)]
    said = feed(frames, error_model())
    stable = [belief for belief in said if belief.status is Status.STABLE]
    assert len(stable) > 200
    assert len({float(belief.distribution.median()) for belief in stable}) == 1
    assert stable[-1].effective_frames > stable[0].effective_frames


def test_a_stable_belief_that_moves_on_is_said_anew() -> None:
    frames = [normal(20 + min(index / 100, 4), 4) for index in range(800)]
    belief = BeliefFilter(AGES, error_model(), BeliefSettings())
    said = [belief.update(probs, 1.0, index * STEP_S) for index, probs in enumerate(frames)]
    away = [abs(float(one.distribution.median()) - 22) for one in said]
    assert said[-1].status is Status.STABLE
    assert min(away[400:]) < 2
    exact = belief.final().distribution
    for level in (0.05, 0.5, 0.95):
        assert abs(float(exact.quantile(level) - said[-1].distribution.quantile(level))) < 0.5
