import json
import threading
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from engine.errors import ModelError
from engine.models.model import METADATA_KEY, Running, file_sha256
from engine.models.onnx import OnnxModel, zeros_for

FACTS = {"kind": "age", "name": "doubler", "ages": 101}


def doubler(path: Path, facts: object = FACTS) -> Path:
    """A network that adds its input to itself."""
    image = helper.make_tensor_value_info("image", TensorProto.FLOAT, ["n", 3])
    double = helper.make_tensor_value_info("double", TensorProto.FLOAT, ["n", 3])
    node = helper.make_node("Add", ["image", "image"], ["double"])
    graph = helper.make_graph([node], "doubler", [image], [double])
    opset = [helper.make_opsetid("", 18)]
    model = helper.make_model(graph, opset_imports=opset, ir_version=8)
    if facts is not None:
        helper.set_model_props(model, {METADATA_KEY: json.dumps(facts)})
    onnx.save(model, path)
    return path


def test_a_model_tells_what_its_file_says(tmp_path: Path) -> None:
    path = doubler(tmp_path / "doubler.onnx")
    model = OnnxModel(path, threads=1)
    assert (model.spec.kind, model.spec.name) == ("age", "doubler")
    assert model.spec.sha256 == file_sha256(path)
    assert model.spec.fact("ages") == 101
    (port,) = model.spec.inputs
    assert (port.name, port.dtype, port.shape) == ("image", "float32", (None, 3))
    assert model.running == Running("onnxruntime", "CPUExecutionProvider", "float32")
    assert str(model.running) == "onnxruntime \u00b7 CPU \u00b7 float32"


def test_a_batch_of_any_size_goes_in_and_comes_out(tmp_path: Path) -> None:
    model = OnnxModel(doubler(tmp_path / "doubler.onnx"), threads=1)
    for batch in (1, 5, 0):
        rows = np.arange(batch * 3, dtype=np.float32).reshape(batch, 3)
        np.testing.assert_array_equal(model({"image": rows})["double"], 2 * rows)


def test_a_missing_fact_is_named_with_those_that_are_there(tmp_path: Path) -> None:
    model = OnnxModel(doubler(tmp_path / "doubler.onnx"), threads=1)
    with pytest.raises(ModelError, match=r"no 'prior' in its metadata; found: ages, kind, name"):
        model.spec.fact("prior")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"gone\.onnx does not exist"):
        OnnxModel(tmp_path / "gone.onnx", threads=1)


def test_a_file_that_is_no_network_is_refused_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "text.onnx"
    path.write_text("hello")
    with pytest.raises(ModelError, match=r"text\.onnx could not be loaded") as caught:
        OnnxModel(path, threads=1)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "facts",
    [
        None,
        {"name": "nameless kind"},
        ["a", "list"],
        ["kind", "name"],
        {"kind": [1], "name": "two"},
        {"kind": "age", "name": 2},
        3,
    ],
)
def test_a_network_of_somebody_else_is_refused(tmp_path: Path, facts: object) -> None:
    with pytest.raises(ModelError, match="no agescope model"):
        OnnxModel(doubler(tmp_path / "other.onnx", facts), threads=1)


def test_a_closed_model_says_so(tmp_path: Path) -> None:
    model = OnnxModel(doubler(tmp_path / "doubler.onnx"), threads=1)
    model.close()
    model.close()
    with pytest.raises(ModelError, match="is closed"):
        model({"image": np.zeros((1, 3), np.float32)})


def test_several_threads_may_call_one_model(tmp_path: Path) -> None:
    model = OnnxModel(doubler(tmp_path / "doubler.onnx"), threads=1)
    wrong: list[int] = []

    def call(number: int) -> None:
        rows = np.full((4, 3), number, np.float32)
        if any((model({"image": rows})["double"] != 2 * number).any() for _ in range(50)):
            wrong.append(number)

    threads = [threading.Thread(target=call, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_zeros_fill_the_free_sides_of_a_port(detector_model: OnnxModel) -> None:
    (port,) = detector_model.spec.inputs
    zeros = zeros_for(port, batch=2, side=64)
    assert (zeros.shape, zeros.dtype) == ((2, 64, 64, 3), np.uint8)


def test_the_detector_answers_every_picture_of_a_batch(detector_model: OnnxModel) -> None:
    picture = np.random.default_rng(0).integers(0, 256, (1, 64, 96, 3), dtype=np.uint8)
    alone = detector_model({"image": picture})
    both = detector_model({"image": np.repeat(picture, 2, 0)})
    for name, values in alone.items():
        assert both[name].shape == (2, *values.shape[1:])
        np.testing.assert_allclose(both[name], np.repeat(values, 2, 0), atol=1e-5)
