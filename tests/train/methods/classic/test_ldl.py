import numpy as np
import pytest
from scipy.optimize import check_grad

from train.methods.classic.ca_svr import cumulative_attributes
from train.methods.classic.ldl import label_distributions, objective


def test_the_gradient_is_that_of_the_objective() -> None:
    random = np.random.default_rng(1)
    x, theta = random.normal(size=(6, 3)), random.normal(size=3 * 4)
    targets = random.dirichlet(np.ones(4), 6)
    value = lambda flat: objective(flat.reshape(3, 4), x, targets, 0.1)[0]  # noqa: E731
    slope = lambda flat: objective(flat.reshape(3, 4), x, targets, 0.1)[1]  # noqa: E731
    assert check_grad(value, slope, theta) < 1e-6


def test_the_objective_matches_a_loop() -> None:
    x, theta = np.array([[1.0, 2.0]]), np.array([[0.1, 0.2], [0.3, -0.1]])
    scores = [0.1 + 0.6, 0.2 - 0.2]
    logs = [score - np.log(np.exp(scores).sum()) for score in scores]
    expected = -(0.3 * logs[0] + 0.7 * logs[1]) + 0.5 * 0.01 * (0.01 + 0.04 + 0.09 + 0.01)
    assert objective(theta, x, np.array([[0.3, 0.7]]), 0.01)[0] == pytest.approx(expected)


def test_a_label_distribution_is_centred_on_its_age() -> None:
    found = label_distributions(np.array([30.0, 0.0], np.float32), 3.0)
    assert found.sum(1).tolist() == pytest.approx([1, 1])
    assert found[0] @ np.arange(101) == pytest.approx(30)
    assert found[1].argmax() == 0


def test_as_many_attributes_are_set_as_years_were_lived() -> None:
    found = cumulative_attributes(np.array([0, 3, 100], np.float32))
    assert found.sum(1).tolist() == [0, 3, 100]
    assert found[1, :4].tolist() == [1, 1, 1, 0]
