"""Models on OpenVINO, the runtime for CPUs with matrix units. Needs the extra `openvino`.

OpenVINO's model converter, which `import openvino` imports too, reports each import to Google
Analytics without asking (seen: www.google-analytics.com, and a client number in ~/intel). Nothing
of it is needed here, so it is kept from being imported: the program sends nothing to anybody.
"""

import queue
import sys
from collections.abc import Mapping
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

_CORE = openvino.Core()
"""The only one of the process, for good. Each core gives the thread that first uses it another
stack for signals; of several the last to go hands back that of one that went before, which is no
longer there, and the next Ctrl-C is a crash (seen with OpenVINO 2026.4).
"""
_DEVICE = "CPU"
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
            compiled = _CORE.compile_model(
                network,
                _DEVICE,
                {
                    "PERFORMANCE_HINT": "LATENCY",
                    "INFERENCE_NUM_THREADS": threads,
                    "INFERENCE_PRECISION_HINT": precision_for(
                        _CORE.get_property(_DEVICE, "OPTIMIZATION_CAPABILITIES")
                    ),
                    # Several programs share the cores; pinned threads would pile up on the first.
                    "ENABLE_CPU_PINNING": False,
                },
            )
        except RuntimeError as error:
            raise ModelError(f"{path.name} could not be loaded: {_last_line(error)}") from error
        self._compiled: openvino.CompiledModel | None = compiled
        self._idle: queue.SimpleQueue[openvino.InferRequest] = queue.SimpleQueue()
        self.running = _running(compiled)
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
        if compiled is None:
            raise ModelError(f"{self.spec.path.name} is closed. Load it again.")
        self.spec.check(inputs)
        try:
            request = self._idle.get_nowait()
        except queue.Empty:
            request = compiled.create_infer_request()
        given = {name: np.ascontiguousarray(array) for name, array in inputs.items()}
        try:
            request.infer(given, share_inputs=True)
        except RuntimeError as error:
            raise ModelError(f"{self.spec.path.name} failed: {_last_line(error)}") from error
        # The request owns its tensors and overwrites them in the next call.
        found = {port.name: request.get_tensor(port.name).data.copy() for port in self.spec.outputs}
        self._idle.put(request)
        return found

    def close(self) -> None:
        """Free the compiled network."""
        self._compiled = None
        self._idle = queue.SimpleQueue()


def precision_for(capabilities: list[str]) -> str:
    """The fastest precision of the CPU that is exact enough.

    bfloat16, with its 8 bits, is not: it leaves a pixel of a box open, and moved the ages of 200
    people by 0.20 years in the mean and 1.5 at worst. Left alone, OpenVINO would choose it.
    """
    return "f16" if "FP16" in capabilities else "f32"


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
