import math

import pytest
import torch
from torch import Tensor

from train.losses.lsdml import LSDMLLoss, isotonic_pair_loss, moment_distance

YEARS = torch.tensor([3.0, 3.0, 10.0, 41.0], dtype=torch.float64)


def random_embedding(seed: int, rows: int = 4) -> Tensor:
    chance = torch.Generator().manual_seed(seed)
    return torch.randn(rows, 3, generator=chance, dtype=torch.float64)


def loop_pairs(points: Tensor, scale: float) -> float:
    misses = []
    for a in range(4):
        for b in range(a + 1, 4):
            distance = math.dist(points[a].tolist(), points[b].tolist())
            wanted = scale * math.log(1 + abs(float(YEARS[a] - YEARS[b])))
            misses.append((distance - wanted) ** 2)
    hard = [miss for miss in misses if miss >= sum(misses) / len(misses)]
    return sum(hard) / len(hard)


def test_the_pair_loss_matches_a_loop_over_hard_pairs() -> None:
    points = random_embedding(1)
    found = float(isotonic_pair_loss(points, YEARS, 1.5))
    assert found == pytest.approx(loop_pairs(points, 1.5), rel=1e-6)


def test_lsdml_ranks_and_spreads_pairs() -> None:
    loss = LSDMLLoss(pair_weight=0.7, scale=1.5)
    points, votes = random_embedding(5), torch.linspace(-2, 2, 200).double().view(4, 50)
    ranks = 0.0
    for row, year in zip(votes.tolist(), YEARS.tolist(), strict=True):
        ranks += sum(math.log(1 + math.exp(-z if year > k else z)) for k, z in enumerate(row))
    found = loss(torch.cat([votes, points], 1), torch.arange(51.0).double(), YEARS)
    assert float(found) == pytest.approx(ranks / 4 + 0.7 * loop_pairs(points, 1.5), rel=1e-6)


def test_points_as_far_apart_as_their_ages_ask_for_cost_nothing() -> None:
    line = torch.log1p(torch.tensor([0.0, 6.0], dtype=torch.float64))[:, None]
    years = torch.tensor([20.0, 26.0], dtype=torch.float64)
    assert float(isotonic_pair_loss(line, years, 1.0)) == pytest.approx(0, abs=1e-12)


def test_one_sample_has_no_pairs() -> None:
    assert float(isotonic_pair_loss(random_embedding(2, 1), YEARS[:1], 1.0)) == 0


def test_populations_with_the_same_moments_are_not_apart() -> None:
    points = random_embedding(3, 6)
    assert float(moment_distance(points, points.flip(0))) == pytest.approx(0, abs=1e-12)
    assert float(moment_distance(points, points + 2)) == pytest.approx(12)


def test_the_gradients_are_those_of_the_numbers() -> None:
    points = random_embedding(4).requires_grad_()
    assert torch.autograd.gradcheck(lambda x: isotonic_pair_loss(x, YEARS, 1.0), points)
    assert torch.autograd.gradcheck(lambda x: moment_distance(x[:2], x[2:]), points)


def test_two_equal_faces_have_a_finite_gradient() -> None:
    points = torch.zeros(2, 3, requires_grad=True)
    isotonic_pair_loss(points, torch.tensor([5.0, 30.0]), 1.0).backward()
    assert points.grad is not None
    assert bool(torch.isfinite(points.grad).all())


def test_the_head_gives_thresholds_and_then_the_embedding() -> None:
    loss = LSDMLLoss(dimensions=4)
    outputs = loss.head(6, 101)(torch.zeros(2, 6))
    assert outputs.shape == (2, 104)
    ages = torch.arange(101.0)
    assert loss.probs(outputs, ages).sum(1).tolist() == pytest.approx([1, 1])
    assert math.isfinite(float(loss(outputs, ages, torch.tensor([3.0, 60.0])).detach()))
