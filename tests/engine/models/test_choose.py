"""What was asked for runs, or an error says why not."""

import ctypes
import importlib.util
import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

from engine.errors import ModelError
from engine.models.choose import check_running, choose, half_of, load_model
from engine.models.fastest import memory_file, remember
from engine.models.model import Array, ModelSpec, Running
from engine.models.onnx import OnnxModel
from engine.models.shipped import AGE_MODEL, DETECTOR, load_models
from engine.models.tensorrt.progress import silent
from engine.settings import RuntimeSettings
from tests.engine.models.cuda.standin.fixtures import gpu, libcuda

__all__ = ["gpu", "libcuda"]

HAS_OPENVINO = importlib.util.find_spec("openvino") is not None
HAS_TENSORRT = importlib.util.find_spec("tensorrt") is not None


@pytest.fixture(autouse=True)
def _nothing_remembered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "caches"))


class GpuModel:
    """A model as if it ran on a GPU."""

    def __init__(self, spec: ModelSpec) -> None:
        self.spec, self.running = spec, Running("tensorrt", "a GPU", "float16", gpu=True)
        self.closed = False

    def __call__(self, inputs: Mapping[str, Array]) -> dict[str, Array]:
        raise AssertionError(inputs)

    def close(self) -> None:
        self.closed = True


def test_a_named_runtime_is_taken_as_it_is() -> None:
    for name in ("onnxruntime", "openvino", "tensorrt"):
        assert choose(RuntimeSettings(name=name), AGE_MODEL) == name


def test_auto_is_onnxruntime_until_another_was_measured_faster_for_the_model() -> None:
    assert choose(RuntimeSettings(), AGE_MODEL) == "onnxruntime"
    remember(memory_file(), AGE_MODEL, {"onnxruntime": 60.0, "openvino": 30.0})
    remember(memory_file(), DETECTOR, {"onnxruntime": 30.0, "openvino": 40.0})
    assert choose(RuntimeSettings(), AGE_MODEL) == "openvino"
    assert choose(RuntimeSettings(), DETECTOR) == "onnxruntime"
    assert choose(RuntimeSettings(name="onnxruntime"), AGE_MODEL) == "onnxruntime"


def test_auto_trusts_a_measurement_with_tensorrt_only_while_its_gpu_is_there(
    gpu: ctypes.CDLL, caplog: pytest.LogCaptureFixture
) -> None:
    remember(memory_file(), AGE_MODEL, {"onnxruntime": 60.0, "tensorrt": 4.0})
    assert choose(RuntimeSettings(), AGE_MODEL) == "tensorrt"
    assert not caplog.text
    gpu.standin_plug(0)
    assert choose(RuntimeSettings(), AGE_MODEL) == "onnxruntime"
    assert "main.py doctor" in caplog.text
    gpu.standin_plug(1)
    assert choose(RuntimeSettings(), AGE_MODEL) == "tensorrt"
    gpu.standin_set_version(12090)
    assert choose(RuntimeSettings(), AGE_MODEL) == "onnxruntime"


def test_a_measurement_without_tensorrt_is_trusted_whatever_gpu_is_there(gpu: ctypes.CDLL) -> None:
    remember(memory_file(), AGE_MODEL, {"onnxruntime": 60.0, "openvino": 30.0})
    gpu.standin_plug(0)
    assert choose(RuntimeSettings(), AGE_MODEL) == "openvino"


@pytest.mark.skipif(not HAS_OPENVINO, reason="the extra openvino is not installed")
def test_auto_loads_each_model_into_what_is_fastest_for_it() -> None:
    remember(memory_file(), AGE_MODEL, {"onnxruntime": 60.0, "openvino": 30.0})
    models = load_models(RuntimeSettings(threads=1))
    ran = models.detector.running.runtime, models.age.running.runtime
    models.close()
    assert ran == ("onnxruntime", "openvino")


def test_whoever_requires_a_gpu_gets_tensorrt_whatever_is_remembered() -> None:
    remember(memory_file(), AGE_MODEL, {"onnxruntime": 60.0})
    assert choose(RuntimeSettings(require_gpu=True), AGE_MODEL) == "tensorrt"


@pytest.mark.skipif(HAS_TENSORRT, reason="TensorRT is installed")
@pytest.mark.parametrize(
    "settings", [RuntimeSettings(name="tensorrt"), RuntimeSettings(require_gpu=True)]
)
def test_without_tensorrt_nothing_else_is_taken_for_it(settings: RuntimeSettings) -> None:
    with pytest.raises(ModelError, match=r"pip install -e '\.\[tensorrt\]'"):
        load_models(settings)


def test_a_cpu_runtime_fails_where_a_gpu_is_required() -> None:
    with pytest.raises(ModelError, match="runs on onnxruntime · CPU · float32, though a GPU"):
        load_models(RuntimeSettings(name="onnxruntime", require_gpu=True))


@pytest.mark.skipif(not HAS_OPENVINO, reason="the extra openvino is not installed")
def test_both_models_run_on_what_was_asked_for() -> None:
    models = load_models(RuntimeSettings(name="openvino", threads=1))
    assert {models.detector.running.runtime, models.age.running.runtime} == {"openvino"}
    models.close()


def test_a_model_that_runs_on_something_else_is_refused(age_model: OnnxModel) -> None:
    with pytest.raises(ModelError, match=r"runs on onnxruntime .* though openvino was asked for"):
        check_running(age_model, "openvino", RuntimeSettings())
    check_running(GpuModel(age_model.spec), "tensorrt", RuntimeSettings(require_gpu=True))


def test_an_unknown_runtime_is_named_with_those_there_are() -> None:
    with pytest.raises(ModelError, match="no runtime 'abacus'; choose onnxruntime, openvino"):
        load_model(AGE_MODEL, "abacus", RuntimeSettings(), silent)


def test_a_model_without_its_twin_is_not_given_to_tensorrt(tmp_path: Path) -> None:
    shutil.copy(AGE_MODEL, tmp_path)
    with pytest.raises(ModelError, match=r"no FP16 twin age\.fp16\.onnx .* python -m train\.half"):
        load_model(tmp_path / AGE_MODEL.name, "tensorrt", RuntimeSettings(), silent)


@pytest.mark.parametrize("runtime", ["onnxruntime", "openvino", "tensorrt"])
def test_a_model_that_is_not_there_is_told_as_that(tmp_path: Path, runtime: str) -> None:
    if runtime == "openvino" and not HAS_OPENVINO:
        pytest.skip("the extra openvino is not installed")
    shutil.copy(half_of(AGE_MODEL), tmp_path)
    gone = r"age\.onnx does not exist\. Check the path; .* pip install -e \.$"
    with pytest.raises(ModelError, match=gone):
        load_model(tmp_path / "age.onnx", runtime, RuntimeSettings(), silent)


def test_the_twin_of_another_model_is_not_given_to_tensorrt(tmp_path: Path) -> None:
    shutil.copy(DETECTOR, tmp_path / "age.onnx")
    shutil.copy(half_of(AGE_MODEL), tmp_path)
    with pytest.raises(ModelError, match=r"is the FP16 twin of another age\.onnx"):
        load_model(tmp_path / "age.onnx", "tensorrt", RuntimeSettings(), silent)
