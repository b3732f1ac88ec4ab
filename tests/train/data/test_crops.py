import csv
import errno
import os
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from engine.errors import DataError
from engine.stages.align import FILL_RGB
from engine.values.frame import Frame
from train.data.crops import HALF_SIDE, MARGIN, SIDE_PX, load, make

ROOT = Path(__file__).resolve().parents[3]
WHOLE, TIGHT, EMPTY = (  # names of the training split
    "30_1_0_20170103180858952.jpg.chip.jpg",
    "31_1_0_20170103163445702.jpg.chip.jpg",
    "32_1_0_20170103163352672.jpg.chip.jpg",
)


@pytest.fixture
def archive(tmp_path: Path, portrait: Frame, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small UTKFace: a roomy photograph, a tightly cut one and one without a face."""
    monkeypatch.chdir(ROOT)
    pictures = {
        WHOLE: portrait.image,
        TIGHT: portrait.image[70:190, 170:280],
        EMPTY: np.full((200, 200, 3), 128, np.uint8),
    }
    path = tmp_path / "utkface.zip"
    with zipfile.ZipFile(path, "w") as writer:
        for name, image in pictures.items():
            packed = cv2.imencode(".jpg", np.ascontiguousarray(image[:, :, ::-1]))[1]
            writer.writestr(f"UTKFace/{name}", packed.tobytes())
    return path


def test_crops_are_cut_stored_and_loaded_with_their_labels(archive: Path, tmp_path: Path) -> None:
    made = make("utkface", archive, {WHOLE: "7"}, tmp_path / "cache")
    crops = load(tmp_path / "cache", "utkface")
    assert [photo.name for photo in crops.photos] == [WHOLE, TIGHT]
    assert [(photo.age, photo.group) for photo in crops.photos] == [(30.0, "7"), (31.0, TIGHT)]
    assert crops.rows("train") == [0, 1]
    assert crops.pixels.shape[1:] == (SIDE_PX, SIDE_PX, 4)
    assert made.with_suffix(".missed.txt").read_text() == EMPTY


def test_a_face_is_laid_on_the_template_from_any_photograph(archive: Path, tmp_path: Path) -> None:
    make("utkface", archive, {}, tmp_path / "cache")
    roomy, tight = load(tmp_path / "cache", "utkface").pixels[:2]
    face = slice(SIDE_PX // 2 - 25, SIDE_PX // 2 + 25)
    # Landmarks differ by a few px where the photograph ends close to the face.
    pixels = [cv2.GaussianBlur(crop[face, face, :3], (0, 0), 4).ravel() for crop in (roomy, tight)]
    assert np.corrcoef(pixels)[0, 1] > 0.8


def test_what_lies_outside_the_photograph_is_marked(archive: Path, tmp_path: Path) -> None:
    make("utkface", archive, {}, tmp_path / "cache")
    roomy, tight = load(tmp_path / "cache", "utkface").pixels[:2]
    assert (roomy[:, :, 3] == 255).all()
    outside = tight[:, :, 3] == 0
    assert 0.05 < outside.mean() < 0.7
    assert (tight[outside][:, :3] == FILL_RGB).all()


def test_the_same_photographs_are_cut_once(archive: Path, tmp_path: Path) -> None:
    first = make("utkface", archive, {}, tmp_path / "cache")
    stamp = first.stat().st_mtime_ns
    assert make("utkface", archive, {}, tmp_path / "cache") == first
    assert first.stat().st_mtime_ns == stamp


def test_no_partial_file_is_taken_for_crops(archive: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    cache.mkdir()
    (cache / "utkface-000000000000.partial").write_bytes(b"half")
    with pytest.raises(DataError, match="no crops of utkface"):
        load(cache, "utkface")
    make("utkface", archive, {}, cache)
    assert len(load(cache, "utkface").photos) == 2


def test_the_table_beside_the_crops_is_plain_csv(archive: Path, tmp_path: Path) -> None:
    made = make("utkface", archive, {}, tmp_path / "cache")
    with made.with_suffix(".csv").open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert rows[0]["split"] == "train"
    assert rows[0]["sex"] == "female"


def test_cached_crops_are_wider_than_the_models() -> None:
    assert SIDE_PX / MARGIN >= 128
    assert HALF_SIDE > 1


def test_a_set_in_which_nobody_is_found_is_told(tmp_path: Path) -> None:
    folder = tmp_path / "UTKFace"
    folder.mkdir()
    cv2.imwrite(str(folder / EMPTY), np.full((200, 200, 3), 128, np.uint8))
    with pytest.raises(DataError, match="no face was found in any of the 1 photographs"):
        make("utkface", tmp_path, {}, tmp_path / "cache")
    assert not list((tmp_path / "cache").iterdir())


def own_set(tmp_path: Path, portrait: Frame, table: str, names: str) -> Path:
    """A folder of your own: one portrait under several names, and a table."""
    place = tmp_path / "own"
    place.mkdir()
    for name in names:
        cv2.imwrite(str(place / f"{name}.jpg"), np.ascontiguousarray(portrait.image[:, :, ::-1]))
    (place / "labels.csv").write_text(table)
    return place


def test_a_group_in_two_splits_is_refused(tmp_path: Path, portrait: Frame) -> None:
    table = "file,age,group,split\na.jpg,30,anna,train\nb.jpg,31,anna,test\n"
    place = own_set(tmp_path, portrait, table, "ab")
    with pytest.raises(DataError, match="folder: group anna is in two splits, train and test"):
        make("folder", place, {}, tmp_path / "cache")


def test_groups_from_a_table_of_groups_are_held_to_the_splits_too(
    tmp_path: Path, portrait: Frame
) -> None:
    table = "file,age,split\na.jpg,30,val\nb.jpg,31,test\n"
    place = own_set(tmp_path, portrait, table, "ab")
    with pytest.raises(DataError, match="group 7 is in two splits, val and test"):
        make("folder", place, {"a.jpg": "7", "b.jpg": "7"}, tmp_path / "cache")


def test_a_photograph_that_no_split_file_lists_is_dropped_and_told(
    archive: Path, portrait: Frame, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    other = "99_1_0_20170101000000000.jpg.chip.jpg"
    packed = cv2.imencode(".jpg", np.ascontiguousarray(portrait.image[:, :, ::-1]))[1]
    with zipfile.ZipFile(archive, "a") as writer:
        writer.writestr(f"UTKFace/{other}", packed.tobytes())
    make("utkface", archive, {WHOLE: "7", other: "7"}, tmp_path / "cache")
    crops = load(tmp_path / "cache", "utkface")
    names = [photo.name for photo in crops.photos]
    assert crops.splits[names.index(other)] == "dropped"
    assert crops.rows("train") == [names.index(WHOLE), names.index(TIGHT)]
    assert "utkface: 1 photographs are in no split file and are dropped" in caplog.text


def test_every_label_of_a_photograph_is_part_of_what_names_its_crops(
    tmp_path: Path, portrait: Frame
) -> None:
    columns = ["file", "age", "std", "group", "sex", "race", "split"]
    first = ["a.jpg", "30", "2.5", "anna", "female", "White", "val"]
    other = ["a.jpg", "31", "3.5", "bert", "male", "Black", "test"]
    place = own_set(tmp_path, portrait, "", "a")
    made = set()
    for changed in range(len(columns)):
        labels = [*first[:changed], other[changed], *first[changed + 1 :]]
        (place / "labels.csv").write_text(f"{','.join(columns)}\n{','.join(labels)}\n")
        made.add(make("folder", place, {}, tmp_path / "cache"))
        (photo,) = load(tmp_path / "cache", "folder").photos
        assert [f"{photo.age:.0f}", photo.group, photo.sex, photo.race] == [
            labels[at] for at in (1, 3, 4, 5)
        ]
    assert len(made) == len(columns)  # the file is the same one: its row is the first's


@pytest.mark.parametrize("zipped", [False, True])
def test_a_photograph_that_was_replaced_is_cut_anew(
    tmp_path: Path, portrait: Frame, zipped: bool
) -> None:
    place, cache = own_set(tmp_path, portrait, "file,age\na.jpg,30\n", "a"), tmp_path / "cache"

    def cut() -> np.ndarray:
        where = place
        if zipped:
            where = tmp_path / "own.zip"
            with zipfile.ZipFile(where, "w") as writer:
                for file in sorted(place.iterdir()):
                    writer.write(file, file.name)
        make("folder", where, {}, cache)
        return np.array(load(cache, "folder").pixels[0, :, :, :3], np.float64)

    before = cut()
    dark = portrait.image[:, :, ::-1] // 2
    cv2.imwrite(str(place / "a.jpg"), dark)
    assert cut().mean() == pytest.approx(before.mean() / 2, rel=0.1)


def test_crops_that_are_asked_for_again_are_those_that_are_loaded(
    tmp_path: Path, portrait: Frame
) -> None:
    place, cache = own_set(tmp_path, portrait, "", "a"), tmp_path / "cache"
    for age in ("30", "50", "30"):
        (place / "labels.csv").write_text(f"file,age\na.jpg,{age}\n")
        make("folder", place, {}, cache)
        assert [photo.age for photo in load(cache, "folder").photos] == [float(age)]
    assert len(list(cache.glob("*.npy"))) == 2


@pytest.mark.parametrize(
    ("ending", "damaged"),
    [
        (".npy", lambda _: b""),
        (".npy", lambda whole: whole[:-1]),
        (".csv", lambda _: b""),
        (".csv", lambda whole: whole[:-4]),
        (".csv", lambda _: b"\x89\xff\xfe"),
        (".csv", lambda whole: b"".join(whole.splitlines(keepends=True)[:1])),
        (".csv", lambda whole: b"".join(whole.splitlines(keepends=True)[1:])),
        (".csv", lambda whole: b"".join(whole.splitlines(keepends=True)[:-1])),
    ],
)
def test_crops_that_are_damaged_are_told_in_a_line(
    tmp_path: Path,
    write_crops: Callable[[Path, str, int, int], None],
    ending: str,
    damaged: Callable[[bytes], bytes],
) -> None:
    write_crops(tmp_path, "fgnet", 3, 1)
    file = tmp_path / f"fgnet-0{ending}"
    file.write_bytes(damaged(file.read_bytes()))
    with pytest.raises(DataError, match=r"fgnet-0\.npy or the \.csv beside it is damaged"):
        load(tmp_path, "fgnet")


@pytest.mark.parametrize("ending", [".npy", ".csv"])
def test_damaged_crops_are_made_again(
    tmp_path: Path, portrait: Frame, ending: str, caplog: pytest.LogCaptureFixture
) -> None:
    place, cache = own_set(tmp_path, portrait, "file,age\na.jpg,30\n", "a"), tmp_path / "cache"
    made = make("folder", place, {}, cache)
    damaged = made.with_suffix(ending)
    damaged.write_bytes(damaged.read_bytes()[:60])
    assert make("folder", place, {}, cache) == made
    assert [photo.age for photo in load(cache, "folder").photos] == [30]
    assert "is damaged: the crops are made again" in caplog.text


def test_crops_without_their_table_are_damaged_too(
    tmp_path: Path, write_crops: Callable[[Path, str, int, int], None]
) -> None:
    write_crops(tmp_path, "fgnet", 3, 1)
    (tmp_path / "fgnet-0.csv").unlink()
    with pytest.raises(DataError, match=r"is damaged .* Make the crops again"):
        load(tmp_path, "fgnet")


def test_a_picture_that_cannot_be_read_leaves_no_partial_file(
    tmp_path: Path, portrait: Frame
) -> None:
    place = own_set(tmp_path, portrait, "file,age\na.jpg,30\nb.jpg,31\n", "ab")
    (place / "b.jpg").write_bytes(b"no picture")
    with pytest.raises(DataError, match=r"b\.jpg is no readable picture"):
        make("folder", place, {}, tmp_path / "cache")
    assert not list((tmp_path / "cache").iterdir())


def test_a_disk_without_room_is_told_before_anything_is_cut(
    tmp_path: Path, portrait: Frame, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("os.posix_fallocate", full)
    place = own_set(tmp_path, portrait, "file,age\na.jpg,30\n", "a")
    with pytest.raises(DataError, match=r"folder-\w+\.npy cannot be written \(No space left"):
        make("folder", place, {}, tmp_path / "cache")
    assert not list((tmp_path / "cache").iterdir())


def test_a_disk_that_promises_no_room_is_used_all_the_same(
    tmp_path: Path, portrait: Frame, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unable(*_: int) -> None:
        raise OSError(errno.EOPNOTSUPP, os.strerror(errno.EOPNOTSUPP))

    monkeypatch.setattr("os.posix_fallocate", unable)
    place = own_set(tmp_path, portrait, "file,age\na.jpg,30\n", "a")
    make("folder", place, {}, tmp_path / "cache")
    assert len(load(tmp_path / "cache", "folder").photos) == 1


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere all names are Unicode")
def test_a_name_that_is_no_utf_8_is_told_before_anything_is_cut(tmp_path: Path) -> None:
    place = tmp_path / "AgeDB"
    place.mkdir()
    (place / os.fsdecode(b"1_Beyonc\xe9_21_f.jpg")).write_bytes(b"")
    with pytest.raises(DataError, match=r"the name '1_Beyonc.udce9_21_f\.jpg' is no UTF-8"):
        make("agedb", tmp_path, {}, tmp_path / "cache")
    assert not (tmp_path / "cache").exists()
