"""NVIDIA's library itself: finding it, and hearing what it complains about.

TensorRT is passed on as a module called `trt`: tensorrt 10 and 11 serve, and tensorrt_rtx as far as
it has a builder that needs no GPU.
"""

import functools
import importlib
import platform
from collections import deque
from collections.abc import Callable
from types import ModuleType
from typing import Protocol, TypeVar

from engine.errors import ModelError, installing
from engine.models.tensorrt.api import Builder, Runtime

_OLDEST = 10
_INSTALL = f"Install it with {installing('tensorrt')}, or use --runtime onnxruntime."
_COMPLAINTS = 6
_Made = TypeVar("_Made")


def load_library() -> ModuleType:
    """Import tensorrt.

    Raises:
        ModelError: It is missing, has bindings but no libraries, or is too old.
    """
    try:
        trt = importlib.import_module("tensorrt")
    except ModuleNotFoundError as error:
        raise ModelError(f"TensorRT is not installed ({error}). {_INSTALL}") from error
    except ImportError as error:
        raise ModelError(
            f"TensorRT's Python bindings are there, a library that they need is not: {error}. "
            "Expected libnvinfer and libnvonnxparser of the same version; "
            f"pip install --force-reinstall tensorrt. {_INSTALL}"
        ) from error
    if int(trt.__version__.split(".")[0]) < _OLDEST:
        raise ModelError(
            f"TensorRT {trt.__version__} is too old; expected {_OLDEST} or newer. {_INSTALL}"
        )
    return trt


class Log(Protocol):
    """A logger of TensorRT that remembers the last complaints."""

    def complaints(self) -> str:
        """Warnings and errors since the last call in one line; "" for none."""
        ...


@functools.cache
def log_of(trt: ModuleType) -> Log:
    """The one logger of this process: TensorRT refuses a second one."""

    class EngineLog(trt.ILogger):  # type: ignore[name-defined, misc]  # a module's attribute has no known type
        def __init__(self) -> None:
            super().__init__()
            self._lines: deque[str] = deque(maxlen=_COMPLAINTS)

        def log(self, severity: object, message: str) -> None:
            """Called by TensorRT, from any of its threads."""
            if severity in (self.INTERNAL_ERROR, self.ERROR, self.WARNING):
                self._lines.append(" ".join(message.split()))

        def complaints(self) -> str:
            found = "; ".join(self._lines)
            self._lines.clear()
            return found

    log: Log = EngineLog()
    return log


def create_builder(trt: ModuleType, driver: str) -> Builder:
    """What builds engines; arguments and errors as those of `create_runtime`."""
    builder: Builder = _create(trt, trt.Builder, driver)
    return builder


def create_runtime(trt: ModuleType, driver: str) -> Runtime:
    """What loads engines.

    Args:
        trt: The library.
        driver: The NVIDIA driver, for the message.

    Raises:
        ModelError: The library cannot use the driver or the GPU.
    """
    runtime: Runtime = _create(trt, trt.Runtime, driver)
    return runtime


def _create(trt: ModuleType, kind: Callable[[Log], _Made], driver: str) -> _Made:
    log = log_of(trt)
    log.complaints()
    try:
        return kind(log)
    except TypeError as error:  # how the bindings tell that the library gave them nothing
        raise ModelError(
            f"TensorRT {trt.__version__} cannot start on this machine: "
            f"{log.complaints() or error}. Found driver {driver}; expected 580 or newer for CUDA "
            "13, 535 or newer for CUDA 12, and a GPU from Turing on. Update the driver, or use "
            "--runtime onnxruntime."
        ) from error


def library_name(trt: ModuleType) -> str:
    """Name and version, such as "tensorrt 11.4.0.106"."""
    return f"{trt.__name__} {trt.__version__}"


def system_name() -> str:
    """Operating system and processor, such as "Linux x86_64"."""
    return f"{platform.system()} {platform.machine()}"
