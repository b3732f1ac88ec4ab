import pytest
import torch
from torch.distributions import Normal, kl_divergence

from train.losses.variational import divergence_from_normal, reconstruction_loss


def test_the_divergence_is_that_of_two_normal_distributions() -> None:
    chance = torch.Generator().manual_seed(1)
    mean, log_variance = torch.randn(2, 4, 3, generator=chance, dtype=torch.float64)
    known = kl_divergence(Normal(mean, (0.5 * log_variance).exp()), Normal(0.0, 1.0)).mean()
    assert float(divergence_from_normal(mean, log_variance)) == pytest.approx(float(known))


def test_a_standard_normal_diverges_by_nothing() -> None:
    zero = torch.zeros(2, 3)
    assert float(divergence_from_normal(zero, zero)) == 0


def test_a_perfect_reconstruction_costs_nothing() -> None:
    real = torch.arange(6.0).view(2, 3)
    assert float(reconstruction_loss(real, real)) == 0
    assert float(reconstruction_loss(real + 2, real)) == 4


def test_the_gradients_are_those_of_the_numbers() -> None:
    chance = torch.Generator().manual_seed(2)
    values = [x.requires_grad_() for x in torch.randn(2, 3, 2, generator=chance).double()]
    assert torch.autograd.gradcheck(divergence_from_normal, values)
    assert torch.autograd.gradcheck(reconstruction_loss, values)
