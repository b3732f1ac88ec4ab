"""Ages of crops, each from itself alone. Knows no tracks."""

import numpy as np
from numpy.typing import NDArray

from engine.errors import ModelError
from engine.models.model import Model
from engine.values.age import AgeDistribution
from engine.values.frame import Image


class AgeEstimator:
    """An age model behind its metadata.

    Attributes:
        ages: (A,) float32 age axis in years.
        side_px: Side of the crops it takes.
        template: (5, 2) where the landmarks lie in a crop, in units of its side.
    """

    def __init__(self, model: Model, *, batch: int) -> None:
        """Wrap a loaded age model.

        Args:
            model: A model of kind "age" with input `crops` and output `probabilities`.
            batch: Most crops in one call.

        Raises:
            ModelError: The model is of another kind or lacks metadata.
        """
        if model.spec.kind != "age":
            raise ModelError(
                f"{model.spec.path.name} is a model of kind '{model.spec.kind}'; expected 'age'"
            )
        self._model = model
        self._batch = batch
        first, count = model.spec.fact("first_age"), model.spec.fact("ages")
        self.ages = np.arange(first, first + count, dtype=np.float32)
        self.side_px = int(model.spec.fact("side_px"))
        self.template: NDArray[np.float64] = np.array(model.spec.fact("template"), np.float64)

    def __call__(self, crops: Image) -> AgeDistribution:
        """Estimate ages.

        Args:
            crops: (N, side_px, side_px, 3) uint8 RGB.

        Returns:
            (N, A) calibrated distributions.
        """
        parts = [
            self._model({"crops": crops[start : start + self._batch]})["probabilities"]
            for start in range(0, len(crops), self._batch)
        ]
        probs = np.concatenate(parts) if parts else np.zeros((0, len(self.ages)))
        return AgeDistribution(self.ages, np.asarray(probs, np.float32))
