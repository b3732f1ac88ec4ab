"""Fixed splits: which photographs train, select and test a model.

`python -m train.data.splits utkface utkface.zip utkface_groups.csv` made the files beside this one:
names of the training, validation, test and dropped photographs, one a line. Groups of
near-duplicates never cross a split; of a group whose ages agree within two years one photograph is
kept, of the others none. A photograph that is in none of the files is like nobody knows which
other one, and is not used.
"""

import argparse
import csv
import sys
from collections import defaultdict
from pathlib import Path

import numpy as np

from engine.errors import DataError
from train.command import ended
from train.data import aaf, agedb, fgnet, morph, utkface
from train.data.photo import Photo, check_groups, images_in
from train.data.tables import APPA_REAL, CLAP2016, Table
from train.data.tables import FOLDER as OWN_FOLDER

FOLDER = Path(__file__).parent / "split_files"
SPLITS = ("val", "test", "dropped", "train")
SEED = 2022
_SHARE = 0.1
_CONFLICT_YEARS = 2
DATA_SETS = {module.NAME: module for module in (utkface, aaf, fgnet, morph, agedb)}
TABLES: dict[str, Table] = {table.name: table for table in (APPA_REAL, CLAP2016, OWN_FOLDER)}
DIVIDED = (utkface.NAME, aaf.NAME)
"""Data sets that are divided by the files beside this one."""


def read_groups(path: Path) -> dict[str, str]:
    """Read a `file,group` table; a file whose group is left empty is its own.

    Raises:
        DataError: The file is missing, not UTF-8, empty, has other columns or a row without one.
    """
    try:
        with path.open(newline="", encoding="utf-8-sig") as stream:
            listed = {row["file"]: row["group"] for row in csv.DictReader(stream)}
    except (OSError, UnicodeDecodeError, KeyError) as error:
        raise DataError(
            f"{path} is no readable table with columns file,group in UTF-8 ({error})"
        ) from error
    short = [name for name, group in listed.items() if group is None]
    if short:
        raise DataError(
            f"{path}: the row of {short[0]} ends before the column group. A photograph without a "
            "group has a comma behind its name, or no row."
        )
    groups = {name: group for name, group in listed.items() if group}
    if not groups:
        raise DataError(f"{path} names no photograph; leave --groups out where no groups are known")
    return groups


def list_photos(data_set: str, place: Path, groups: dict[str, str]) -> dict[str, Photo]:
    """Photographs of an archive or folder by member name.

    Raises:
        DataError: What is there is not laid out as it officially is, holds a photograph twice, or
            `groups` names none of it.
    """
    if data_set in TABLES:
        return TABLES[data_set].photos(place, groups)
    module = DATA_SETS[data_set]
    members = images_in(place, expected=module.LAYOUT)
    if module is aaf:
        members = aaf.originals(members)
    photos = {member: module.parse(member, groups) for member in members}
    _refuse_twice(photos, place, module.LAYOUT)
    check_groups(groups, {photo.name for photo in photos.values()}, place)
    return photos


def _refuse_twice(photos: dict[str, Photo], place: Path, layout: str) -> None:
    first: dict[str, str] = {}
    for member, photo in photos.items():
        if first.setdefault(photo.name, member) != member:
            raise DataError(
                f"{place} holds {photo.name} twice, as {first[photo.name]} and {member}. "
                f"Give what holds {layout} alone."
            )


def divide(photos: list[Photo], seed: int = SEED) -> dict[str, list[str]]:
    """Divide photographs into train, val, test and dropped by group.

    Returns:
        Sorted names by split.
    """
    groups: dict[str, list[Photo]] = defaultdict(list)
    for photo in sorted(photos, key=lambda photo: photo.name):
        groups[photo.group].append(photo)
    kept, dropped = [], []
    for members in groups.values():
        ages = [photo.age for photo in members]
        agree = max(ages) - min(ages) <= _CONFLICT_YEARS
        kept += members[:1] if agree else []
        dropped += members[1:] if agree else members
    order = np.random.default_rng(seed).permutation(len(kept))
    count = round(_SHARE * len(kept))
    picked = {
        "train": order[2 * count :],
        "val": order[:count],
        "test": order[count : 2 * count],
    }
    names = {split: sorted(kept[i].name for i in rows) for split, rows in picked.items()}
    return {**names, "dropped": sorted(photo.name for photo in dropped)}


def split_of(data_set: str) -> dict[str, str]:
    """Split by name.

    Raises:
        DataError: A split file is missing.
    """
    found = {}
    for split in SPLITS:
        path = FOLDER / f"{data_set}.{split}.txt"
        try:
            found.update(dict.fromkeys(path.read_text().split(), split))
        except OSError as error:
            raise DataError(
                f"{path} is missing. Make it with python -m train.data.splits"
            ) from error
    return found


def main() -> None:
    """Write the split files of a data set."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data_set", choices=DIVIDED)
    parser.add_argument("place", type=Path, help="zip file or folder")
    parser.add_argument("groups", type=Path, help="table file,group of near-duplicates")
    arguments = parser.parse_args()
    photos = list_photos(arguments.data_set, arguments.place, read_groups(arguments.groups))
    FOLDER.mkdir(exist_ok=True)
    for split, names in divide(list(photos.values())).items():
        (FOLDER / f"{arguments.data_set}.{split}.txt").write_text("\n".join(names) + "\n")


if __name__ == "__main__":
    sys.exit(ended(main))
