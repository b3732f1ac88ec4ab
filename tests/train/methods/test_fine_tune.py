from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from engine.errors import DataError
from engine.values.age import AgeDistribution
from train.activations import samples_of, start_from
from train.losses.amr import AMRLoss
from train.losses.coral import CORALLoss
from train.losses.regression import RegressionLoss
from train.methods.fine_tune import FineTune, fit_temperature, tempered
from train.methods.method import AGES, LazyRows, Samples

AMR = FineTune("amr", AMRLoss(), epochs=2, batch=8, learning_rate=3e-4)


@pytest.fixture(scope="module")
def samples(
    tmp_path_factory: pytest.TempPathFactory,
    small_checkpoint: Path,
    write_crops: Callable[[Path, str, int, int], None],
) -> Samples:
    cache = tmp_path_factory.mktemp("crops")
    write_crops(cache, "fgnet", 12, 4)
    return samples_of("fgnet", cache, start_from(small_checkpoint), cache, views=3)


def parts(samples: Samples) -> tuple[Samples, Samples]:
    return samples.take(slice(0, 36)), samples.take(slice(36, 48))


def gaussians(means: np.ndarray, sd: float) -> np.ndarray:
    powers = np.exp(-0.5 * ((AGES[None] - means[:, None]) / sd) ** 2)
    return (powers / powers.sum(1, keepdims=True)).astype(np.float32)


@pytest.mark.parametrize("loss", [AMRLoss(), CORALLoss(), RegressionLoss()], ids=repr)
def test_every_kind_of_head_answers_with_distributions(samples: Samples, loss: AMRLoss) -> None:
    train, watch = parts(samples)
    found = FineTune("any", loss, epochs=1, batch=8, head_epochs=2).fit(train, watch, 1)(watch)
    assert found.probs.shape == (len(watch), 101)
    np.testing.assert_allclose(found.probs.sum(1), 1, atol=1e-4)
    assert np.isfinite(found.median()).all()


def test_what_activations_tell_of_the_age_is_learnt(samples: Samples) -> None:
    pattern = np.abs(np.random.default_rng(1).normal(size=(1, 3, 512, 2, 2)))
    strengths = samples.years[:, None, None, None, None] / 20
    told = replace(
        samples, activations=LazyRows((strengths * pattern).astype(np.float16), np.arange(48))
    )
    train, watch = parts(told)
    tuned = replace(AMR, epochs=12, learning_rate=1e-3).fit(train, watch, 1)(watch)
    floor = np.abs(np.median(train.years) - watch.years).mean()
    assert np.abs(tuned.median() - watch.years).mean() < 0.7 * floor


def test_the_same_seed_gives_the_same_answers_and_another_one_others(samples: Samples) -> None:
    train, watch = parts(samples)
    first, same, other = (AMR.fit(train, watch, seed)(watch).probs for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, same)
    assert not np.array_equal(first, other)


def test_fewer_photographs_than_a_batch_are_refused(samples: Samples) -> None:
    train, watch = parts(samples)
    with pytest.raises(DataError, match="7 photographs to learn from, fewer than the 8 of a batch"):
        AMR.fit(train.take(slice(0, 7)), watch, 1)


def test_the_common_backbone_stays_as_it_was(samples: Samples) -> None:
    train, watch = parts(samples)
    before = [p.clone() for p in train.backbone.parameters()]
    AMR.fit(train, watch, 1)
    assert all(map(torch.equal, before, train.backbone.parameters()))


def test_without_epochs_the_answer_is_the_pre_trained_network(samples: Samples) -> None:
    train, watch = parts(samples)
    predictor = replace(AMR, epochs=0).fit(train, watch, 1)
    with torch.inference_mode():
        crops = np.asarray(watch.crops)
        views = [torch.from_numpy(c.copy()) for c in (crops, crops[:, :, ::-1])]
        both = [
            torch.softmax(train.backbone(v.permute(0, 3, 1, 2).float()), 1).numpy() for v in views
        ]
    expected = tempered((both[0] + both[1]) / 2, predictor.temperature)
    np.testing.assert_allclose(predictor(watch).probs, expected, atol=2e-3)


@pytest.mark.parametrize(("claimed", "temperature"), [(2.0, 4.0), (4.0, 1.0), (6.0, 0.444)])
def test_the_temperature_makes_widths_those_of_the_errors(
    claimed: float, temperature: float
) -> None:
    random = np.random.default_rng(0)
    means = random.uniform(30, 70, 3000)
    years = (means + random.normal(0, 4, 3000)).astype(np.float32)
    found = fit_temperature(gaussians(means, claimed), years)
    assert found == pytest.approx(temperature, rel=0.12)


def test_a_temperature_of_one_changes_nothing_and_more_makes_wider() -> None:
    probs = gaussians(np.array([20.0, 60.0]), 3.0)
    np.testing.assert_allclose(tempered(probs, 1.0), probs, atol=1e-6)
    assert AgeDistribution(AGES, tempered(probs, 4.0)).std() == pytest.approx(6.0, abs=0.1)


@pytest.mark.parametrize(("passes", "most", "steps"), [(2, 900, 10), (30, 7, 7)])
def test_a_new_head_is_fitted_for_so_many_passes_and_no_more_than_so_many_steps(
    samples: Samples, monkeypatch: pytest.MonkeyPatch, passes: int, most: int, steps: int
) -> None:
    done: list[torch.Tensor] = []
    monkeypatch.setattr("train.methods.fine_tune._descend", lambda _, loss: done.append(loss))
    train, watch = parts(samples)
    tuner = FineTune("any", CORALLoss(), 0, batch=8, head_epochs=passes, head_steps=most)
    tuner.fit(train, watch, 1)
    assert len(done) == steps
