"""Running an engine with one input shape: everything is allocated and bound once.

A lane has an execution context of its own, since a CUDA graph has the addresses of its context
baked in. Its pinned host memory is a ring: while the GPU works on one slot, the next is filled.
"""

import math
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from types import ModuleType

import numpy as np

from engine.errors import ModelError
from engine.models.cuda.driver import Bytes, CudaDriver, CudaGraphs
from engine.models.model import Array, ModelSpec, Port
from engine.models.tensorrt.api import ICudaEngine, IExecutionContext
from engine.models.tensorrt.library import Log, log_of
from engine.models.tensorrt.profiles import Shape

SLOTS = 2
Outputs = dict[str, Array]


@dataclass(frozen=True, slots=True)
class Machinery:
    """What all lanes of a model share.

    Attributes:
        trt: The library.
        engine: The loaded engine.
        driver: CUDA.
        stream: The model's own stream.
        spec: What the model file says.
        graphs: For recording the work once and replaying it; None to queue it anew each time.
    """

    trt: ModuleType
    engine: ICudaEngine
    driver: CudaDriver
    stream: int
    spec: ModelSpec
    graphs: CudaGraphs | None


@dataclass(frozen=True, slots=True)
class _Tensor:
    """Memory of one input or output on the GPU."""

    port: Port
    shape: Shape
    address: int
    size: int


@dataclass(frozen=True, slots=True)
class _Slot:
    """Pinned host memory for a call, by the name of the port, and the mark of its end."""

    memory: dict[str, Bytes]
    done: int


class Lane:
    """One input shape of a model. Not for several threads at once."""

    def __init__(self, machinery: Machinery, profile: int, shape: Shape) -> None:
        """Allocate, bind, warm up and record. The driver is current.

        Raises:
            ModelError: The GPU has too little memory, or TensorRT refuses the shape.
        """
        self._m = machinery
        self._log: Log = log_of(machinery.trt)
        self._log.complaints()
        with ExitStack() as undo:
            self._context = self._create_context(profile, shape)
            self._input, *self._outputs = [
                self._bind(port, undo) for port in (*machinery.spec.inputs, *machinery.spec.outputs)
            ]
            self._check_batch(shape[0])
            self._give_scratch(undo)
            self._slots = [self._create_slot(undo) for _ in range(SLOTS)]
            self._next = 0
            self._graph = self._prepare(undo)
            self._release = undo.pop_all()

    def submit(self, rows: Array) -> Callable[[], Outputs]:
        """Queue a call; the GPU works on it while the next one is submitted.

        No more than `SLOTS` may be open at a time.

        Args:
            rows: Input with at most as many rows as the lane's batch.

        Returns:
            What waits for the outputs and copies them.
        """
        slot = self._slots[self._next]
        self._next = (self._next + 1) % SLOTS
        given = _view(slot, self._input)
        given[: len(rows)] = rows
        given[len(rows) :] = 0
        driver, stream = self._m.driver, self._m.stream
        driver.copy_in(self._input.address, slot.memory[self._input.port.name], stream)
        self._run()
        for tensor in self._outputs:
            driver.copy_out(slot.memory[tensor.port.name], tensor.address, stream)
        driver.record(slot.done, stream)
        return partial(self._collect, slot, len(rows))

    def close(self) -> None:
        """Wait for the stream and free everything, even if the GPU fails. The driver is current."""
        try:
            self._m.driver.synchronize(self._m.stream)
        finally:
            del self._context  # before the memory that it was given
            self._release.close()

    def _collect(self, slot: _Slot, count: int) -> Outputs:
        self._m.driver.wait(slot.done)
        return {tensor.port.name: _view(slot, tensor)[:count].copy() for tensor in self._outputs}

    def _create_context(self, profile: int, shape: Shape) -> IExecutionContext:
        # The scratch memory is ours, so that it is as large as this shape needs, not the profile.
        own = self._m.trt.ExecutionContextAllocationStrategy.USER_MANAGED
        context = self._m.engine.create_execution_context(own)
        if context is None:
            raise self._refused("no execution context could be made")
        name = self._m.spec.inputs[0].name
        self._expect(context.set_optimization_profile_async(profile, self._m.stream), "the profile")
        self._m.driver.synchronize(self._m.stream)
        self._expect(context.set_input_shape(name, shape), f"the input shape {shape}")
        return context

    def _bind(self, port: Port, undo: ExitStack) -> _Tensor:
        dims = self._context.get_tensor_shape(port.name)
        shape = tuple(dims[axis] for axis in range(len(dims)))
        if any(size < 0 for size in shape):
            raise self._refused(f"the shape {shape} of '{port.name}' stays unknown")
        size = max(1, math.prod(shape) * np.dtype(port.dtype).itemsize)
        address = self._alloc(size, undo)
        accepted = self._context.set_tensor_address(port.name, address)
        self._expect(accepted, f"the address of '{port.name}'")
        return _Tensor(port, shape, address, size)

    def _check_batch(self, batch: int) -> None:
        for tensor in self._outputs:
            if tensor.shape[:1] != (batch,):
                raise self._refused(
                    f"'{tensor.port.name}' has the shape {tensor.shape} for {batch} pictures; the "
                    "first size of every output must be the batch"
                )

    def _give_scratch(self, undo: ExitStack) -> None:
        size = self._context.update_device_memory_size_for_shapes()
        if size > 0:
            self._context.set_device_memory(self._alloc(size, undo), size)

    def _create_slot(self, undo: ExitStack) -> _Slot:
        driver, memory = self._m.driver, {}
        for tensor in (self._input, *self._outputs):
            memory[tensor.port.name] = driver.pin(tensor.size)
            undo.callback(driver.unpin, memory[tensor.port.name])
        done = driver.create_event()
        undo.callback(driver.destroy_event, done)
        return _Slot(memory, done)

    def _prepare(self, undo: ExitStack) -> int | None:
        """Warm up, so that nothing is loaded or allocated while a graph is recorded; record it."""
        driver, stream, graphs = self._m.driver, self._m.stream, self._m.graphs
        memory = self._slots[0].memory[self._input.port.name]
        memory[:] = 0
        driver.copy_in(self._input.address, memory, stream)
        self._execute()
        driver.synchronize(stream)
        if graphs is None:
            return None
        graph = graphs.capture(stream, self._execute)
        undo.callback(graphs.destroy_graph, graph)
        return graph

    def _run(self) -> None:
        if self._graph is None or self._m.graphs is None:
            self._execute()
        else:
            self._m.graphs.launch(self._graph, self._m.stream)

    def _execute(self) -> None:
        self._expect(self._context.execute_async_v3(self._m.stream), "to run")

    def _alloc(self, size: int, undo: ExitStack) -> int:
        address = self._m.driver.alloc(size)
        undo.callback(self._m.driver.free, address)
        return address

    def _expect(self, accepted: bool, what: str) -> None:
        if not accepted:
            raise self._refused(f"TensorRT refuses {what}")

    def _refused(self, why: str) -> ModelError:
        reason = self._log.complaints()
        return ModelError(
            f"{self._m.spec.path.name} on TensorRT: {why}{f' ({reason})' if reason else ''}. "
            "Build its engine anew: main.py engine clear, then main.py engine build."
        )


def _view(slot: _Slot, tensor: _Tensor) -> Array:
    size = math.prod(tensor.shape) * np.dtype(tensor.port.dtype).itemsize
    return slot.memory[tensor.port.name][:size].view(tensor.port.dtype).reshape(tensor.shape)
