"""Answers are as wide as they must be, in every group that was named."""

import numpy as np
import pytest
import torch

from engine.values.age import AgeDistribution
from train.metrics import covered, crps
from train.widths import Widths, _ranked_score, fit_widths, groups_of, kernel, widened

AXIS = torch.arange(101, dtype=torch.float32)


def taken_for_adults(count: int, seed: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Sharp logits and true ages: every fourth person is a teenager taken for about 22."""
    torch.manual_seed(seed)
    means = 18 + 42 * torch.rand(count)
    years = (means + 4 * torch.randn(count)).round()
    teen = torch.arange(count) % 4 == 0
    means[teen] = 22 + 3 * torch.randn(int(teen.sum()))
    years[teen] = (16 + 2 * torch.randn(int(teen.sum()))).round()
    years = years.clamp(0, 100)
    return -0.5 * ((AXIS - means[:, None]) / 3.0) ** 2, years


def share_inside(probs: torch.Tensor, years: torch.Tensor) -> float:
    found = AgeDistribution(AXIS.numpy(), probs.numpy())
    return float(covered(found, years.double().numpy(), 0.9).mean())


def answered(logits: torch.Tensor, widths: Widths) -> torch.Tensor:
    reaches = torch.tensor(widths.younger), torch.tensor(widths.older)
    return widened(logits, torch.tensor(widths.temperatures), kernel(*reaches))


def test_a_kernel_that_reaches_nowhere_changes_nothing() -> None:
    torch.testing.assert_close(kernel(torch.zeros(101), torch.zeros(101)), torch.eye(101))


def test_a_kernel_reaches_to_each_side_as_far_as_it_is_told() -> None:
    rows = kernel(torch.full((101,), 2.0), torch.full((101,), 5.0))
    torch.testing.assert_close(rows.sum(1), torch.ones(101))
    row = rows[50] / rows[50, 50]
    assert float(row[48]) == pytest.approx(np.exp(-0.5), rel=1e-5)
    assert float(row[55]) == pytest.approx(np.exp(-0.5), rel=1e-5)


def test_probabilities_are_those_of_the_sums_written_out() -> None:
    torch.manual_seed(0)
    logits, temperatures, spread = torch.randn(3, 5), torch.rand(5) + 0.5, torch.rand(5, 5)
    found = widened(logits, temperatures, spread)
    for n in range(3):
        p = np.exp(logits[n].numpy())
        p /= p.sum()
        t = sum(p[j] * float(temperatures[j]) for j in range(5))
        q = np.exp(logits[n].numpy() / t)
        q /= q.sum()
        for i in range(5):
            expected = sum(q[j] * float(spread[j, i]) for j in range(5))
            assert float(found[n, i]) == pytest.approx(expected, rel=1e-5)


def test_groups_are_sets_sexes_and_decades_that_have_enough_people() -> None:
    sets, years = ["a"] * 4 + ["b"] * 4, [5.0, 5.0, 15.0, 15.0, 15.0, 15.0, 25.0, 5.0]
    sex = ["female", "male", "female", "male", "", "", "", ""]
    found = {tuple(rows.tolist()) for rows in groups_of(sets, years, sex, least=2)}
    assert found == {
        *((0, 1, 2, 3), (4, 5, 6, 7)),
        *((0, 2), (1, 3)),
        *((0, 1), (2, 3), (4, 5)),
        *((0, 1, 7), (2, 3, 4, 5)),
    }


@pytest.fixture(scope="module")
def widths() -> Widths:
    logits, years = taken_for_adults(3000, seed=0)
    groups = groups_of(["made"] * 3000, years.tolist(), [""] * 3000)
    return fit_widths(logits, years, groups, [1.0] * 101)


def test_teenagers_who_are_taken_for_adults_are_inside_their_intervals_as_often_as_others(
    widths: Widths,
) -> None:
    unseen, truth = taken_for_adults(4000, seed=1)
    probs, before = answered(unseen, widths), torch.softmax(unseen, 1)
    teens = truth < 18
    assert share_inside(before[teens], truth[teens]) < 0.6
    assert 0.85 <= share_inside(probs[teens], truth[teens]) <= 0.95
    assert 0.88 <= share_inside(probs, truth) <= 0.92
    for low in (30, 40, 50):
        decade = (truth >= low) & (truth < low + 10)
        assert 0.85 <= share_inside(probs[decade], truth[decade]) <= 0.95


def test_the_reach_goes_to_where_people_are_found(widths: Widths) -> None:
    assert widths.younger[22] > 2 * widths.older[22]


def test_ages_between_two_years_score_as_they_are_measured() -> None:
    logits, years = taken_for_adults(300, seed=3)
    probs, years = torch.softmax(logits, 1), years + torch.rand(300)
    measured = crps(AgeDistribution(AXIS.numpy(), probs.numpy()), years.double().numpy())
    assert float(_ranked_score(probs, years)) == pytest.approx(measured.mean(), rel=1e-5)


def test_the_score_of_whole_years_is_the_sum_over_thresholds_to_the_last_bit() -> None:
    logits, years = taken_for_adults(300, seed=4)
    probs = torch.softmax(logits, 1)
    older = (AXIS[None] >= years[:, None]).float()
    expected = ((probs.cumsum(1) - older) ** 2).sum(1).mean()
    assert torch.equal(_ranked_score(probs, years), expected)


def test_too_few_people_for_any_group_are_fitted_as_a_whole() -> None:
    logits, years = taken_for_adults(50, seed=2)
    groups = groups_of(["made"] * 50, years.tolist(), [""] * 50)
    assert groups == []
    found = fit_widths(logits, years, groups, [1.0] * 101)
    assert share_inside(answered(logits, found), years) > share_inside(logits.softmax(1), years)
