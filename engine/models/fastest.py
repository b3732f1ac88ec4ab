"""Which runtime was measured fastest for a model here, remembered until its grounds change.

Knows no runtime: `doctor` measures and remembers, loading the models with `auto` asks.
"""

import hashlib
import json
import logging
import os
import platform
import sys
from collections.abc import Collection, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from engine.errors import ModelError
from engine.models.cuda.bindings import first_device
from engine.models.model import file_sha256

_log = logging.getLogger(__name__)
_PACKAGES = ("agescope", "onnxruntime", "onnxruntime-gpu", "openvino", "tensorrt")
_CPU_INFO = Path("/proc/cpuinfo")
_CLEARLY = 0.9
"""A measurement wobbles: another runtime than the first has to take this part of its time."""


def memory_file() -> Path:
    """Where the measurement of this machine is kept: in the user's folder of caches."""
    if sys.platform == "win32":
        folder = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        folder = Path.home() / "Library" / "Caches"
    else:
        folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return folder / "agescope" / "fastest-runtime.json"


def fastest(taken_ms: Mapping[str, float]) -> str:
    """The name of the fastest runtime; the first named one unless another is clearly faster."""
    first = next(iter(taken_ms))
    best = min(taken_ms, key=lambda name: taken_ms[name])
    return best if taken_ms[best] < _CLEARLY * taken_ms[first] else first


def remember(memory: Path, model: Path, taken_ms: Mapping[str, float]) -> None:
    """Keep which runtime is fastest here for a model. A memory that cannot be written is no error.

    Args:
        memory: The file to write; see `memory_file`. What it holds of other models stays.
        model: The file that was run.
        taken_ms: What the same work took, by runtime, the default runtime first.
    """
    key = _key(model, taken_ms)
    entry = {"for": key, "runtime": fastest(taken_ms), "taken_ms": dict(taken_ms)}
    partial = memory.with_suffix(".partial")
    try:
        memory.parent.mkdir(parents=True, exist_ok=True)
        partial.write_text(json.dumps({**_read(memory), model.name: entry}, indent=2) + "\n")
        partial.replace(memory)
    except OSError as error:
        _log.warning("the fastest runtime is not remembered: %s: %s", memory, error.strerror)


def recall(memory: Path, model: Path) -> str | None:
    """The runtime remembered for this machine, these runtimes and this model, or None."""
    try:
        entry = _read(memory)[model.name]
        if entry["for"] == _key(model, entry["taken_ms"]):
            return str(entry["runtime"])
        default = next(iter(entry["taken_ms"]), "")
        if entry["runtime"] != default:
            _log.warning(
                "%s: %s was the fastest before this machine changed; main.py doctor measures anew.",
                model.name,
                entry["runtime"],
            )
    except (OSError, KeyError, TypeError):
        pass
    return None


def _read(memory: Path) -> dict[str, Any]:
    try:
        found = json.loads(memory.read_text())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _key(model: Path, taken_ms: Collection[str]) -> str:
    parts = [
        platform.machine(),
        _cpu_name(),
        str(os.cpu_count()),
        *(f"{name} {_version(name)}" for name in _PACKAGES),
        file_sha256(model),
    ]
    if "tensorrt" in taken_ms:
        parts.append(_gpu())
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _gpu() -> str:
    try:
        gpu = first_device()
    except ModelError:
        return "no GPU"
    return f"{gpu.name}, {gpu.driver}"


def _cpu_name() -> str:
    try:
        lines = _CPU_INFO.read_text().splitlines()
    except OSError:
        return platform.processor()
    return next((line for line in lines if line.startswith("model name")), platform.processor())


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "missing"
