"""Numbers: METHODS 2.3, computed for these two rows of logits and for discretised Gaussians."""

import math

import pytest
import torch
from torch import Tensor

from train.losses.amr import AMRLoss, mean_loss, residue_loss

LOGITS = torch.tensor([[0, 1, 2, 1.5, 0.5], [3, 0.2, -1, 0, 1]], dtype=torch.float64)
YEARS = torch.tensor([3.0, 0.0], dtype=torch.float64)
AGES = torch.arange(5, dtype=torch.float64)
LONG = torch.arange(101, dtype=torch.float64)


def gaussian(mean: float, std: float) -> Tensor:
    return torch.softmax(-0.5 * ((LONG - mean) / std) ** 2, 0)[None]


def random_batch(seed: int, rows: int = 4, ages: int = 12) -> tuple[Tensor, Tensor, Tensor]:
    chance = torch.Generator().manual_seed(seed)
    logits = 2 * torch.randn(rows, ages, generator=chance, dtype=torch.float64)
    years = torch.randint(0, ages, (rows,), generator=chance).double()
    return logits, torch.arange(ages, dtype=torch.float64), years


def test_the_published_vector_gives_the_published_parts() -> None:
    probs = torch.softmax(LOGITS, 1)
    assert (probs @ AGES).tolist() == pytest.approx([2.177567, 0.623409], abs=1e-6)
    assert float(mean_loss(probs, AGES, YEARS)) == pytest.approx(0.2662589, abs=1e-7)
    assert float(residue_loss(probs, AGES, YEARS, 1e-3)) == pytest.approx(0.6441173, abs=1e-7)
    assert float(residue_loss(probs, AGES, YEARS)) == pytest.approx(0.6274052, abs=1e-7)


@pytest.mark.parametrize(("epsilon", "total"), [(1e-3, 0.8762472), (0.0, 0.8754116)])
def test_the_published_vector_gives_the_published_total(epsilon: float, total: float) -> None:
    loss = AMRLoss(mean_weight=0.2, residue_weight=0.05, epsilon=epsilon)
    assert float(loss(LOGITS, AGES, YEARS)) == pytest.approx(total, abs=1e-7)


def test_without_its_terms_the_loss_is_cross_entropy() -> None:
    loss = AMRLoss(mean_weight=0, residue_weight=0)
    assert float(loss(LOGITS, AGES, YEARS)) == pytest.approx(0.7907896, abs=1e-7)


@pytest.mark.parametrize(
    ("mean", "std", "expected"), [(30, 3, 2.868), (33, 3, 1.497), (40, 3, 0.700), (30, 8, 3.876)]
)
def test_the_residue_acts_on_right_answers_and_vanishes_on_wrong_ones(
    mean: float, std: float, expected: float
) -> None:
    loss = residue_loss(gaussian(mean, std), LONG, torch.tensor([30.0]), 1e-3)
    assert float(loss) == pytest.approx(expected, abs=1e-3)


def test_epsilon_adds_the_floor_of_an_empty_residue() -> None:
    for ages, floor in ((70, 0.4835), (101, 0.6977)):
        probs = torch.full((1, ages), 1 / ages, dtype=torch.float64)
        axis = torch.arange(ages, dtype=torch.float64)
        assert float(residue_loss(probs, axis, torch.tensor([5.0]), 1e-3)) == pytest.approx(
            floor, abs=1e-4
        )
        assert float(residue_loss(probs, axis, torch.tensor([5.0]))) == 0


@pytest.mark.parametrize("epsilon", [0.0, 1e-3])
def test_the_loss_matches_a_loop_over_rows_and_ages(epsilon: float) -> None:
    logits, ages, years = random_batch(seed=4)
    cross_entropy = squares = residues = 0.0
    for row, year in zip(logits.tolist(), years.tolist(), strict=True):
        weights = [math.exp(z) for z in row]
        probs = [weight / sum(weights) for weight in weights]
        true = probs[int(year)]
        cross_entropy -= math.log(true)
        squares += (sum(p * age for age, p in enumerate(probs)) - year) ** 2
        for p in probs:
            residue = (p if p < true else 0.0) + epsilon
            residues -= residue * math.log(residue) if residue else 0.0
    expected = (cross_entropy + 0.2 * squares / 2 + 0.05 * residues) / len(logits)
    loss = AMRLoss(mean_weight=0.2, residue_weight=0.05, epsilon=epsilon)
    assert float(loss(logits, ages, years)) == pytest.approx(expected, abs=1e-10)


@pytest.mark.parametrize("loss", [AMRLoss(), AMRLoss(epsilon=1e-3), AMRLoss(sigma_years=2.0)])
def test_the_gradient_is_that_of_the_numbers(loss: AMRLoss) -> None:
    logits, ages, years = random_batch(seed=5)
    assert torch.autograd.gradcheck(lambda z: loss(z, ages, years), logits.requires_grad_())


def test_the_gradient_of_the_residue_has_its_closed_form() -> None:
    logits, ages, years = random_batch(seed=6)
    epsilon = 1e-3
    probs = torch.softmax(logits.requires_grad_(), 1)
    (found,) = torch.autograd.grad(residue_loss(probs, ages, years, epsilon), logits)
    p = probs.detach()
    below = p < p.gather(1, years.long()[:, None])
    g = torch.where(below, -((p + epsilon).log() + 1), torch.zeros_like(p))
    expected = p * (g - (g * p).sum(1, keepdim=True)) / len(p)
    torch.testing.assert_close(found, expected)


def test_the_gradient_of_the_mean_has_its_closed_form() -> None:
    logits, ages, years = random_batch(seed=7)
    probs = torch.softmax(logits.requires_grad_(), 1)
    (found,) = torch.autograd.grad(mean_loss(probs, ages, years), logits)
    p = probs.detach()
    mean = p @ ages
    expected = p * (ages - mean[:, None]) * (mean - years)[:, None] / len(p)
    torch.testing.assert_close(found, expected)


def test_ages_that_tie_with_the_true_one_are_no_residue() -> None:
    probs = torch.tensor([[0.3, 0.3, 0.3, 0.1]], dtype=torch.float64)
    loss = residue_loss(probs, torch.arange(4.0).double(), torch.tensor([1.0]))
    assert float(loss) == pytest.approx(-0.1 * math.log(0.1))


def test_an_axis_that_does_not_start_at_zero_gives_the_same_loss() -> None:
    logits, ages, years = random_batch(seed=8)
    loss = AMRLoss(sigma_years=2.0)
    assert float(loss(logits, ages + 16, years + 16)) == pytest.approx(
        float(loss(logits, ages, years)), abs=1e-10
    )


def test_a_prediction_that_is_certain_gives_finite_loss_and_gradient() -> None:
    logits = torch.zeros(2, 101)
    logits[:, 20] = 200.0
    logits.requires_grad_()
    loss = AMRLoss(sigma_years=2.0)(logits, LONG.float(), torch.tensor([20.0, 90.0]))
    loss.backward()
    assert math.isfinite(float(loss.detach()))
    assert logits.grad is not None
    assert bool(torch.isfinite(logits.grad).all())
