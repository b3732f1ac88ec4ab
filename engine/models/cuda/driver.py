"""What the program asks of the CUDA driver, whoever binds it. Knows no model."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
Binding = Literal["cuda-bindings", "pycuda"]
_KERNEL_MODULE = Path("/proc/driver/nvidia/version")


@dataclass(frozen=True, slots=True)
class Device:
    """A GPU and its driver.

    Attributes:
        name: As the driver calls it.
        compute_capability: Major and minor number.
        driver: CUDA version that the driver serves and, where known, its own version.
        memory_bytes: All of its memory.
    """

    name: str
    compute_capability: tuple[int, int]
    driver: str
    memory_bytes: int


class CudaGraphs(Protocol):
    """Recording work once and replaying it with one call. Errors as those of `CudaDriver`."""

    def capture(self, stream: int, work: Callable[[], None]) -> int:
        """Record what `work` queues, without running it, as a graph."""
        ...

    def launch(self, graph: int, stream: int) -> None:
        """Queue a graph."""
        ...

    def destroy_graph(self, graph: int) -> None:
        """Give a graph back."""
        ...


class CudaDriver(Protocol):
    """The first GPU. Addresses, streams, events and graphs are plain numbers.

    Every method but `current` and `close` needs `current` around it, in the thread that calls. All
    raise ModelError with the driver's own name of the error.
    """

    name: str
    device: Device
    graphs: CudaGraphs | None
    """None where the binding has none."""

    def current(self) -> AbstractContextManager[None]:
        """Make the GPU's primary context the current one of this thread; nests."""
        ...

    def alloc(self, size: int) -> int:
        """Address of `size` fresh bytes on the GPU."""
        ...

    def free(self, address: int) -> None:
        """Give memory of `alloc` back."""
        ...

    def pin(self, size: int) -> Bytes:
        """`size` bytes of page-locked host memory, (size,)."""
        ...

    def unpin(self, memory: Bytes) -> None:
        """Give memory of `pin` back; no view of it may be used afterwards."""
        ...

    def copy_in(self, address: int, memory: Bytes, stream: int) -> None:
        """Queue a copy to the GPU. `memory` is pinned and stays as it is until it is done."""
        ...

    def copy_out(self, memory: Bytes, address: int, stream: int) -> None:
        """Queue a copy from the GPU. `memory` is pinned and holds it once the stream is there."""
        ...

    def create_stream(self) -> int:
        """A queue of its own that does not wait for the default stream."""
        ...

    def destroy_stream(self, stream: int) -> None:
        """Give a stream back."""
        ...

    def synchronize(self, stream: int) -> None:
        """Wait until all that is queued is done."""
        ...

    def create_event(self) -> int:
        """A mark to put into a stream."""
        ...

    def destroy_event(self, event: int) -> None:
        """Give an event back."""
        ...

    def record(self, event: int, stream: int) -> None:
        """Put a mark behind all that is queued now."""
        ...

    def wait(self, event: int) -> None:
        """Sleep until the mark is reached."""
        ...

    def close(self) -> None:
        """Release the primary context. The driver cannot be used afterwards."""
        ...


def open_driver(binding: Binding) -> CudaDriver:
    """Take hold of the first GPU.

    Raises:
        ModelError: The binding is not installed, there is no driver or no GPU, or it is too old.
    """
    if binding == "pycuda":
        from engine.models.cuda.pycuda import PycudaDriver

        return PycudaDriver()
    from engine.models.cuda.bindings import BindingsDriver

    return BindingsDriver()


def driver_version(cuda: int, kernel_module: Path = _KERNEL_MODULE) -> str:
    """Name of a driver, such as "CUDA 13.0, 580.65.06".

    Args:
        cuda: What cuDriverGetVersion says: 1000 * major + 10 * minor.
        kernel_module: Where the driver on Linux tells its own version.
    """
    served = f"CUDA {cuda // 1000}.{cuda % 1000 // 10}"
    try:
        found = re.search(r"\d{3}\.[\d.]+", kernel_module.read_text())
    except OSError:
        found = None
    return f"{served}, {found[0]}" if found else served
