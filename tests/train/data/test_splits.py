from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import DataError
from train.data.photo import Photo
from train.data.splits import SPLITS, divide, list_photos, read_groups, split_of

groups_and_ages = st.lists(st.tuples(st.integers(0, 15), st.integers(0, 6)), max_size=60)


def photos_of(pairs: list[tuple[int, int]]) -> list[Photo]:
    return [
        Photo("test", f"{number:03}.jpg", float(age), str(group))
        for number, (group, age) in enumerate(pairs)
    ]


def training(photos: list[Photo], names: dict[str, list[str]]) -> list[Photo]:
    taken = {name for split in names.values() for name in split}
    return [photo for photo in photos if photo.name not in taken]


@given(groups_and_ages)
def test_no_group_crosses_a_split_and_none_is_kept_twice(pairs: list[tuple[int, int]]) -> None:
    photos = photos_of(pairs)
    names = divide(photos)
    dropped = set(names["dropped"])
    kept = Counter(photo.group for photo in photos if photo.name not in dropped)
    assert all(count == 1 for count in kept.values())


@given(groups_and_ages)
def test_every_photograph_is_in_one_place(pairs: list[tuple[int, int]]) -> None:
    photos = photos_of(pairs)
    names = divide(photos)
    listed = [name for split in names.values() for name in split]
    assert len(listed) == len(set(listed))
    assert len(listed) + len(training(photos, names)) == len(photos)


@given(groups_and_ages)
def test_a_group_is_dropped_whole_exactly_if_its_ages_disagree(
    pairs: list[tuple[int, int]],
) -> None:
    photos = photos_of(pairs)
    dropped = set(divide(photos)["dropped"])
    for group in {photo.group for photo in photos}:
        members = [photo for photo in photos if photo.group == group]
        ages = [photo.age for photo in members]
        survivors = [photo for photo in members if photo.name not in dropped]
        assert len(survivors) == (1 if max(ages) - min(ages) <= 2 else 0)


@given(groups_and_ages, st.randoms())
def test_the_order_of_the_photographs_does_not_matter(pairs, random) -> None:  # noqa: ANN001  hypothesis's own
    photos = photos_of(pairs)
    shuffled = list(photos)
    random.shuffle(shuffled)
    assert divide(shuffled) == divide(photos)


def test_validation_and_test_get_a_tenth_each() -> None:
    names = divide(photos_of([(group, 30) for group in range(200)]))
    assert (len(names["val"]), len(names["test"]), len(names["dropped"])) == (20, 20, 0)


def test_another_seed_divides_otherwise() -> None:
    photos = photos_of([(group, 30) for group in range(200)])
    assert divide(photos, seed=1) != divide(photos, seed=2)


@pytest.mark.parametrize("data_set", ["utkface", "aaf"])
def test_the_splits_that_ship_are_disjoint(data_set: str) -> None:
    places = Counter()
    for split in SPLITS:
        path = Path("train/data/split_files") / f"{data_set}.{split}.txt"
        names = (Path(__file__).parents[3] / path).read_text().split()
        assert len(names) > 100
        places.update(names)
    assert set(places.values()) == {1}
    assert len(split_of(data_set)) == len(places)


def test_a_data_set_without_splits_is_named() -> None:
    with pytest.raises(DataError, match=r"fgnet\.val\.txt is missing"):
        split_of("fgnet")


def test_a_table_of_groups_is_read_by_file(tmp_path: Path) -> None:
    path = tmp_path / "groups.csv"
    for mark in ("", "\ufeff"):  # Excel's "CSV UTF-8" begins with it
        path.write_text(f'{mark}file,group\n"a,b.jpg",7\nc.jpg,8\n')
        assert read_groups(path) == {"a,b.jpg": "7", "c.jpg": "8"}


def test_a_photograph_whose_group_is_left_empty_is_its_own(tmp_path: Path) -> None:
    path = tmp_path / "groups.csv"
    path.write_text("file,group\na.jpg,7\nb.jpg,\nc.jpg,\n")
    assert read_groups(path) == {"a.jpg": "7"}
    path.write_text("file,group\na.jpg,7\nb.jpg\n")
    with pytest.raises(DataError, match=r"groups\.csv: the row of b\.jpg ends before the column"):
        read_groups(path)


@pytest.mark.parametrize("data", [None, b"name;number\na.jpg;7\n", b"file,group\n\xfc.jpg,7\n"])
def test_another_table_is_refused(tmp_path: Path, data: bytes | None) -> None:
    path = tmp_path / "groups.csv"
    if data:
        path.write_bytes(data)
    with pytest.raises(DataError, match=r"groups\.csv is no readable table"):
        read_groups(path)


def test_a_table_of_nobody_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "groups.csv"
    path.write_text("file,group\n")
    with pytest.raises(DataError, match=r"groups\.csv names no photograph; leave --groups out"):
        read_groups(path)


def tree(place: Path, *members: str) -> Path:
    for member in members:
        (place / member).parent.mkdir(parents=True, exist_ok=True)
        (place / member).touch()
    return place


def test_of_all_age_faces_the_original_images_are_taken_and_not_the_aligned(tmp_path: Path) -> None:
    whole, name = tmp_path / "All-Age-Faces Dataset", "00001A02.jpg"
    tree(whole, f"aligned faces/{name}", f"original images/{name}", "original images/00002A03.jpg")
    for place in (tmp_path, whole, whole / "original images"):
        found = list_photos("aaf", place, {})
        assert [photo.name for photo in found.values()] == [name, "00002A03.jpg"]
        assert not [member for member in found if "aligned" in member]


@pytest.mark.parametrize(
    ("data_set", "name"), [("utkface", "1_0_0_2.jpg.chip.jpg"), ("aaf", "00001A02.jpg")]
)
def test_a_photograph_that_is_there_twice_is_refused(
    tmp_path: Path, data_set: str, name: str
) -> None:
    tree(tmp_path, f"crop_part1/{name}", f"whole/{name}")
    with pytest.raises(DataError, match=f"{name} twice, as crop_part1/{name} and whole/{name}"):
        list_photos(data_set, tmp_path, {})


@pytest.mark.data
@pytest.mark.parametrize("data_set", ["utkface", "aaf"])
def test_the_splits_that_ship_are_those_of_the_data(data_set: str, shared_data: Path) -> None:
    groups = read_groups(shared_data / f"{data_set}_groups.csv")
    photos = list(list_photos(data_set, shared_data / f"{data_set}.zip", groups).values())
    made = divide(photos)
    assert split_of(data_set) == {name: split for split, names in made.items() for name in names}


@pytest.mark.data
def test_fgnet_is_whole(shared_data: Path) -> None:
    photos = list_photos("fgnet", shared_data / "fgnet.zip", {}).values()
    assert len(photos) == 1002
    assert len({photo.group for photo in photos}) == 82
    assert sum(photo.age for photo in photos) / 1002 == pytest.approx(15.84, abs=0.005)
