"""The stand-in of the NVIDIA driver, compiled from the C file beside this one."""

import ctypes
import functools
import importlib.util
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

_SOURCE = Path(__file__).with_name("libcuda.c")
_GIB = 2**30


def _headers() -> Path:
    spec = importlib.util.find_spec("nvidia")
    places = spec.submodule_search_locations if spec else None
    found = [header for place in places or () for header in Path(place).glob("*/include/cuda.h")]
    if not found:
        pytest.skip("cuda.h is not installed: pip install nvidia-cuda-runtime")
    return found[0].parent


def _compile(library: Path, *sources: Path) -> None:
    flags = ["-O1", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-D_GNU_SOURCE"]
    name = "-Wl,-soname,libcuda.so.1"  # whoever opens libcuda.so.1 later is given this one
    command = ["gcc", *flags, f"-I{_headers()}", name, "-o", library, *sources]
    subprocess.run([*command, "-ldl", "-lpthread"], check=True)


def _entries(library: Path, which: str) -> set[str]:
    """Names of the driver's entries that a library defines or lacks."""
    listed = subprocess.run(
        ["nm", "-D", which, library], capture_output=True, text=True, check=True
    )
    return set(re.findall(r"\bcu[A-Z]\w+", listed.stdout))


def _refusals_for_pycuda(library: Path) -> Path | None:
    """Source of the entries that pycuda has to find when it is loaded and that no test calls."""
    spec = importlib.util.find_spec("pycuda")
    places = spec.submodule_search_locations if spec else None
    modules = [module for place in places or () for module in Path(place).glob("_driver*.so")]
    if not modules:
        return None
    missing = _entries(modules[0], "--undefined-only") - _entries(library, "--defined-only")
    source = library.with_name("refusals.c")
    not_supported = 801
    lines = (f"int {name}(void) {{ return {not_supported}; }}" for name in sorted(missing))
    source.write_text("\n".join(lines))
    return source


@functools.cache
def _standin(folder: Path) -> ctypes.CDLL:
    """The compiled library: one for all folders of tests, as a process can hold but one."""
    library = folder / "libcuda.so.1"
    _compile(library, _SOURCE)
    refusals = _refusals_for_pycuda(library)
    if refusals is not None:
        _compile(library, _SOURCE, refusals)
    loaded = ctypes.CDLL(str(library), mode=ctypes.RTLD_GLOBAL)
    loaded.standin_live.restype = ctypes.c_size_t
    loaded.standin_set_memory.argtypes = [ctypes.c_size_t]
    loaded.standin_copies.restype = loaded.standin_launches.restype = ctypes.c_long
    return loaded


@pytest.fixture(scope="session")
def libcuda(tmp_path_factory: pytest.TempPathFactory) -> ctypes.CDLL:
    """The stand-in as this process's libcuda.so.1, with no GPU plugged in."""
    if shutil.which("gcc") is None:
        pytest.skip("gcc is not installed")
    return _standin(tmp_path_factory.getbasetemp())


@pytest.fixture
def gpu(libcuda: ctypes.CDLL) -> Iterator[ctypes.CDLL]:
    """The stand-in with a GPU plugged in; what the test took it has given back."""
    libcuda.standin_plug(1)
    yield libcuda
    pycuda = "pycuda.driver" in sys.modules  # which keeps the context until the program ends
    users = 0 if pycuda else libcuda.standin_context_users()
    left = libcuda.standin_live(), users, libcuda.standin_context_depth()
    libcuda.standin_plug(0)
    libcuda.standin_set_memory(_GIB)
    libcuda.standin_set_version(13000)
    assert left == (0, 0, 0), f"left (allocations, contexts, current contexts): {left}"
