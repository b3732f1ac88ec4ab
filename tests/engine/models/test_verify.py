import hashlib
from pathlib import Path

import pytest

from engine.errors import ModelError
from engine.models.choose import load_model
from engine.models.shipped import AGE_MODEL, DETECTOR
from engine.models.tensorrt.progress import silent
from engine.models.verify import LIST, verify
from engine.settings import RuntimeSettings


def listed(folder: Path, content: bytes = b"model") -> Path:
    path = folder / "age.onnx"
    path.write_bytes(content)
    (folder / LIST).write_text(f"{hashlib.sha256(content).hexdigest()}  age.onnx\n")
    return path


def test_the_shipped_models_are_those_of_the_list() -> None:
    listed_files = (DETECTOR.parent / LIST).read_text().split()[1::2]
    assert {AGE_MODEL.name, DETECTOR.name} <= set(listed_files)
    for name in listed_files:
        verify(DETECTOR.parent / name)


def test_one_changed_bit_is_refused_before_any_runtime_reads_it(tmp_path: Path) -> None:
    content = bytearray(DETECTOR.read_bytes())
    path = listed(tmp_path, bytes(content))
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(ModelError, match="SHA-256"):
        load_model(path, "onnxruntime", RuntimeSettings(), silent)


def test_a_file_without_a_list_is_the_user_s_own(tmp_path: Path) -> None:
    path = tmp_path / "own.onnx"
    path.write_bytes(b"own")
    verify(path)
    listed(tmp_path)
    verify(path)


def test_a_missing_file_is_left_to_the_runtime(tmp_path: Path) -> None:
    listed(tmp_path).unlink()
    verify(tmp_path / "age.onnx")


@pytest.mark.parametrize("text", [b"\xff\xfe", b"onlyoneword\n"])
def test_a_list_that_cannot_be_read_is_told(tmp_path: Path, text: bytes) -> None:
    path = listed(tmp_path)
    (tmp_path / LIST).write_bytes(text)
    with pytest.raises(ModelError, match=LIST):
        verify(path)
