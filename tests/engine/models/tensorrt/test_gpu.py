"""What only a GPU can tell: run `pytest -m gpu -rs` on a machine with one.

Needs the extra `tensorrt` and an NVIDIA driver. The first run builds engines, which takes minutes.
"""

import json
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from engine.errors import ModelError
from engine.models.choose import half_of
from engine.models.cuda.driver import open_driver
from engine.models.onnx import OnnxModel
from engine.models.shipped import AGE_MODEL, DETECTOR
from engine.models.tensorrt.library import load_library
from engine.models.tensorrt.load import load_tensorrt
from engine.models.tensorrt.model import TensorRTModel
from engine.models.tensorrt.storage import open_store
from engine.settings import RuntimeSettings
from engine.stages.detect import DetectorScale, YuNetDetector
from engine.stages.estimate import AgeEstimator
from engine.values.frame import Frame, Image
from tests.engine.models.made import random_crops

pytestmark = pytest.mark.gpu

_MEAN_YEARS, _WORST_YEARS = 0.05, 0.2
_WORST_PX = 0.5
_CALLS = 50


@pytest.fixture(scope="module")
def machine() -> None:
    """Skips, and says why, where no engine can run."""
    try:
        load_library()
        open_driver("cuda-bindings").close()
    except ModelError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="module")
def kept(machine: None, tmp_path_factory: pytest.TempPathFactory) -> RuntimeSettings:  # noqa: ARG001
    """Settings with a folder of engines for this module."""
    return RuntimeSettings(engine_folder=str(tmp_path_factory.mktemp("engines")))


Load = Callable[..., TensorRTModel]


@pytest.fixture
def load(kept: RuntimeSettings) -> Iterator[Load]:
    """Loads a model; it is closed after the test."""
    loaded: list[TensorRTModel] = []

    def of(path: Path, **changed: object) -> TensorRTModel:
        loaded.append(load_tensorrt(path, kept.model_copy(update=changed)))
        return loaded[-1]

    yield of
    for model in loaded:
        model.close()


def ages(model: TensorRTModel | OnnxModel, crops: Image) -> np.ndarray:
    return AgeEstimator(model, batch=16)(crops).mean()


@pytest.mark.parametrize("path", [AGE_MODEL, half_of(AGE_MODEL)], ids=["float32", "float16"])
def test_ages_are_those_of_the_cpu(load: Load, shipped_crops: Image, path: Path) -> None:
    found = ages(load(path), shipped_crops)
    expected = ages(OnnxModel(AGE_MODEL, threads=4), shipped_crops)
    assert np.abs(found - expected).mean() <= _MEAN_YEARS
    assert np.abs(found - expected).max() <= _WORST_YEARS


@pytest.mark.data
def test_ages_of_200_people_are_those_of_the_cpu(load: Load, real_crops: Image) -> None:
    found = ages(load(half_of(AGE_MODEL)), real_crops)
    expected = ages(OnnxModel(AGE_MODEL, threads=4), real_crops)
    assert np.abs(found - expected).mean() <= _MEAN_YEARS
    assert np.abs(found - expected).max() <= _WORST_YEARS


def test_faces_are_those_of_the_cpu(load: Load, shipped_frames: list[Frame]) -> None:
    on_gpu, on_cpu = (
        YuNetDetector(model, DetectorScale(20, 14), score_threshold=0.5)
        for model in (load(half_of(DETECTOR)), OnnxModel(DETECTOR, threads=4))
    )
    for frame in shipped_frames:
        found, expected = on_gpu(frame), on_cpu(frame)
        assert len(found) == len(expected)
        order = np.argsort(found.boxes[:, 0]), np.argsort(expected.boxes[:, 0])
        apart = np.abs(found.boxes[order[0]] - expected.boxes[order[1]])
        assert apart.max() <= _WORST_PX


def test_a_replayed_graph_gives_what_queueing_anew_gives(load: Load, distinct_crops: Image) -> None:
    replayed = load(half_of(AGE_MODEL), cuda_graphs=True)
    queued = load(half_of(AGE_MODEL), cuda_graphs=False)
    for count in (1, 3, 16, 40):
        inputs = {"crops": distinct_crops[np.arange(count) % len(distinct_crops)]}
        for _ in range(3):
            found = replayed(inputs)["probabilities"]
            np.testing.assert_allclose(found, queued(inputs)["probabilities"], atol=1e-4)


def test_pycuda_gives_what_cuda_bindings_give(load: Load, distinct_crops: Image) -> None:
    pytest.importorskip("pycuda")
    inputs = {"crops": distinct_crops[:5]}
    expected = load(half_of(AGE_MODEL))(inputs)["probabilities"]
    found = load(half_of(AGE_MODEL), cuda="pycuda")(inputs)["probabilities"]
    np.testing.assert_allclose(found, expected, atol=1e-4)


def test_two_models_in_two_threads_do_not_disturb_each_other(
    load: Load, distinct_crops: Image
) -> None:
    age, detector = load(half_of(AGE_MODEL)), load(half_of(DETECTOR))
    crops = {"crops": distinct_crops[:16]}
    picture = {"image": np.full((1, 384, 640, 3), 99, np.uint8)}
    expected = age(crops)["probabilities"], detector(picture)["cls_8"]
    found: dict[str, list[np.ndarray]] = {"age": [], "detector": []}

    def repeat(name: str, call: Callable[[], np.ndarray]) -> None:
        found[name].extend(call() for _ in range(_CALLS))

    threads = [
        threading.Thread(target=repeat, args=("age", lambda: age(crops)["probabilities"])),
        threading.Thread(target=repeat, args=("detector", lambda: detector(picture)["cls_8"])),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for name, values in zip(found, expected, strict=True):
        assert len(found[name]) == _CALLS
        for each in found[name]:
            np.testing.assert_allclose(each, values, atol=1e-3)


def test_larger_batches_give_more_faces_a_second(
    load: Load, record_property: Callable[[str, object], None]
) -> None:
    model = load(half_of(AGE_MODEL))
    rates = {count: rate(model, count) for count in (1, 8, 32)}
    for count, faces_per_s in rates.items():
        record_property(f"faces/s at batch {count}", round(faces_per_s))
    assert rates[32] > rates[8] > rates[1]


def test_a_kept_engine_is_loaded_without_a_build(kept: RuntimeSettings) -> None:
    load_tensorrt(half_of(AGE_MODEL), kept).close()
    told: list[str] = []
    began = time.perf_counter()
    load_tensorrt(half_of(AGE_MODEL), kept, lambda text, _share: told.append(text)).close()
    assert told == []
    assert time.perf_counter() - began < 10


def test_an_engine_of_another_version_is_built_anew(kept: RuntimeSettings) -> None:
    load_tensorrt(half_of(AGE_MODEL), kept).close()
    for entry in open_store(kept.engine_folder).entries():
        note = entry.path.with_suffix(".json")
        content = json.loads(note.read_text())
        content["key"]["library"] = "tensorrt 10.0.0"
        note.write_text(json.dumps(content))
    told: list[str] = []
    load_tensorrt(half_of(AGE_MODEL), kept, lambda text, _share: told.append(text)).close()
    assert "library was tensorrt 10.0.0" in told[0]


def test_a_cut_engine_is_built_anew(kept: RuntimeSettings) -> None:
    load_tensorrt(half_of(AGE_MODEL), kept).close()
    for entry in open_store(kept.engine_folder).entries():
        entry.path.write_bytes(entry.path.read_bytes()[: entry.size // 2])
    told: list[str] = []
    load_tensorrt(half_of(AGE_MODEL), kept, lambda text, _share: told.append(text)).close()
    assert "is damaged" in told[0]


def rate(model: TensorRTModel, count: int) -> float:
    """Faces a second at a batch size, after warming up."""
    inputs = {"crops": random_crops(count)}
    for _ in range(5):
        model(inputs)
    began = time.perf_counter()
    for _ in range(_CALLS):
        model(inputs)
    return count * _CALLS / (time.perf_counter() - began)
