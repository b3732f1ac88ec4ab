"""Which providers of ONNX Runtime really run a model on this machine. Knows no stage."""

import time
from dataclasses import dataclass
from pathlib import Path

import onnxruntime

from engine.errors import ModelError
from engine.models.onnx import OnnxModel, zeros_for

_REMOTE = {"AzureExecutionProvider"}
"""Listed by every build, but sends its inputs to a web service: never a runtime of ours."""
_SIDE_PX = 320


@dataclass(frozen=True, slots=True)
class ProviderProbe:
    """What became of running a model on one provider.

    Attributes:
        name: As ONNX Runtime calls it, such as "CPUExecutionProvider".
        usable: The model ran on it, on nothing else.
        found: The time it took, or what went wrong.
    """

    name: str
    usable: bool
    found: str


def probe_providers(model: Path) -> tuple[ProviderProbe, ...]:
    """Run a model on zeros with each provider that this build of ONNX Runtime offers.

    Args:
        model: An ONNX file whose input is a batch of pictures of any size.
    """
    names = [name for name in onnxruntime.get_available_providers() if name not in _REMOTE]
    return tuple(probe(model, name) for name in names)


def probe(model: Path, provider: str) -> ProviderProbe:
    """Run a model on zeros with one provider. Never raises for what the runtime does."""
    try:
        took_ms = _run(model, provider)
    except Exception as error:  # noqa: BLE001  the runtime's own classes share no base
        return ProviderProbe(provider, False, str(error).splitlines()[0])
    return ProviderProbe(provider, True, f"{took_ms:.0f} ms for a picture of {_SIDE_PX} px")


def _run(model: Path, provider: str) -> float:
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    session = onnxruntime.InferenceSession(
        str(model), options, providers=[provider], enable_fallback=0
    )
    # A provider whose libraries are missing gives way to the CPU without an error.
    if session.get_providers()[0] != provider:
        raise ModelError(f"ONNX Runtime took {session.get_providers()[0]} instead")
    ports = OnnxModel(model, threads=1).spec.inputs
    zeros = {port.name: zeros_for(port, batch=1, side=_SIDE_PX) for port in ports}
    session.run(None, zeros)
    began = time.perf_counter()
    session.run(None, zeros)
    return (time.perf_counter() - began) * 1e3
