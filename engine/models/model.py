"""The one contract of every model, whatever runs it: a file with facts in it, arrays in and out."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from engine.errors import ModelError

METADATA_KEY = "agescope"
EXACT_FIRST = {"age": 6}
"""By kind of network, how many of its first convolutions stay in FP32 where the rest computes in
16 bits. The age network's (at half and a quarter of the picture's side) find small differences of
large values, and most of what 16 bits move ages by comes from rounding there. Measured in BF16 on
200 faces, mean and worst difference in years: 0.20 and 1.5, with four left out 0.07 and 0.45, with
six 0.05 and 0.29, with ten 0.04 and 0.25.
"""
Array = NDArray[np.generic]


@dataclass(frozen=True, slots=True)
class Port:
    """A named input or output of a model. A shape entry is None where any length fits."""

    name: str
    dtype: str
    shape: tuple[int | None, ...]

    def fits(self, shape: tuple[int, ...]) -> bool:
        """Whether an array of this shape goes in."""
        return len(shape) == len(self.shape) and all(
            mine in (None, length) for mine, length in zip(self.shape, shape, strict=True)
        )


@dataclass(frozen=True, slots=True)
class Running:
    """What really runs a model, read back from the loaded model and never from the wish.

    Attributes:
        runtime: "onnxruntime", "openvino" or "tensorrt".
        device: The provider or device in the runtime's own words.
        precision: What it computes in: "float32", "bfloat16" or "float16".
        gpu: The device is a GPU.
    """

    runtime: str
    device: str
    precision: str
    gpu: bool = False

    def __str__(self) -> str:
        device = self.device.removesuffix("ExecutionProvider")
        return " · ".join((self.runtime, device, self.precision))


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """What a model file says about itself.

    Attributes:
        path: The file.
        sha256: Hex digest of the file.
        kind: "detector" or "age".
        name: Short name of the network.
        inputs: Its inputs.
        outputs: Its outputs.
        facts: The rest of the metadata: age axis, template, temperature, error model, commit …
        largest_hw: Height and width in px of the largest picture that the runtime takes; None for
            no bound.
    """

    path: Path
    sha256: str
    kind: str
    name: str
    inputs: tuple[Port, ...]
    outputs: tuple[Port, ...]
    facts: Mapping[str, Any] = field(hash=False)
    largest_hw: tuple[int, int] | None = None

    def check(self, inputs: Mapping[str, Array]) -> None:
        """Compare arrays with the inputs, so that every runtime refuses them in the same words.

        Raises:
            ValueError: One is missing, too many, of another type or does not fit.
        """
        expected = {port.name: port for port in self.inputs}
        if set(inputs) != set(expected):
            raise ValueError(
                f"{self.path.name} takes the inputs {', '.join(sorted(expected))}; "
                f"got {', '.join(sorted(inputs)) or 'none'}"
            )
        for name, array in inputs.items():
            port = expected[name]
            if array.dtype != port.dtype or not port.fits(array.shape):
                raise ValueError(
                    f"{self.path.name}: input '{name}' is {array.dtype} {array.shape}; expected "
                    f"{port.dtype} {port.shape}, where None is any length"
                )

    def fact(self, key: str) -> Any:  # noqa: ANN401  the metadata is JSON
        """One entry of the metadata.

        Raises:
            ModelError: The file does not have it.
        """
        if key not in self.facts:
            raise ModelError(
                f"{self.path.name} has no '{key}' in its metadata; "
                f"found: {', '.join(sorted(self.facts)) or 'nothing'}. "
                "Export it with python -m train.export."
            )
        return self.facts[key]


class Model(Protocol):
    """A loaded model."""

    spec: ModelSpec
    running: Running

    def __call__(self, inputs: Mapping[str, Array]) -> dict[str, Array]:
        """Run the network.

        Args:
            inputs: Arrays by input name; the first dimension is the batch.

        Returns:
            Arrays by output name, owned by the caller.

        Raises:
            ValueError: An input is missing or does not fit; see `ModelSpec.check`.
            ModelError: The runtime failed, or the model is closed.
        """
        ...

    def close(self) -> None:
        """Free what the runtime holds. The model cannot be called afterwards."""
        ...


def check_there(path: Path) -> None:
    """Look whether a model file is there.

    Raises:
        ModelError: It is not.
    """
    if not path.is_file():
        # A wheel holds no models: installing one again would bring none.
        raise ModelError(
            f"the model file {path} does not exist. Check the path; the program finds its own "
            "models only where it was installed in its folder by: pip install -e ."
        )


def unreadable(path: Path, why: str) -> str:
    """The message for a file in which a runtime finds no network it can run."""
    return (
        f"{path.name} could not be loaded: {why.rstrip('.')}. Expected an ONNX network; "
        "install the program again, or export your own with python -m train.export."
    )


def read_facts(path: Path, metadata: Mapping[str, str]) -> dict[str, Any]:
    """Parse the agescope entry of a model's metadata.

    Raises:
        ModelError: The entry is missing or no JSON object with words for "kind" and "name".
    """
    try:
        facts = json.loads(metadata[METADATA_KEY])
        if not all(isinstance(facts[key], str) for key in ("kind", "name")):
            raise TypeError("kind, name")
    except (KeyError, TypeError, ValueError) as error:
        found = ", ".join(sorted(metadata)) or "nothing"
        raise ModelError(
            f"{path.name} is no agescope model: its metadata lacks an entry '{METADATA_KEY}' with "
            f"kind and name (found: {found}). Export it with python -m train.export."
        ) from error
    return dict(facts)


def file_sha256(path: Path) -> str:
    """Hex SHA-256 of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
