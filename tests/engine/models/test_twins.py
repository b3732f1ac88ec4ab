"""The FP16 twins of the shipped models give the same faces and ages.

ONNX Runtime runs FP16 networks on a CPU in FP32 between the operators. So the twins are run twice:
as they are, and with every value between two operators rounded to FP16, as a GPU keeps them.
"""

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from engine.models.choose import half_of
from engine.models.model import EXACT_FIRST, file_sha256
from engine.models.onnx import OnnxModel
from engine.models.shipped import AGE_MODEL, DETECTOR
from engine.stages.detect import DetectorScale, YuNetDetector
from engine.stages.estimate import AgeEstimator
from engine.values.faces import overlaps
from engine.values.frame import Frame, Image

SHIPPED = (DETECTOR, AGE_MODEL)
ROUNDING = ("weights", "values")


def rounding(model: onnx.ModelProto) -> onnx.ModelProto:
    """The same network in FP32 that rounds to FP16 wherever the FP16 network has an FP16 value."""
    made = onnx.ModelProto()
    made.CopyFrom(model)
    types = {
        value.name: value.type.tensor_type.elem_type
        for value in onnx.shape_inference.infer_shapes(model).graph.value_info
    }
    for weight in made.graph.initializer:
        if weight.data_type == TensorProto.FLOAT16:
            values = numpy_helper.to_array(weight).astype(np.float32)
            weight.CopyFrom(numpy_helper.from_array(values, weight.name))
    nodes = []
    for node in made.graph.node:
        (output,) = node.output
        if types.get(output) != TensorProto.FLOAT16:
            nodes.append(node)
            continue
        half = f"{output}/half"
        if node.op_type == "Cast":
            nodes.append(helper.make_node("Cast", node.input, [half], to=TensorProto.FLOAT16))
        else:
            node.output[0] = f"{output}/exact"
            nodes.append(node)
            nodes.append(helper.make_node("Cast", [node.output[0]], [half], to=TensorProto.FLOAT16))
        nodes.append(helper.make_node("Cast", [half], [output], to=TensorProto.FLOAT))
    del made.graph.node[:]
    made.graph.node.extend(nodes)
    return made


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("twins")


def load_twin(path: Path, rounded: str, folder: Path) -> OnnxModel:
    twin = half_of(path)
    if rounded == "weights":
        return OnnxModel(twin, threads=2)
    onnx.save(rounding(onnx.load(twin)), folder / twin.name)
    return OnnxModel(folder / twin.name, threads=2)


@pytest.fixture(scope="module", params=ROUNDING)
def age_twin(request: pytest.FixtureRequest, folder: Path) -> OnnxModel:
    return load_twin(AGE_MODEL, request.param, folder)


@pytest.fixture(scope="module", params=ROUNDING)
def detector_twin(request: pytest.FixtureRequest, folder: Path) -> OnnxModel:
    return load_twin(DETECTOR, request.param, folder)


def assert_same_ages(model: OnnxModel, twin: OnnxModel, crops: Image) -> None:
    ages = [AgeEstimator(each, batch=16)(crops).mean() for each in (model, twin)]
    apart = np.abs(ages[0] - ages[1])
    assert apart.mean() <= 0.05
    assert apart.max() <= 0.2


def assert_same_boxes(model: OnnxModel, twin: OnnxModel, frames: list[Frame]) -> None:
    scale = DetectorScale(20, 14)
    worst, count = 0.0, 0
    for frame in frames:
        exact = YuNetDetector(model, scale, score_threshold=0.5)(frame)
        half = YuNetDetector(twin, scale, score_threshold=0.45)(frame)
        if not len(exact):
            continue
        partners = overlaps(exact.boxes, half.boxes).argmax(1)
        count += len(exact)
        worst = max(worst, float(np.abs(exact.boxes - half.boxes[partners]).max()))
        worst = max(worst, float(np.abs(exact.landmarks - half.landmarks[partners]).max()))
    assert count > 0
    assert worst <= 0.5


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_model_and_twin_are_whole_and_belong_together(path: Path) -> None:
    for file in (path, half_of(path)):
        onnx.checker.check_model(onnx.load(file), full_check=True)
    model, twin = OnnxModel(path, threads=1), OnnxModel(half_of(path), threads=1)
    assert (twin.spec.inputs, twin.spec.outputs) == (model.spec.inputs, model.spec.outputs)
    extra = {"precision": "float16", "half_of": file_sha256(path)}
    assert twin.spec.facts == {**model.spec.facts, **extra}


@pytest.mark.parametrize(("path", "exact"), [(DETECTOR, 0), (AGE_MODEL, EXACT_FIRST["age"])])
def test_convolutions_of_a_twin_compute_in_fp16_but_the_first_of_ages(
    path: Path, exact: int
) -> None:
    graph = onnx.shape_inference.infer_shapes(onnx.load(half_of(path))).graph
    types = {value.name: value.type.tensor_type.elem_type for value in graph.value_info}
    results = [types[node.output[0]] for node in graph.node if node.op_type == "Conv"]
    assert len(results) > 10
    assert set(results[:exact]) <= {TensorProto.FLOAT}
    assert set(results[exact:]) == {TensorProto.FLOAT16}


def test_a_twin_gives_the_ages_of_the_shipped_pictures(
    age_model: OnnxModel, age_twin: OnnxModel, shipped_crops: Image
) -> None:
    assert_same_ages(age_model, age_twin, shipped_crops)


def test_a_twin_gives_the_boxes_of_the_shipped_pictures(
    detector_model: OnnxModel, detector_twin: OnnxModel, shipped_frames: list[Frame]
) -> None:
    assert_same_boxes(detector_model, detector_twin, shipped_frames)


@pytest.mark.data
def test_a_twin_gives_the_ages_of_200_people(
    age_model: OnnxModel, age_twin: OnnxModel, real_crops: Image
) -> None:
    assert len(real_crops) == 200
    assert_same_ages(age_model, age_twin, real_crops)


@pytest.mark.data
def test_a_twin_gives_the_boxes_in_clips(
    detector_model: OnnxModel, detector_twin: OnnxModel, clip_frames: list[Frame]
) -> None:
    assert_same_boxes(detector_model, detector_twin, clip_frames)
