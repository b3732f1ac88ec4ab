"""Which runtimes and providers really run the models on this machine, and how fast.

Knows no stage.
"""

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime

from engine.errors import ModelError
from engine.models.model import Array, Model
from engine.models.onnx import OnnxModel, zeros_for
from engine.models.shipped import Models, load_models
from engine.models.tensorrt.progress import Progress, silent
from engine.settings import RuntimeSettings

_REMOTE = {"AzureExecutionProvider"}
"""Listed by every build, but sends its inputs to a web service: never a runtime of ours."""
_SIDE_PX = 320
_PICTURE_HW, FACES = (768, 1344), 8
_ROUNDS = 15


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


@dataclass(frozen=True, slots=True)
class RuntimeProbe:
    """What became of running the shipped models on one runtime.

    Attributes:
        name: "onnxruntime", "openvino" or "tensorrt".
        found: What ran the age model, or what went wrong.
        look_ms: Time of finding faces in a picture of 1080p; None where it did not run.
        ages_ms: Time of estimating the ages of `FACES`; None where it did not run.
    """

    name: str
    found: str
    look_ms: float | None = None
    ages_ms: float | None = None


def probe_runtimes(names: Sequence[str], progress: Progress = silent) -> tuple[RuntimeProbe, ...]:
    """Run the shipped models on several runtimes in turn, so that all meet the same disturbances.

    Args:
        names: Which runtimes. TensorRT builds its engines first if it has none.
        progress: Told about what takes long.
    """
    loaded: dict[str, Models] = {}
    failed: dict[str, str] = {}
    for name in names:
        try:
            settings = RuntimeSettings.model_validate({"name": name})
            loaded[name] = load_models(settings, progress=progress)
        except ModelError as error:
            failed[name] = str(error)
    taken_ms = _measure(loaded, failed)
    for models in loaded.values():
        models.close()
    return tuple(
        RuntimeProbe(name, failed[name])
        if name in failed
        else RuntimeProbe(name, str(loaded[name].age.running), *taken_ms[name])
        for name in names
    )


def _measure(loaded: dict[str, Models], failed: dict[str, str]) -> dict[str, tuple[float, float]]:
    """Shortest times: what else a busy machine does makes none of them shorter.

    Args:
        loaded: By runtime.
        failed: Gets the reason of each that cannot run them, such as a GPU without free memory.
    """
    random = np.random.default_rng(0)
    side = next(iter(loaded.values())).age.spec.fact("side_px") if loaded else 0
    picture = {"image": random.integers(0, 256, (1, *_PICTURE_HW, 3), np.uint8)}
    crops = {"crops": random.integers(0, 256, (FACES, side, side, 3), np.uint8)}
    shortest = dict.fromkeys(loaded, (math.inf, math.inf))
    for _ in range(_ROUNDS):
        for name in [name for name in loaded if name not in failed]:
            look_ms, ages_ms = shortest[name]
            try:
                shortest[name] = (
                    min(look_ms, _took_ms(loaded[name].detector, picture)),
                    min(ages_ms, _took_ms(loaded[name].age, crops)),
                )
            except ModelError as error:
                failed[name] = str(error)
    return shortest


def _took_ms(model: Model, inputs: Mapping[str, Array]) -> float:
    began = time.perf_counter()
    model(inputs)
    return (time.perf_counter() - began) * 1e3


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
