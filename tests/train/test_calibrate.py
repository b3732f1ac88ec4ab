"""Calibration recovers what was put in."""

import numpy as np
import pytest
import torch

from train.calibrate import fit_temperature, noise_model, prior_of


def test_temperature_undoes_overconfidence() -> None:
    torch.manual_seed(0)
    honest = -0.5 * ((torch.arange(101) - (20 + 60 * torch.rand(3000, 1))) / 6.0) ** 2
    years = torch.distributions.Categorical(logits=honest).sample().float()
    assert fit_temperature([(honest * 2.5, years)]) == pytest.approx(2.5, rel=0.1)


def test_noise_model_finds_spread_and_autocorrelation() -> None:
    random = np.random.default_rng(0)
    series = []
    for _ in range(60):
        noise, values = random.normal(0, 2.0), []
        for _ in range(400):
            values.append(40 + noise)
            noise = 0.8 * noise + random.normal(0, 2.0 * 0.6)
        series.append(np.array(values))
    spread, rho = noise_model(series)
    assert spread == pytest.approx(2.0, rel=0.05)
    assert rho == pytest.approx(0.8, abs=0.03)


def test_the_prior_follows_the_photographs_and_rules_nothing_out() -> None:
    prior = np.array(prior_of(torch.full((500,), 30.0), 101))
    assert prior.sum() == pytest.approx(1, abs=1e-4)
    assert prior.argmax() == 30
    assert prior.min() > 5e-4
