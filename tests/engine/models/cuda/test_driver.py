"""The same tests for both bindings of CUDA, on the stand-in of the driver."""

import ctypes
import importlib.util
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from engine.errors import ModelError
from engine.models.cuda.driver import CudaDriver, driver_version, open_driver


@pytest.fixture(params=["cuda-bindings", "pycuda"])
def driver(request: pytest.FixtureRequest) -> Iterator[CudaDriver]:
    request.getfixturevalue("gpu")
    if request.param == "pycuda" and importlib.util.find_spec("pycuda") is None:
        pytest.skip("pycuda is not installed; it is built on the machine: make test-pycuda")
    opened = open_driver(request.param)
    yield opened
    opened.close()


def test_the_device_tells_what_an_engine_depends_on(driver: CudaDriver) -> None:
    assert driver.device.name == "stand-in, no GPU"
    assert driver.device.compute_capability == (8, 6)
    assert driver.device.driver.startswith("CUDA 13.0")
    assert driver.device.memory_bytes == 2**30


def test_what_goes_in_comes_out_once_the_stream_is_there(driver: CudaDriver) -> None:
    with driver.current():
        stream, address = driver.create_stream(), driver.alloc(64)
        given, taken = driver.pin(64), driver.pin(64)
        given[:], taken[:] = np.arange(64), 0
        driver.copy_in(address, given, stream)
        driver.copy_out(taken, address, stream)
        assert not taken.any(), "nothing may wait here"
        driver.synchronize(stream)
        np.testing.assert_array_equal(taken, np.arange(64))
        _give_back(driver, [address], [given, taken], [stream])


def test_an_event_waits_for_what_came_before_it_only(driver: CudaDriver) -> None:
    with driver.current():
        stream, address, event = driver.create_stream(), driver.alloc(8), driver.create_event()
        given, first, second = driver.pin(8), driver.pin(8), driver.pin(8)
        given[:], first[:], second[:] = 7, 0, 0
        driver.copy_in(address, given, stream)
        driver.copy_out(first, address, stream)
        driver.record(event, stream)
        driver.copy_out(second, address, stream)
        driver.wait(event)
        assert (first == 7).all()
        assert (second == 0).all()
        driver.synchronize(stream)
        assert (second == 7).all()
        driver.destroy_event(event)
        _give_back(driver, [address], [given, first, second], [stream])


def test_a_copy_larger_than_the_memory_is_refused(driver: CudaDriver) -> None:
    with driver.current():
        stream, address, large = driver.create_stream(), driver.alloc(8), driver.pin(9)
        with pytest.raises(ModelError, match="cuMemcpyHtoDAsync failed"):
            driver.copy_in(address, large, stream)
        with pytest.raises(ModelError, match="cuMemcpyDtoHAsync failed"):
            driver.copy_out(large, address, stream)
        _give_back(driver, [address], [large], [stream])


def test_too_little_memory_is_told_with_advice(gpu: ctypes.CDLL, driver: CudaDriver) -> None:
    gpu.standin_set_memory(1000)
    with driver.current(), pytest.raises(ModelError, match=r"cuMemAlloc failed.*(memory|MEMORY)"):
        driver.alloc(1001)


def test_memory_is_given_back_once(driver: CudaDriver) -> None:
    with driver.current():
        address = driver.alloc(8)
        driver.free(address)
        with pytest.raises(ModelError, match="cuMemFree failed"):
            driver.free(address)


def test_a_call_without_the_context_is_refused(gpu: ctypes.CDLL, driver: CudaDriver) -> None:
    assert gpu.standin_context_depth() == 0
    with pytest.raises(ModelError, match="cuMemAlloc failed"):
        driver.alloc(8)


def test_the_context_goes_back_after_an_error(gpu: ctypes.CDLL, driver: CudaDriver) -> None:
    def work() -> None:
        with driver.current(), driver.current():
            assert gpu.standin_context_depth() >= 1
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        work()
    assert gpu.standin_context_depth() == 0


def test_a_graph_runs_nothing_when_recorded_and_all_when_launched(driver: CudaDriver) -> None:
    graphs = driver.graphs
    if graphs is None:
        pytest.skip(f"{driver.name} has no graphs")
    with driver.current():
        stream, address = driver.create_stream(), driver.alloc(8)
        given, taken = driver.pin(8), driver.pin(8)
        given[:], taken[:] = 3, 0

        def work() -> None:
            driver.copy_in(address, given, stream)
            driver.copy_out(taken, address, stream)

        graph = graphs.capture(stream, work)
        driver.synchronize(stream)
        assert (taken == 0).all()
        for value in (3, 4):
            given[:] = value
            graphs.launch(graph, stream)
            driver.synchronize(stream)
            assert (taken == value).all()
        graphs.destroy_graph(graph)
        _give_back(driver, [address], [given, taken], [stream])


@pytest.mark.parametrize("spoiler", ["alloc", "synchronize"])
def test_waiting_or_allocating_while_recording_is_refused(driver: CudaDriver, spoiler: str) -> None:
    graphs = driver.graphs
    if graphs is None:
        pytest.skip(f"{driver.name} has no graphs")
    with driver.current():
        stream = driver.create_stream()
        argument = 64 if spoiler == "alloc" else stream
        with pytest.raises(ModelError, match="STREAM_CAPTURE_UNSUPPORTED"):
            graphs.capture(stream, lambda: getattr(driver, spoiler)(argument))
        driver.synchronize(stream)  # the stream is as usable as before
        _give_back(driver, [], [], [stream])


def test_no_device_is_told_with_what_to_do(libcuda: ctypes.CDLL) -> None:
    libcuda.standin_plug(0)
    with pytest.raises(ModelError, match=r"CUDA_ERROR_NO_DEVICE.*--runtime onnxruntime"):
        open_driver("cuda-bindings")


def test_no_driver_is_told_with_what_to_do() -> None:
    text = _in_fresh_process("open_driver('cuda-bindings')")
    assert "the NVIDIA driver cannot be used" in text
    assert "Install the driver, or use --runtime onnxruntime" in text


def test_missing_bindings_are_told_with_the_extra() -> None:
    blocked = "import sys; sys.modules['cuda.bindings'] = None; open_driver('cuda-bindings')"
    text = _in_fresh_process(blocked)
    assert "pip install -e '.[tensorrt]'" in text


def test_missing_pycuda_is_told_with_the_extra() -> None:
    text = _in_fresh_process("import sys; sys.modules['pycuda'] = None; open_driver('pycuda')")
    assert "pip install -e '.[pycuda]'" in text


def test_an_entry_that_the_driver_lacks_means_that_it_is_too_old(tmp_path: Path) -> None:
    source = tmp_path / "old.c"
    source.write_text(
        "int cuInit(unsigned f) { return f; }\n"
        "int cuDriverGetVersion(int *v) { *v = 11040; return 0; }\n"
        "int cuGetProcAddress_v2(const char *n, void **p, int v, long f, int *s)"
        "{ *p = n[2] == 'I' ? (void *)cuInit : 0; if (s) *s = !*p; return *p ? 0 : 500; }\n"
    )
    library = tmp_path / "libcuda.so.1"
    name = "-Wl,-soname,libcuda.so.1"
    subprocess.run(["gcc", "-shared", "-fPIC", name, "-o", library, source], check=True)
    text = _in_fresh_process(
        f"import ctypes; ctypes.CDLL({str(library)!r}, mode=ctypes.RTLD_GLOBAL)"
        "; open_driver('cuda-bindings')"
    )
    assert "the NVIDIA driver is too old: it has no cuDeviceGet" in text


def test_the_drivers_own_version_is_told_where_the_system_knows_it(tmp_path: Path) -> None:
    module = tmp_path / "version"
    module.write_text("NVRM version: NVIDIA UNIX x86_64 Kernel Module  580.65.06  Sun Jul 27\n")
    assert driver_version(13000, module) == "CUDA 13.0, 580.65.06"
    assert driver_version(12040, tmp_path / "none") == "CUDA 12.4"


def _give_back(driver: CudaDriver, addresses: list, pinned: list, streams: list) -> None:
    for address in addresses:
        driver.free(address)
    for memory in pinned:
        driver.unpin(memory)
    for stream in streams:
        driver.destroy_stream(stream)


def _in_fresh_process(code: str) -> str:
    """Message of the ModelError that a line raises where no libcuda is loaded yet."""
    program = (
        "from engine.errors import ModelError\n"
        "from engine.models.cuda.driver import open_driver\n"
        f"try:\n    {code}\nexcept ModelError as error:\n    print(error)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    return done.stdout
