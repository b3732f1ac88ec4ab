"""CUDA through pycuda, for those who have it. It binds no graphs."""

import atexit
import functools
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol, TypeVar

import numpy as np

from engine.errors import ModelError, installing
from engine.models.cuda.driver import Bytes, CudaGraphs, Device, driver_version

_ADVICE = "Is there a GPU, and has it free memory? Otherwise use --runtime onnxruntime."
_OWNERLESS = "CUDA: {entry} failed: {handle} is no handle of this driver, or was given back before."


_Owner = TypeVar("_Owner")


class _Context(Protocol):
    def push(self) -> None: ...
    def detach(self) -> None: ...


class _Memory(Protocol):
    def free(self) -> None: ...


class _Stream(Protocol):
    handle: int

    def synchronize(self) -> None: ...


class _Event(Protocol):
    def record(self, stream: _Stream) -> None: ...
    def synchronize(self) -> None: ...


class PycudaDriver:
    """The first GPU through pycuda; see `CudaDriver`.

    pycuda frees what no variable holds, so every handle's owner is kept here by its number.
    """

    name = "pycuda"
    graphs: CudaGraphs | None = None

    def __init__(self) -> None:
        """Take hold of the first GPU's primary context.

        Raises:
            ModelError: pycuda is missing or does not fit the driver, or there is no GPU.
        """
        try:
            import pycuda.driver as cuda
        except ImportError as error:
            raise ModelError(
                f"pycuda cannot be imported ({error}). It is built on the machine that uses it: "
                "install the NVIDIA driver and a CUDA toolkit that is not newer than the driver, "
                f"then {installing('pycuda')}"
            ) from error
        self._cuda = cuda
        with self._clear("cuInit"):
            cuda.init()
            device = cuda.Device(0)
            self.device = Device(
                name=device.name(),
                compute_capability=device.compute_capability(),
                driver=driver_version(cuda.get_driver_version()),
                memory_bytes=device.total_memory(),
            )
            self._context = _primary_context()
        self._memory: dict[int, _Memory] = {}
        self._streams: dict[int, _Stream] = {}
        self._events: dict[int, _Event] = {}

    @contextmanager
    def current(self) -> Iterator[None]:
        """See `CudaDriver`."""
        self._context.push()
        try:
            yield
        finally:
            self._cuda.Context.pop()

    def alloc(self, size: int) -> int:
        """See `CudaDriver`."""
        with self._clear("cuMemAlloc"):
            memory = self._cuda.mem_alloc(size)
        self._memory[int(memory)] = memory
        return int(memory)

    def free(self, address: int) -> None:
        """See `CudaDriver`."""
        _taken(self._memory, address, "cuMemFree").free()

    def pin(self, size: int) -> Bytes:
        """See `CudaDriver`."""
        with self._clear("cuMemHostAlloc"):
            memory: Bytes = self._cuda.pagelocked_empty(size, np.uint8)
        self._memory[memory.ctypes.data] = memory.base  # type: ignore[assignment]  # pycuda's owner
        return memory

    def unpin(self, memory: Bytes) -> None:
        """See `CudaDriver`."""
        _taken(self._memory, memory.ctypes.data, "cuMemFreeHost").free()

    def copy_in(self, address: int, memory: Bytes, stream: int) -> None:
        """See `CudaDriver`."""
        with self._clear("cuMemcpyHtoDAsync"):
            self._cuda.memcpy_htod_async(address, memory, self._streams[stream])

    def copy_out(self, memory: Bytes, address: int, stream: int) -> None:
        """See `CudaDriver`."""
        with self._clear("cuMemcpyDtoHAsync"):
            self._cuda.memcpy_dtoh_async(memory, address, self._streams[stream])

    def create_stream(self) -> int:
        """See `CudaDriver`."""
        with self._clear("cuStreamCreate"):
            stream = self._cuda.Stream(1)  # CU_STREAM_NON_BLOCKING, for which pycuda has no name
        self._streams[stream.handle] = stream
        return int(stream.handle)

    def destroy_stream(self, stream: int) -> None:
        """See `CudaDriver`."""
        _taken(self._streams, stream, "cuStreamDestroy")

    def synchronize(self, stream: int) -> None:
        """See `CudaDriver`."""
        with self._clear("cuStreamSynchronize"):
            self._streams[stream].synchronize()

    def create_event(self) -> int:
        """See `CudaDriver`."""
        flags = self._cuda.event_flags
        with self._clear("cuEventCreate"):
            event = self._cuda.Event(flags.BLOCKING_SYNC | flags.DISABLE_TIMING)
        self._events[id(event)] = event
        return id(event)

    def destroy_event(self, event: int) -> None:
        """See `CudaDriver`."""
        _taken(self._events, event, "cuEventDestroy")

    def record(self, event: int, stream: int) -> None:
        """See `CudaDriver`."""
        with self._clear("cuEventRecord"):
            self._events[event].record(self._streams[stream])

    def wait(self, event: int) -> None:
        """See `CudaDriver`."""
        with self._clear("cuEventSynchronize"):
            self._events[event].synchronize()

    def close(self) -> None:
        """Forget what was not given back. The context stays until the program ends."""
        self._memory.clear()
        self._streams.clear()
        self._events.clear()

    @contextmanager
    def _clear(self, entry: str) -> Iterator[None]:
        """Turn pycuda's errors into ours."""
        try:
            yield
        except self._cuda.Error as error:
            raise ModelError(f"CUDA: {entry} failed: {error}. {_ADVICE}") from error


@functools.cache
def _primary_context() -> _Context:
    """The first GPU's primary context: one for the program.

    When pycuda detaches a primary context it leaves it current in the thread, so that is done last.
    """
    import pycuda.driver as cuda

    context: _Context = cuda.Device(0).retain_primary_context()
    atexit.register(context.detach)
    return context


def _taken(owners: dict[int, _Owner], handle: int, entry: str) -> _Owner:
    """Remove and return what owns a handle."""
    if handle not in owners:
        raise ModelError(_OWNERLESS.format(entry=entry, handle=handle))
    return owners.pop(handle)
