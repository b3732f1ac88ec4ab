"""Small trees laid out like the official downloads."""

import zipfile
from pathlib import Path

import cv2
import numpy as np
import pytest

from engine.errors import DataError
from train.data.photo import Photo, read_images
from train.data.splits import list_photos

JPEG = cv2.imencode(".jpg", np.zeros((8, 8, 3), np.uint8))[1].tobytes()
APPA_COLUMNS = "file_name,num_ratings,apparent_age_avg,apparent_age_std,real_age"


def write(place: Path, name: str, content: str | bytes = JPEG) -> None:
    path = place / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())


@pytest.fixture
def appa_real(tmp_path: Path) -> Path:
    place = tmp_path / "appa"
    for number, split in enumerate(("train", "valid", "test")):
        name = f"00000{number}.jpg"
        table = f"{APPA_COLUMNS}\n{name},38,2{number}.5,3.25,19\n"
        write(place, f"appa-real-release/gt_avg_{split}.csv", table)
        write(place, f"appa-real-release/gt_{split}.csv", "file_name,age\n")
        write(place, f"appa-real-release/{split}/{name}")
        write(place, f"appa-real-release/{split}/{name}_face.jpg")
    return place


def zipped(place: Path) -> Path:
    archive = place.with_suffix(".zip")
    with zipfile.ZipFile(archive, "w") as writer:
        for file in place.rglob("*.*"):
            writer.write(file, file.relative_to(place))
    return archive


def test_appa_real_gives_votes_and_the_official_split(appa_real: Path) -> None:
    photos = list_photos("appa_real", appa_real, {})
    member = "appa-real-release/valid/000001.jpg_face.jpg"
    name = "000001.jpg_face.jpg"
    assert photos[member] == Photo("appa_real", name, 21.5, name, votes_std=3.25, split="val")
    assert [photo.split for photo in photos.values()] == ["train", "val", "test"]


def test_an_archive_holds_what_its_folder_holds(appa_real: Path) -> None:
    archive = zipped(appa_real)
    photos = list_photos("appa_real", archive, {})
    assert photos == list_photos("appa_real", appa_real, {})
    assert [name for name, _ in read_images(archive, photos)] == list(photos)


def test_clap2016_reads_means_and_deviations(tmp_path: Path) -> None:
    for split in ("train", "valid", "test"):
        write(tmp_path, f"{split}_gt.csv", f"image,mean,stdv\n{split}.jpg,40.2,0\n")
        write(tmp_path, f"{split}/{split}.jpg")
    photos = list_photos("clap2016", tmp_path, {"test.jpg": "7"})
    assert photos["test/test.jpg"] == Photo(
        "clap2016", "test.jpg", 40.2, "7", votes_std=0.0, split="test"
    )


def test_a_folder_of_your_own_needs_only_file_and_age(tmp_path: Path) -> None:
    write(tmp_path, "labels.csv", "file,age\nholiday/anna.jpg,12\n")
    write(tmp_path, "holiday/anna.jpg")
    photos = list_photos("folder", tmp_path, {})
    assert photos == {
        "holiday/anna.jpg": Photo("folder", "anna.jpg", 12.0, "anna.jpg", split="train")
    }


def test_a_folder_of_your_own_may_tell_more(tmp_path: Path) -> None:
    header = "file,age,std,group,sex,race,split"
    write(tmp_path, "labels.csv", f"\ufeff{header}\na.jpg,30,2.5,anna,female,White,valid\n")
    write(tmp_path, "a.jpg")
    (photo,) = list_photos("folder", tmp_path, {}).values()
    assert photo == Photo("folder", "a.jpg", 30.0, "anna", "female", "White", 2.5, "val")


@pytest.mark.parametrize("written", ["holiday/anna.jpg", "anna.jpg", "./holiday/anna.jpg"])
def test_a_table_of_groups_names_photographs_as_the_labels_do(tmp_path: Path, written: str) -> None:
    write(tmp_path, "labels.csv", "file,age\nholiday/anna.jpg,12\n")
    write(tmp_path, "holiday/anna.jpg")
    (photo,) = list_photos("folder", tmp_path, {written: "anna"}).values()
    assert photo.group == "anna"


def test_a_table_of_groups_may_name_photographs_as_appa_real_does(appa_real: Path) -> None:
    groups = {"000000.jpg": "anna", "000001.jpg_face.jpg": "bert", "test/000002.jpg": "carl"}
    photos = list_photos("appa_real", appa_real, groups).values()
    assert [photo.group for photo in photos] == ["anna", "bert", "carl"]


@pytest.mark.parametrize("data_set", ["folder", "aaf"])
def test_a_table_that_groups_no_photograph_is_refused(tmp_path: Path, data_set: str) -> None:
    write(tmp_path, "labels.csv", "file,age\n00001A02.jpg,2\n")
    write(tmp_path, "00001A02.jpg")
    write(tmp_path, "unlabelled.txt")
    groups = {"other/00001A02.jpg": "anna", "unlabelled.txt": "anna"}
    with pytest.raises(DataError, match=r"such as other/00001A02\.jpg, is a labelled photograph"):
        list_photos(data_set, tmp_path, groups)


@pytest.mark.parametrize("data_set", ["folder", "aaf"])
def test_files_in_a_table_of_groups_that_are_no_photographs_are_counted(
    tmp_path: Path, data_set: str, caplog: pytest.LogCaptureFixture
) -> None:
    write(tmp_path, "labels.csv", "file,age\n00001A02.jpg,2\n")
    write(tmp_path, "00001A02.jpg")
    list_photos(data_set, tmp_path, {"00001A02.jpg": "anna"})
    assert not caplog.messages
    list_photos(data_set, tmp_path, {"00001A02.jpg": "anna", "gone.jpg": "anna"})
    (told,) = caplog.messages
    assert told.startswith("1 of 2 files in the table of groups, such as gone.jpg, ")


def test_photographs_of_one_name_in_two_folders_keep_their_own_labels(tmp_path: Path) -> None:
    place = tmp_path / "own" / "set"
    write(place, "labels.csv", "file,age\nbert/1.jpg,70\nanna/1.jpg,5\n")
    write(place, "anna/1.jpg")
    write(place, "bert/1.jpg")
    for where in (place, zipped(place), place.parent):  # the last one holds the set a level down
        photos = list_photos("folder", where, {"anna/1.jpg": "anna"}).values()
        assert [(p.name, p.age, p.group) for p in photos] == [
            ("bert/1.jpg", 70.0, "bert/1.jpg"),
            ("anna/1.jpg", 5.0, "anna"),
        ]


@pytest.mark.parametrize("there", [["bert/1.jpg"], ["bert/1.jpg", "carl/1.jpg"], ["1.jpg"]])
def test_a_path_never_means_a_photograph_of_another_folder(
    tmp_path: Path, there: list[str]
) -> None:
    write(tmp_path, "labels.csv", "file,age\nanna/1.jpg,70\n")
    for name in there:
        write(tmp_path, name)
    with pytest.raises(DataError, match=r"lacks anna/1\.jpg, which labels\.csv names"):
        list_photos("folder", tmp_path, {})


def test_a_name_that_several_photographs_have_is_refused(tmp_path: Path) -> None:
    write(tmp_path, "labels.csv", "file,age\n1.jpg,70\n")
    write(tmp_path, "anna/1.jpg")
    write(tmp_path, "bert/1.jpg")
    with pytest.raises(DataError, match=r"1\.jpg may be any of anna/1\.jpg, bert/1\.jpg"):
        list_photos("folder", tmp_path, {})


def test_a_photograph_labelled_twice_and_not_alike_is_refused(tmp_path: Path) -> None:
    write(tmp_path, "labels.csv", "file,age\na.jpg,30\na.jpg,30\na.jpg,31\n")
    write(tmp_path, "a.jpg")
    with pytest.raises(DataError, match=r"labels\.csv labels a\.jpg twice, and not alike"):
        list_photos("folder", tmp_path, {})


def test_a_missing_table_is_named_with_the_layout(appa_real: Path) -> None:
    (appa_real / "appa-real-release/gt_avg_test.csv").unlink()
    with pytest.raises(DataError, match=r"lacks gt_avg_test\.csv; expected appa-real-release/"):
        list_photos("appa_real", appa_real, {})


def test_a_missing_photograph_is_named_with_its_table(appa_real: Path) -> None:
    (appa_real / "appa-real-release/test/000002.jpg_face.jpg").unlink()
    with pytest.raises(DataError, match=r"lacks 000002\.jpg_face\.jpg, which gt_avg_test\.csv"):
        list_photos("appa_real", appa_real, {})


def test_a_table_without_ages_tells_its_columns(tmp_path: Path) -> None:
    write(tmp_path, "labels.csv", "file,years\na.jpg,30\n")
    write(tmp_path, "a.jpg")
    with pytest.raises(DataError, match="has columns file, years but no age"):
        list_photos("folder", tmp_path, {})


@pytest.mark.parametrize("row", ["a.jpg,thirty,train", "a.jpg,30,later"])
def test_a_label_that_is_none_is_named(tmp_path: Path, row: str) -> None:
    write(tmp_path, "labels.csv", f"file,age,split\n{row}\n")
    write(tmp_path, "a.jpg")
    with pytest.raises(DataError, match=r"a\.jpg: .* is no label"):
        list_photos("folder", tmp_path, {})


@pytest.mark.parametrize("age", ["-1", "nan", "inf", "1985"])
def test_an_age_that_nobody_has_is_refused(tmp_path: Path, age: str) -> None:
    write(tmp_path, "labels.csv", f"file,age\na.jpg,{age}\n")
    write(tmp_path, "a.jpg")
    with pytest.raises(DataError, match=rf"a\.jpg: {age} is no label; ages .* from 0 to 120"):
        list_photos("folder", tmp_path, {})


@pytest.mark.parametrize("deviation", ["-1", "nan", "inf"])
def test_a_deviation_that_votes_cannot_have_is_refused(tmp_path: Path, deviation: str) -> None:
    write(tmp_path, "labels.csv", f"file,age,std\na.jpg,30,{deviation}\n")
    write(tmp_path, "a.jpg")
    with pytest.raises(DataError, match=rf"a\.jpg: {deviation} is no label"):
        list_photos("folder", tmp_path, {})


def test_a_row_that_ends_early_is_named(tmp_path: Path) -> None:
    write(tmp_path, "labels.csv", "file,age\na.jpg\n")
    write(tmp_path, "a.jpg")
    with pytest.raises(DataError, match=r"a\.jpg: .* is no label"):
        list_photos("folder", tmp_path, {})


def test_a_table_that_is_not_utf_8_is_refused(tmp_path: Path) -> None:
    write(tmp_path, "labels.csv", "file,age\nM\xfcller.jpg,30\n".encode("latin-1"))
    with pytest.raises(DataError, match=r"labels\.csv is not UTF-8"):
        list_photos("folder", tmp_path, {})


def test_a_place_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="is no folder or readable zip file; expected labels"):
        list_photos("folder", tmp_path / "nowhere.zip", {})


def test_morph_and_agedb_group_by_person(tmp_path: Path) -> None:
    write(tmp_path, "morph/Album2/009055_1M54.JPG")
    write(tmp_path, "agedb/AgeDB/13_Maria.Callas_101_f.jpg")
    (morph,) = list_photos("morph", tmp_path / "morph", {}).values()
    (agedb,) = list_photos("agedb", tmp_path / "agedb", {}).values()
    assert morph == Photo("morph", "009055_1M54.JPG", 54.0, "009055", "male")
    assert agedb == Photo("agedb", "13_Maria.Callas_101_f.jpg", 101.0, "Maria.Callas", "female")


@pytest.mark.parametrize("data_set", ["morph", "agedb"])
def test_another_name_is_refused_with_the_layout(tmp_path: Path, data_set: str) -> None:
    write(tmp_path, "holiday.jpg")
    with pytest.raises(DataError, match=r"holiday\.jpg is no .* name; expected"):
        list_photos(data_set, tmp_path, {})
