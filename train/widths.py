"""How wide answers must be: a temperature and a kernel for each age, fitted to validation answers.

    p = softmax(z),  T = sum_j p_j T_j,  q = softmax(z / T),  answer_i = sum_j q_j K_ji
    K_ji ~ exp(-(i - j)^2 / 2 s^2),  s = younger_j where i < j, older_j where i > j

A temperature that depends on the predicted age makes intervals hold at every predicted age. It
cannot help those whom the network takes for others: teenagers who are taken for adults are few
among all who are. The kernel can; it reaches from such an age as far down or up as people are
found there. All numbers are fitted together, so that the ranked probability score is small and
intervals hold in every group. What is fitted is one matrix, which the export puts into the graph.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

_KNOTS = (0.0, 3.0, 7.0, 11.0, 14.0, 17.0, 20.0, 24.0, 29.0, 36.0, 45.0, 55.0, 65.0, 80.0)
_STEPS = 400
_RATE = 0.03
_SOFTNESS = 0.01  # of the edge at which a true age counts as inside, in probability
_GROUP_WEIGHT = 60.0  # chosen on halves of the validation photographs
_SHRINKAGE = 100.0  # photographs; a smaller group than this counts less than half
_SMOOTHNESS = 0.03, 0.1
"""Of temperatures and kernel: years of score for a jump of one e-fold from knot to knot. Chosen on
halves of the validation photographs and on FG-NET's people 1 to 20."""
_LEAST_WIDTH = 0.05


@dataclass(frozen=True, slots=True)
class Widths:
    """What is fitted.

    Attributes:
        temperatures: (A,) T_j.
        younger: (A,) reach of the kernel towards younger ages in years, its deviation there.
        older: (A,) the same towards older ages.
    """

    temperatures: list[float]
    younger: list[float]
    older: list[float]


def kernel(younger: Tensor, older: Tensor) -> Tensor:
    """(A, A) matrix of rows that sum to 1, from (A,) reaches in years; 0 reaches nowhere."""
    axis = torch.arange(len(younger), dtype=torch.float32)
    away = axis[None] - axis[:, None]
    reach = torch.where(away < 0, younger[:, None], older[:, None]).clamp_min(_LEAST_WIDTH)
    return torch.softmax(-0.5 * (away / reach) ** 2, 1)


def widened(logits: Tensor, temperatures: Tensor, spread: Tensor) -> Tensor:
    """(N, A) logits to (N, A) probabilities with (A,) temperatures and an (A, A) kernel."""
    temperature = torch.softmax(logits, 1) @ temperatures
    return torch.softmax(logits / temperature[:, None], 1) @ spread


def groups_of(
    data_set: Sequence[str], years: Sequence[float], sex: Sequence[str], least: int = 60
) -> list[Tensor]:
    """Rows of the groups in which intervals must hold; those with too few rows are left out.

    Args:
        data_set: (N,) names.
        years: (N,) true ages.
        sex: (N,) words; "" is no group.
        least: Rows of the smallest group.

    Returns:
        Row numbers of each data set, its sexes and decades, and of the decades of all together.
    """
    decade = [f"{int(age // 10)}" for age in years]
    sets = list(data_set)
    pairs = [list(zip(sets, labels, strict=True)) for labels in (sets, sex, decade)]
    found = []
    for labels in (*pairs, [("", d) for d in decade]):
        for label in sorted({label for label in labels if label[1]}):
            rows = [row for row, other in enumerate(labels) if other == label]
            if len(rows) >= least:
                found.append(torch.tensor(rows))
    return found


def fit_widths(
    logits: Tensor,
    years: Tensor,
    groups: Sequence[Tensor],
    temperatures: Sequence[float],
    level: float = 0.9,
) -> Widths:
    """Fit temperatures and kernel together.

    Minimised is the mean ranked probability score, which is the Brier score of every threshold
    "younger than a" summed and so keeps those honest, plus the squared distance from `level` of the
    share of true ages inside the central interval, in every group.
    Sources: Gneiting and Raftery, "Strictly proper scoring rules", 2007; Barber, Candes, Ramdas,
    Tibshirani, "The limits of distribution-free conditional predictive inference", 2021, for why
    groups named beforehand are all that can be asked for.

    Args:
        logits: (N, A) on an axis from 0 by 1.
        years: (N,) true ages.
        groups: Row numbers of each group.
        temperatures: (A,) what the fit begins with.
        level: Probability that the intervals claim.
    """
    hats = _hats(logits.shape[1])
    begin = torch.from_numpy(np.interp(_KNOTS, np.arange(len(temperatures)), temperatures)).float()
    log_t = begin.log().requires_grad_()
    log_s = torch.full((2, len(_KNOTS)), -1.0, requires_grad=True)
    optimizer = torch.optim.Adam([log_t, log_s], _RATE)
    for _ in range(_STEPS):
        reach = torch.exp(log_s @ hats)
        probs = widened(logits, torch.exp(log_t @ hats), kernel(reach[0], reach[1]))
        loss = _ranked_score(probs, years) + _GROUP_WEIGHT * _misses(probs, years, groups, level)
        for weight, values in zip(_SMOOTHNESS, (log_t, log_s), strict=True):
            loss = loss + weight * values.diff().square().sum()
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
    with torch.no_grad():
        reach = torch.exp(log_s @ hats)
        found = torch.exp(log_t @ hats), reach[0], reach[1]
    return Widths(*([round(float(value), 4) for value in row] for row in found))


def _hats(ages: int) -> Tensor:
    """(K, A) weights of the knots at each age: straight lines between them, level beyond."""
    axis = np.arange(ages)
    rows = [np.interp(axis, _KNOTS, row) for row in np.eye(len(_KNOTS))]
    return torch.from_numpy(np.stack(rows)).float()


def _ranked_score(probs: Tensor, years: Tensor) -> Tensor:
    """The mean CRPS of `train.metrics` without what lies beyond the axis: no answer changes it."""
    past = (torch.arange(probs.shape[1])[None] + 1 - years[:, None]).clamp(0, 1).to(probs)
    return ((probs.cumsum(1) - past) ** 2 + past * (1 - past)).sum(1).mean()


def _misses(probs: Tensor, years: Tensor, groups: Sequence[Tensor], level: float) -> Tensor:
    """Sum over groups of (coverage - level)^2, with soft edges; small groups count less."""
    if not groups:
        return probs.new_zeros(())
    at = years.round().long().clamp(0, probs.shape[1] - 1)[:, None]
    below = (probs.cumsum(1) - probs / 2).gather(1, at)[:, 0]  # probability below the true age
    tail = (1 - level) / 2
    inside = torch.sigmoid((below - tail) / _SOFTNESS) * torch.sigmoid(
        (1 - tail - below) / _SOFTNESS
    )
    weights = [len(rows) / (len(rows) + _SHRINKAGE) for rows in groups]
    parts = [
        w * (inside[rows].mean() - level) ** 2 for w, rows in zip(weights, groups, strict=True)
    ]
    return torch.stack(parts).sum()
