"""The load of an NVIDIA GPU, asked of the library that comes with its driver. Knows no Qt.

Source: NVML API reference, nvmlDeviceGetUtilizationRates and nvmlDeviceGetMemoryInfo, and the CUDA
driver API, cuDeviceGetPCIBusId. By ctypes: cuda-bindings takes a third of a second to import.
"""

import ctypes
import sys
from threading import Thread
from typing import NamedTuple

_LIBRARY = "nvml.dll" if sys.platform == "win32" else "libnvidia-ml.so.1"
_CUDA = "nvcuda.dll" if sys.platform == "win32" else "libcuda.so.1"


class _Rates(ctypes.Structure):
    _fields_ = (("gpu", ctypes.c_uint), ("memory", ctypes.c_uint))


class _Memory(ctypes.Structure):
    _fields_ = tuple((name, ctypes.c_ulonglong) for name in ("total", "free", "used"))


class GpuLoad(NamedTuple):
    """What all programs together take of a GPU.

    Attributes:
        share: Of the time in which it computes, 0..1.
        used_bytes: Of its memory.
    """

    share: float
    used_bytes: int


class Gpu:
    """The NVIDIA GPU that models run on, if there is one: the first of CUDA, else of NVML."""

    def __init__(self) -> None:
        """Look for it in a thread: a driver that has slept takes seconds to answer."""
        self._found: tuple[ctypes.CDLL, ctypes.c_void_p] | None = None
        self.search = Thread(target=self._find, name="gpu", daemon=True)
        self.search.start()

    def read(self) -> GpuLoad | None:
        """Its load now; None while it is not found, and where it does not tell."""
        if self._found is None:
            return None
        nvml, device = self._found
        rates, memory = _Rates(), _Memory()
        if nvml.nvmlDeviceGetUtilizationRates(device, ctypes.byref(rates)):
            return None
        if nvml.nvmlDeviceGetMemoryInfo(device, ctypes.byref(memory)):
            return None
        return GpuLoad(rates.gpu / 100, memory.used)

    def _find(self) -> None:
        try:
            nvml = ctypes.CDLL(_LIBRARY)
        except OSError:
            return
        device = ctypes.c_void_p()
        if nvml.nvmlInit_v2():
            return
        bus = _bus_of_cuda()
        if bus:
            refused = nvml.nvmlDeviceGetHandleByPciBusId_v2(bus, ctypes.byref(device))
        else:
            refused = nvml.nvmlDeviceGetHandleByIndex_v2(0, ctypes.byref(device))
        if not refused:
            self._found = nvml, device


def _bus_of_cuda() -> bytes:
    """Where CUDA's first GPU is plugged in, b"" without one; NVML counts them in another order."""
    try:
        cuda = ctypes.CDLL(_CUDA)
    except OSError:
        return b""
    device, bus = ctypes.c_int(), ctypes.create_string_buffer(32)
    refused = (
        cuda.cuInit(0)
        or cuda.cuDeviceGet(ctypes.byref(device), 0)
        or cuda.cuDeviceGetPCIBusId(bus, len(bus), device)
    )
    return b"" if refused else bus.value
