"""Every loss against a loop written from its equation, and its gradient against differences."""

import math
from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from train.losses.coral import CORALLoss, ParallelThresholds
from train.losses.corn import CORNLoss
from train.losses.dldl import DLDLLoss
from train.losses.dldl_v2 import DLDLv2Loss
from train.losses.loss import AgeLoss, differences, older_than
from train.losses.mean_variance import MeanVarianceLoss
from train.losses.odfl import ODFLLoss, ordinal_triplet_loss
from train.losses.or_cnn import ORCNNLoss
from train.losses.regression import RegressionLoss
from train.losses.sord import SORDLoss
from train.losses.unimodal import UnimodalConcentratedLoss, unimodal_loss

ROWS, COUNT = 5, 9
AGES = torch.arange(COUNT, dtype=torch.float64)
YEARS = torch.tensor([0.0, 3.0, 4.0, 8.0, 3.0], dtype=torch.float64)
EVERY: list[AgeLoss] = [
    CORALLoss(),
    CORNLoss(),
    DLDLLoss(),
    DLDLLoss(sigma_years=0),
    DLDLv2Loss(),
    MeanVarianceLoss(),
    ODFLLoss(dimensions=3),
    ORCNNLoss(),
    RegressionLoss("l1"),
    RegressionLoss("l2"),
    RegressionLoss("huber"),
    SORDLoss(),
    SORDLoss(power=2),
    UnimodalConcentratedLoss(),
]
Row = list[float]


def outputs_for(loss: AgeLoss, seed: int = 3) -> Tensor:
    torch.manual_seed(seed)
    return loss.head(4, COUNT).double()(2 * torch.randn(ROWS, 4, dtype=torch.float64)).detach()


def softmax(row: Row) -> Row:
    weights = [math.exp(z) for z in row]
    return [weight / sum(weights) for weight in weights]


def logistic(z: float) -> float:
    return 1 / (1 + math.exp(-z))


def cross_entropy(targets: Row, probs: Row) -> float:
    return -sum(t * math.log(p) for t, p in zip(targets, probs, strict=True))


def moments(probs: Row) -> tuple[float, float]:
    mean = sum(p * a for a, p in enumerate(probs))
    return mean, sum(p * (a - mean) ** 2 for a, p in enumerate(probs))


def gaussian(year: float, sigma: float) -> Row:
    return softmax([-((a - year) ** 2) / (2 * sigma**2) for a in range(COUNT)])


def one_hot(year: float) -> Row:
    return [float(a == year) for a in range(COUNT)]


def binary(row: Row, year: float) -> float:
    return -sum(
        math.log(logistic(z)) if year > k else math.log(1 - logistic(z)) for k, z in enumerate(row)
    )


def loop_dldl(row: Row, year: float) -> float:
    return cross_entropy(gaussian(year, 2.0), softmax(row))


def loop_dldl_v2(row: Row, year: float) -> float:
    return loop_dldl(row, year) + abs(moments(softmax(row))[0] - year)


def loop_mean_variance(row: Row, year: float) -> float:
    mean, variance = moments(softmax(row))
    return cross_entropy(one_hot(year), softmax(row)) + 0.1 * (mean - year) ** 2 + 0.05 * variance


def loop_sord(row: Row, year: float) -> float:
    return cross_entropy(softmax([-abs(a - year) for a in range(COUNT)]), softmax(row))


def loop_unimodal(row: Row, year: float) -> float:
    probs = softmax(row)
    mean, variance = moments(probs)
    rises = 0.0
    for a in range(COUNT - 1):
        sign = (a > year) - (a < year)
        rises += max(0.0, -(probs[a] - probs[a + 1]) * sign)
    floored = variance + 0.05
    return 0.5 * math.log(floored) + (mean - year) ** 2 / (2 * floored) + 1000 * rises


def loop_huber(row: Row, year: float) -> float:
    away = abs(row[0] - year / 10)
    return 10 * (away**2 / 2 if away <= 0.2 else 0.2 * (away - 0.1))


@pytest.mark.parametrize(
    ("loss", "loop"),
    [
        (DLDLLoss(), loop_dldl),
        (DLDLLoss(0.0), lambda row, year: cross_entropy(one_hot(year), softmax(row))),
        (DLDLv2Loss(), loop_dldl_v2),
        (MeanVarianceLoss(), loop_mean_variance),
        (SORDLoss(), loop_sord),
        (UnimodalConcentratedLoss(), loop_unimodal),
        (ORCNNLoss(), binary),
        (CORALLoss(), binary),
        (RegressionLoss("l1"), lambda row, year: abs(10 * row[0] - year)),
        (RegressionLoss("l2"), lambda row, year: 5 * (row[0] - year / 10) ** 2),
        (RegressionLoss("huber"), loop_huber),
    ],
)
def test_the_loss_is_the_mean_of_its_equation_over_rows(
    loss: AgeLoss, loop: Callable[[Row, float], float]
) -> None:
    outputs = outputs_for(loss)
    pairs = zip(outputs.tolist(), YEARS.tolist(), strict=True)
    expected = sum(loop(row, year) for row, year in pairs) / ROWS
    assert float(loss(outputs, AGES, YEARS)) == pytest.approx(expected, rel=1e-9)


def test_corn_asks_each_threshold_only_of_those_past_the_one_before() -> None:
    outputs = outputs_for(CORNLoss())
    total, tasks = 0.0, 0
    for row, year in zip(outputs.tolist(), YEARS.tolist(), strict=True):
        for k, z in enumerate(row):
            if k == 0 or year > k - 1:
                total -= math.log(logistic(z) if year > k else 1 - logistic(z))
                tasks += 1
    assert float(CORNLoss()(outputs, AGES, YEARS)) == pytest.approx(total / tasks, rel=1e-9)


def test_corn_multiplies_conditional_probabilities() -> None:
    outputs = outputs_for(CORNLoss())
    probs = CORNLoss().probs(outputs, AGES)
    older = 1.0
    for age, z in enumerate(outputs[0].tolist()):
        assert float(probs[0, age]) == pytest.approx(older * (1 - logistic(z)), abs=1e-12)
        older *= logistic(z)
    assert float(probs[0, -1]) == pytest.approx(older)


def loop_triplets(embedding: Tensor, margin: float) -> float:
    total, count = 0.0, 0
    for a in range(ROWS):
        for b in range(ROWS):
            for c in range(ROWS):
                near, far = float((YEARS[a] - YEARS[b]).abs()), float((YEARS[a] - YEARS[c]).abs())
                if a == b or near >= far:
                    continue
                d_ab = float(((embedding[a] - embedding[b]) ** 2).sum())
                d_ac = float(((embedding[a] - embedding[c]) ** 2).sum())
                total += max(0.0, d_ab - d_ac + margin * (far - near) / 8)
                count += 1
    return total / count


def test_the_triplet_loss_matches_a_loop_over_triplets() -> None:
    torch.manual_seed(1)
    embedding = torch.randn(ROWS, 3, dtype=torch.float64)
    found = ordinal_triplet_loss(embedding, YEARS, 8.0, 4.0)
    assert float(found) == pytest.approx(loop_triplets(embedding, 4.0))


def test_odfl_ranks_and_orders_triplets() -> None:
    loss = ODFLLoss(triplet_weight=0.7, margin=2.0, dimensions=3)
    outputs = outputs_for(loss)
    pairs = zip(outputs[:, : COUNT - 1].tolist(), YEARS.tolist(), strict=True)
    ranks = sum(binary(row, year) for row, year in pairs) / ROWS
    expected = ranks + 0.7 * loop_triplets(outputs[:, COUNT - 1 :], 2.0)
    assert float(loss(outputs, AGES, YEARS)) == pytest.approx(expected)


def test_people_of_one_age_make_no_triplet() -> None:
    embedding = torch.randn(3, 2)
    assert float(ordinal_triplet_loss(embedding, torch.full((3,), 20.0), 100.0, 1.0)) == 0


@pytest.mark.parametrize("loss", EVERY, ids=repr)
def test_the_gradient_is_that_of_the_numbers(loss: AgeLoss) -> None:
    outputs = outputs_for(loss).requires_grad_()
    assert torch.autograd.gradcheck(lambda z: loss(z, AGES, YEARS), outputs)


@pytest.mark.parametrize("loss", EVERY, ids=repr)
def test_every_answer_is_a_distribution(loss: AgeLoss) -> None:
    probs = loss.probs(outputs_for(loss), AGES)
    assert probs.shape == (ROWS, COUNT)
    assert bool((probs >= 0).all())
    torch.testing.assert_close(probs.sum(1), torch.ones(ROWS, dtype=torch.float64))


@pytest.mark.parametrize("loss", EVERY, ids=repr)
def test_a_few_steps_down_the_gradient_bring_the_answer_to_the_truth(loss: AgeLoss) -> None:
    torch.manual_seed(0)
    features, years = torch.eye(4), torch.tensor([1.0, 3.0, 4.0, 6.0])
    head, ages = loss.head(4, COUNT), AGES.float()
    optimizer = torch.optim.Adam(head.parameters(), 0.2)
    for _ in range(60):
        optimizer.zero_grad()
        loss(head(features), ages, years).backward()
        optimizer.step()
    means = loss.probs(head(features), ages).detach() @ ages
    assert float((means - years).abs().mean()) < 1.0


def test_thresholds_out_of_order_are_sorted_and_keep_their_count() -> None:
    logits = torch.tensor([[4.0, -1.0, 2.0, 3.0, -2.0, -3.0, -4.0, -5.0]])
    probs = ORCNNLoss().probs(logits, torch.arange(9.0))
    below = probs.cumsum(1)[0]
    assert int((below < 0.5).sum()) == int((logits > 0).sum()) == 3


def test_older_than_counts_from_the_nearest_age() -> None:
    marks = older_than(torch.tensor([2.0, 2.4, 2.6]), torch.arange(5.0))
    assert marks.tolist() == [[1, 1, 0, 0], [1, 1, 0, 0], [1, 1, 1, 0]]


def test_differences_invert_summing_from_above() -> None:
    probs = torch.softmax(torch.randn(3, 7, dtype=torch.float64), 1)
    older = 1 - probs.cumsum(1)[:, :-1]
    torch.testing.assert_close(differences(older), probs)


def test_coral_hyperplanes_are_parallel_and_begin_in_order() -> None:
    head = ParallelThresholds(4, 8)
    outputs = head(torch.randn(6, 4))
    torch.testing.assert_close(head.bias.detach(), torch.arange(8, 0, -1) / 8)
    assert bool((outputs.diff(dim=1) < 0).all())
    torch.testing.assert_close(outputs - outputs[:1], (outputs - outputs[:1])[:, :1].expand(6, 8))


def test_a_unimodal_answer_around_the_truth_costs_nothing() -> None:
    probs = torch.tensor([gaussian(4.0, 1.5)])
    assert float(unimodal_loss(probs, AGES.float(), torch.tensor([4.0]))) == 0
    assert float(unimodal_loss(probs, AGES.float(), torch.tensor([8.0]))) > 0


@pytest.mark.parametrize("year", [3.5, 3.75, 4.25, 4.5])
def test_a_unimodal_answer_around_a_truth_between_two_years_costs_nothing(year: float) -> None:
    probs = torch.tensor([gaussian(year, 1.5)])
    assert float(unimodal_loss(probs, AGES.float(), torch.tensor([year]))) < 1e-6


def test_the_unimodal_loss_of_whole_years_is_that_of_its_equation_to_the_last_bit() -> None:
    probs = torch.softmax(outputs_for(UnimodalConcentratedLoss()), 1)
    rises = -(probs[:, :-1] - probs[:, 1:]) * torch.sign(AGES[None, :-1] - YEARS[:, None])
    assert torch.equal(unimodal_loss(probs, AGES, YEARS), torch.relu(rises).sum(1).mean())


def test_a_regression_answer_lies_between_two_ages_and_has_the_output_as_mean() -> None:
    probs = RegressionLoss().probs(torch.tensor([[0.33], [-2.0], [50.0]]), torch.arange(9.0))
    assert (probs @ torch.arange(9.0)).tolist() == pytest.approx([3.3, 0.0, 8.0], abs=1e-5)
