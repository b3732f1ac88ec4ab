"""Models on OpenVINO, the runtime for CPUs with matrix units. Needs the extra `openvino`.

OpenVINO's model converter, which `import openvino` imports too, reports each import to Google
Analytics without asking (seen: www.google-analytics.com, and a client number in ~/intel). Nothing
of it is needed here, so it is kept from being imported: the program sends nothing to anybody.
"""

import queue
import sys
from collections.abc import Mapping
from itertools import islice, pairwise
from pathlib import Path

import numpy as np

from engine.errors import ModelError, installing
from engine.models.model import (
    EXACT_FIRST,
    Array,
    ModelSpec,
    Port,
    Running,
    check_there,
    file_sha256,
    read_facts,
    unreadable,
)

_REPORTS = "openvino.tools.ovc"
_kept_away = sys.modules.setdefault(_REPORTS, None)  # type: ignore[arg-type]  # None stops an import
try:
    import openvino
except ImportError as error:
    raise ModelError(
        f"the runtime openvino cannot be used: {error}. Install it with: "
        f"{installing('openvino')}, or choose --runtime onnxruntime."
    ) from error
finally:
    if _kept_away is None:
        del sys.modules[_REPORTS]

_CORE = openvino.Core()
"""The only one of the process, for good. Each core gives the thread that first uses it another
stack for signals; of several the last to go hands back that of one that went before, which is no
longer there, and the next Ctrl-C is a crash (seen with OpenVINO 2026.4).
"""
_DEVICE, _EXACT = "CPU", "f32"
_CAPABILITIES = {"f16": "FP16", "bf16": "BF16"}
_HEAD_CONVOLUTIONS = 2
_PRECISIONS = {"f32": "float32", "bf16": "bfloat16", "f16": "float16"}


class OpenVinoModel:
    """A model file compiled by OpenVINO. Calls from several threads are safe."""

    def __init__(self, path: Path, *, threads: int) -> None:
        """Load and compile `path`.

        Args:
            path: The ONNX file.
            threads: Threads that one call may use.

        Raises:
            ModelError: The file is missing, damaged or not one of ours.
        """
        check_there(path)
        try:
            network = _CORE.read_model(path)
            facts = read_facts(path, _metadata(network))
            self.spec = ModelSpec(
                path=path,
                sha256=file_sha256(path),
                kind=facts["kind"],
                name=facts["name"],
                inputs=tuple(_port(entry) for entry in network.inputs),
                outputs=tuple(_port(entry) for entry in network.outputs),
                facts=facts,
            )
            capabilities = _CORE.get_property(_DEVICE, "OPTIMIZATION_CAPABILITIES")
            precisions = precisions_for(self.spec.kind, capabilities)
            parts = parted(network, self.spec.kind) if len(precisions) > 1 else [network]
            self._parts = [
                _compiled(part, precision, threads)
                for part, precision in zip(parts, precisions, strict=True)
            ]
        except RuntimeError as error:
            raise ModelError(unreadable(path, _last_line(error))) from error
        self._idle: queue.SimpleQueue[list[openvino.InferRequest]] = queue.SimpleQueue()
        fast = next((precision for precision in precisions if precision != _EXACT), _EXACT)
        self.running = _running(self._parts[precisions.index(fast)])

    def __call__(self, inputs: Mapping[str, Array]) -> dict[str, Array]:
        """Run the network; see `Model`."""
        parts = self._parts
        if not parts:
            raise ModelError(f"{self.spec.path.name} is closed. Load it again.")
        self.spec.check(inputs)
        try:
            requests = self._idle.get_nowait()
        except queue.Empty:
            requests = [part.create_infer_request() for part in parts]
        given = {name: np.ascontiguousarray(array) for name, array in inputs.items()}
        try:
            requests[0].infer(given, share_inputs=True)
            for before, request in pairwise(requests):
                request.infer(list(before.output_tensors), share_inputs=True)
        except RuntimeError as error:
            raise ModelError(f"{self.spec.path.name} failed: {_last_line(error)}") from error
        # The request owns its tensors and overwrites them in the next call.
        last = requests[-1]
        found = {port.name: last.get_tensor(port.name).data.copy() for port in self.spec.outputs}
        self._idle.put(requests)
        return found

    def close(self) -> None:
        """Free the compiled network."""
        self._parts = []
        self._idle = queue.SimpleQueue()


def precisions_for(kind: str, capabilities: list[str]) -> tuple[str, ...]:
    """The fastest precisions of the CPU in which a network of this kind is exact enough.

    bfloat16 has 8 bits. It moves ages by up to 1.5 years, most of it in the first convolutions; and
    of an offset of 5 cells of 32 px it leaves a pixel open, so the last layers of detectors matter.
    Left alone, OpenVINO would choose it for everything.

    Returns:
        One for the whole network, or one for each of its `parted` two.
    """
    fast = next((p for p in ("f16", "bf16") if _CAPABILITIES[p] in capabilities), _EXACT)
    if fast != _EXACT and kind in EXACT_FIRST:
        return _EXACT, fast
    if fast == "bf16":
        return fast, _EXACT
    return (fast,)


def parted(network: openvino.Model, kind: str) -> tuple[openvino.Model, openvino.Model]:
    """A network in two, as OpenVINO computes a network in one precision and spares no operator.

    An age network is cut after its `EXACT_FIRST` convolutions, a detector two convolutions before
    each of its outputs. The second part takes what the first gives, in that order.

    Raises:
        RuntimeError: It cannot be parted so.
    """
    if kind in EXACT_FIRST:
        found = (op for op in network.get_ordered_ops() if _convolves(op))
        entries = [next(islice(found, EXACT_FIRST[kind], None)).input(0)]
    else:
        entries = [_entry(result.input_value(0)) for result in network.get_results()]
    necks = {_key(entry): entry.get_source_output() for entry in entries}
    given = {
        key: openvino.opset13.parameter(neck.get_partial_shape(), neck.get_element_type())
        for key, neck in necks.items()
    }
    results = [openvino.opset13.result(neck) for neck in necks.values()]
    first = openvino.Model(results, network.get_parameters(), "first")
    for entry, key in [(entry, _key(entry)) for entry in entries]:
        entry.replace_source_output(given[key].output(0))
    return first, openvino.Model(network.get_results(), list(given.values()), "rest")


def _convolves(node: openvino.Node) -> bool:
    return "Convolution" in node.get_type_name()


def _key(entry: openvino.Input) -> tuple[str, int]:
    """Tells apart what goes into several heads."""
    source = entry.get_source_output()
    return source.get_node().get_friendly_name(), source.get_index()


def _entry(output: openvino.Output) -> openvino.Input:
    """Where the last convolution but one before an output takes what it works on."""
    convolutions = 0
    while True:
        node = output.get_node()
        if not node.get_input_size():
            raise RuntimeError("there are no two convolutions before an output")
        convolutions += _convolves(node)
        if convolutions == _HEAD_CONVOLUTIONS:
            return node.input(0)
        output = node.input_value(0)


def _compiled(network: openvino.Model, precision: str, threads: int) -> openvino.CompiledModel:
    options = {
        "PERFORMANCE_HINT": "LATENCY",
        "INFERENCE_NUM_THREADS": threads,
        "INFERENCE_PRECISION_HINT": precision,
        # Several programs share the cores; pinned threads would pile up on the first.
        "ENABLE_CPU_PINNING": False,
    }
    return _CORE.compile_model(network, _DEVICE, options)


def _running(compiled: openvino.CompiledModel) -> Running:
    device = ", ".join(compiled.get_property("EXECUTION_DEVICES"))
    computed = compiled.get_property("INFERENCE_PRECISION_HINT").to_string()
    return Running("openvino", device, _PRECISIONS.get(computed, computed), gpu="GPU" in device)


def _last_line(error: RuntimeError) -> str:
    """What went wrong; the lines before name source files of OpenVINO."""
    return str(error).strip().splitlines()[-1]


def _metadata(network: openvino.Model) -> dict[str, str]:
    """The metadata of the ONNX file, which OpenVINO files under "framework"."""
    info = network.get_rt_info()
    if "framework" not in info:
        return {}
    return {key: value.astype(str) for key, value in info["framework"].items()}


def _port(entry: openvino.Output) -> Port:
    shape = tuple(
        size.get_length() if size.is_static else None for size in entry.get_partial_shape()
    )
    return Port(entry.get_any_name(), entry.get_element_type().to_dtype().name, shape)
