"""FP16 twins: what is converted, what is kept, what is refused."""

import json
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from engine.errors import DataError, ModelError
from engine.models.model import METADATA_KEY, file_sha256
from engine.models.onnx import OnnxModel
from train.half import halve, write_half


def network(weight: float = 0.25, *, last: str = "Sigmoid") -> onnx.ModelProto:
    """uint8 pictures through a cast, a subtraction, a convolution and `last`."""
    weights = [
        numpy_helper.from_array(np.full((2, 3, 1, 1), weight, np.float32), "weight"),
        numpy_helper.from_array(np.array([0.5, -0.5], np.float32), "bias"),
        numpy_helper.from_array(np.array(3.7, np.float32), "mean"),
    ]
    nodes = [
        helper.make_node("Cast", ["image"], ["float"], to=TensorProto.FLOAT),
        helper.make_node("Sub", ["float", "mean"], ["centred"]),
        helper.make_node("Conv", ["centred", "weight", "bias"], ["conv"]),
        helper.make_node("Relu", ["conv"], ["relu"]),
        helper.make_node(last, ["relu"], ["found"]),
        helper.make_node("Sigmoid", ["conv"], ["again"]),
    ]
    image = helper.make_tensor_value_info("image", TensorProto.UINT8, ["n", 3, "h", "w"])
    outputs = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", 2, "h", "w"])
        for name in ("found", "again")
    ]
    graph = helper.make_graph(nodes, "small", [image], outputs, weights)
    opset = [helper.make_opsetid("", 18)]
    model = helper.make_model(graph, opset_imports=opset, ir_version=8)
    helper.set_model_props(model, {METADATA_KEY: json.dumps({"kind": "age", "name": "small"})})
    return model


def test_only_what_computes_in_fp16_is_converted_and_each_value_once() -> None:
    graph = halve(network()).graph
    kinds = {weight.name: weight.data_type for weight in graph.initializer}
    assert kinds == {
        "mean": TensorProto.FLOAT,
        "weight.half": TensorProto.FLOAT16,
        "bias.half": TensorProto.FLOAT16,
    }
    operators = [node.op_type for node in graph.node]
    assert operators == [
        *("Cast", "Sub", "Cast", "Conv", "Relu", "Cast", "Sigmoid", "Cast", "Sigmoid")
    ]
    assert {output.type.tensor_type.elem_type for output in graph.output} == {TensorProto.FLOAT}


def convolutions(count: int) -> onnx.ModelProto:
    """uint8 pictures through a cast and convolutions, each with a Relu, to probabilities."""
    weight = numpy_helper.from_array(np.eye(3, dtype=np.float32).reshape(3, 3, 1, 1), "weight")
    nodes = [helper.make_node("Cast", ["image"], ["relu0"], to=TensorProto.FLOAT)]
    for n in range(1, count + 1):
        nodes.append(helper.make_node("Conv", [f"relu{n - 1}", "weight"], [f"conv{n}"]))
        nodes.append(helper.make_node("Relu", [f"conv{n}"], [f"relu{n}"]))
    nodes.append(helper.make_node("Sigmoid", [f"relu{count}"], ["found"]))
    image = helper.make_tensor_value_info("image", TensorProto.UINT8, ["n", 3, "h", "w"])
    output = helper.make_tensor_value_info("found", TensorProto.FLOAT, ["n", 3, "h", "w"])
    graph = helper.make_graph(nodes, "deep", [image], [output], [weight])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=8)
    helper.set_model_props(model, {METADATA_KEY: json.dumps({"kind": "age", "name": "deep"})})
    return model


def exact_convolutions(model: onnx.ModelProto) -> list[str]:
    graph = onnx.shape_inference.infer_shapes(model).graph
    types = {value.name: value.type.tensor_type.elem_type for value in graph.value_info}
    nodes = [node for node in graph.node if node.op_type in ("Conv", "Relu")]
    return [node.output[0] for node in nodes if types[node.output[0]] == TensorProto.FLOAT]


def test_the_first_convolutions_stay_exact_with_what_lies_between_them() -> None:
    assert exact_convolutions(halve(convolutions(3))) == []
    assert exact_convolutions(halve(convolutions(3), 2)) == ["conv1", "relu1", "conv2", "relu2"]


def test_an_age_model_keeps_six_exact(tmp_path: Path) -> None:
    onnx.save(convolutions(8), tmp_path / "age.onnx")
    exact = exact_convolutions(onnx.load(write_half(tmp_path / "age.onnx")))
    assert exact == [f"{kind}{n}" for n in range(1, 7) for kind in ("conv", "relu")]


def test_a_weight_beyond_fp16_is_named() -> None:
    with pytest.raises(DataError, match="weight weight reaches 1e\\+05; FP16 ends at 65504"):
        halve(network(1e5))


def test_an_output_in_fp16_is_refused() -> None:
    with pytest.raises(DataError, match="outputs found end in FP16; expected FP32"):
        halve(network(last="Relu"))


def test_the_twin_lies_beside_its_model_and_names_it(tmp_path: Path) -> None:
    path = tmp_path / "small.onnx"
    onnx.save(network(), path)
    twin = write_half(path)
    assert twin == tmp_path / "small.fp16.onnx"
    assert sorted(tmp_path.iterdir()) == [twin, path]
    exact, half = OnnxModel(path, threads=1), OnnxModel(twin, threads=1)
    assert half.spec.fact("half_of") == file_sha256(path)
    assert half.spec.fact("precision") == "float16"
    picture = {"image": np.random.default_rng(0).integers(0, 256, (2, 3, 4, 5), np.uint8)}
    for name, values in exact(picture).items():
        np.testing.assert_allclose(half(picture)[name], values, atol=2e-3)


def test_a_network_of_somebody_else_gets_no_twin(tmp_path: Path) -> None:
    model = network()
    del model.metadata_props[:]
    onnx.save(model, tmp_path / "foreign.onnx")
    with pytest.raises(ModelError, match="no agescope model"):
        write_half(tmp_path / "foreign.onnx")
