"""`main.py engine build` from end to end, on stand-ins."""

import json
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest
from typer.testing import CliRunner, Result

from app.cli import app
from engine.models.shipped import AGE_MODEL
from engine.models.tensorrt.storage import open_store
from tests.engine.models.tensorrt import standin


@pytest.fixture
def settings_file(tmp_path: Path) -> Path:
    path = tmp_path / "settings.toml"
    path.write_text(f'[runtime]\nengine_folder = "{tmp_path / "engines"}"\n')
    return path


def run(settings_file: Path, *arguments: str) -> Result:
    return CliRunner().invoke(app, ["engine", *arguments, "--settings", str(settings_file)])


def test_engines_are_built_once_run_listed_and_deleted(
    trt: ModuleType, settings_file: Path
) -> None:
    first = run(settings_file, "build")
    assert first.exit_code == 0, first.output
    for name in ("yunet.onnx", "age.onnx"):
        assert f"{name}: built" in first.stdout
    assert "runs on tensorrt · stand-in, no GPU, tensorrt 11.4.0.106 · float16" in first.stdout
    assert "there is none yet of age.fp16.onnx" in first.stderr
    assert trt.Builder.builds == 2

    second = run(settings_file, "build")
    assert "age.onnx: kept from before" in second.stdout
    assert trt.Builder.builds == 2

    third = run(settings_file, "build", "--anew")
    assert "age.onnx: built" in third.stdout
    assert trt.Builder.builds == 4

    listed = json.loads(run(settings_file, "list", "--json").stdout)
    assert {entry["key"]["model"] for entry in listed} == {"age.fp16.onnx", "yunet.fp16.onnx"}
    assert run(settings_file, "clear").stdout.startswith("2 engine(s) deleted")


def test_building_anew_leaves_alone_what_it_does_not_build(
    trt: ModuleType, settings_file: Path
) -> None:
    assert run(settings_file, "build").exit_code == 0
    store = open_store(str(settings_file.parent / "engines"))
    elsewhere = replace(store.entries()[0].key, gpu="NVIDIA L4")
    store.save(elsewhere, b"engine of another machine", 1)
    done = run(settings_file, "build", "--anew", str(AGE_MODEL))
    assert "age.onnx: built" in done.stdout
    assert "asked for anew" in done.stderr
    assert trt.Builder.builds == 3
    assert len(store.entries()) == 3
    assert store.load(elsewhere)[0] == b"engine of another machine"


def test_a_build_anew_that_is_interrupted_leaves_the_engine_there_was(
    trt: ModuleType, settings_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(_step: int) -> None:
        raise KeyboardInterrupt

    run(settings_file, "build", str(AGE_MODEL))
    monkeypatch.setattr(standin.Builder, "before_step", staticmethod(interrupt))
    assert run(settings_file, "build", "--anew", str(AGE_MODEL)).exit_code == 130
    assert "kept from before" in run(settings_file, "build", str(AGE_MODEL)).stdout
    assert trt.Builder.builds == 1


def test_an_engine_that_cannot_be_kept_is_no_success(
    trt: ModuleType, settings_file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (settings_file.parent / "engines").write_text("a file where the folder should be")
    done = run(settings_file, "build", str(AGE_MODEL))
    assert done.exit_code == 1
    assert "cannot be written" in done.stderr
    assert "kernel timings" in caplog.text
    assert trt.Builder.builds == 1


def test_an_interrupted_build_ends_with_130(
    trt: ModuleType, settings_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(_step: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(standin.Builder, "before_step", staticmethod(interrupt))
    done = run(settings_file, "build")
    assert done.exit_code == 130
    assert "interrupted; nothing half-built is kept" in done.stderr
    assert trt.Builder.builds == 0
