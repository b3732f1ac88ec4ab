import json
from dataclasses import replace
from pathlib import Path

import pytest

from engine.errors import ModelError
from engine.models.tensorrt.storage import (
    FORMAT,
    EngineKey,
    EngineStore,
    open_store,
    write_whole,
)

KEY = EngineKey(
    model="age.fp16.onnx",
    onnx_sha256="a" * 64,
    build='{"workspace_mib": 1024}',
    library="tensorrt 11.4.0.106",
    gpu="NVIDIA L4",
    compute_capability="8.9",
    driver="CUDA 13.0, 580.65.06",
    system="Linux x86_64",
)


@pytest.fixture
def store(tmp_path: Path) -> EngineStore:
    return EngineStore(tmp_path / "engines")


def test_what_is_saved_is_loaded(store: EngineStore) -> None:
    path = store.save(KEY, b"engine", 12.34)
    assert store.load(KEY) == (b"engine", "")
    (entry,) = store.entries()
    assert (entry.path, entry.key, entry.size, entry.build_s) == (path, KEY, 6, 12.3)
    assert sorted(file.suffix for file in store.folder.iterdir()) == [".engine", ".json"]


def test_an_empty_store_says_that_there_is_none_yet(store: EngineStore) -> None:
    assert store.load(KEY) == (None, "there is none yet of age.fp16.onnx")
    assert store.entries() == []


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"gpu": "NVIDIA A10"}, "gpu was NVIDIA L4, is NVIDIA A10"),
        ({"compute_capability": "8.6"}, "compute_capability was 8.9, is 8.6"),
        ({"library": "tensorrt 11.5.0"}, "library was tensorrt 11.4.0.106, is tensorrt 11.5.0"),
        ({"driver": "CUDA 13.1"}, "driver was CUDA 13.0, 580.65.06, is CUDA 13.1"),
        ({"system": "Windows AMD64"}, "system was Linux x86_64, is Windows AMD64"),
        ({"onnx_sha256": "b" * 64}, "onnx_sha256 was aaaaaaaaaaaa…, is bbbbbbbbbbbb…"),
        ({"build": "{}"}, 'build was {"workspace_mib": 1024}, is {}'),
        ({"format": FORMAT + 1}, f"format was {FORMAT}, is {FORMAT + 1}"),
    ],
)
def test_an_engine_made_of_something_else_is_not_taken_and_the_reason_told(
    store: EngineStore, changed: dict[str, str], reason: str
) -> None:
    store.save(KEY, b"engine", 1)
    engine, why = store.load(replace(KEY, **changed))
    assert engine is None
    assert why == f"those of age.fp16.onnx do not fit: {reason}"


def test_engines_of_two_gpus_live_side_by_side(store: EngineStore) -> None:
    other = replace(KEY, gpu="NVIDIA A10")
    store.save(KEY, b"one", 1)
    store.save(other, b"two", 1)
    assert store.load(KEY)[0] == b"one"
    assert store.load(other)[0] == b"two"


@pytest.mark.parametrize("damage", [b"", b"engin", b"engina"])
def test_a_damaged_engine_is_not_taken(store: EngineStore, damage: bytes) -> None:
    store.save(KEY, b"engine", 1).write_bytes(damage)
    engine, why = store.load(KEY)
    assert engine is None
    assert why.endswith(f"is damaged: {len(damage)} of 6 bytes or altered")


@pytest.mark.parametrize("note", ["", "{", "[]", '{"key": {}}', '{"key": {"gpu": 1}, "size": 2}'])
def test_an_engine_without_a_readable_note_is_not_taken(store: EngineStore, note: str) -> None:
    store.save(KEY, b"engine", 1).with_suffix(".json").write_text(note)
    engine, why = store.load(KEY)
    assert engine is None
    assert why.endswith("has no readable note beside it")
    assert store.entries() == []


def test_an_engine_copied_under_another_name_is_not_taken(store: EngineStore) -> None:
    foreign = store.save(replace(KEY, gpu="NVIDIA A10"), b"engine", 1)
    mine = store.save(KEY, b"mine", 1)
    foreign.rename(mine)
    foreign.with_suffix(".json").rename(mine.with_suffix(".json"))
    engine, why = store.load(KEY)
    assert engine is None
    assert why.endswith("belongs elsewhere: gpu was NVIDIA A10, is NVIDIA L4")


def test_clearing_deletes_engines_notes_and_timings_only(store: EngineStore) -> None:
    store.save(KEY, b"engine", 1)
    write_whole(store.timings(KEY), b"timings")
    with store.alone(KEY, lambda: None):
        pass
    mine = {"mine.txt", "cameras.json", "visits.export.json", "my.timings", "yolo.engine"}
    for name in mine:
        (store.folder / name).write_text("mine")
    assert store.clear() == 1
    assert {path.name for path in store.folder.iterdir()} == mine
    assert store.clear() == 0


def test_timings_belong_to_a_library_and_a_gpu_not_to_a_model(store: EngineStore) -> None:
    assert store.timings(KEY) == store.timings(replace(KEY, model="yunet.fp16.onnx"))
    assert store.timings(KEY) != store.timings(replace(KEY, gpu="NVIDIA A10"))


def test_a_file_that_cannot_be_written_is_told_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "engines").write_text("a file where the folder should be")
    with pytest.raises(ModelError, match=r"cannot be written: .*runtime\.engine_folder"):
        EngineStore(tmp_path / "engines").save(KEY, b"engine", 1)
    (tmp_path / "taken.engine").mkdir()
    with pytest.raises(ModelError, match="cannot be written"):
        write_whole(tmp_path / "taken.engine", b"engine")
    assert list(tmp_path.glob("*.partial")) == []


def test_the_note_is_json_that_people_can_read(store: EngineStore) -> None:
    note = json.loads(store.save(KEY, b"engine", 1).with_suffix(".json").read_text())
    assert note["key"]["gpu"] == "NVIDIA L4"
    assert note["built_at"].endswith("+00:00")


def test_engines_are_kept_in_the_users_cache_unless_told_otherwise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert open_store("").folder == tmp_path / "agescope" / "engines"
    assert open_store(str(tmp_path / "mine")).folder == tmp_path / "mine"
