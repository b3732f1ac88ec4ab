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

from engine.errors import ModelError
from engine.models.model import (
    EXACT_FIRST,
    Array,
    ModelSpec,
    Port,
    Running,
    file_sha256,
    read_facts,
)

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

_CORE = openvino.Core()
"""The only one of the process, for good. Each core gives the thread that first uses it another
stack for signals; of several the last to go hands back that of one that went before, which is no
longer there, and the next Ctrl-C is a crash (seen with OpenVINO 2026.4).
"""
_DEVICE, _EXACT = "CPU", "f32"
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
            precision = precision_for(
                self.spec.kind, _CORE.get_property(_DEVICE, "OPTIMIZATION_CAPABILITIES")
            )
            exact_first = EXACT_FIRST.get(self.spec.kind, 0) if precision != _EXACT else 0
            parts = divided(network, exact_first) if exact_first else [network]
            kinds = [_EXACT] * (len(parts) - 1) + [precision]
            self._parts = [
                _compiled(part, kind, threads) for part, kind in zip(parts, kinds, strict=True)
            ]
        except RuntimeError as error:
            raise ModelError(f"{path.name} could not be loaded: {_last_line(error)}") from error
        self._idle: queue.SimpleQueue[list[openvino.InferRequest]] = queue.SimpleQueue()
        self.running = _running(self._parts[-1])

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
                request.infer([before.get_output_tensor(0)], share_inputs=True)
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


def precision_for(kind: str, capabilities: list[str]) -> str:
    """The fastest precision of the CPU in which a network of this kind is exact enough.

    bfloat16 has 8 bits: of an offset of 5 cells of 32 px it leaves a pixel open, so detectors keep
    float32. Left alone, OpenVINO would choose it.
    """
    if "FP16" in capabilities:
        return "f16"
    return "bf16" if "BF16" in capabilities and kind == "age" else _EXACT


def divided(network: openvino.Model, convolutions: int) -> list[openvino.Model]:
    """A network in two: up to so many of its first convolutions, and the rest.

    OpenVINO computes a network in one precision, and has no way to spare single operators. The
    network itself is taken apart. All that the rest reads has to come from its next convolution.
    """
    found = (op for op in network.get_ordered_ops() if "Convolution" in op.get_type_name())
    border = next(islice(found, convolutions, None)).input(0).get_source_output()
    readers = border.get_target_inputs()
    first = openvino.Model([border], network.get_parameters(), "first")
    between = openvino.opset13.parameter(border.get_partial_shape(), border.get_element_type())
    for reader in readers:
        reader.replace_source_output(between.output(0))
    return [first, openvino.Model(network.get_results(), [between], "rest")]


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
