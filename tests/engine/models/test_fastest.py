"""The fastest runtime is remembered for as long as it can be trusted."""

import shutil
from pathlib import Path

import pytest

from engine.models.fastest import fastest, memory_file, recall, remember
from engine.models.shipped import DETECTOR


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return Path(shutil.copy(DETECTOR, tmp_path))


@pytest.mark.parametrize(
    ("taken_ms", "name"),
    [
        ({"onnxruntime": 60.0}, "onnxruntime"),
        ({"onnxruntime": 60.0, "openvino": 58.0}, "onnxruntime"),
        ({"onnxruntime": 60.0, "openvino": 30.0}, "openvino"),
        ({"onnxruntime": 60.0, "openvino": 30.0, "tensorrt": 4.0}, "tensorrt"),
        ({"openvino": 30.0, "tensorrt": 4.0}, "tensorrt"),
    ],
)
def test_another_runtime_than_the_first_has_to_be_clearly_faster(
    taken_ms: dict[str, float], name: str
) -> None:
    assert fastest(taken_ms) == name


def test_it_is_recalled_until_the_model_changes(
    tmp_path: Path, model: Path, caplog: pytest.LogCaptureFixture
) -> None:
    memory = tmp_path / "deep" / "memory.json"
    assert recall(memory, model) is None
    remember(memory, model, {"onnxruntime": 60.0, "openvino": 30.0})
    assert recall(memory, model) == "openvino"
    with model.open("ab") as stream:
        stream.write(b"x")
    assert recall(memory, model) is None
    assert "yunet.onnx: openvino was the fastest before this machine changed" in caplog.text


def test_it_is_recalled_until_a_version_changes(
    tmp_path: Path,
    model: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    memory = tmp_path / "memory.json"
    remember(memory, model, {"onnxruntime": 60.0, "openvino": 30.0})
    monkeypatch.setattr("engine.models.fastest._PACKAGES", ("agescope", "of-another-version"))
    assert recall(memory, model) is None
    assert "main.py doctor measures anew" in caplog.text


def test_models_are_remembered_side_by_side(tmp_path: Path, model: Path) -> None:
    memory, other = tmp_path / "memory.json", Path(shutil.copy(model, tmp_path / "other.onnx"))
    remember(memory, model, {"onnxruntime": 60.0})
    remember(memory, other, {"onnxruntime": 60.0, "openvino": 30.0})
    assert (recall(memory, model), recall(memory, other)) == ("onnxruntime", "openvino")


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"for": 1}', "no JSON"])
def test_a_damaged_memory_is_none(tmp_path: Path, model: Path, text: str) -> None:
    (tmp_path / "memory.json").write_text(text)
    assert recall(tmp_path / "memory.json", model) is None
    remember(tmp_path / "memory.json", model, {"onnxruntime": 60.0})
    assert recall(tmp_path / "memory.json", model) == "onnxruntime"


def test_a_memory_that_cannot_be_written_is_a_warning(
    tmp_path: Path, model: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").touch()
    remember(tmp_path / "file" / "memory.json", model, {"onnxruntime": 60.0})
    assert "the fastest runtime is not remembered" in caplog.text


def test_it_lies_in_the_users_folder_of_caches(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert memory_file() == tmp_path / "agescope" / "fastest-runtime.json"
