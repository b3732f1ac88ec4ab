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
Array = NDArray[np.generic]


@dataclass(frozen=True, slots=True)
class Port:
    """A named input or output of a model. A shape entry is None where any length fits."""

    name: str
    dtype: str
    shape: tuple[int | None, ...]


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
    """

    path: Path
    sha256: str
    kind: str
    name: str
    inputs: tuple[Port, ...]
    outputs: tuple[Port, ...]
    facts: Mapping[str, Any] = field(hash=False)

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
    runtime: str
    """What really runs it, such as "onnxruntime CPUExecutionProvider"."""

    def __call__(self, inputs: Mapping[str, Array]) -> dict[str, Array]:
        """Run the network.

        Args:
            inputs: Arrays by input name; the first dimension is the batch.

        Returns:
            Arrays by output name, owned by the caller.
        """
        ...

    def close(self) -> None:
        """Free what the runtime holds. The model cannot be called afterwards."""
        ...


def read_facts(path: Path, metadata: Mapping[str, str]) -> dict[str, Any]:
    """Parse the agescope entry of a model's metadata.

    Raises:
        ModelError: The entry is missing or no JSON object with "kind" and "name".
    """
    try:
        facts = json.loads(metadata[METADATA_KEY])
        if not {"kind", "name"} <= set(facts):
            raise KeyError("kind, name")
    except (KeyError, TypeError, ValueError) as error:
        raise ModelError(
            f"{path.name} is no agescope model: its metadata lacks '{METADATA_KEY}' "
            f"(found: {', '.join(sorted(metadata)) or 'nothing'}). "
            "Export it with python -m train.export."
        ) from error
    return dict(facts)


def file_sha256(path: Path) -> str:
    """Hex SHA-256 of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
