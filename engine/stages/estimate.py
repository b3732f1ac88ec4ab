"""Ages of crops, each from itself alone. Knows no tracks."""

import numpy as np
from numpy.typing import NDArray

from engine.errors import ModelError
from engine.models.model import Model, ModelSpec, Port
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
            ModelError: The model is of another kind, or its metadata lacks something or does not
                fit its network.
        """
        if model.spec.kind != "age":
            raise ModelError(
                f"{model.spec.path.name} is a model of kind '{model.spec.kind}'; expected 'age'"
            )
        self._model = model
        self._batch = batch
        first, count, self.side_px = _numbers(model.spec)
        self.ages = np.arange(first, first + count, dtype=np.float32)
        self.template = _template(model.spec)

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


def _numbers(spec: ModelSpec) -> tuple[int, int, int]:
    """First age, number of ages and side of the crops, as the network has them too."""
    first, ages, side = (spec.fact(key) for key in ("first_age", "ages", "side_px"))
    if not all(isinstance(number, int) for number in (first, ages, side)):
        raise _misfit(spec, "first_age, ages or side_px is no whole number")
    if not _takes(spec.inputs, "crops", (1, side, side, 3)):
        raise _misfit(spec, f"side_px is {side}, of other crops than it takes")
    if not _takes(spec.outputs, "probabilities", (1, ages)):
        raise _misfit(spec, f"ages is {ages}, another number than it gives")
    return first, ages, side


def _template(spec: ModelSpec) -> NDArray[np.float64]:
    try:
        template = np.array(spec.fact("template"), np.float64)
    except (TypeError, ValueError):
        template = np.zeros(0)
    if template.shape != (5, 2):
        raise _misfit(spec, "template is not five points")
    return template


def _takes(ports: tuple[Port, ...], name: str, shape: tuple[int, ...]) -> bool:
    return any(port.name == name and port.fits(shape) for port in ports)


def _misfit(spec: ModelSpec, why: str) -> ModelError:
    return ModelError(
        f"{spec.path.name}: the metadata does not fit its network: {why}. "
        "Export it with python -m train.export."
    )
