import zipfile
from pathlib import Path

import cv2
import numpy as np
import pytest

from engine.errors import SourceError
from engine.sources.photographs import Album, parse_name


@pytest.mark.parametrize(
    ("member", "person", "age"),
    [
        ("UTKFace/26_1_0_20170116.jpg.chip.jpg", "26_1_0_20170116.jpg.chip.jpg", 26),
        ("105_0_2_2017.jpg", "105_0_2_2017.jpg", 105),
        ("39_1_20170116174525125.jpg.chip.jpg", "39_1_20170116174525125.jpg.chip.jpg", 39),
        ("FGNET/images/001A02.JPG", "001", 2),
        ("082a18b.jpg", "082", 18),
        ("original images/00001A02.jpg", "00001A02.jpg", 2),
    ],
)
def test_the_age_is_in_the_name(member: str, person: str, age: float) -> None:
    photograph = parse_name(member)
    assert photograph is not None
    assert photograph == (member, person, age)


@pytest.mark.parametrize("member", ["readme.txt", "holiday.jpg", "001A.jpg", "a_1_0_2017.jpg"])
def test_other_names_are_passed_over(member: str) -> None:
    assert parse_name(member) is None


def picture(level: int) -> bytes:
    return cv2.imencode(".jpg", np.full((4, 6, 3), level, np.uint8))[1].tobytes()


@pytest.mark.parametrize("packed", [False, True])
def test_an_album_is_a_folder_or_an_archive(tmp_path: Path, packed: bool) -> None:
    names = {"b/001A30.JPG": picture(200), "a/20_0_0_1.jpg": picture(50), "a/note.txt": b"-"}
    place = tmp_path / "album"
    if packed:
        with zipfile.ZipFile(place, "w") as archive:
            for name, data in names.items():
                archive.writestr(name, data)
    else:
        for name, data in names.items():
            (place / name).parent.mkdir(parents=True, exist_ok=True)
            (place / name).write_bytes(data)
    album = Album(place)
    assert [(p.member, p.age_years) for p in album.photographs] == [
        ("a/20_0_0_1.jpg", 20),
        ("b/001A30.JPG", 30),
    ]
    assert album.image(album.photographs[1]).shape == (4, 6, 3)
    assert abs(int(album.image(album.photographs[1]).mean()) - 200) < 3


def test_an_album_without_ages_says_which_names_it_wants(tmp_path: Path) -> None:
    (tmp_path / "holiday.jpg").write_bytes(picture(9))
    with pytest.raises(SourceError, match="expected names of UTKFace"):
        Album(tmp_path)
    with pytest.raises(SourceError, match="no folder or zip archive"):
        Album(tmp_path / "holiday.jpg")


def test_a_damaged_photograph_is_named(tmp_path: Path) -> None:
    (tmp_path / "001A30.JPG").write_bytes(b"no picture")
    album = Album(tmp_path)
    with pytest.raises(SourceError, match=r"001A30\.JPG is no picture"):
        album.image(album.photographs[0])
