"""Loads a model into the runtime that was asked for, and into no other."""

import os
from pathlib import Path

from engine.errors import ModelError
from engine.models.batching import BatchingModel
from engine.models.fastest import memory_file, recall
from engine.models.model import Model, check_there, file_sha256
from engine.models.onnx import OnnxModel
from engine.models.tensorrt.progress import Progress
from engine.models.verify import verify
from engine.settings import RuntimeSettings

RUNTIMES = ("onnxruntime", "openvino", "tensorrt")


def default_threads() -> int:
    """Threads of one model call: up to four usable cores; small networks gain little from more."""
    return min(4, len(os.sched_getaffinity(0)))


def choose(settings: RuntimeSettings, model: Path) -> str:
    """The runtime of a model: the named one; with "auto" the one that `doctor` measured fastest.

    Args:
        settings: What was asked for.
        model: The model file that will be loaded.
    """
    if settings.name != "auto":
        return settings.name
    if settings.require_gpu:
        return "tensorrt"
    return recall(memory_file(), model) or "onnxruntime"


def load_model(path: Path, runtime: str, settings: RuntimeSettings, progress: Progress) -> Model:
    """Load one model and check that it runs on what was asked for.

    Args:
        path: The FP32 ONNX file; runtimes that compute in FP16 take its twin.
        runtime: One of `RUNTIMES`.
        settings: Threads and whether a GPU is required.
        progress: Told about what takes long, such as building an engine.

    Raises:
        ModelError: The file is not the one in `SHA256SUMS`, it or the runtime cannot be used, or
            it runs on something else.
    """
    verify(path)
    model = _load(path, runtime, settings, progress)
    try:
        check_running(model, runtime, settings)
    except ModelError:
        model.close()
        raise
    # Joined calls cost a CPU as much as single ones: measured, 5.1 against 5.2 ms a crop.
    return BatchingModel(model) if model.running.gpu else model


def keep_engine(
    path: Path, settings: RuntimeSettings, progress: Progress, *, anew: bool = False
) -> None:
    """Build the TensorRT engine of a model ahead of time, unless one is kept that can be used.

    Args:
        path: The FP32 ONNX file.
        settings: How engines are built and where they are kept.
        progress: Told how far it is; see `load_model`.
        anew: Build it even so.

    Raises:
        ModelError: The file or TensorRT cannot be used, or the engine cannot be kept.
    """
    from engine.models.tensorrt.load import keep_tensorrt

    verify(path)
    keep_tensorrt(_twin(path), settings, progress, anew=anew)


def half_of(path: Path) -> Path:
    """Where the FP16 twin of a model lies: age.fp16.onnx beside age.onnx."""
    return path.with_suffix(".fp16.onnx")


def _load(path: Path, runtime: str, settings: RuntimeSettings, progress: Progress) -> Model:
    threads = settings.threads or default_threads()
    match runtime:
        case "onnxruntime":
            return OnnxModel(path, threads=threads)
        case "openvino":
            from engine.models.openvino import OpenVinoModel

            return OpenVinoModel(path, threads=threads)
        case "tensorrt":
            return _load_tensorrt(path, settings, progress)
    raise ModelError(f"there is no runtime '{runtime}'; choose {', '.join(RUNTIMES)}")


def _load_tensorrt(path: Path, settings: RuntimeSettings, progress: Progress) -> Model:
    from engine.models.tensorrt.load import load_tensorrt

    return load_tensorrt(_twin(path), settings, progress)


def _twin(path: Path) -> Path:
    """The FP16 twin of a model, looked at: an engine takes minutes to build.

    Raises:
        ModelError: It or the model itself is missing, or it is damaged or another model's.
    """
    from engine.models.tensorrt.load import read_spec

    check_there(path)
    twin = half_of(path)
    again = f"Derive it again: python -m train.half {path.name}"
    if not twin.is_file():
        raise ModelError(f"{path.name} has no FP16 twin {twin.name} beside it. {again}")
    verify(twin)
    if read_spec(twin).facts.get("half_of") != file_sha256(path):
        raise ModelError(f"{twin.name} is the FP16 twin of another {path.name}. {again}")
    return twin


def check_running(model: Model, runtime: str, settings: RuntimeSettings) -> None:
    """Compare what really runs a model with what was asked for.

    Raises:
        ModelError: It is another runtime, or no GPU though one is required.
    """
    running = model.running
    if running.runtime != runtime:
        raise ModelError(
            f"{model.spec.path.name} runs on {running}, though {runtime} was asked for. "
            "main.py doctor tells what this machine lacks."
        )
    if settings.require_gpu and not running.gpu:
        raise ModelError(
            f"{model.spec.path.name} runs on {running}, though a GPU is required. "
            "Use --runtime tensorrt on a machine with an NVIDIA GPU, or leave out --require-gpu."
        )
