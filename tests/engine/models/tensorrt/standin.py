"""A stand-in for the tensorrt module over the stand-in of libcuda.

It follows the rules of the real one that its documentation states, as far as our code can break
them, and runs the ONNX file with ONNX Runtime on the bound addresses, in the order of the stream.
It proves nothing about kernels, speed or numbers on a GPU.
"""

import base64
import ctypes
import enum
import json
import types
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from google.protobuf.message import DecodeError

_HOST_FUNCTION = ctypes.CFUNCTYPE(None, ctypes.c_void_p)
_ALIGNMENT = 256
_SCRATCH = 4096
_Shape = tuple[int, ...]
_MAGIC = "stand-in engine"
_TYPES = {"tensor(uint8)": "uint8", "tensor(float)": "float32", "tensor(float16)": "float16"}


class ILogger:
    INTERNAL_ERROR, ERROR, WARNING, INFO, VERBOSE = range(5)


class IProgressMonitor:
    pass


class NetworkDefinitionCreationFlag(enum.IntEnum):
    STRONGLY_TYPED = 1


class MemoryPoolType(enum.Enum):
    WORKSPACE = 0


class BuilderFlag(enum.Enum):
    TF32 = 0


class HardwareCompatibilityLevel(enum.Enum):
    NONE, AMPERE_PLUS = range(2)


class TensorIOMode(enum.Enum):
    NONE, INPUT, OUTPUT = range(3)


class ExecutionContextAllocationStrategy(enum.Enum):
    STATIC, ON_PROFILE_CHANGE, USER_MANAGED = range(3)


def nptype(kind: str) -> type:
    return np.dtype(kind).type


class IOptimizationProfile:
    shapes: tuple[_Shape, ...] = ()

    def set_shape(self, _name: str, smallest: _Shape, usual: _Shape, largest: _Shape) -> None:
        if all(a <= b <= c for a, b, c in zip(smallest, usual, largest, strict=True)):
            self.shapes = (smallest, usual, largest)


class ITimingCache:
    def __init__(self, content: bytes) -> None:
        self.content = content

    def serialize(self) -> bytes:
        return self.content + b"measured;"


class IBuilderConfig:
    def __init__(self) -> None:
        self.profiles, self.cache, self.pools = [], None, {}
        self.builder_optimization_level, self.progress_monitor = 3, None
        self.hardware_compatibility_level = HardwareCompatibilityLevel.NONE
        self.flags = {BuilderFlag.TF32}

    def clear_flag(self, flag: BuilderFlag) -> None:
        self.flags.discard(flag)

    def set_memory_pool_limit(self, pool: MemoryPoolType, size: int) -> None:
        self.pools[pool] = size

    def add_optimization_profile(self, profile: IOptimizationProfile) -> int:
        if not profile.shapes:
            return -1
        self.profiles.append(profile.shapes)
        return len(self.profiles) - 1

    def create_timing_cache(self, content: bytes) -> ITimingCache | None:
        return None if content.startswith(b"damaged") else ITimingCache(content)

    def set_timing_cache(self, cache: ITimingCache, _ignore_mismatch: bool) -> bool:
        self.cache = cache
        return True

    def get_timing_cache(self) -> ITimingCache | None:
        return self.cache


class INetworkDefinition:
    path = ""
    num_inputs = 1

    def get_input(self, _index: int) -> onnx.ValueInfoProto:
        return onnx.load(self.path).graph.input[0]


class Builder:
    steps = 3
    before_step = staticmethod(lambda _step: None)
    builds = 0
    """Of all builders."""

    def __init__(self, log: ILogger) -> None:
        self.log = log

    def create_network(self, flags: int) -> INetworkDefinition:
        assert flags == 1 << NetworkDefinitionCreationFlag.STRONGLY_TYPED
        return INetworkDefinition()

    def create_builder_config(self) -> IBuilderConfig:
        return IBuilderConfig()

    def create_optimization_profile(self) -> IOptimizationProfile:
        return IOptimizationProfile()

    def build_serialized_network(
        self, network: INetworkDefinition, config: IBuilderConfig
    ) -> bytes | None:
        if not config.profiles:
            self.log.log(ILogger.ERROR, "dynamic inputs, but no optimization profile")
            return None
        monitor = config.progress_monitor
        monitor.phase_start("building", None, self.steps)
        for step in range(self.steps):
            self.before_step(step)
            if not monitor.step_complete("building", step):
                return None
        monitor.phase_finish("building")
        type(self).builds += 1
        content = base64.b64encode(Path(network.path).read_bytes()).decode()
        engine = {"magic": _MAGIC, "profiles": config.profiles, "onnx": content}
        return json.dumps(engine).encode()


class ParserError:
    def __init__(self, text: str) -> None:
        self.text = text

    def desc(self) -> str:
        return self.text

    def node_name(self) -> str:
        return "first"

    def node_operator(self) -> str:
        return "Conv"


class OnnxParser:
    def __init__(self, network: INetworkDefinition, _log: ILogger) -> None:
        self.network, self.errors = network, []

    @property
    def num_errors(self) -> int:
        return len(self.errors)

    def parse_from_file(self, path: str) -> bool:
        try:
            onnx.checker.check_model(onnx.load(path))
        except (onnx.checker.ValidationError, DecodeError) as error:
            self.errors.append(ParserError(str(error)))
            return False
        self.network.path = path
        return True

    def get_error(self, index: int) -> ParserError:
        return self.errors[index]


class Runtime:
    def __init__(self, log: ILogger) -> None:
        self.log = log

    def deserialize_cuda_engine(self, engine: bytes) -> "ICudaEngine | None":
        try:
            found = json.loads(engine)
            assert found["magic"] == _MAGIC
        except (ValueError, KeyError, AssertionError):
            self.log.log(ILogger.ERROR, "magicTag == kEXPECTED_MAGIC_TAG failed")
            return None
        return ICudaEngine(self.log, base64.b64decode(found["onnx"]), found["profiles"])


class ICudaEngine:
    contexts = 0
    """Made by all engines."""

    def __init__(self, log: ILogger, content: bytes, profiles: list[list[_Shape]]) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(content, options)
        self.log, self.profiles = log, profiles
        self.inputs = {entry.name: entry for entry in self.session.get_inputs()}
        self.outputs = {entry.name: entry for entry in self.session.get_outputs()}
        self.num_io_tensors = len(self.inputs) + len(self.outputs)
        self.num_optimization_profiles = len(profiles)

    def get_tensor_name(self, index: int) -> str:
        return [*self.inputs, *self.outputs][index]

    def get_tensor_mode(self, name: str) -> TensorIOMode:
        return TensorIOMode.INPUT if name in self.inputs else TensorIOMode.OUTPUT

    def get_tensor_dtype(self, name: str) -> str:
        return _TYPES[{**self.inputs, **self.outputs}[name].type]

    def create_execution_context(
        self, strategy: ExecutionContextAllocationStrategy
    ) -> "IExecutionContext":
        assert strategy is ExecutionContextAllocationStrategy.USER_MANAGED
        type(self).contexts += 1
        return IExecutionContext(self)


class IExecutionContext:
    def __init__(self, engine: ICudaEngine) -> None:
        self.engine, self.cuda = engine, ctypes.CDLL("libcuda.so.1")
        self.cuda.cuLaunchHostFunc.argtypes = [ctypes.c_void_p, _HOST_FUNCTION, ctypes.c_void_p]
        self.profile, self.shape, self.addresses, self.scratch = None, None, {}, 0
        self.warm, self.kept = False, []

    def set_optimization_profile_async(self, index: int, stream: int) -> bool:
        self.profile = self.engine.profiles[index]
        return stream != 0

    def set_input_shape(self, name: str, shape: _Shape) -> bool:
        smallest, _, largest = self.profile
        if not all(a <= b <= c for a, b, c in zip(smallest, shape, largest, strict=True)):
            self.engine.log.log(ILogger.ERROR, f"{name}: shape is not in the profile")
            return False
        self.shape, self.scratch = tuple(shape), 0
        self._output_shapes = self._infer()
        return True

    def get_tensor_shape(self, name: str) -> tuple[int, ...]:
        return self.shape if name in self.engine.inputs else self._output_shapes[name]

    def set_tensor_address(self, name: str, address: int) -> bool:
        known = name in self.engine.inputs or name in self.engine.outputs
        self.addresses[name] = address
        return known and address % _ALIGNMENT == 0

    def update_device_memory_size_for_shapes(self) -> int:
        return _SCRATCH if self.shape else 0

    def set_device_memory(self, address: int, size: int) -> None:
        assert size >= _SCRATCH
        self.scratch = address

    def execute_async_v3(self, stream: int) -> bool:
        ready = {*self.engine.inputs, *self.engine.outputs} <= set(self.addresses)
        if not (ready and self.shape and self.scratch and stream and self._warm_up()):
            self.engine.log.log(ILogger.ERROR, "not ready to run")
            return False
        run = _HOST_FUNCTION(lambda _: self._run())
        self.kept.append(run)
        return self.cuda.cuLaunchHostFunc(stream, run, None) == 0

    def _infer(self) -> dict[str, _Shape]:
        """Shapes of the outputs: from two rows, which show whether the first size is the batch."""
        (given,) = self.engine.inputs
        rows, batch = min(2, self.shape[0]), self.shape[0]
        zeros = np.zeros((rows, *self.shape[1:]), self.engine.get_tensor_dtype(given))
        names = list(self.engine.outputs)
        found = self.engine.session.run(names, {given: zeros})
        return {
            name: (values.shape[0] * batch // rows, *values.shape[1:])
            for name, values in zip(names, found, strict=True)
        }

    def _warm_up(self) -> bool:
        """The first run loads kernels and allocates, which may not be while a graph is recorded."""
        if not self.warm:
            address = ctypes.c_void_p()
            self.warm = self.cuda.cuMemAlloc_v2(ctypes.byref(address), ctypes.c_size_t(512)) == 0
            if self.warm:
                self.cuda.cuMemFree_v2(address)
        return self.warm

    def _run(self) -> None:
        (given,) = self.engine.inputs
        kind = np.dtype(self.engine.get_tensor_dtype(given))
        size = int(np.prod(self.shape)) * kind.itemsize
        memory = (ctypes.c_uint8 * size).from_address(self.addresses[given])
        rows = np.frombuffer(memory, kind).reshape(self.shape)
        names = list(self.engine.outputs)
        for name, values in zip(names, self.engine.session.run(names, {given: rows}), strict=True):
            found = np.ascontiguousarray(values)
            ctypes.memmove(self.addresses[name], found.ctypes.data, found.nbytes)


def module(version: str = "11.4.0.106") -> types.ModuleType:
    """A fresh module with the names above."""
    made = types.ModuleType("tensorrt")
    made.__dict__.update({name: value for name, value in globals().items() if name[0] != "_"})
    made.__version__ = version
    made.Builder = type("Builder", (Builder,), {"builds": 0})
    return made
