"""`analyze` from storage to storage, with the one that fsspec keeps in memory."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import fsspec
import pytest
from fsspec.implementations.memory import MemoryFileSystem
from fsspec.registry import _registry

from app.analyze import Wish, analyze_all
from engine.archive.storage import list_stored, open_folder
from engine.errors import SettingsError, SinkError
from engine.settings import RuntimeSettings, Settings
from engine.sources.scene import Scene, Script, write_clip
from tests.servers.ftp import ftp_server

SETTINGS = Settings(runtime=RuntimeSettings(name="onnxruntime", threads=1))


@pytest.fixture
def storage(tmp_path: Path) -> Iterator[fsspec.AbstractFileSystem]:
    """Two clips of the same name, an earlier result, and one file that is no video."""
    clip = tmp_path / "x.mp4"
    write_clip(clip, Scene(Script(people=2, seconds=1.0, size_wh=(320, 180), seed=3)))
    fs = fsspec.filesystem("memory")
    fs.pipe({f"/in/{name}.mp4": clip.read_bytes() for name in ("a/x", "b/x")})
    fs.pipe_file("/in/old/x.annotated.mp4", clip.read_bytes())
    fs.pipe({"/in/a/x.jpg": b"", "/in/a/.x": b"", "/in/old/x.contact-1.jpg": b""})
    fs.pipe_file("/in/notes.mp4", b"no video at all\n" * 50)
    yield fs
    fs.rm("/", recursive=True)


def test_stored_videos_give_the_results_of_local_ones_and_resume(
    storage: fsspec.AbstractFileSystem, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wish = Wish(out="memory://out", recursive=True, quiet=True, resume=True)
    assert analyze_all(["memory://in"], wish, SETTINGS) == 1
    told = capsys.readouterr().err
    assert "memory://" in told
    assert list_stored("memory://in", recursive=True).others == ["memory://in/a/x.jpg"]
    results = ["memory://in/old/x.annotated.mp4"]
    assert list_stored("memory://in/*/*.mp4", recursive=False).others == results
    assert "agescope-" not in told, "the temporary file is nobody's business"
    manifest = json.loads(storage.cat_file("/out/manifest.json"))["sources"]
    assert [entry["status"] for entry in manifest] == ["done", "done", "failed"]
    assert analyze_all([str(tmp_path / "x.mp4")], Wish(tmp_path / "out", quiet=True), SETTINGS) == 0
    name = manifest[0]["name"]
    assert manifest[0]["outputs"] == sorted(
        f"{name}.{kind}" for kind in ("digest.json", "faces.csv", "tracks.csv")
    )
    stored = storage.cat_file(f"/out/{name}.tracks.csv").decode()
    assert stored.replace(name, "x") == (tmp_path / "out" / "x.tracks.csv").read_text()
    assert storage.isfile("/out/report.html")
    before = storage.modified(f"/out/{name}.tracks.csv")
    storage.rm_file("/in/notes.mp4")
    assert analyze_all(["memory://in/*/*.mp4"], wish, SETTINGS) == 0
    assert storage.modified(f"/out/{name}.tracks.csv") == before


@pytest.mark.parametrize("folder", ["in", "in/.Archive"])
def test_hidden_files_in_storage_are_left_out(
    folder: str, storage: fsspec.AbstractFileSystem
) -> None:
    names = ("b.mkv", "._b.mkv", ".Trash/c.mkv", "d/.e/f.mkv", ".Trash/g.jpg")
    storage.pipe({f"/{folder}/{name}": b"" for name in names})
    found = list_stored(f"memory://{folder}", recursive=True)
    assert [file for file in found.sources if file.endswith("mkv")] == [f"memory://{folder}/b.mkv"]
    assert not [file for file in found.others if ".Trash" in file]
    for pattern in ("*.mkv", "**/*.mkv"):
        found = list_stored(f"memory://{folder}/{pattern}", recursive=False)
        assert found.sources == [f"memory://{folder}/b.mkv"]
    found = list_stored(f"memory://{folder}/.*/*.mkv", recursive=False)
    assert found.sources == [f"memory://{folder}/.Trash/c.mkv"]


@pytest.mark.parametrize(("what", "recursive"), [("day/*.mp4", False), ("", True)])
def test_a_server_is_asked_under_its_address_for_what_was_found_there(
    what: str, recursive: bool, tmp_path: Path
) -> None:
    folder = tmp_path / "served" / "day"
    folder.mkdir(parents=True)
    write_clip(folder / "x.mp4", Scene(Script(people=1, seconds=0.5, size_wh=(320, 180))))
    wish = Wish(out=tmp_path / "out", quiet=True, recursive=recursive)
    with ftp_server(tmp_path / "served") as server:
        assert analyze_all([f"ftp://me:secret@{server}/{what}"], wish, SETTINGS) == 0
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())["sources"]
    assert [entry["address"] for entry in manifest] == [f"ftp://me:***@{server}/day/x.mp4"]
    assert (tmp_path / "out" / "x.tracks.csv").exists()


class NoCredentialsError(Exception):
    """As botocore's: no OSError."""


class Locked(MemoryFileSystem):
    """A storage that lets nobody in and says so with a class of its own."""

    def _refuse(self, *_: object, **__: object) -> NoReturn:
        raise NoCredentialsError("Unable to locate credentials.\nSee the manual.")

    info = get_file = exists = isfile = cat_file = pipe_file = makedirs = _refuse


@pytest.mark.usefixtures("storage")
def test_errors_of_the_storages_own_are_told_and_cost_no_other_source(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(_registry, "smb", Locked)
    locked, clip = "smb://me:secret@host/v/y.mp4", str(tmp_path / "x.mp4")
    assert analyze_all([locked, clip], Wish(tmp_path / "out", quiet=True), SETTINGS) == 1
    assert capsys.readouterr().err == (
        "agescope: y: smb://me:***@host/v/y.mp4 cannot be reached: Unable to locate credentials. "
        "Check the address and the credentials.\n"
    )
    assert (tmp_path / "out" / "x.tracks.csv").exists()
    with pytest.raises(SinkError, match=r"me:\*\*\*@host/out cannot be reached"):
        analyze_all([clip], Wish("smb://me:secret@host/out", quiet=True), SETTINGS)


def test_a_file_in_storage_can_be_deleted(storage: fsspec.AbstractFileSystem) -> None:
    folder = open_folder("memory://in/a")
    assert folder.has("x.mp4")
    for _ in range(2):
        folder.remove("x.mp4")
        assert not storage.exists("/in/a/x.mp4")


def test_what_is_not_in_storage_is_told_by_its_address(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wish = Wish(out=tmp_path, quiet=True)
    assert analyze_all(["memory://nowhere/x.mp4"], wish, SETTINGS) == 1
    assert "memory://nowhere/x.mp4 cannot be reached" in capsys.readouterr().err


def test_a_local_folder_is_the_same_one_under_its_address(tmp_path: Path) -> None:
    out = tmp_path / "out"
    with (
        open_folder(f"file://{out}").alone(),
        pytest.raises(SettingsError, match="another run"),
        open_folder(str(out)).alone(),
    ):
        pytest.fail("two at once")
