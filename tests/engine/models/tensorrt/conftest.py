"""TensorRT's stand-in over the stand-in of the NVIDIA driver, and the FP16 graphs we ship."""

import ctypes
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from engine.models.choose import half_of
from engine.models.model import ModelSpec
from engine.models.shipped import AGE_MODEL, DETECTOR
from engine.models.tensorrt.load import load_tensorrt, read_spec
from engine.models.tensorrt.model import TensorRTModel
from engine.settings import RuntimeSettings
from tests.engine.models.cuda.standin.fixtures import gpu, libcuda
from tests.engine.models.tensorrt import standin

__all__ = ["gpu", "libcuda"]
SHIPPED = (half_of(AGE_MODEL), half_of(DETECTOR))


@pytest.fixture(params=SHIPPED, ids=lambda path: path.name)
def shipped(request: pytest.FixtureRequest) -> ModelSpec:
    """Each FP16 graph that we ship."""
    return read_spec(request.param)


@pytest.fixture
def trt(gpu: ctypes.CDLL, monkeypatch: pytest.MonkeyPatch) -> ModuleType:  # noqa: ARG001  plugged in
    """The stand-in, as `import tensorrt` finds it."""
    module = standin.module()
    monkeypatch.setitem(sys.modules, "tensorrt", module)
    return module


@pytest.fixture
def settings(tmp_path: Path) -> RuntimeSettings:
    """Settings with an empty folder of engines."""
    return RuntimeSettings(engine_folder=str(tmp_path / "engines"))


@pytest.fixture
def age_on_gpu(trt: ModuleType, settings: RuntimeSettings) -> Iterator[TensorRTModel]:  # noqa: ARG001
    """The FP16 age model on the stand-in."""
    model = load_tensorrt(half_of(AGE_MODEL), settings)
    yield model
    model.close()


@pytest.fixture
def detector_on_gpu(trt: ModuleType, settings: RuntimeSettings) -> Iterator[TensorRTModel]:  # noqa: ARG001
    """The FP16 detector on the stand-in."""
    model = load_tensorrt(half_of(DETECTOR), settings)
    yield model
    model.close()
