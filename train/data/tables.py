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
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from engine.errors import DataError
from train.data.photo import Photo, file_name, names_in, opened

_SPLITS = {"train": "train", "valid": "val", "val": "val", "test": "test"}


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
            groups: Group by file name; without it a photograph is its own.

        Raises:
            DataError: Tables, columns or photographs are missing.
        """
        names = names_in(place, expected=self.layout)
        members = {file_name(name): name for name in names}
        missing = sorted(set(self.tables) - set(members))
        if missing:
            raise DataError(f"{place} lacks {', '.join(missing)}; expected {self.layout}")
        read = opened(place)
        found: dict[str, Photo] = {}
        for table, split in self.tables.items():
            for row in self._rows(read, members[table]):
                photo = self._photo(row, split, groups)
                if photo.name not in members:
                    raise DataError(
                        f"{place} lacks {photo.name}, which {table} names; expected {self.layout}"
                    )
                found[members[photo.name]] = photo
        return found

    def _rows(self, read: Callable[[str], bytes], table: str) -> list[dict[str, str]]:
        reader = csv.DictReader(io.StringIO(read(table).decode("utf-8-sig")))
        columns = reader.fieldnames or []
        missing = sorted({self.file, self.age} - set(columns))
        if missing:
            raise DataError(
                f"{table} has columns {', '.join(columns)} but no {', '.join(missing)}; "
                f"expected {self.layout}"
            )
        return list(reader)

    def _photo(self, row: dict[str, str], split: str, groups: Mapping[str, str]) -> Photo:
        name = file_name(row[self.file]) + self.suffix
        try:
            age, votes_std = float(row[self.age]), row.get(self.std)
            return Photo(
                data_set=self.name,
                name=name,
                age=age,
                group=groups.get(name) or row.get("group") or name,
                sex=row.get("sex") or "",
                race=row.get("race") or "",
                votes_std=float(votes_std) if votes_std else None,
                split=split or _SPLITS[row.get("split") or "train"],
            )
        except (ValueError, KeyError) as error:
            raise DataError(
                f"{name}: {error} is no label; ages and deviations are numbers, "
                f"splits {', '.join(_SPLITS)}"
            ) from error


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
