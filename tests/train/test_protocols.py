"""Protocols by the splits of a set itself, and by folders of people."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine.errors import DataError, SettingsError
from train.activations import start_from
from train.protocols import Sets, balanced_folders, protocols_named


def test_a_set_that_lacks_a_split_is_refused_before_anything_is_computed(
    small_checkpoint: Path, write_crops: Callable[[Path, str, int, int], None], tmp_path: Path
) -> None:
    write_crops(tmp_path, "folder", 4, 1)
    table = tmp_path / "folder-0.csv"
    table.write_text(table.read_text().replace(",test", ",train"))
    sets = Sets(tmp_path, start_from(small_checkpoint), tmp_path / "activations")
    (protocol,) = protocols_named("folder", sets, None)
    with pytest.raises(DataError, match="folder has no test photographs"):
        next(protocol.folds(1))
    assert not sets.folder.exists()


@pytest.mark.parametrize(("lacking", "split"), [("utkface", "val"), ("aaf", "test")])
def test_a_set_that_lacks_a_split_is_not_crossed(
    small_checkpoint: Path,
    write_crops: Callable[[Path, str, int, int], None],
    tmp_path: Path,
    lacking: str,
    split: str,
) -> None:
    for name in ("utkface", "aaf"):
        write_crops(tmp_path, name, 4, 1)
    table = tmp_path / f"{lacking}-0.csv"
    table.write_text(table.read_text().replace(f",{split}", ",train"))
    start = replace(start_from(small_checkpoint), data_sets=("utkface",))
    sets = Sets(tmp_path, start, tmp_path / "activations")
    (protocol, _) = protocols_named("cross", sets, None)
    with pytest.raises(DataError, match=f"{lacking} has no {split} photographs"):
        next(protocol.folds(1))


def test_splits_of_other_crops_than_the_backbone_has_learnt_from_are_refused(
    small_checkpoint: Path, write_crops: Callable[[Path, str, int, int], None], tmp_path: Path
) -> None:
    write_crops(tmp_path, "aaf", 4, 1)
    start = replace(start_from(small_checkpoint), data_sets=("aaf",), crops=("aaf-1",))
    (protocol,) = protocols_named("aaf", Sets(tmp_path, start, tmp_path / "activations"), None)
    with pytest.raises(DataError, match="was trained from other crops of aaf than the newest"):
        next(protocol.folds(1))


@pytest.mark.parametrize(
    ("people", "folds", "told"),
    [
        (2, None, "fgnet-0 shows 2 people, and a fold learns from one, watches one and tests one"),
        (3, 2, "3 people cannot be dealt into 2 folds: give 3 to 3"),
    ],
)
def test_folds_that_leave_nobody_to_learn_from_are_refused(
    small_checkpoint: Path,
    write_crops: Callable[[Path, str, int, int], None],
    tmp_path: Path,
    people: int,
    folds: int | None,
    told: str,
) -> None:
    write_crops(tmp_path, "fgnet", people, 1)
    sets = Sets(tmp_path, start_from(small_checkpoint), tmp_path / "activations")
    (protocol,) = protocols_named("fgnet-lopo", sets, folds)
    with pytest.raises((DataError, SettingsError), match=told):
        next(protocol.folds(1))


def test_whole_people_are_dealt_into_ten_folders_alike_in_ages() -> None:
    random = np.random.default_rng(0)
    groups = np.repeat([f"{n:03}" for n in range(300)], 6)
    years = (np.repeat(random.integers(16, 70, 300), 6) + random.integers(0, 3, 1800)).astype(float)
    folders = balanced_folders(groups, years)
    pairs = set(zip(groups.tolist(), folders.tolist(), strict=True))
    assert (len(pairs), set(folders)) == (300, set(range(10)))
    assert np.ptp(np.bincount(folders)) <= 24
    means = [years[folders == folder].mean() for folder in range(10)]
    assert np.ptp(means) < 5  # by chance they would be about nine years apart


def test_people_of_agedb_and_morph_are_in_one_part_of_each_of_the_five_splits(
    small_checkpoint: Path, write_crops: Callable[[Path, str, int, int], None], tmp_path: Path
) -> None:
    write_crops(tmp_path, "agedb", 20, 2)
    sets = Sets(tmp_path, start_from(small_checkpoint), tmp_path / "activations")
    (protocol,) = protocols_named("agedb", sets, None)
    folds = list(protocol.folds(1))
    assert [fold.name for fold in folds] == [f"split-{n}" for n in range(5)]
    tested = [set(fold.test.groups) for fold in folds]
    for fold, test in zip(folds, tested, strict=True):
        learnt, watched = set(fold.train.groups), set(fold.watch.groups)
        assert len(learnt) + len(watched) + len(test) == len(learnt | watched | test) == 20
    # The table's folders: 8,9; 0,1; 2,3; 3,4; 4,5 are tested, and 8,9 watched in the second split.
    assert not tested[0] & tested[1]
    assert tested[2] & tested[3]
    assert tested[3] & tested[4]
    assert set(folds[1].watch.groups) == tested[0]
    assert set(folds[2].watch.groups) == tested[1]


@pytest.mark.parametrize("name", ["agedb", "morph"])
def test_a_backbone_that_may_have_learnt_from_the_people_of_five_splits_is_refused(
    name: str, small_checkpoint: Path, tmp_path: Path
) -> None:
    start = replace(start_from(small_checkpoint), data_sets=("folder",))  # as README trains on them
    with pytest.raises(DataError, match=f"trained on the ages of folder, which a test on {name}"):
        protocols_named(name, Sets(tmp_path, start, tmp_path / "activations"), None)


def test_fewer_people_than_ten_folders_need_are_told_before_any_method_runs(
    small_checkpoint: Path, write_crops: Callable[[Path, str, int, int], None], tmp_path: Path
) -> None:
    write_crops(tmp_path, "agedb", 6, 2)
    sets = Sets(tmp_path, start_from(small_checkpoint), tmp_path / "activations")
    (protocol,) = protocols_named("agedb", sets, None)
    with pytest.raises(DataError, match="agedb has people for 6 of 10 folders"):
        next(protocol.folds(1))
