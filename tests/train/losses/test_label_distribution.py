import math

import pytest
import torch

from train.losses.label_distribution import gaussian_targets, soft_cross_entropy

AGES = torch.arange(101, dtype=torch.float64)


def test_the_target_matches_a_loop_over_the_ages() -> None:
    years, sigma = [30.0, 2.4, 100.0], 2.0
    targets = gaussian_targets(torch.tensor(years, dtype=torch.float64), AGES, sigma)
    for row, year in zip(targets.tolist(), years, strict=True):
        weights = [math.exp(-((age - year) ** 2) / (2 * sigma**2)) for age in range(101)]
        assert row == pytest.approx([weight / sum(weights) for weight in weights], abs=1e-12)


def test_every_target_sums_to_one_at_the_ends_of_the_axis_too() -> None:
    targets = gaussian_targets(torch.tensor([0.0, 50.0, 116.0]), AGES.float(), 2.0)
    assert targets.sum(1).tolist() == pytest.approx([1, 1, 1], abs=1e-6)


def test_a_target_inside_the_axis_has_the_width_asked_for() -> None:
    target = gaussian_targets(torch.tensor([40.3], dtype=torch.float64), AGES, 3.0)[0]
    mean = float(target @ AGES)
    assert mean == pytest.approx(40.3, abs=1e-6)
    assert float(target @ (AGES - mean) ** 2) ** 0.5 == pytest.approx(3, abs=1e-4)


def test_without_width_the_target_is_the_nearest_age() -> None:
    targets = gaussian_targets(torch.tensor([29.6, 0.2, 116.0]), AGES.float(), 0)
    assert targets.argmax(1).tolist() == [30, 0, 100]
    assert targets.sum(1).tolist() == [1, 1, 1]


def test_a_one_hot_target_gives_plain_cross_entropy() -> None:
    logits = torch.randn(6, 101, generator=torch.Generator().manual_seed(1))
    years = torch.tensor([0.0, 3, 17, 50, 99, 100])
    plain = torch.nn.functional.cross_entropy(logits, years.long())
    soft = soft_cross_entropy(logits, gaussian_targets(years, AGES.float(), 0))
    assert float(soft) == pytest.approx(float(plain), abs=1e-6)


def test_the_loss_is_least_where_prediction_and_target_agree() -> None:
    targets = gaussian_targets(torch.tensor([30.0], dtype=torch.float64), AGES, 2.0)
    logits = targets.clamp_min(1e-300).log().requires_grad_()
    soft_cross_entropy(logits, targets).backward()
    assert logits.grad is not None
    assert float(logits.grad.abs().max()) < 1e-12
