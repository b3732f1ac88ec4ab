"""The part of TensorRT's Python interface that the program uses, for the type checker.

The bindings come without types. Each class here is named like the one it describes, and a test
compares their members with those of TensorRT 10.16, 11.4 and of the installed library.
"""

# ruff: noqa: D102  the methods are described in NVIDIA's own reference

from collections.abc import Sequence
from typing import Protocol


class Dims(Protocol):
    """Sizes of a tensor; -1 for one that is not known yet."""

    def __len__(self) -> int: ...
    def __getitem__(self, axis: int, /) -> int: ...


class IHostMemory(Protocol):
    """Bytes that the library owns."""

    nbytes: int

    def __buffer__(self, flags: int, /) -> memoryview: ...


class ITensor(Protocol):
    """An edge of a network."""

    name: str


class INetworkDefinition(Protocol):
    """A network before it is built."""

    num_inputs: int

    def get_input(self, index: int, /) -> ITensor: ...


class IOptimizationProfile(Protocol):
    """A range of input shapes."""

    def set_shape(
        self, name: str, smallest: Sequence[int], usual: Sequence[int], largest: Sequence[int], /
    ) -> None: ...


class ITimingCache(Protocol):
    """How long kernels took."""

    def serialize(self) -> IHostMemory: ...


class IBuilderConfig(Protocol):
    """How to build."""

    builder_optimization_level: int
    hardware_compatibility_level: object
    progress_monitor: object

    def clear_flag(self, flag: object, /) -> None: ...
    def set_memory_pool_limit(self, pool: object, size: int, /) -> None: ...
    def add_optimization_profile(self, profile: IOptimizationProfile, /) -> int: ...
    def create_timing_cache(self, serialized: bytes, /) -> ITimingCache | None: ...
    def set_timing_cache(self, cache: ITimingCache, ignore_mismatch: bool, /) -> bool: ...
    def get_timing_cache(self) -> ITimingCache | None: ...


class Builder(Protocol):
    """What builds."""

    def create_network(self, flags: int, /) -> INetworkDefinition | None: ...
    def create_builder_config(self) -> IBuilderConfig | None: ...
    def create_optimization_profile(self) -> IOptimizationProfile | None: ...
    def build_serialized_network(
        self, network: INetworkDefinition, config: IBuilderConfig, /
    ) -> IHostMemory | None: ...


class ParserError(Protocol):
    """Why a file cannot be parsed."""

    def desc(self) -> str: ...
    def node_name(self) -> str: ...
    def node_operator(self) -> str: ...


class OnnxParser(Protocol):
    """What reads ONNX."""

    num_errors: int

    def parse_from_file(self, path: str, /) -> bool: ...
    def get_error(self, index: int, /) -> ParserError: ...


class IExecutionContext(Protocol):
    """What runs an engine with one input shape at a time."""

    def set_optimization_profile_async(self, index: int, stream: int, /) -> bool: ...
    def set_input_shape(self, name: str, shape: Sequence[int], /) -> bool: ...
    def get_tensor_shape(self, name: str, /) -> Dims: ...
    def set_tensor_address(self, name: str, address: int, /) -> bool: ...
    def update_device_memory_size_for_shapes(self) -> int: ...
    def set_device_memory(self, address: int, size: int, /) -> None: ...
    def execute_async_v3(self, stream: int, /) -> bool: ...


class ICudaEngine(Protocol):
    """A built network."""

    num_io_tensors: int
    num_optimization_profiles: int

    def get_tensor_name(self, index: int, /) -> str: ...
    def get_tensor_mode(self, name: str, /) -> object: ...
    def get_tensor_dtype(self, name: str, /) -> object: ...
    def create_execution_context(self, strategy: object, /) -> IExecutionContext | None: ...


class Runtime(Protocol):
    """What loads engines."""

    def deserialize_cuda_engine(self, engine: bytes, /) -> ICudaEngine | None: ...
