import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from app.window.gpu import Gpu

ROOT = Path(__file__).resolve().parents[3]
NVML = """
struct rates {unsigned int gpu, memory;};
struct memory {unsigned long long total, free, used;};
static int opened;
int nvmlInit_v2(void) {opened = 1; return REFUSED;}
int nvmlDeviceGetHandleByIndex_v2(unsigned int index, void **device) {
    if (!opened) return 1;
    *device = (void *)0x123456789aUL;  /* more than 32 bits, as a real one */
    return index;
}
int nvmlDeviceGetUtilizationRates(void *device, struct rates *told) {
    *told = (struct rates){34, 5};
    return device != (void *)0x123456789aUL;
}
int nvmlDeviceGetMemoryInfo(void *device, struct memory *told) {
    *told = (struct memory){8000000000ULL, 7000000000ULL, 5000000000ULL};
    return device != (void *)0x123456789aUL;
}
"""
READ = """
import ctypes, sys
ctypes.CDLL(sys.argv[1])
from app.window.gpu import Gpu
gpu = Gpu()
gpu.search.join()
print(gpu.read())
"""


@pytest.mark.skipif(shutil.which("gcc") is None, reason="gcc is not installed")
@pytest.mark.parametrize(
    ("refused", "told"), [(0, "GpuLoad(share=0.34, used_bytes=5000000000)"), (9, "None")]
)
def test_the_drivers_library_tells_the_load_of_the_gpu(
    tmp_path: Path, refused: int, told: str
) -> None:
    source, library = tmp_path / "nvml.c", tmp_path / "libnvidia-ml.so.1"
    source.write_text(NVML)
    soname = "-Wl,-soname,libnvidia-ml.so.1"  # whoever opens that later is given this one
    flags = ["-shared", "-fPIC", "-Werror", f"-DREFUSED={refused}", soname]
    subprocess.run(["gcc", *flags, "-o", library, source], check=True)
    answer = subprocess.run(
        [sys.executable, "-c", READ, library], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert answer.stdout.strip() == told


def test_without_a_driver_there_is_no_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.window.gpu._LIBRARY", "libnvidia-ml-of-nobody.so.1")
    gpu = Gpu()
    gpu.search.join()
    assert gpu.read() is None
