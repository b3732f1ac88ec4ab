"""Models on OpenVINO, the runtime for CPUs with matrix units. Needs the extra `openvino`.

OpenVINO's model converter, which `import openvino` imports too, reports each import to Google
Analytics without asking (seen: www.google-analytics.com, and a client number in ~/intel). Nothing
of it is needed here, so it is kept from being imported: the program sends nothing to anybody.
"""

import queue
import sys
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path

import numpy as np

from engine.errors import ModelError
from engine.models.model import Array, ModelSpec, Port, Running, file_sha256, read_facts

_REPORTS = "openvino.tools.ovc"
_kept_away = sys.modules.setdefault(_REPORTS, None)  # type: ignore[arg-type]  # None stops an import
try:
    import openvino
except ImportError as error:
    raise ModelError(
        f"the runtime openvino cannot be used: {error}. Install it with: "
        "pip install 'agescope[openvino]', or choose --runtime onnxruntime."
    ) from error
finally:
    if _kept_away is None:
        del sys.modules[_REPORTS]

_DEVICE = "CPU"
_HEAD_CONVOLUTIONS = 2
_Requests = list[openvino.InferRequest]
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
        if not path.is_file():
            raise ModelError(f"the model file {path} does not exist. Reinstall agescope.")
        runtime = openvino.Core()
        try:
            network = runtime.read_model(path)
            facts = read_facts(path, _metadata(network))
            capabilities = runtime.get_property(_DEVICE, "OPTIMIZATION_CAPABILITIES")
            precisions = precisions_for(facts["kind"], capabilities)
            parts = parts_of(network) if len(precisions) > 1 else (network,)
            compiled = [
                runtime.compile_model(part, _DEVICE, _settings(threads, precision))
                for part, precision in zip(parts, precisions, strict=True)
            ]
        except RuntimeError as error:
            raise ModelError(f"{path.name} could not be loaded: {_last_line(error)}") from error
        self._compiled: list[openvino.CompiledModel] = compiled
        self._idle: queue.SimpleQueue[_Requests] = queue.SimpleQueue()
        self.running = _running(compiled[0])
        self.spec = ModelSpec(
            path=path,
            sha256=file_sha256(path),
            kind=facts["kind"],
            name=facts["name"],
            inputs=tuple(_port(entry) for entry in network.inputs),
            outputs=tuple(_port(entry) for entry in network.outputs),
            facts=facts,
        )

    def __call__(self, inputs: Mapping[str, Array]) -> dict[str, Array]:
        """Run the network; see `Model`."""
        compiled = self._compiled
        if not compiled:
            raise ModelError(f"{self.spec.path.name} is closed. Load it again.")
        self.spec.check(inputs)
        try:
            requests = self._idle.get_nowait()
        except queue.Empty:
            requests = [part.create_infer_request() for part in compiled]
        given = {name: np.ascontiguousarray(array) for name, array in inputs.items()}
        try:
            requests[0].infer(given, share_inputs=True)
            for before, after in pairwise(requests):
                after.infer([tensor.data for tensor in before.output_tensors], share_inputs=True)
        except RuntimeError as error:
            raise ModelError(f"{self.spec.path.name} failed: {_last_line(error)}") from error
        # The request owns its tensors and overwrites them in the next call.
        last = requests[-1]
        found = {port.name: last.get_tensor(port.name).data.copy() for port in self.spec.outputs}
        self._idle.put(requests)
        return found

    def close(self) -> None:
        """Free the compiled network."""
        self._compiled = []
        self._idle = queue.SimpleQueue()


def precisions_for(kind: str, capabilities: list[str]) -> tuple[str, ...]:
    """The fastest precision of the CPU in which a network of this kind is exact enough.

    bfloat16 has 8 bits: of an offset of 5 cells of 32 px it leaves a pixel open, so the last layers
    of detectors keep float32, and boxes move by a fifth of a pixel; ages move by 0.04 years.

    Returns:
        Of the whole network, or of body and heads, see `parts_of`.
    """
    if "FP16" in capabilities:
        return ("f16",)
    if "BF16" in capabilities:
        return ("bf16", "f32") if kind == "detector" else ("bf16",)
    return ("f32",)


def parts_of(network: openvino.Model) -> tuple[openvino.Model, openvino.Model]:
    """A network in two: its body, and what follows from two convolutions before each output on.

    The second part takes what the first gives, in that order.

    Raises:
        RuntimeError: It cannot be parted so.
    """
    entries = [_entry(result.input_value(0)) for result in network.get_results()]
    necks = {_key(entry): entry.get_source_output() for entry in entries}
    given = {
        key: openvino.opset13.parameter(neck.get_partial_shape(), np.float32)
        for key, neck in necks.items()
    }
    results = [openvino.opset13.result(neck) for neck in necks.values()]
    body = openvino.Model(results, network.get_parameters(), "body")
    for entry, key in [(entry, _key(entry)) for entry in entries]:
        entry.replace_source_output(given[key].output(0))
    return body, openvino.Model(network.get_results(), list(given.values()), "heads")


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
        convolutions += "Convolution" in node.get_type_name()
        if convolutions == _HEAD_CONVOLUTIONS:
            return node.input(0)
        output = node.input_value(0)


def _settings(threads: int, precision: str) -> dict[str, object]:
    return {
        "PERFORMANCE_HINT": "LATENCY",
        "INFERENCE_NUM_THREADS": threads,
        "INFERENCE_PRECISION_HINT": precision,
        # Several programs share the cores; pinned threads would pile up on the first.
        "ENABLE_CPU_PINNING": False,
    }


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
