"""Derive the FP16 twin of a model: what GPUs run. The FP32 file stays the contract.

    python -m train.half assets/models/age.onnx assets/models/yunet.onnx

writes age.fp16.onnx and yunet.fp16.onnx beside them. Convolutions and what lies between them
compute in FP16, with FP16 weights; the pre-processing before and the probabilities after stay in
FP32, and so do inputs and outputs, and the first convolutions of an age model. Derived from the
graph and not exported once more from the network: one conversion serves both models, and the twin
cannot hold other weights than its original, whose SHA-256 it carries.
"""

import argparse
import json
import sys
from collections.abc import Generator, Iterator
from pathlib import Path

import numpy as np
import onnx
from google.protobuf.message import DecodeError
from onnx import TensorProto, helper, numpy_helper

from engine.errors import DataError, ModelError
from engine.models.choose import half_of
from engine.models.model import EXACT_FIRST, METADATA_KEY, file_sha256, read_facts, unreadable
from train.command import ended

HALF = {"Add", "Clip", "Conv", "Gemm", "MaxPool", "ReduceMean", "Relu", "Resize"}
"""Operators that compute in FP16; all others stay in FP32."""
_DATA_ONLY = {"Resize"}
"""Of these only the first input is data; the standard wants the others in FP32."""


def halve(model: onnx.ModelProto, exact_first: int = 0) -> onnx.ModelProto:
    """Return a copy that computes in FP16.

    Args:
        model: The FP32 network.
        exact_first: Convolutions at its beginning that stay in FP32, with what lies between them.

    Raises:
        DataError: A weight is too large for FP16.
    """
    graph = _Halving(onnx.shape_inference.infer_shapes(model).graph, exact_first).converted()
    half = helper.make_model(graph, opset_imports=model.opset_import, ir_version=model.ir_version)
    onnx.checker.check_model(half, full_check=True)
    return half


class _Halving:
    """One walk through a graph, in its order."""

    def __init__(self, graph: onnx.GraphProto, exact_first: int) -> None:
        self._exact_left = exact_first
        known = (*graph.input, *graph.value_info, *graph.output)
        self._types = {value.name: value.type.tensor_type.elem_type for value in known}
        self._weights = {weight.name: weight for weight in graph.initializer}
        self._types |= {name: weight.data_type for name, weight in self._weights.items()}
        self._graph = graph
        self._made: set[str] = set()

    def converted(self) -> onnx.GraphProto:
        """The graph with casts where FP32 and FP16 meet."""
        nodes = [made for node in self._graph.node for made in self._nodes(node)]
        used = {name for node in nodes for name in node.input}
        weights = [weight for name, weight in self._weights.items() if name in used]
        outputs = {output.name for output in self._graph.output}
        halves = {name for name in outputs if self._types[name] == TensorProto.FLOAT16}
        if halves:
            raise DataError(f"the outputs {', '.join(sorted(halves))} end in FP16; expected FP32")
        graph = self._graph
        return helper.make_graph(nodes, graph.name, graph.input, graph.output, weights)

    def _nodes(self, node: onnx.NodeProto) -> Iterator[onnx.NodeProto]:
        """The node in its precision, after the casts that it needs."""
        halved = node.op_type in HALF and not self._still_exact(node)
        made = onnx.NodeProto()
        made.CopyFrom(node)
        for place, name in enumerate(node.input):
            data = place == 0 or node.op_type not in _DATA_ONLY
            wanted = TensorProto.FLOAT16 if halved and data else TensorProto.FLOAT
            if self._types.get(name) in (TensorProto.FLOAT, TensorProto.FLOAT16):
                made.input[place] = yield from self._cast(name, wanted)
        if halved:
            self._types |= dict.fromkeys(node.output, TensorProto.FLOAT16)
        yield made

    def _still_exact(self, node: onnx.NodeProto) -> bool:
        """Whether a node comes before the first convolution that computes in FP16."""
        if node.op_type == "Conv":
            self._exact_left -= 1
        return self._exact_left >= 0

    def _cast(self, name: str, wanted: int) -> Generator[onnx.NodeProto, None, str]:
        """Yield the cast of a value, once; return the name it has then."""
        if self._types[name] == wanted:
            return name
        cast = f"{name}.{'half' if wanted == TensorProto.FLOAT16 else 'float'}"
        if cast not in self._made:
            self._made.add(cast)
            if name in self._weights:
                self._weights[cast] = _half_weight(self._weights[name], cast)
            else:
                yield helper.make_node("Cast", [name], [cast], to=wanted)
        return cast


def _half_weight(weight: onnx.TensorProto, name: str) -> onnx.TensorProto:
    values = numpy_helper.to_array(weight)
    with np.errstate(over="ignore"):
        half = values.astype(np.float16)
    if not np.isfinite(half).all():
        raise DataError(
            f"weight {weight.name} reaches {np.abs(values).max():.3g}; FP16 ends at 65504"
        )
    return numpy_helper.from_array(half, name)


def write_half(path: Path) -> Path:
    """Write the twin beside a model and return its path.

    Raises:
        DataError: A weight is too large for FP16.
        ModelError: The file is damaged or not one of ours.
    """
    try:
        model = onnx.load(path)
    except DecodeError as error:
        raise ModelError(unreadable(path, str(error))) from error
    facts = read_facts(path, {entry.key: entry.value for entry in model.metadata_props})
    half = halve(model, EXACT_FIRST.get(str(facts["kind"]), 0))
    facts |= {"precision": "float16", "half_of": file_sha256(path)}
    helper.set_model_props(half, {METADATA_KEY: json.dumps(facts)})
    twin = half_of(path)
    partial = twin.with_suffix(".partial")
    onnx.save(half, partial)
    partial.replace(twin)
    return twin


def main() -> None:
    """Derive twins from the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("models", type=Path, nargs="+", help="FP32 ONNX files")
    for path in parser.parse_args().models:
        write_half(path)


if __name__ == "__main__":
    sys.exit(ended(main))
