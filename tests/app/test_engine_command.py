import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from engine.models.tensorrt.storage import EngineKey, EngineStore

KEY = EngineKey(
    model="age.fp16.onnx",
    onnx_sha256="a" * 64,
    build="{}",
    library="tensorrt 11.4.0.106",
    gpu="NVIDIA L4",
    compute_capability="8.9",
    driver="CUDA 13.0, 580.65.06",
    system="Linux x86_64",
)


@pytest.fixture
def store(tmp_path: Path) -> EngineStore:
    return EngineStore(tmp_path / "agescope" / "engines")


def run(tmp_path: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "main.py", "engine", *arguments],
        env={**os.environ, "XDG_CACHE_HOME": str(tmp_path), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_kept_engines_are_listed_with_what_they_were_built_for(
    tmp_path: Path, store: EngineStore
) -> None:
    path = store.save(KEY, b"engine", 61)
    done = run(tmp_path, "list")
    assert done.returncode == 0
    for part in (path.name, "NVIDIA L4 (8.9)", "tensorrt 11.4.0.106", "580.65.06"):
        assert part in done.stdout


def test_the_list_is_there_as_json(tmp_path: Path, store: EngineStore) -> None:
    store.save(KEY, b"engine", 61)
    (entry,) = json.loads(run(tmp_path, "list", "--json").stdout)
    assert entry["key"]["gpu"] == "NVIDIA L4"
    assert entry["build_s"] == 61


def test_clearing_says_how_many_went_and_where(tmp_path: Path, store: EngineStore) -> None:
    store.save(KEY, b"engine", 61)
    done = run(tmp_path, "clear")
    assert done.returncode == 0
    assert done.stdout == f"1 engine(s) deleted from {store.folder}\n"
    assert store.entries() == []


def test_a_build_without_tensorrt_says_what_to_install(tmp_path: Path) -> None:
    done = run(tmp_path, "build")
    assert done.returncode == 1
    assert done.stdout == ""
    assert "agescope: TensorRT is not installed" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_wrong_setting_is_wrong_usage(tmp_path: Path) -> None:
    done = run(tmp_path, "build", "--settings", str(tmp_path / "none.toml"))
    assert done.returncode == 2
    assert "cannot be read" in done.stderr


def test_settings_say_where_the_engines_are(tmp_path: Path) -> None:
    elsewhere = EngineStore(tmp_path / "elsewhere")
    elsewhere.save(KEY, b"engine", 61)
    settings = tmp_path / "mine.toml"
    settings.write_text(f'[runtime]\nengine_folder = "{elsewhere.folder}"\n')
    done = run(tmp_path, "list", "--json", "--settings", str(settings))
    assert len(json.loads(done.stdout)) == 1
