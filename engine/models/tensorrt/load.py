"""From an ONNX file to a model on the GPU, with an engine from disk or a fresh one."""

import json
import logging
import time
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from types import ModuleType

from engine.errors import ModelError
from engine.models.cuda.driver import CudaDriver, open_driver
from engine.models.model import ModelSpec
from engine.models.onnx import OnnxModel
from engine.models.tensorrt.api import ICudaEngine
from engine.models.tensorrt.build import BuildSettings, build_engine
from engine.models.tensorrt.library import (
    create_builder,
    create_runtime,
    library_name,
    load_library,
    log_of,
    system_name,
)
from engine.models.tensorrt.model import TensorRTModel, check_engine
from engine.models.tensorrt.profiles import profiles_for
from engine.models.tensorrt.progress import Progress, silent
from engine.models.tensorrt.storage import EngineKey, EngineStore, open_store
from engine.settings import RuntimeSettings

_log = logging.getLogger(__name__)
_AMPERE = (8, 0)


def load_tensorrt(
    onnx: Path, settings: RuntimeSettings, progress: Progress = silent
) -> TensorRTModel:
    """Load a model onto the first GPU. The first time an engine is built, which takes minutes.

    Args:
        onnx: The ONNX file. Its precision is the engine's: give the FP16 twin for FP16.
        settings: CUDA binding, graphs, workspace and the folder of engines.
        progress: Told what is being built and how far it is, 0..1, about ten times a second.
            What it raises stops the build.

    Raises:
        ModelError: The file, the library, the driver or the GPU cannot be used.
    """
    spec = read_spec(onnx)
    trt = load_library()
    driver = open_driver(settings.cuda)
    try:
        return Loader(trt, driver, settings).load(spec, progress)
    except BaseException:
        driver.close()
        raise


def keep_tensorrt(
    onnx: Path, settings: RuntimeSettings, progress: Progress = silent, *, anew: bool
) -> None:
    """Build the engine of a model unless one is kept that can be used; with `anew` even so.

    Arguments and errors are those of `load_tensorrt`.
    """
    spec = read_spec(onnx)
    trt = load_library()
    driver = open_driver(settings.cuda)
    try:
        Loader(trt, driver, settings).engine(spec, progress, anew=anew, ahead=True)
    finally:
        driver.close()


def read_spec(onnx: Path) -> ModelSpec:
    """What a model file says about itself.

    Raises:
        ModelError: It is missing, damaged, or no agescope model.
    """
    model = OnnxModel(onnx, threads=1)
    model.close()
    return model.spec


@dataclass(frozen=True, slots=True)
class Loader:
    """Builds and loads engines.

    Attributes:
        trt: The library.
        driver: CUDA.
        settings: What the user chose.
    """

    trt: ModuleType
    driver: CudaDriver
    settings: RuntimeSettings

    def load(self, spec: ModelSpec, progress: Progress) -> TensorRTModel:
        """The model of a file; see `load_tensorrt`."""
        engine = self.engine(spec, progress)
        return TensorRTModel(
            self.trt,
            engine,
            self.driver,
            spec,
            profiles_for(spec),
            graphs=self.settings.cuda_graphs,
        )

    def engine(
        self, spec: ModelSpec, progress: Progress, *, anew: bool = False, ahead: bool = False
    ) -> ICudaEngine:
        """The loaded engine of a file: the kept one if it can be used, otherwise a fresh one.

        Args:
            spec: The file.
            progress: See `load_tensorrt`.
            anew: Take no kept one.
            ahead: A fresh one that cannot be kept is an error, for it is not used.
        """
        name = spec.path.name
        kept, _ = self._kept(spec, anew=anew)
        if kept is not None:
            return kept
        wait = partial(progress, f"{name}: another program is building engines", 0.0)
        with self.store().alone(self.key(spec), wait):
            kept, reason = self._kept(spec, anew=anew)  # which that program may have built
            if kept is not None:
                return kept
            _log.info("%s: building an engine: %s", name, reason)
            progress(f"{name}: building an engine: {reason}", 0.0)
            return self._deserialize(self._build(spec, progress, ahead=ahead), spec)

    def _kept(self, spec: ModelSpec, *, anew: bool) -> tuple[ICudaEngine | None, str]:
        """The engine on disk and "", or None and why it has to be built."""
        if anew:
            return None, "asked for anew"
        engine, reason = self.store().load(self.key(spec))
        if engine is None:
            return None, reason
        try:
            return self._deserialize(engine, spec), ""
        except ModelError as error:
            return None, str(error)

    def _build(self, spec: ModelSpec, progress: Progress, *, ahead: bool) -> bytes:
        """Build the engine of a file and keep it."""
        store, key = self.store(), self.key(spec)
        began = time.monotonic()
        engine = build_engine(
            self.trt,
            create_builder(self.trt, self.driver.device.driver),
            spec.path,
            self.build_settings(spec),
            timings=store.timings(key),
            progress=progress,
        )
        try:
            store.save(key, engine, time.monotonic() - began)
        except ModelError as error:
            if ahead:
                raise
            _log.warning("the engine of %s is not kept: %s", spec.path.name, error)
        return engine

    def store(self) -> EngineStore:
        """Where engines are kept."""
        return open_store(self.settings.engine_folder)

    def build_settings(self, spec: ModelSpec) -> BuildSettings:
        """How the engine of a file is built."""
        return BuildSettings(
            profiles=profiles_for(spec),
            workspace_mib=self.settings.workspace_mib,
            hardware_compatible=self.settings.hardware_compatible,
        )

    def key(self, spec: ModelSpec) -> EngineKey:
        """What the engine of a file is known by.

        Raises:
            ModelError: It should be for every GPU from Ampere on, and this one is older.
        """
        gpu, compute_capability = self._gpu()
        return EngineKey(
            model=spec.path.name,
            onnx_sha256=spec.sha256,
            build=json.dumps(asdict(self.build_settings(spec)), sort_keys=True),
            library=library_name(self.trt),
            gpu=gpu,
            compute_capability=compute_capability,
            driver=self.driver.device.driver,
            system=system_name(),
        )

    def _gpu(self) -> tuple[str, str]:
        """Name and compute capability of the GPU, or of all that an engine is to serve."""
        device = self.driver.device
        capability = ".".join(map(str, device.compute_capability))
        if not self.settings.hardware_compatible:
            return device.name, capability
        if device.compute_capability < _AMPERE:
            raise ModelError(
                f"{device.name} takes no engine for several GPUs: its compute capability is "
                f"{capability}; expected 8.0 or newer. Turn off runtime.hardware_compatible."
            )
        return "Ampere or newer", "8.0+"

    def _deserialize(self, engine: bytes, spec: ModelSpec) -> ICudaEngine:
        runtime = create_runtime(self.trt, self.driver.device.driver)
        loaded = runtime.deserialize_cuda_engine(engine)
        if loaded is None:
            raise ModelError(
                f"the engine of {spec.path.name} cannot be loaded by {library_name(self.trt)} on "
                f"{self.driver.device.name}: {log_of(self.trt).complaints() or 'no reason given'}. "
                "Clear the engines: main.py engine clear."
            )
        check_engine(self.trt, loaded, spec, profiles_for(spec))
        return loaded
