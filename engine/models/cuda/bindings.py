"""CUDA through NVIDIA's own cuda-bindings: the default, with graphs."""

import ctypes
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import ModuleType

import numpy as np

from engine.errors import ModelError, installing
from engine.models.cuda.driver import Bytes, CudaGraphs, Device, driver_version

_ADVICE = {
    "CUDA_ERROR_NO_DEVICE": "This machine shows no NVIDIA GPU; use --runtime onnxruntime.",
    "CUDA_ERROR_OUT_OF_MEMORY": "Close other programs on the GPU or choose a smaller batch.",
    "CUDA_ERROR_SYSTEM_DRIVER_MISMATCH": "Restart the machine after the driver's update.",
}
_ANEW = "If it stays, restart the program."


class _Entries:
    """The driver's entries by name, with its errors turned into ours."""

    def __init__(self) -> None:
        self.cuda = _library()

    def number(self, name: str, *arguments: object) -> int:
        """Call the driver for one handle or number."""
        return int(self(name, *arguments)[0])

    def __call__(self, name: str, *arguments: object) -> list[bytes]:
        """Call the driver; what follows the status, each entry a handle, a number or bytes."""
        try:
            status, *values = getattr(self.cuda, name)(*arguments)
        except RuntimeError as error:  # the library, or this entry of it, is not there
            raise ModelError(_no_entry(name, error)) from error
        if int(status):
            advice = _ADVICE.get(status.name, _ANEW)
            raise ModelError(f"CUDA: {name} failed with {status.name}. {advice}")
        return values


class BindingsGraphs:
    """See `CudaGraphs`."""

    def __init__(self, entries: _Entries) -> None:
        """Use the entries of an opened driver."""
        self._call = entries

    def capture(self, stream: int, work: Callable[[], None]) -> int:
        """See `CudaGraphs`."""
        # Other threads may allocate meanwhile: only this thread's unsafe calls break the capture.
        mode = self._call.cuda.CUstreamCaptureMode.CU_STREAM_CAPTURE_MODE_THREAD_LOCAL
        self._call("cuStreamBeginCapture", stream, mode)
        try:
            work()
        except BaseException:
            self._abandon_capture(stream)
            raise
        graph = self._call.number("cuStreamEndCapture", stream)
        try:
            return self._call.number("cuGraphInstantiate", graph, 0)
        finally:
            self._call("cuGraphDestroy", graph)

    def launch(self, graph: int, stream: int) -> None:
        """See `CudaGraphs`."""
        self._call("cuGraphLaunch", graph, stream)

    def destroy_graph(self, graph: int) -> None:
        """See `CudaGraphs`."""
        self._call("cuGraphExecDestroy", graph)

    def _abandon_capture(self, stream: int) -> None:
        status, graph = self._call.cuda.cuStreamEndCapture(stream)
        if not int(status):
            self._call("cuGraphDestroy", graph)


class BindingsDriver:
    """The first GPU through cuda-bindings; see `CudaDriver`."""

    name = "cuda-bindings"

    def __init__(self) -> None:
        """Take hold of the first GPU's primary context.

        Raises:
            ModelError: cuda-bindings or the driver is missing or too old, or there is no GPU.
        """
        self._call = _Entries()
        self._call("cuInit", 0)
        self.graphs: CudaGraphs | None = BindingsGraphs(self._call)
        self._ordinal = self._call.number("cuDeviceGet", 0)
        self.device = _device(self._call, self._ordinal)
        self._context = self._call.number("cuDevicePrimaryCtxRetain", self._ordinal)

    @contextmanager
    def current(self) -> Iterator[None]:
        """See `CudaDriver`."""
        self._call("cuCtxPushCurrent", self._context)
        try:
            yield
        finally:
            self._call("cuCtxPopCurrent")

    def alloc(self, size: int) -> int:
        """See `CudaDriver`."""
        return self._call.number("cuMemAlloc", size)

    def free(self, address: int) -> None:
        """See `CudaDriver`."""
        self._call("cuMemFree", address)

    def pin(self, size: int) -> Bytes:
        """See `CudaDriver`."""
        address = self._call.number("cuMemHostAlloc", size, 0)
        return np.ctypeslib.as_array((ctypes.c_uint8 * size).from_address(address))

    def unpin(self, memory: Bytes) -> None:
        """See `CudaDriver`."""
        self._call("cuMemFreeHost", memory.ctypes.data)

    def copy_in(self, address: int, memory: Bytes, stream: int) -> None:
        """See `CudaDriver`."""
        self._call("cuMemcpyHtoDAsync", address, memory.ctypes.data, memory.nbytes, stream)

    def copy_out(self, memory: Bytes, address: int, stream: int) -> None:
        """See `CudaDriver`."""
        self._call("cuMemcpyDtoHAsync", memory.ctypes.data, address, memory.nbytes, stream)

    def create_stream(self) -> int:
        """See `CudaDriver`."""
        return self._call.number(
            "cuStreamCreate", self._call.cuda.CUstream_flags.CU_STREAM_NON_BLOCKING
        )

    def destroy_stream(self, stream: int) -> None:
        """See `CudaDriver`."""
        self._call("cuStreamDestroy", stream)

    def synchronize(self, stream: int) -> None:
        """See `CudaDriver`."""
        self._call("cuStreamSynchronize", stream)

    def create_event(self) -> int:
        """See `CudaDriver`."""
        flags = self._call.cuda.CUevent_flags
        # Sleeping in `wait` leaves the core to the decoder; a spinning one wins microseconds.
        quiet = int(flags.CU_EVENT_BLOCKING_SYNC) | int(flags.CU_EVENT_DISABLE_TIMING)
        return self._call.number("cuEventCreate", quiet)

    def destroy_event(self, event: int) -> None:
        """See `CudaDriver`."""
        self._call("cuEventDestroy", event)

    def record(self, event: int, stream: int) -> None:
        """See `CudaDriver`."""
        self._call("cuEventRecord", event, stream)

    def wait(self, event: int) -> None:
        """See `CudaDriver`."""
        self._call("cuEventSynchronize", event)

    def close(self) -> None:
        """See `CudaDriver`."""
        self._call("cuDevicePrimaryCtxRelease", self._ordinal)


def first_device() -> Device:
    """The first GPU, without taking hold of it.

    Raises:
        ModelError: As `BindingsDriver`.
    """
    call = _Entries()
    call("cuInit", 0)
    return _device(call, call.number("cuDeviceGet", 0))


def _device(call: _Entries, ordinal: int) -> Device:
    kinds = call.cuda.CUdevice_attribute
    prefix = "CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY"
    major, minor = (
        call.number("cuDeviceGetAttribute", getattr(kinds, f"{prefix}_{part}"), ordinal)
        for part in ("MAJOR", "MINOR")
    )
    return Device(
        name=bytes(call("cuDeviceGetName", 256, ordinal)[0]).partition(b"\0")[0].decode(),
        compute_capability=(major, minor),
        driver=driver_version(call.number("cuDriverGetVersion")),
        memory_bytes=call.number("cuDeviceTotalMem", ordinal),
    )


def _library() -> ModuleType:
    try:
        from cuda.bindings import driver
    except ImportError as error:
        raise ModelError(
            f"cuda-bindings cannot be imported ({error}). "
            f"Install what TensorRT needs: {installing('tensorrt')}"
        ) from error
    return driver


def _no_entry(name: str, error: RuntimeError) -> str:
    kind = type(error).__name__
    if kind == "FunctionNotFoundError":
        return (
            f"CUDA: the NVIDIA driver is too old: it has no {name}. cuda-bindings 13 wants driver "
            "580 or newer. Update the driver, or pip install 'cuda-bindings<13' for an older one."
        )
    reason = str(error).splitlines()[0] if str(error) else kind
    return (
        f"CUDA: the NVIDIA driver cannot be used ({reason}). Expected libcuda of driver 580 or "
        "newer. Install the driver, or use --runtime onnxruntime."
    )
