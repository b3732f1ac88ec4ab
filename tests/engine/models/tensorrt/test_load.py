"""Engines built on first use and kept: the whole way from a file to a model, on stand-ins."""

import _thread
import ctypes
import json
import subprocess
import sys
import threading
from pathlib import Path
from types import ModuleType

import onnx
import pytest

from engine.errors import ModelError
from engine.models.choose import half_of
from engine.models.cuda.driver import open_driver
from engine.models.shipped import AGE_MODEL
from engine.models.tensorrt.load import Loader, load_tensorrt, read_spec
from engine.models.tensorrt.storage import open_store
from engine.settings import RuntimeSettings
from tests.engine.models.tensorrt import standin

AGE = half_of(AGE_MODEL)


def load(settings: RuntimeSettings) -> list[str]:
    """Load the age model once; what was told meanwhile."""
    told: list[str] = []
    load_tensorrt(AGE, settings, lambda text, _share: told.append(text)).close()
    return told


def test_an_engine_is_built_once_and_then_taken_from_disk(
    trt: ModuleType, settings: RuntimeSettings
) -> None:
    first = load(settings)
    assert first[0] == "age.fp16.onnx: building an engine: there is none yet of age.fp16.onnx"
    assert load(settings) == []
    assert trt.Builder.builds == 1


def test_an_engine_of_another_version_is_built_anew_with_the_reason(
    trt: ModuleType, settings: RuntimeSettings
) -> None:
    load(settings)
    trt.__version__ = "11.5.0"
    told = load(settings)
    assert "library was tensorrt 11.4.0.106, is tensorrt 11.5.0" in told[0]
    assert trt.Builder.builds == 2


def test_an_engine_for_another_driver_is_built_anew_with_the_reason(
    gpu: ctypes.CDLL, trt: ModuleType, settings: RuntimeSettings
) -> None:
    load(settings)
    gpu.standin_set_version(13010)
    assert "driver was CUDA 13.0, is CUDA 13.1" in load(settings)[0]
    assert trt.Builder.builds == 2


def test_an_engine_of_another_gpu_is_built_anew_with_the_reason(
    trt: ModuleType, settings: RuntimeSettings
) -> None:
    load(settings)
    (entry,) = open_store(settings.engine_folder).entries()
    note = entry.path.with_suffix(".json")
    content = json.loads(note.read_text())
    content["key"]["gpu"] = "NVIDIA L4"
    note.write_text(json.dumps(content))
    assert "belongs elsewhere: gpu was NVIDIA L4, is stand-in, no GPU" in load(settings)[0]
    assert trt.Builder.builds == 2


def test_a_hardware_compatible_engine_serves_every_gpu_from_ampere_on(
    gpu: ctypes.CDLL, trt: ModuleType, settings: RuntimeSettings
) -> None:
    compatible = settings.model_copy(update={"hardware_compatible": True})
    gpu.standin_set_device(b"NVIDIA A10", 8, 6)
    load(compatible)
    gpu.standin_set_device(b"NVIDIA L4", 8, 9)
    assert load(compatible) == []
    assert trt.Builder.builds == 1
    load(settings)
    gpu.standin_set_device(b"NVIDIA A10", 8, 6)
    load(settings)
    assert trt.Builder.builds == 3, "other engines are for the one GPU"


def test_a_gpu_before_ampere_takes_no_hardware_compatible_engine(
    gpu: ctypes.CDLL, trt: ModuleType, settings: RuntimeSettings
) -> None:
    gpu.standin_set_device(b"NVIDIA T4", 7, 5)
    with pytest.raises(ModelError, match=r"NVIDIA T4 .*7\.5.*expected 8\.0 .*hardware_compatible"):
        load(settings.model_copy(update={"hardware_compatible": True}))
    load(settings)
    assert trt.Builder.builds == 1


def test_other_build_settings_make_another_engine(
    trt: ModuleType, settings: RuntimeSettings
) -> None:
    load(settings)
    load(settings.model_copy(update={"workspace_mib": 256}))
    load(settings.model_copy(update={"hardware_compatible": True}))
    load(settings)
    assert trt.Builder.builds == 3


def test_a_damaged_engine_is_built_anew_with_the_reason(
    trt: ModuleType, settings: RuntimeSettings
) -> None:
    load(settings)
    (entry,) = open_store(settings.engine_folder).entries()
    entry.path.write_bytes(entry.path.read_bytes()[:-5])
    assert "is damaged" in load(settings)[0]
    assert load(settings) == []
    assert trt.Builder.builds == 2


def test_an_engine_that_the_library_refuses_is_built_anew_with_its_reason(
    trt: ModuleType, settings: RuntimeSettings
) -> None:
    load(settings)
    store = open_store(settings.engine_folder)
    (entry,) = store.entries()
    store.save(entry.key, b"whole, but no engine", 1)
    assert "magicTag == kEXPECTED_MAGIC_TAG failed" in load(settings)[0]
    assert trt.Builder.builds == 2


def test_an_engine_with_other_ports_is_built_anew(
    trt: ModuleType, settings: RuntimeSettings
) -> None:
    load(settings)
    store = open_store(settings.engine_folder)
    (entry,) = store.entries()
    other = entry.path.read_bytes().replace(b'"profiles": [', b'"profiles": [[], ')
    store.save(entry.key, other, 1)
    assert "has 5 profiles, expected 4" in load(settings)[0]
    assert trt.Builder.builds == 2


def test_timings_are_kept_from_build_to_build(trt: ModuleType, settings: RuntimeSettings) -> None:
    load(settings)
    (timings,) = Path(settings.engine_folder).glob("*.timings")
    assert timings.read_bytes() == b"measured;"
    load(settings.model_copy(update={"workspace_mib": 256}))
    assert timings.read_bytes() == b"measured;measured;"
    timings.write_bytes(b"damaged")
    load(settings.model_copy(update={"workspace_mib": 512}))
    assert timings.read_bytes() == b"measured;"
    assert trt.Builder.builds == 3


def test_an_engine_that_cannot_be_kept_is_used_all_the_same(
    trt: ModuleType, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "taken").write_text("a file where the folder should be")
    load(RuntimeSettings(engine_folder=str(tmp_path / "taken" / "engines")))
    assert trt.Builder.builds == 1
    said = [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]
    assert len(said) == 2
    assert said[0].startswith("the kernel timings are not kept: ")
    assert said[1].startswith("the engine of age.fp16.onnx is not kept: ")
    assert all("runtime.engine_folder" in line for line in said)


def test_two_programs_that_want_an_engine_at_once_build_it_once(
    trt: ModuleType, settings: RuntimeSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    begun, waits = threading.Event(), threading.Event()

    def hold(_step: int) -> None:
        begun.set()
        waits.wait(timeout=3)

    def second_program() -> None:
        begun.wait(timeout=3)
        load_tensorrt(AGE, settings, hear).close()

    def hear(text: str, _share: float) -> None:
        told.append(text)
        waits.set()

    monkeypatch.setattr(standin.Builder, "before_step", staticmethod(hold))
    second = threading.Thread(target=second_program)
    second.start()
    load_tensorrt(AGE, settings).close()
    second.join()
    assert trt.Builder.builds == 1
    assert set(told) == {"age.fp16.onnx: another program is building engines"}


def test_waiting_for_another_program_can_be_stopped(
    trt: ModuleType, settings: RuntimeSettings
) -> None:
    class ClosedError(Exception):
        pass

    def progress(_text: str, _share: float) -> None:
        raise ClosedError

    driver = open_driver("cuda-bindings")
    key = Loader(trt, driver, settings).key(read_spec(AGE))
    driver.close()
    with open_store(settings.engine_folder).alone(key, lambda: None), pytest.raises(ClosedError):
        load_tensorrt(AGE, settings, progress)
    assert trt.Builder.builds == 0


def test_progress_rises_and_names_the_file(
    trt: ModuleType, settings: RuntimeSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert trt is not None
    told: list[tuple[str, float]] = []
    arrived = threading.Semaphore(0)

    def progress(text: str, share: float) -> None:
        told.append((text, share))
        arrived.release()

    def wait_for_two_reports(_step: int) -> None:
        arrived.acquire(timeout=10)
        arrived.acquire(timeout=10)

    monkeypatch.setattr(standin.Builder, "before_step", staticmethod(wait_for_two_reports))
    load_tensorrt(AGE, settings, progress).close()
    shares = [share for _, share in told]
    assert shares == sorted(shares)
    assert shares[0] == 0
    assert shares[-1] > 0
    assert all(text.startswith("age.fp16.onnx: ") for text, _ in told)


def test_ctrl_c_stops_a_build_and_keeps_nothing(
    gpu: ctypes.CDLL,
    trt: ModuleType,
    settings: RuntimeSettings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    steps: list[int] = []
    users = gpu.standin_context_users()

    def interrupt(step: int) -> None:
        steps.append(step)
        if step == 1:
            _thread.interrupt_main()
            threading.Event().wait(0.5)  # until the waiting thread has noticed

    monkeypatch.setattr(standin.Builder, "steps", 1000)
    monkeypatch.setattr(standin.Builder, "before_step", staticmethod(interrupt))
    with pytest.raises(KeyboardInterrupt):
        load_tensorrt(AGE, settings)
    assert len(steps) < 1000, "the build went on"
    assert open_store(settings.engine_folder).entries() == []
    assert gpu.standin_context_users() == users, "the driver is released"
    assert trt.Builder.builds == 0


def test_what_progress_raises_stops_a_build(
    trt: ModuleType, settings: RuntimeSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    class ClosedError(Exception):
        pass

    def progress(_text: str, share: float) -> None:
        if share > 0:
            raise ClosedError

    pause = staticmethod(lambda _step: threading.Event().wait(0.005))
    monkeypatch.setattr(standin.Builder, "steps", 1000)
    monkeypatch.setattr(standin.Builder, "before_step", pause)
    with pytest.raises(ClosedError):
        load_tensorrt(AGE, settings, progress)
    assert trt.Builder.builds == 0


def test_a_damaged_file_is_refused_before_anything_else(
    tmp_path: Path, settings: RuntimeSettings
) -> None:
    path = tmp_path / "text.onnx"
    path.write_text("hello")
    with pytest.raises(ModelError, match=r"text\.onnx could not be loaded"):
        load_tensorrt(path, settings)


def test_a_machine_without_tensorrt_is_told_the_extra(settings: RuntimeSettings) -> None:
    with pytest.raises(ModelError, match=r"not installed .*pip install -e '\.\[tensorrt\]'"):
        load_tensorrt(AGE, settings)


def test_bindings_without_libraries_are_told_apart(
    tmp_path: Path, settings: RuntimeSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "tensorrt"
    package.mkdir()
    missing = "libnvonnxparser.so.11: cannot open shared object file"
    (package / "__init__.py").write_text(f"raise ImportError({missing!r})\n")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ModelError, match=r"bindings are there.*libnvonnxparser\.so\.11"):
        load_tensorrt(AGE, settings)


def test_a_version_before_10_is_refused(trt: ModuleType, settings: RuntimeSettings) -> None:
    trt.__version__ = "8.6.1"
    with pytest.raises(ModelError, match=r"TensorRT 8\.6\.1 is too old; expected 10 or newer"):
        load_tensorrt(AGE, settings)


def test_a_machine_without_gpu_is_told_so(
    gpu: ctypes.CDLL, trt: ModuleType, settings: RuntimeSettings
) -> None:
    assert trt is not None
    gpu.standin_plug(0)
    with pytest.raises(ModelError, match="CUDA_ERROR_NO_DEVICE"):
        load_tensorrt(AGE, settings)


def test_a_driver_too_old_for_the_library_is_told_with_both_versions(
    gpu: ctypes.CDLL, trt: ModuleType, settings: RuntimeSettings
) -> None:
    def refuse(log: standin.ILogger) -> None:
        log.log(standin.ILogger.WARNING, "CUDA initialization failure with error: 35")
        raise TypeError("pybind11::init(): factory function returned nullptr")

    gpu.standin_set_version(12020)
    trt.Builder = refuse
    with pytest.raises(ModelError) as caught:
        load_tensorrt(AGE, settings)
    text = str(caught.value)
    assert "CUDA initialization failure with error: 35" in text
    assert "Found driver CUDA 12.2; expected 580 or newer for CUDA 13" in text


def test_the_key_holds_all_that_an_engine_depends_on(
    trt: ModuleType, settings: RuntimeSettings
) -> None:
    driver = open_driver("cuda-bindings")
    key = Loader(trt, driver, settings).key(read_spec(AGE))
    driver.close()
    assert key.model == "age.fp16.onnx"
    assert key.onnx_sha256 == read_spec(AGE).sha256
    assert json.loads(key.build)["workspace_mib"] == 1024
    assert key.library == "tensorrt 11.4.0.106"
    assert (key.gpu, key.compute_capability) == ("stand-in, no GPU", "8.6")
    assert key.driver.startswith("CUDA 13.0")
    assert key.system


def test_importing_the_runtime_needs_neither_library_nor_driver() -> None:
    code = "import engine.models.tensorrt, sys; assert 'cuda' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_network_without_our_metadata_is_refused(
    tmp_path: Path, settings: RuntimeSettings
) -> None:
    model = onnx.load(AGE)
    del model.metadata_props[:]
    onnx.save(model, tmp_path / "bare.onnx")
    with pytest.raises(ModelError, match=r"bare\.onnx is no agescope model"):
        load_tensorrt(tmp_path / "bare.onnx", settings)
