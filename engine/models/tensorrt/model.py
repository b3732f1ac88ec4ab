"""Models on TensorRT, the accelerated runtime on NVIDIA GPUs."""

import logging
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from types import ModuleType

import numpy as np

from engine.errors import ModelError
from engine.models.cuda.driver import CudaDriver
from engine.models.model import Array, ModelSpec, Running
from engine.models.tensorrt.api import ICudaEngine
from engine.models.tensorrt.lane import Machinery, Outputs
from engine.models.tensorrt.lanes import Lanes
from engine.models.tensorrt.library import library_name
from engine.models.tensorrt.profiles import Profile, largest_hw, only_input

_log = logging.getLogger(__name__)


class TensorRTModel:
    """A loaded engine; see `Model`. Calls from several threads are safe and run one by one."""

    def __init__(
        self,
        trt: ModuleType,
        engine: ICudaEngine,
        driver: CudaDriver,
        spec: ModelSpec,
        profiles: tuple[Profile, ...],
        *,
        graphs: bool,
    ) -> None:
        """Take over a loaded engine and the driver; closing this closes the driver.

        Args:
            trt: The library.
            engine: The engine of the model `spec`.
            driver: CUDA.
            spec: What the model file says.
            profiles: The profiles that the engine was built with, in their order.
            graphs: Replay CUDA graphs where the driver's binding has them.

        Raises:
            ModelError: The engine has other inputs, outputs or profiles.
        """
        check_engine(trt, engine, spec, profiles)
        self.spec = replace(spec, largest_hw=largest_hw(profiles))
        self.running = Running(
            "tensorrt",
            f"{driver.device.name}, {library_name(trt)}",
            str(spec.facts.get("precision", "float32")),
            gpu=True,
        )
        self._driver = driver
        self._input = only_input(spec)
        self._lock = threading.Lock()
        with driver.current():
            stream = driver.create_stream()
        replay = driver.graphs if graphs else None
        machinery = Machinery(trt, engine, driver, stream, spec, replay)
        self._lanes: Lanes | None = Lanes(machinery, profiles)

    def __call__(self, inputs: Mapping[str, Array]) -> Outputs:
        """Run the network; see `Model`."""
        self.spec.check(inputs)
        rows = inputs[self._input.name]
        # With no rows: one row of zeros, so that the outputs have their types and shapes.
        given = rows if len(rows) else np.zeros_like(rows, shape=(1, *rows.shape[1:]))
        with self._lock:
            if self._lanes is None:
                raise ModelError(f"{self.spec.path.name} is closed. Load it again.")
            with self._driver.current():
                parts = self._lanes.run(given)
        return {
            name: np.concatenate([part[name] for part in parts])[: len(rows)] for name in parts[0]
        }

    def close(self) -> None:
        """Free the GPU's memory, the engine and the driver; what fails of that is logged."""
        with self._lock:
            lanes, self._lanes = self._lanes, None
            if lanes is None:
                return
            with _logged(self.spec), self._driver.current():
                lanes.close()
            del lanes  # and with it the engine, before the driver goes
            with _logged(self.spec):
                self._driver.close()


@contextmanager
def _logged(spec: ModelSpec) -> Iterator[None]:
    try:
        yield
    except ModelError as error:  # a GPU that was lost
        _log.warning("%s was closed after a fault: %s", spec.path.name, error)


def check_engine(
    trt: ModuleType, engine: ICudaEngine, spec: ModelSpec, profiles: tuple[Profile, ...]
) -> None:
    """Compare an engine with the model file that it should be of.

    Raises:
        ModelError: Its inputs, outputs or profiles are others.
    """
    names = [engine.get_tensor_name(index) for index in range(engine.num_io_tensors)]
    found = {(name, *_kind(trt, engine, name)) for name in names}
    expected = {(port.name, "in", port.dtype) for port in spec.inputs}
    expected |= {(port.name, "out", port.dtype) for port in spec.outputs}
    if found != expected:
        differing = sorted(" ".join(entry) for entry in found ^ expected)
        raise ModelError(
            f"the engine of {spec.path.name} has other inputs or outputs than the file; differing: "
            f"{', '.join(differing)}. Clear the engines: main.py engine clear."
        )
    if engine.num_optimization_profiles != len(profiles):
        raise ModelError(
            f"the engine of {spec.path.name} has {engine.num_optimization_profiles} profiles, "
            f"expected {len(profiles)}. Clear the engines: main.py engine clear."
        )


def _kind(trt: ModuleType, engine: ICudaEngine, name: str) -> tuple[str, str]:
    mode = "in" if engine.get_tensor_mode(name) == trt.TensorIOMode.INPUT else "out"
    return mode, np.dtype(trt.nptype(engine.get_tensor_dtype(name))).name
