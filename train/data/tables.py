"""Data sets whose labels stand in tables beside the photographs.

    appa_real   gt_avg_{train,valid,test}.csv: file_name, apparent_age_avg, apparent_age_std;
                photographs {train,valid,test}/<file_name>_face.jpg
    clap2016    {train,valid,test}_gt.csv: image, mean, stdv; photographs {train,valid,test}/<image>
    folder      labels.csv of your own: file, age, and if you like std, group, sex, race, split

Age is the mean of the votes on how old a person looks, and the official split is kept.
Terms of the first two: research, non-commercial. Sources: Agustsson et al., "Apparent and real age
estimation in still images with deep residual regressors on APPA-REAL database", 2017; Escalera et
al., "ChaLearn looking at people and faces of the world", CVPR workshops 2016.
"""

import csv
import io
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from engine.errors import DataError
from train.data.photo import Photo, check_groups, file_name, names_in, opened

_SPLITS = {"train": "train", "valid": "val", "val": "val", "test": "test"}
_MOST_YEARS = 120


@dataclass(frozen=True, slots=True)
class Table:
    """How the labels of a data set are laid out.

    Attributes:
        name: Short name of the data set.
        tables: File names of its tables and the split that each labels; "" where a column tells.
        file: Column of the photograph's name.
        age: Column of the age.
        std: Column of the standard deviation of votes.
        suffix: What follows that name in the name of the file.
        layout: The layout in words, for messages.
    """

    name: str
    tables: Mapping[str, str]
    file: str
    age: str
    std: str
    suffix: str
    layout: str

    def photos(self, place: Path, groups: Mapping[str, str]) -> dict[str, Photo]:
        """Labelled photographs by member name.

        Args:
            place: A zip file or a folder.
            groups: Group by file, which is named as in the tables, or whole, with its suffix;
                without it a photograph is its own.

        Raises:
            DataError: Tables, columns or photographs are missing, or `groups` names none of them.
        """
        members = _Members(place, names_in(place, expected=self.layout), self.layout)
        tables = {table: members.find(table) for table in self.tables}
        missing = sorted(table for table, member in tables.items() if member is None)
        if missing:
            raise DataError(f"{place} lacks {', '.join(missing)}; expected {self.layout}")
        grouped = {name: members.find(name + self.suffix) or members.find(name) for name in groups}
        group_of = {member: groups[name] for name, member in grouped.items()}
        read = opened(place)
        found: dict[str, Photo] = {}
        for table, member in tables.items():
            if member is not None:
                self._add(found, self._rows(read, member), members, table, group_of)
        check_groups(groups, {name for name, member in grouped.items() if member in found}, place)
        return found

    def _add(
        self,
        found: dict[str, Photo],
        rows: list[dict[str, str]],
        members: "_Members",
        table: str,
        group_of: Mapping[str | None, str],
    ) -> None:
        for row in rows:
            written = row[self.file] + self.suffix
            name = members.short_name(written)
            member = members.find(written)
            if member is None:
                raise DataError(
                    f"{members.place} lacks {written}, which {table} names; expected {self.layout}"
                )
            photo = self._photo(row, name, self.tables[table], group_of.get(member, ""))
            if found.setdefault(member, photo) != photo:
                raise DataError(f"{table} labels {member} twice, and not alike")

    def _rows(self, read: Callable[[str], bytes], table: str) -> list[dict[str, str]]:
        try:
            text = read(table).decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise DataError(f'{table} is not UTF-8 ({error}). Save it as "CSV UTF-8".') from error
        reader = csv.DictReader(io.StringIO(text, newline=""), restval="")
        columns = reader.fieldnames or []
        missing = sorted({self.file, self.age} - set(columns))
        if missing:
            raise DataError(
                f"{table} has columns {', '.join(columns)} but no {', '.join(missing)}; "
                f"expected {self.layout}"
            )
        return list(reader)

    def _photo(self, row: dict[str, str], name: str, split: str, group: str) -> Photo:
        try:
            votes_std = row.get(self.std)
            return Photo(
                data_set=self.name,
                name=name,
                age=_years(row[self.age]),
                group=group or row.get("group") or name,
                sex=row.get("sex") or "",
                race=row.get("race") or "",
                votes_std=_years(votes_std) if votes_std else None,
                split=split or _SPLITS[row.get("split") or "train"],
            )
        except (ValueError, KeyError) as error:
            raise DataError(
                f"{name}: {error} is no label; ages and deviations are numbers "
                f"from 0 to {_MOST_YEARS}, splits {', '.join(_SPLITS)}"
            ) from error


def _years(written: str) -> float:
    years = float(written)
    if not 0 <= years <= _MOST_YEARS:  # -1 for unknown, a year of birth; nan too
        raise ValueError(written)
    return years


class _Members:
    """Finds what tables name: by a path below the set's own folder, or the bare name if unique.

    Args:
        place: A zip file or a folder.
        names: Its members.
        layout: What is expected, for messages.
    """

    def __init__(self, place: Path, names: list[str], layout: str) -> None:
        self.place, self._layout = place, layout
        self._names = set(names)
        self._by_last_part: dict[str, list[str]] = defaultdict(list)
        for name in names:
            self._by_last_part[file_name(name)].append(name)

    def find(self, written: str) -> str | None:
        """The member that a path means, or None if there is none.

        Raises:
            DataError: There are several.
        """
        path = str(PurePosixPath(written))
        if path in self._names:
            return path
        called_so = self._by_last_part.get(file_name(path), [])
        below = [name for name in called_so if name.endswith(f"/{path}")]
        if len(below) > 1:
            raise DataError(
                f"{self.place}: {written} may be any of {', '.join(below[:3])}; write the "
                f"whole path. Expected {self._layout}"
            )
        return below[0] if below else None

    def short_name(self, written: str) -> str:
        """The last part of a path, or all of it where several members end so."""
        path = str(PurePosixPath(written))
        last = file_name(path)
        return path if len(self._by_last_part.get(last, [])) > 1 else last


APPA_REAL = Table(
    name="appa_real",
    tables={f"gt_avg_{name}.csv": _SPLITS[name] for name in ("train", "valid", "test")},
    file="file_name",
    age="apparent_age_avg",
    std="apparent_age_std",
    suffix="_face.jpg",
    layout="appa-real-release/gt_avg_{train,valid,test}.csv and {train,valid,test}/*_face.jpg",
)
CLAP2016 = Table(
    name="clap2016",
    tables={f"{name}_gt.csv": _SPLITS[name] for name in ("train", "valid", "test")},
    file="image",
    age="mean",
    std="stdv",
    suffix="",
    layout="{train,valid,test}_gt.csv with columns image,mean,stdv beside the photographs",
)
FOLDER = Table(
    name="folder",
    tables={"labels.csv": ""},
    file="file",
    age="age",
    std="std",
    suffix="",
    layout="labels.csv with columns file,age and if you like std,group,sex,race,split",
)
