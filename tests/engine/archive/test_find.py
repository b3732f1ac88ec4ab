"""Which sources are in a folder, and under which names their results do not collide."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.archive.find import distinct_names, find, find_in
from engine.archive.ledger import identity
from engine.errors import SourceError
from engine.sources.address import check_address, expand, open_source
from engine.sources.images import pictures_in


def touch(root: Path, *names: str) -> None:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


def test_videos_at_any_depth_and_folders_of_pictures_are_found_in_order(tmp_path: Path) -> None:
    touch(tmp_path, "b.mkv", "a/z.MP4", "a/deep/er/x.ts", "a/notes.txt", "p/2.jpg", "p/1.png")
    touch(tmp_path, ".hidden/x.mp4", "a/.x.mp4", "a/y.mp4.partial", "out/b.annotated.mp4")
    found = find(tmp_path, leave_out=tmp_path / "out").sources
    assert [str(Path(f).relative_to(tmp_path)) for f in found] == [
        "a/deep/er/x.ts", "a/z.MP4", "b.mkv", "p",
    ]  # fmt: skip


def test_earlier_results_are_no_sources(tmp_path: Path) -> None:
    touch(tmp_path, "a.mp4", "a.annotated.mp4", "a.contact-1.jpg", "old/b.annotated.mp4")
    touch(tmp_path, "old/b.contact-12.jpg", "p/1.jpg", "p/p.contact-1.jpg")
    found = [str(tmp_path / "a.mp4"), str(tmp_path / "p")]
    assert find(tmp_path, leave_out=tmp_path) == (found, [])
    assert find_in(tmp_path) == (found[:1], [])
    assert pictures_in(tmp_path / "p") == [tmp_path / "p" / "1.jpg"]
    with pytest.raises(SourceError, match="neither videos nor pictures"):
        find(tmp_path / "old", leave_out=tmp_path / "out")


def test_hidden_pictures_are_no_pictures(tmp_path: Path) -> None:
    touch(tmp_path, "p/a.jpg", "p/._a.jpg", "p/.thumb.jpg", "v/b.mkv", "v/._b.jpg")
    assert pictures_in(tmp_path / "p") == [tmp_path / "p" / "a.jpg"]
    assert find_in(tmp_path / "v").sources == [str(tmp_path / "v" / "b.mkv")]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_folders_and_pipes_that_are_called_like_videos_are_none(tmp_path: Path) -> None:
    touch(tmp_path, "in/a.mkv", "in/dir.mkv/notes.txt")
    os.mkfifo(tmp_path / "in" / "pipe.mkv")
    (tmp_path / "in" / "gone.mkv").symlink_to("nowhere")
    for found in (find(tmp_path / "in", leave_out=tmp_path / "out"), find_in(tmp_path / "in")):
        assert [Path(file).name for file in found.sources] == ["a.mkv", "gone.mkv"]
        assert "pipe.mkv" in [Path(file).name for file in found.others]


def test_a_folder_with_nothing_to_see_is_told(tmp_path: Path) -> None:
    touch(tmp_path, "a/notes.txt")
    with pytest.raises(SourceError, match="neither videos nor pictures"):
        find(tmp_path, leave_out=tmp_path / "out")


@contextmanager
def not_as_root() -> Iterator[None]:
    """Root reads everything; for that time this process is nobody."""
    user = os.geteuid()
    if user == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(user)


def test_a_folder_that_cannot_be_read_is_found_so_that_it_fails_by_name(tmp_path: Path) -> None:
    with tempfile.TemporaryDirectory() as place:  # pytest's own folders are closed to others
        root = Path(place)
        root.chmod(0o755)
        touch(root, "open/x.mp4", "closed/y.mp4")
        (root / "closed").chmod(0)
        with not_as_root():
            found = find(root, leave_out=tmp_path / "out").sources
        (root / "closed").chmod(0o755)
        assert found == [str(root / "closed"), str(root / "open" / "x.mp4")]


def test_a_file_in_a_folder_that_may_not_be_entered_fails_by_name() -> None:
    with tempfile.TemporaryDirectory() as place:
        root = Path(place)
        root.chmod(0o755)
        touch(root, "closed/x[1].mp4")
        (root / "closed").chmod(0)
        address = str(root / "closed" / "x[1].mp4")
        with not_as_root():
            assert identity(address) == address
            assert distinct_names([address, address]) == ["x-1", "x-1-2"]
            for refuse in (check_address, open_source):
                with pytest.raises(SourceError, match=r"x\[1\].mp4 may not be read by this user"):
                    refuse(address)
            with pytest.raises(SourceError, match="nothing matches"):
                expand([address])
        (root / "closed").chmod(0o755)


def test_a_folder_of_videos_gives_them_and_one_with_pictures_none(tmp_path: Path) -> None:
    touch(tmp_path, "v/b.mkv", "v/a.MP4", "v/.c.mp4", "v/a.annotated.mp4", "v/n.txt", "v/in/d.mp4")
    touch(tmp_path, "p/1.png", "p/b.mkv")
    assert [Path(f).name for f in find_in(tmp_path / "v").sources] == ["a.MP4", "b.mkv"]
    for folder in ("p", "missing"):
        assert find_in(tmp_path / folder).sources == [str(tmp_path / folder)]


def test_files_that_are_left_out_for_their_names_are_told(tmp_path: Path) -> None:
    touch(tmp_path, "v/a.mp4", "v/noext", "v/in/x.txt", "v/.x", "v/a.annotated.mp4", "v/a.partial")
    touch(tmp_path, "p/1.png", "p/b.mkv", "p/2.heic", "p/p.contact-1.jpg")
    for found, names in (
        (find(tmp_path, leave_out=tmp_path / "out"), ["p/2.heic", "v/in/x.txt", "v/noext"]),
        (find_in(tmp_path / "v"), ["v/noext"]),
        (find_in(tmp_path / "p"), ["p/2.heic", "p/b.mkv"]),
    ):
        assert found.others == [str(tmp_path / name) for name in names]


def test_links_to_folders_elsewhere_are_told(tmp_path: Path) -> None:
    touch(tmp_path, "in/a.mp4", "in/deep/b.mp4", "disk/c.mp4", "out/d.mp4")
    for name, to in (("camera", "disk"), ("twice", "in/deep"), ("loop", "in"), ("results", "out")):
        (tmp_path / "in" / name).symlink_to(tmp_path / to)
    found = find(tmp_path / "in", leave_out=tmp_path / "out")
    assert found.others == [str(tmp_path / "in" / "camera")]
    linked = find(tmp_path / "in" / "camera", leave_out=tmp_path / "out")
    assert (len(found.sources), len(linked.sources)) == (2, 1)


def test_files_of_the_same_name_are_told_apart_by_their_folders(tmp_path: Path) -> None:
    touch(tmp_path, "a/x.mp4", "b/x.mp4", "b/X.mkv", "b/y.mp4")
    names = ("a/x.mp4", "b/x.mp4", "b/X.mkv", "b/y.mp4")
    addresses = [str(tmp_path / name) for name in names]
    assert distinct_names(addresses) == ["a-x", "b-x", "b-X-2", "y"]


def test_stored_files_have_the_names_of_local_ones_and_no_password() -> None:
    addresses = ["s3://b/a/x.mp4", "sftp://me:secret@host/y.mkv", "sftp://me:secret@h/y.mp4"]
    assert distinct_names(addresses) == ["x", "host-y", "h-y"]
    assert distinct_names(["s3://b/2026.05/7.mp4", "s3://b/06/7.mp4"]) == ["2026.05-7", "06-7"]
    assert distinct_names(["memory://x.mp4", "memory://y/x.mp4"]) == ["x", "y-x"]


def test_names_given_before_stay_and_are_not_given_again(tmp_path: Path) -> None:
    touch(tmp_path, "a/x.mp4", "b/x.mp4")
    a, b = str(tmp_path / "a/x.mp4"), str(tmp_path / "b/x.mp4")
    assert distinct_names([a, b], {b: "x"}) == ["a-x", "x"]
    assert distinct_names([a, b], {b: "a-x"}) == ["a-x-2", "a-x"]
    assert distinct_names([a], taken=["X"]) == ["a-x"]
    assert distinct_names([a], taken=["x", "a-x"]) == ["a-x-2"]
    assert distinct_names([a], taken=["x.y"]) == ["x-2"]


@pytest.mark.parametrize("letter", ["x", "й", "監", "𠮷"])
def test_every_output_has_a_name_that_file_systems_take(letter: str, tmp_path: Path) -> None:
    name = letter * (250 // len(letter.encode()))
    touch(tmp_path, *(f"{folder}/{name}.mp4" for folder in (f"1{name}"[:80], "2", "2/3")))
    names = distinct_names(find(tmp_path, leave_out=tmp_path / "out").sources)
    assert len(set(names)) == 3
    for given_name in names:
        assert not set(given_name) - set(f"{letter}123-")
        (tmp_path / f"{given_name}.tracks.parquet.partial.jsonl").touch()


@given(st.lists(st.text("aB.-", min_size=1, max_size=5), unique=True, max_size=12))
def test_outputs_of_one_source_are_never_taken_for_those_of_another(stems: list[str]) -> None:
    names = [name.casefold() for name in distinct_names([f"/none/{s}.mp4" for s in stems])]
    assert len(set(names)) == len(names)
    for name in names:
        assert not [other for other in names if other.startswith(f"{name}.")]
