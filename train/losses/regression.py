"""Plain regression: one output, the age.

    L = 1/N sum_n rho((o_n - y_n) / u) u,   u = 10 years
    rho(r) = |r|  or  r^2 / 2  or Huber's, quadratic up to `delta_years` and linear beyond

Source: Huber, "Robust estimation of a location parameter", 1964. The output counts in tens of
years so that the same learning rate fits it as fits logits.
"""

from dataclasses import dataclass
from typing import ClassVar, Literal

import torch
from torch import Tensor, nn
from torch.nn import functional

_UNIT_YEARS = 10.0


@dataclass(frozen=True, slots=True)
class RegressionLoss:
    """Absolute, squared or Huber's error.

    Attributes:
        kind: Which.
        delta_years: Where Huber's becomes linear.
    """

    kind: Literal["l1", "l2", "huber"] = "l1"
    delta_years: float = 2.0
    point: ClassVar[bool] = True

    def head(self, width: int, ages: int) -> nn.Module:
        """A linear layer with one output that begins at a quarter of the axis."""
        layer = nn.Linear(width, 1)
        nn.init.constant_(layer.bias, ages / 4 / _UNIT_YEARS)
        return layer

    def __call__(self, outputs: Tensor, ages: Tensor, years: Tensor) -> Tensor:  # noqa: ARG002 one interface
        """The loss of (N, 1) outputs against (N,) true ages; a scalar."""
        found, truth = outputs[:, 0], years / _UNIT_YEARS
        if self.kind == "l1":
            return _UNIT_YEARS * functional.l1_loss(found, truth)
        if self.kind == "l2":
            return 0.5 * _UNIT_YEARS * functional.mse_loss(found, truth)
        delta = self.delta_years / _UNIT_YEARS
        return _UNIT_YEARS * functional.huber_loss(found, truth, delta=delta)

    def probs(self, outputs: Tensor, ages: Tensor) -> Tensor:
        """All probability on the two ages around the output, so that it is their mean."""
        points = (_UNIT_YEARS * outputs).clamp(float(ages[0]), float(ages[-1]))
        return torch.relu(1 - (ages[None] - points).abs())
