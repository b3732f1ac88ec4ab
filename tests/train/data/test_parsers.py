import pytest

from engine.errors import DataError
from train.data import aaf, fgnet, utkface
from train.data.photo import Photo


def test_a_whole_utkface_name_tells_age_sex_and_race() -> None:
    photo = utkface.parse("UTKFace/26_1_2_20170104023102422.jpg.chip.jpg", {})
    assert photo == Photo(
        "utkface",
        "26_1_2_20170104023102422.jpg.chip.jpg",
        26.0,
        "26_1_2_20170104023102422.jpg.chip.jpg",
        "female",
        "Asian",
    )


@pytest.mark.parametrize(
    ("name", "sex"),
    [
        ("61_1_20170109142408075.jpg.chip.jpg", "female"),
        ("39_0_20170116174525125.jpg.chip.jpg", "male"),
        ("24_20170119165019882.jpg.chip.jpg", ""),
    ],
)
def test_a_utkface_name_that_lacks_a_field_keeps_what_is_sure(name: str, sex: str) -> None:
    photo = utkface.parse(name, {})
    assert (photo.age, photo.sex, photo.race) == (float(name.split("_")[0]), sex, "")


@pytest.mark.parametrize("name", ["portrait.jpg", "_1_0_2017.jpg.chip.jpg", "-3_0_0_2017.jpg"])
def test_a_utkface_name_without_an_age_is_refused(name: str) -> None:
    with pytest.raises(DataError, match="does not start with an age"):
        utkface.parse(name, {})


def test_utkface_takes_its_group_from_the_table() -> None:
    name = "26_1_2_20170104023102422.jpg.chip.jpg"
    assert utkface.parse(f"UTKFace/{name}", {name: "17"}).group == "17"


@pytest.mark.parametrize(
    ("number", "sex"), [("00000", "female"), ("07380", "female"), ("07381", "male")]
)
def test_an_all_age_faces_number_tells_the_sex(number: str, sex: str) -> None:
    member = f"All-Age-Faces Dataset/original images/{number}A05.jpg"
    photo = aaf.parse(member, {f"{number}A05.jpg": "9"})
    assert photo == Photo("aaf", f"{number}A05.jpg", 5.0, "9", sex, "East Asian")


@pytest.mark.parametrize("name", ["00000A5.jpg", "0000A05.jpg", "00000A05.png", "00000B05.jpg"])
def test_another_name_is_no_all_age_faces_name(name: str) -> None:
    with pytest.raises(DataError, match="no official name; expected All-Age-Faces"):
        aaf.parse(name, {})


@pytest.mark.parametrize("name", ["001A43a.JPG", "001A43.jpg"])
def test_fgnet_groups_by_person(name: str) -> None:
    assert fgnet.parse(f"FGNET/images/{name}", {}) == Photo("fgnet", name, 43.0, "001")


@pytest.mark.parametrize("name", ["01A43.JPG", "001A4.JPG", "001A43ab.JPG", "Thumbs.jpg"])
def test_another_name_is_no_fgnet_name(name: str) -> None:
    with pytest.raises(DataError, match="no official name; expected FGNET"):
        fgnet.parse(name, {})
