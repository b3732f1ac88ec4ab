import zipfile
from pathlib import Path

import cv2
import numpy as np
import pytest

from engine.errors import DataError
from train.data.photo import checksums, file_name, images_in, read_images

RED = np.full((8, 8, 3), (250, 10, 10), np.uint8)


def jpeg_of(rgb: np.ndarray) -> bytes:
    return cv2.imencode(".jpg", np.ascontiguousarray(rgb[:, :, ::-1]))[1].tobytes()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "photos"
    (place / "images").mkdir(parents=True)
    (place / "images" / "b.JPG").write_bytes(jpeg_of(RED))
    (place / "images" / "a.jpg").write_bytes(jpeg_of(RED))
    (place / "images" / "readme.txt").write_text("not a picture")
    return place


@pytest.fixture
def archive(folder: Path, tmp_path: Path) -> Path:
    path = tmp_path / "photos.zip"
    with zipfile.ZipFile(path, "w") as writer:
        for file in folder.rglob("*.*"):
            writer.write(file, file.relative_to(folder))
    return path


def test_a_folder_and_its_archive_hold_the_same_pictures(folder: Path, archive: Path) -> None:
    names = images_in(folder, expected="photographs")
    assert names == images_in(archive, expected="photographs")
    assert names == ["images/a.jpg", "images/b.JPG"]
    for place in (folder, archive):
        for name, image in read_images(place, names):
            assert name in names
            assert np.abs(image.astype(int) - RED).max() < 12


def test_a_place_that_is_not_there_is_named_with_what_was_expected(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"gone\.zip is no folder or readable zip file; expected X"):
        images_in(tmp_path / "gone.zip", expected="X")


def test_a_damaged_archive_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "half.zip"
    path.write_bytes(b"PK\x03\x04 and no more")
    with pytest.raises(DataError, match="no folder or readable zip file"):
        images_in(path, expected="X")


def test_a_folder_without_pictures_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="holds no JPEG pictures"):
        images_in(tmp_path, expected="X")


def test_a_picture_that_cannot_be_decoded_is_named(folder: Path) -> None:
    (folder / "images" / "a.jpg").write_bytes(b"no picture")
    with pytest.raises(DataError, match=r"images/a\.jpg is no readable picture"):
        list(read_images(folder, ["images/a.jpg"]))


def test_an_empty_picture_is_named(folder: Path) -> None:
    (folder / "images" / "a.jpg").write_bytes(b"")
    with pytest.raises(DataError, match=r"images/a\.jpg is no readable picture"):
        list(read_images(folder, ["images/a.jpg"]))


def test_a_damaged_member_of_an_archive_is_named(archive: Path) -> None:
    whole = archive.read_bytes()
    start = whole.index(jpeg_of(RED)[:16])
    archive.write_bytes(whole[: start + 20] + b"\x00" * 40 + whole[start + 60 :])
    names = images_in(archive, expected="X")
    with pytest.raises(DataError, match=r"cannot be read .*Fetch the data set again"):
        list(read_images(archive, names))


def test_an_archive_with_a_password_is_told(archive: Path) -> None:
    packed = bytearray(archive.read_bytes())
    for mark, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):  # in both headers of a member
        at = packed.find(mark)
        while at >= 0:
            packed[at + flags] |= 1  # "encrypted"
            at = packed.find(mark, at + 1)
    archive.write_bytes(bytes(packed))
    with pytest.raises(DataError, match=r"cannot be read .*encrypted.* unpack it and give"):
        list(read_images(archive, images_in(archive, expected="X")))


def test_what_macos_adds_to_an_archive_or_a_folder_is_no_picture(
    folder: Path, archive: Path
) -> None:
    names = images_in(folder, expected="X")
    with zipfile.ZipFile(archive, "a") as writer:
        writer.writestr("__MACOSX/images/._a.jpg", b"\0\5\26\7")
        writer.writestr("__MACOSX/images/a.jpg", b"\0\5\26\7")
    (folder / "images" / "._a.jpg").write_bytes(b"\0\5\26\7")
    assert images_in(archive, expected="X") == images_in(folder, expected="X") == names


@pytest.mark.parametrize("kind", ["folder", "archive"])
def test_a_picture_that_is_missing_is_named(kind: str, request: pytest.FixtureRequest) -> None:
    place = request.getfixturevalue(kind)
    with pytest.raises(DataError, match=r"gone\.jpg cannot be read"):
        list(read_images(place, ["images/gone.jpg"]))


def test_an_archive_and_its_folder_have_the_same_checksums(folder: Path, archive: Path) -> None:
    names = images_in(folder, expected="X")
    assert checksums(folder, names) == checksums(archive, names)
    assert checksums(folder, names)["images/a.jpg"][0] == len(jpeg_of(RED))


def test_the_name_of_a_member_is_its_last_part() -> None:
    assert file_name("UTKFace/1_0_0_x.jpg") == "1_0_0_x.jpg"
