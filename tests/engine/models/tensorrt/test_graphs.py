"""The FP16 graphs that we ship are sound by the tools that look at graphs alone."""

import json
import subprocess
import sys
from pathlib import Path

import onnx
import pytest

from engine.models.choose import half_of
from engine.models.model import ModelSpec
from engine.models.shipped import AGE_MODEL, DETECTOR


def test_the_checker_and_shape_inference_accept_it(shipped: ModelSpec) -> None:
    onnx.checker.check_model(str(shipped.path), full_check=True)


def test_pictures_go_in_as_bytes_and_numbers_come_out_in_full_precision(shipped: ModelSpec) -> None:
    assert [port.dtype for port in shipped.inputs] == ["uint8"]
    assert {port.dtype for port in shipped.outputs} == {"float32"}
    assert shipped.fact("precision") == "float16"


def test_its_weights_are_fp16(shipped: ModelSpec) -> None:
    weights = onnx.load(shipped.path).graph.initializer
    sizes = dict.fromkeys((onnx.TensorProto.FLOAT16, onnx.TensorProto.FLOAT), 0)
    for weight in weights:
        if weight.data_type in sizes:
            sizes[weight.data_type] += len(onnx.numpy_helper.to_array(weight).reshape(-1))
    assert sizes[onnx.TensorProto.FLOAT16] > 100 * sizes[onnx.TensorProto.FLOAT]


@pytest.mark.parametrize("model", [AGE_MODEL, DETECTOR, half_of(AGE_MODEL), half_of(DETECTOR)])
def test_polygraphy_finds_no_fault(model: Path, tmp_path: Path) -> None:
    pytest.importorskip("polygraphy")
    report = tmp_path / "lint.json"
    code = "import sys; from polygraphy.tools import main; sys.exit(main())"
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code, "check", "lint", model, "-o", report],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    entries = json.loads(report.read_text())["lint_entries"]
    assert [entry for entry in entries if entry["level"] != "info"] == []
