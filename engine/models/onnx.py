"""Models on ONNX Runtime, the everyday runtime on a CPU."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import onnxruntime

from engine.errors import ModelError
from engine.models.model import (
    Array,
    ModelSpec,
    Port,
    Running,
    check_there,
    file_sha256,
    read_facts,
    unreadable,
)

_DTYPES = {"tensor(uint8)": "uint8", "tensor(float)": "float32", "tensor(float16)": "float16"}
_PROVIDER = "CPUExecutionProvider"


class OnnxModel:
    """A model file loaded into ONNX Runtime. Calls from several threads are safe."""

    def __init__(self, path: Path, *, threads: int) -> None:
        """Load `path`.

        Args:
            path: The ONNX file.
            threads: Threads that one call may use.

        Raises:
            ModelError: The file is missing, damaged or not one of ours.
        """
        check_there(path)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        # A plan of memory would be kept for each new size of a picture's part, 12 kB, for ever.
        options.enable_mem_pattern = False
        # Spinning workers win microseconds per call and take a whole core from the decoder.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        try:
            session = onnxruntime.InferenceSession(str(path), options, providers=[_PROVIDER])
        except Exception as error:
            first_line = str(error).splitlines()[0]
            raise ModelError(unreadable(path, first_line)) from error
        facts = read_facts(path, session.get_modelmeta().custom_metadata_map)
        self._session: onnxruntime.InferenceSession | None = session
        self.running = Running("onnxruntime", session.get_providers()[0], "float32")
        self.spec = ModelSpec(
            path=path,
            sha256=file_sha256(path),
            kind=facts["kind"],
            name=facts["name"],
            inputs=tuple(_port(entry) for entry in session.get_inputs()),
            outputs=tuple(_port(entry) for entry in session.get_outputs()),
            facts=facts,
        )

    def __call__(self, inputs: Mapping[str, Array]) -> dict[str, Array]:
        """Run the network; see `Model`."""
        if self._session is None:
            raise ModelError(f"{self.spec.path.name} is closed. Load it again.")
        self.spec.check(inputs)
        names = [port.name for port in self.spec.outputs]
        try:
            return dict(zip(names, self._session.run(names, dict(inputs)), strict=True))
        except Exception as error:
            first_line = str(error).splitlines()[0]
            raise ModelError(f"{self.spec.path.name} failed: {first_line}") from error

    def close(self) -> None:
        """Free the session."""
        self._session = None


def _port(entry: onnxruntime.NodeArg) -> Port:
    shape = tuple(size if isinstance(size, int) else None for size in entry.shape)
    return Port(entry.name, _DTYPES.get(entry.type, entry.type), shape)


def zeros_for(port: Port, batch: int, side: int) -> Array:
    """An all-zero input for a port: used to warm a model up and to time it."""
    shape = tuple(size or (batch if axis == 0 else side) for axis, size in enumerate(port.shape))
    return np.zeros(shape, port.dtype)
