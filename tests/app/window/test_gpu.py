import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from app.window.gpu import Gpu

ROOT = Path(__file__).resolve().parents[3]
NVML = """
#include <stdio.h>
#include <string.h>
#define SECOND (void *)0x123456789bUL
struct rates {unsigned int gpu, memory;};
struct memory {unsigned long long total, free, used;};
static int opened;
int nvmlInit_v2(void) {opened = 1; return REFUSED;}
int nvmlDeviceGetHandleByIndex_v2(unsigned int index, void **device) {
    if (!opened) return 1;
    *device = (void *)0x123456789aUL;  /* more than 32 bits, as a real one */
    return index;
}
int nvmlDeviceGetHandleByPciBusId_v2(const char *bus, void **device) {
    if (!opened) return 1;
    *device = SECOND;
    return strcmp(bus, "0000:41:00.0");
}
int nvmlDeviceGetUtilizationRates(void *device, struct rates *told) {
    *told = (struct rates){77, 5};
    if (device == SECOND) return 0;
    *told = (struct rates){34, 5};
    return device != (void *)0x123456789aUL;
}
int nvmlDeviceGetMemoryInfo(void *device, struct memory *told) {
    *told = (struct memory){8000000000ULL, 7000000000ULL, 6000000000ULL};
    if (device == SECOND) return 0;
    *told = (struct memory){8000000000ULL, 7000000000ULL, 5000000000ULL};
    return device != (void *)0x123456789aUL;
}
int cuInit(unsigned int flags) {return flags || NO_CUDA;}
int cuDeviceGet(int *device, int ordinal) {
    *device = 5;
    return ordinal;
}
int cuDeviceGetPCIBusId(char *bus, int size, int device) {
    snprintf(bus, size, "0000:41:00.0");
    return device != 5;
}
"""
READ = """
import ctypes, sys
for library in sys.argv[1:]:
    ctypes.CDLL(library)
from app.window.gpu import Gpu
gpu = Gpu()
gpu.search.join()
print(gpu.read())
"""


@pytest.mark.skipif(shutil.which("gcc") is None, reason="gcc is not installed")
@pytest.mark.parametrize(
    ("refused", "no_cuda", "told"),
    [
        (0, 1, "GpuLoad(share=0.34, used_bytes=5000000000)"),
        (0, 0, "GpuLoad(share=0.77, used_bytes=6000000000)"),
        (9, 0, "None"),
    ],
)
def test_the_drivers_library_tells_the_load_of_the_gpu_that_cuda_calls_the_first(
    tmp_path: Path, refused: int, no_cuda: int, told: str
) -> None:
    source = tmp_path / "nvml.c"
    source.write_text(NVML)
    libraries = [tmp_path / name for name in ("libnvidia-ml.so.1", "libcuda.so.1")]
    for library in libraries:
        soname = f"-Wl,-soname,{library.name}"  # whoever opens that later is given this one
        answers = f"-DREFUSED={refused}", f"-DNO_CUDA={no_cuda}"
        flags = ["-shared", "-fPIC", "-Werror", *answers, soname]
        subprocess.run(["gcc", *flags, "-o", library, source], check=True)
    answer = subprocess.run(
        [sys.executable, "-c", READ, *libraries],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert answer.stdout.strip() == told


def test_without_a_driver_there_is_no_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.window.gpu._LIBRARY", "libnvidia-ml-of-nobody.so.1")
    gpu = Gpu()
    gpu.search.join()
    assert gpu.read() is None
