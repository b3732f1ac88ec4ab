"""Calls that wait together are joined; a lone caller does not wait for company."""

import threading
import time
from collections.abc import Callable, Mapping

import numpy as np
import pytest

from engine.errors import ModelError
from engine.models.batching import BatchingModel
from engine.models.model import Array, Model
from engine.models.onnx import OnnxModel
from engine.values.frame import Frame, Image

ALONE_MS = 2.0


class GatedModel:
    """The age model with a gate: a run begins when the test lets it, and batches are noted."""

    def __init__(self, model: OnnxModel) -> None:
        self.spec, self.running = model.spec, model.running
        self.batches: list[int] = []
        self.begun, self.gate = threading.Semaphore(0), threading.Semaphore(0)
        self.fails = False
        self._model = model

    def __call__(self, inputs: Mapping[str, Array]) -> dict[str, Array]:
        self.batches.append(len(inputs["crops"]))
        self.begun.release()
        assert self.gate.acquire(timeout=20)
        if self.fails:
            raise ModelError("the device is gone")
        return self._model(inputs)

    def close(self) -> None:
        self.fails = True


def in_threads(calls: list[Callable[[], object]], after_each: Callable[[int], object]) -> None:
    threads = [threading.Thread(target=call) for call in calls]
    for number, thread in enumerate(threads):
        thread.start()
        after_each(number)
    for thread in threads:
        thread.join(20)
        assert not thread.is_alive()


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.001)


@pytest.fixture
def gated(age_model: OnnxModel) -> GatedModel:
    return GatedModel(age_model)


@pytest.fixture
def crops(distinct_crops: Image) -> Image:
    return distinct_crops[:12]


def run_together(
    model: BatchingModel, gated: GatedModel, parts: list[Image], runs: int
) -> list[Array | str]:
    """Call with each part from a thread of its own, all but the first while the first runs."""
    answers: list[Array | str] = [""] * len(parts)

    def call(number: int) -> None:
        try:
            answers[number] = model({"crops": parts[number]})["probabilities"]
        except ModelError as error:
            answers[number] = str(error)

    def after_each(number: int) -> None:
        if number == 0:
            assert gated.begun.acquire(timeout=20)
        else:
            until(lambda: len(model._waiting) == number)
        if number == len(parts) - 1:
            gated.gate.release(runs)

    in_threads([lambda n=n: call(n) for n in range(len(parts))], after_each)
    return answers


def test_calls_that_wait_together_run_as_one_and_get_their_own_rows(
    gated: GatedModel, age_model: OnnxModel, crops: Image
) -> None:
    parts = [crops[:2], crops[2:3], crops[3:7], crops[7:9]]
    found = run_together(BatchingModel(gated), gated, parts, 2)
    assert gated.batches == [2, 7]
    for part, rows in zip(parts, found, strict=True):
        expected = age_model({"crops": part})["probabilities"]
        np.testing.assert_allclose(rows, expected, atol=1e-5)


def test_a_batch_ends_at_the_largest_size_and_a_large_call_runs_alone(
    gated: GatedModel, crops: Image
) -> None:
    parts = [crops[:1], crops[:3], crops[:3], crops[:6], crops[:2]]
    run_together(BatchingModel(gated, most_rows=5), gated, parts, 4)
    assert gated.batches == [1, 5, 3, 6]


def test_a_failure_reaches_everyone_who_took_part_and_nobody_else(
    gated: GatedModel, crops: Image
) -> None:
    gated.fails = True
    model = BatchingModel(gated)
    answers = run_together(model, gated, [crops[:1], crops[1:2], crops[2:3]], 2)
    assert answers == ["the device is gone"] * 3
    gated.fails = False
    gated.gate.release()
    assert len(model({"crops": crops[:4]})["probabilities"]) == 4


def test_a_wrong_call_fails_alone(gated: GatedModel, crops: Image) -> None:
    with pytest.raises(ValueError, match="expected"):
        BatchingModel(gated)({"crops": crops[:, :64]})
    assert gated.batches == []


def test_pictures_of_other_sizes_are_not_joined(detector_model: OnnxModel, portrait: Frame) -> None:
    model = BatchingModel(detector_model)
    sizes = (512, 256, 512, 256)
    found: dict[int, dict[str, Array]] = {}

    def call(number: int) -> None:
        picture = portrait.image[None, : sizes[number], : sizes[number]]
        found[number] = model({"image": picture})

    in_threads([lambda n=n: call(n) for n in range(4)], lambda _: None)
    for number, size in enumerate(sizes):
        expected = detector_model({"image": portrait.image[None, :size, :size]})
        for name, values in expected.items():
            np.testing.assert_allclose(found[number][name], values, atol=1e-4)


def test_closing_closes_the_model(gated: GatedModel) -> None:
    BatchingModel(gated).close()
    assert gated.fails


def test_a_lone_caller_is_delayed_by_less_than_2_ms(age_model: OnnxModel, crops: Image) -> None:
    joined = BatchingModel(age_model)
    inputs = {"crops": crops[:1]}
    took_ms: dict[Model, list[float]] = {age_model: [], joined: []}
    for _ in range(60):
        for model, took in took_ms.items():
            began = time.perf_counter()
            model(inputs)
            took.append((time.perf_counter() - began) * 1e3)
    # The quickest of each: what else the machine does delays both, but never all of them.
    assert min(took_ms[joined]) - min(took_ms[age_model]) < ALONE_MS
