"""Buffers, order, waiting, recording and batches: the real cuda-bindings on stand-ins."""

import ctypes
import gc
import threading
from types import ModuleType

import numpy as np
import pytest

from engine.errors import ModelError
from engine.models.batching import BatchingModel
from engine.models.choose import half_of
from engine.models.cuda.bindings import BindingsDriver
from engine.models.onnx import OnnxModel
from engine.models.shipped import AGE_MODEL, DETECTOR
from engine.models.tensorrt.lane import SLOTS
from engine.models.tensorrt.load import load_tensorrt
from engine.models.tensorrt.model import TensorRTModel
from engine.settings import RuntimeSettings
from engine.stages.detect import DetectorScale, YuNetDetector
from engine.stages.estimate import AgeEstimator
from engine.values.frame import Frame, Image, read_only
from tests.engine.models.made import differing
from tests.engine.models.made import random_crops as crops
from tests.engine.models.tensorrt import standin

_ROUNDING = 1e-4
"""ONNX Runtime may sum FP16 in another order for another batch size."""


@pytest.fixture(scope="module")
def answers(distinct_crops: Image) -> np.ndarray:
    """What ONNX Runtime gives for the distinct crops; no row passes as another."""
    model = OnnxModel(half_of(AGE_MODEL), threads=1)
    found = model({"crops": distinct_crops})["probabilities"]
    assert differing(found, 50 * _ROUNDING) == list(range(len(found)))
    return found


@pytest.mark.parametrize("count", [1, 3, 4, 5, 33])
def test_every_batch_gives_what_onnx_runtime_gives(
    age_on_gpu: TensorRTModel, distinct_crops: Image, answers: np.ndarray, count: int
) -> None:
    found = age_on_gpu({"crops": distinct_crops[:count]})["probabilities"]
    assert found.shape == (count, 101)
    assert found.dtype == answers.dtype
    np.testing.assert_allclose(found, answers[:count], atol=_ROUNDING)


def test_no_rows_give_no_rows(age_on_gpu: TensorRTModel) -> None:
    found = age_on_gpu({"crops": crops(0)})["probabilities"]
    assert found.shape == (0, 101)
    assert found.dtype == np.float32


def test_pictures_of_several_sizes_and_batches_go_through_the_detector(
    detector_on_gpu: TensorRTModel,
) -> None:
    on_cpu = OnnxModel(half_of(DETECTOR), threads=1)
    random = np.random.default_rng(1)
    for shape in ((1, 64, 96, 3), (2, 64, 96, 3), (1, 96, 64, 3), (1, 64, 96, 3)):
        inputs = {"image": random.integers(0, 256, shape, np.uint8)}
        found, expected = detector_on_gpu(inputs), on_cpu(inputs)
        assert list(found) == list(expected)
        for name, values in expected.items():
            np.testing.assert_allclose(found[name], values, atol=0.02, rtol=0.02)


def test_results_stay_what_they_were_when_the_model_is_called_again(
    age_on_gpu: TensorRTModel, distinct_crops: Image
) -> None:
    first = age_on_gpu({"crops": distinct_crops[:2]})["probabilities"]
    kept = first.copy()
    age_on_gpu({"crops": distinct_crops[2:4]})
    np.testing.assert_array_equal(first, kept)


def test_rows_of_an_earlier_call_do_not_linger_in_the_padding(
    age_on_gpu: TensorRTModel, distinct_crops: Image
) -> None:
    full = age_on_gpu({"crops": distinct_crops[:4]})["probabilities"]
    again = age_on_gpu({"crops": distinct_crops[:3]})["probabilities"]
    np.testing.assert_array_equal(again, full[:3])


def test_a_batch_size_is_recorded_once_and_then_replayed(
    gpu: ctypes.CDLL, age_on_gpu: TensorRTModel
) -> None:
    contexts, launches = standin.ICudaEngine.contexts, gpu.standin_launches()
    for _ in range(5):
        age_on_gpu({"crops": crops(4)})
    assert standin.ICudaEngine.contexts - contexts == 1
    assert gpu.standin_launches() - launches == 5
    age_on_gpu({"crops": crops(1)})
    assert standin.ICudaEngine.contexts - contexts == 2, "a context of its own for each size"


def test_graphs_can_be_turned_off(
    gpu: ctypes.CDLL,
    trt: ModuleType,
    settings: RuntimeSettings,
    distinct_crops: Image,
    answers: np.ndarray,
) -> None:
    assert trt is not None
    launches = gpu.standin_launches()
    plain = settings.model_copy(update={"cuda_graphs": False})
    model = load_tensorrt(half_of(AGE_MODEL), plain)
    found = model({"crops": distinct_crops[:3]})["probabilities"]
    model.close()
    np.testing.assert_allclose(found, answers[:3], atol=_ROUNDING)
    assert gpu.standin_launches() == launches


def test_a_call_costs_one_copy_each_way_for_every_part(
    gpu: ctypes.CDLL, age_on_gpu: TensorRTModel
) -> None:
    age_on_gpu({"crops": crops(33)})
    copies = gpu.standin_copies()
    age_on_gpu({"crops": crops(33)})
    assert gpu.standin_copies() - copies == 2 * (1 + 1)


def test_a_large_batch_keeps_no_more_parts_open_than_there_are_slots(
    gpu: ctypes.CDLL, age_on_gpu: TensorRTModel, distinct_crops: Image, answers: np.ndarray
) -> None:
    age_on_gpu({"crops": distinct_crops[:32]})
    live = gpu.standin_live()
    rows = np.arange(32 * (SLOTS + 1)) % len(distinct_crops)
    found = age_on_gpu({"crops": distinct_crops[rows]})["probabilities"]
    assert gpu.standin_live() == live
    np.testing.assert_allclose(found, answers[rows], atol=_ROUNDING)


def test_threads_get_each_their_own_results(
    age_on_gpu: TensorRTModel, distinct_crops: Image, answers: np.ndarray
) -> None:
    found: dict[int, list[np.ndarray]] = {number: [] for number in range(4)}
    mine = {number: slice(4 * number, 5 * number + 1) for number in found}

    def call(number: int) -> None:
        for _ in range(3):
            inputs = {"crops": distinct_crops[mine[number]]}
            found[number].append(age_on_gpu(inputs)["probabilities"])

    threads = [threading.Thread(target=call, args=(number,)) for number in found]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for number, rounds in found.items():
        assert len(rounds) == 3
        for values in rounds:
            np.testing.assert_allclose(values, answers[mine[number]], atol=_ROUNDING)


def test_pycuda_runs_the_same_model_from_any_thread(
    trt: ModuleType, settings: RuntimeSettings, distinct_crops: Image, answers: np.ndarray
) -> None:
    pytest.importorskip("pycuda", reason="pycuda is not installed: make test-pycuda")
    assert trt is not None
    model = load_tensorrt(half_of(AGE_MODEL), settings.model_copy(update={"cuda": "pycuda"}))
    inputs = {"crops": distinct_crops[:3]}
    found = [model(inputs)["probabilities"]]
    thread = threading.Thread(target=lambda: found.append(model(inputs)["probabilities"]))
    thread.start()
    thread.join()
    model.close()
    for values in found:
        np.testing.assert_allclose(values, answers[:3], atol=_ROUNDING)
    assert len(found) == 2


def test_many_picture_sizes_do_not_fill_the_gpu(
    gpu: ctypes.CDLL, detector_on_gpu: TensorRTModel
) -> None:
    counts = []
    for side in range(32, 32 * 12, 32):
        detector_on_gpu({"image": np.zeros((1, 32, side, 3), np.uint8)})
        counts.append(gpu.standin_live())
    assert len(set(counts[-3:])) == 1, f"live allocations grow: {counts}"


def test_closing_gives_everything_back_and_may_be_done_twice(
    gpu: ctypes.CDLL, trt: ModuleType, settings: RuntimeSettings
) -> None:
    assert trt is not None
    model = load_tensorrt(half_of(AGE_MODEL), settings)
    model({"crops": crops(5)})
    assert gpu.standin_live() > 0
    model.close()
    model.close()
    gc.collect()
    assert gpu.standin_live() == 0
    with pytest.raises(ModelError, match="is closed"):
        model({"crops": crops(1)})


def test_closing_after_the_gpu_is_lost_lets_go_of_it_and_says_so(
    gpu: ctypes.CDLL,
    trt: ModuleType,
    settings: RuntimeSettings,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    assert trt is not None
    model = load_tensorrt(half_of(AGE_MODEL), settings)
    model({"crops": crops(1)})
    model({"crops": crops(4)})

    def gone(*_: object) -> None:
        raise ModelError("CUDA: cuStreamSynchronize failed with CUDA_ERROR_ILLEGAL_ADDRESS.")

    release = BindingsDriver.close

    def release_and_fail(driver: BindingsDriver) -> None:
        release(driver)
        gone()

    monkeypatch.setattr(BindingsDriver, "synchronize", gone)
    monkeypatch.setattr(BindingsDriver, "close", release_and_fail)
    model.close()
    gc.collect()
    assert gpu.standin_context_users() == 0
    assert gpu.standin_live() == 0
    assert "CUDA_ERROR_ILLEGAL_ADDRESS" in caplog.text
    with pytest.raises(ModelError, match="is closed"):
        model({"crops": crops(1)})


def test_too_little_memory_frees_what_was_taken_and_the_model_goes_on(
    gpu: ctypes.CDLL, age_on_gpu: TensorRTModel
) -> None:
    age_on_gpu({"crops": crops(1)})
    live = gpu.standin_live()
    gpu.standin_set_memory(500_000)
    with pytest.raises(ModelError, match=r"CUDA_ERROR_OUT_OF_MEMORY.*smaller batch"):
        age_on_gpu({"crops": crops(32)})
    assert gpu.standin_live() == live
    assert age_on_gpu({"crops": crops(1)})["probabilities"].shape == (1, 101)
    gpu.standin_set_memory(2**30)
    assert age_on_gpu({"crops": crops(32)})["probabilities"].shape == (32, 101)


def test_a_wrong_input_is_refused_before_it_reaches_the_gpu(age_on_gpu: TensorRTModel) -> None:
    with pytest.raises(ValueError, match=r"input 'crops' is uint8 \(1, 64, 64, 3\); expected"):
        age_on_gpu({"crops": np.zeros((1, 64, 64, 3), np.uint8)})


def test_a_picture_beyond_the_profiles_is_refused_with_the_bounds(
    detector_on_gpu: TensorRTModel,
) -> None:
    with pytest.raises(ModelError, match=r"4000x64x3 does not fit .* 2176x3840x3 .*longest_px"):
        detector_on_gpu({"image": np.zeros((1, 4000, 64, 3), np.uint8)})


@pytest.mark.parametrize("margin", [0.0, 0.2])
def test_the_detector_looks_at_a_high_picture_in_a_size_that_the_engine_takes(
    detector_on_gpu: TensorRTModel, margin: float
) -> None:
    high = Frame(read_only(np.zeros((4000, 96, 3), np.uint8)), 0, 0.0, 0, "high")
    detect = YuNetDetector(
        BatchingModel(detector_on_gpu), DetectorScale(20, 20), score_threshold=0.5, margin=margin
    )
    assert len(detect(high)) == 0


def test_the_model_says_what_runs_it(age_on_gpu: TensorRTModel) -> None:
    running = age_on_gpu.running
    assert (running.runtime, running.precision, running.gpu) == ("tensorrt", "float16", True)
    assert running.device == "stand-in, no GPU, tensorrt 11.4.0.106"


def test_an_engine_that_refuses_to_run_tells_its_reason(
    gpu: ctypes.CDLL, age_on_gpu: TensorRTModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    live = gpu.standin_live()
    monkeypatch.setattr(standin.IExecutionContext, "_warm_up", lambda _self: False)
    with pytest.raises(ModelError, match=r"refuses to run \(not ready to run\)"):
        age_on_gpu({"crops": crops(1)})
    assert gpu.standin_live() == live


def test_memory_that_is_not_aligned_is_noticed(
    age_on_gpu: TensorRTModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(standin, "_ALIGNMENT", 2**62)
    with pytest.raises(ModelError, match="refuses the address of 'crops'"):
        age_on_gpu({"crops": crops(1)})


@pytest.mark.data
def test_200_people_are_as_old_as_in_full_precision_on_the_cpu(
    age_on_gpu: TensorRTModel, real_crops: np.ndarray
) -> None:
    full = OnnxModel(AGE_MODEL, threads=2)
    ages = [AgeEstimator(model, batch=16)(real_crops).mean() for model in (age_on_gpu, full)]
    apart = np.abs(ages[0] - ages[1])
    assert len(apart) == 200
    assert apart.mean() <= 0.05
    assert apart.max() <= 0.2
