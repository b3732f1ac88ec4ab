"""Losses against loops over quadruplets; the order of distances is that of METHODS 3.7."""

import pytest
import torch
from torch import Tensor

from train.losses.quadruplet import (
    MarginMode,
    Quadruplet,
    generator_loss,
    metric_loss,
    squared_distance,
)
from train.losses.similarity import similarity


def random_points(seed: int, count: int = 5, width: int = 3) -> Quadruplet:
    chance = torch.Generator().manual_seed(seed)
    return Quadruplet(*torch.randn(4, count, width, generator=chance, dtype=torch.float64))


def random_ties(seed: int, count: int = 5) -> tuple[Tensor, Tensor]:
    chance = torch.Generator().manual_seed(seed)
    gaps = torch.randint(1, 6, (count, 2), generator=chance).double()
    present = torch.randint(0, 2, (count, 2), generator=chance).double()
    return similarity(gaps), present


def loop_distance(u: list[float], w: list[float]) -> float:
    return sum((a - b) ** 2 for a, b in zip(u, w, strict=True))


@pytest.mark.parametrize("mode", ["source", "scaled"])
def test_the_metric_loss_matches_a_loop(mode: MarginMode) -> None:
    points, (q, present) = random_points(1), random_ties(2)
    total = 0.0
    for n in range(5):
        i, j, k, other = (part[n].tolist() for part in points)
        for side, (anchor, negative) in enumerate(((i, k), (j, other))):
            d, weight = loop_distance(anchor, negative), float(q[n, side])
            slack = 2 - d * weight if mode == "source" else 2 * weight - d
            total += float(present[n, side]) * max(0.0, slack) ** 2
        total += loop_distance(i, j)
    assert float(metric_loss(points, q, present, 2.0, mode)) == pytest.approx(total / 5)


def test_the_generator_loss_matches_a_loop() -> None:
    real, made, embedded = random_points(3), random_points(4), random_points(5)
    q, present = random_ties(6)
    total = 0.0
    for n in range(5):
        for side, (first, second) in enumerate(((0, 2), (1, 3))):
            anchor, negative = made[first][n].tolist(), made[second][n].tolist()
            loss = loop_distance(negative, anchor)
            loss += loop_distance(negative, real[second][n].tolist())
            d = loop_distance(embedded[first][n].tolist(), embedded[second][n].tolist())
            loss += max(0.0, d * (1 - float(q[n, side])) - 0.5) ** 2
            total += float(present[n, side]) * loss
    assert float(generator_loss(real, made, embedded, q, present, 0.5)) == pytest.approx(total / 5)


@pytest.mark.parametrize("mode", ["source", "scaled"])
def test_the_metric_gradient_is_that_of_the_numbers(mode: MarginMode) -> None:
    q, present = random_ties(7)
    points = [part.requires_grad_() for part in random_points(8)]
    loss = lambda *parts: metric_loss(Quadruplet(*parts), q, present, 2.0, mode)  # noqa: E731
    assert torch.autograd.gradcheck(loss, points)


def test_the_generator_gradient_is_that_of_the_numbers() -> None:
    (q, present), real = random_ties(9), random_points(10)
    made = [part.requires_grad_() for part in random_points(11)]

    def loss(*parts: Tensor) -> Tensor:
        points = Quadruplet(*parts)
        return generator_loss(real, points, Quadruplet(*(0.7 * x for x in parts)), q, present, 0.2)

    assert torch.autograd.gradcheck(loss, made)


def test_a_missing_neighbour_has_no_say() -> None:
    points, (q, _) = random_points(12), random_ties(13)
    absent = torch.zeros(5, 2, dtype=torch.float64)
    pull = squared_distance(points.anchor, points.positive).mean()
    assert float(metric_loss(points, q, absent)) == pytest.approx(float(pull))
    assert float(generator_loss(points, points, points, q, absent)) == 0


def test_the_source_margin_wants_smaller_distances_for_wider_gaps() -> None:
    """At its minimum d = tau / Q: 2.58 at one year, 1 at five."""
    for gap, wanted in ((1.0, 2.585), (5.0, 1.0)):
        distance = torch.tensor(0.1, dtype=torch.float64, requires_grad=True)
        optimizer = torch.optim.SGD([distance], 0.1)
        q = similarity(torch.tensor([[gap, gap]], dtype=torch.float64))
        zero = torch.zeros(1, 1, dtype=torch.float64)
        for _ in range(300):
            far = distance.sqrt().view(1, 1)
            optimizer.zero_grad()
            metric_loss(
                Quadruplet(zero, zero, far, far), q, torch.ones(1, 2), 1.0, "source"
            ).backward()
            optimizer.step()
        assert float(distance.detach()) == pytest.approx(wanted, rel=0.02)


def test_the_scaled_margin_orders_distances_by_gap() -> None:
    torch.manual_seed(0)
    years = torch.arange(21).repeat(3)
    points = torch.nn.Parameter(0.3 * torch.randn(63, 8))
    gaps = (years[:, None] - years[None]).abs()
    first, second = ((gaps > 0) & (gaps <= 5)).nonzero().T
    same_a, same_b = ((gaps == 0) & ~torch.eye(63, dtype=torch.bool)).nonzero().T
    q = similarity(gaps[first, second].float())[:, None].expand(-1, 2)
    optimizer = torch.optim.Adam([points], 0.02)
    picks = torch.randint(len(same_a), (len(first),))
    for _ in range(200):
        far = points[second]
        quads = Quadruplet(points[first], points[first], far, far)
        pull = squared_distance(points[same_a[picks]], points[same_b[picks]]).mean()
        loss = metric_loss(quads, q, torch.ones_like(q), 1.0, "scaled") + pull
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    squares = torch.cdist(points.detach(), points.detach()) ** 2
    means = [float(squares[gaps == gap].mean()) for gap in (1, 2, 3, 5)]
    assert means == sorted(means)
