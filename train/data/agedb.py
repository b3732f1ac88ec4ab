"""AgeDB: photographs of 567 known people, `I_Name_aa_s.jpg`; the group is the person.

I is a running number, Name the person, aa the age, s the sex (m or f).
Terms: research, non-commercial. Source: Moschoglou et al., "AgeDB: the first manually collected,
in-the-wild age database", CVPR workshops 2017.
"""

import re
from collections.abc import Mapping

from engine.errors import DataError
from train.data.photo import Photo, file_name

NAME = "agedb"
LAYOUT = "AgeDB/I_Name_aa_s.jpg"
_PATTERN = re.compile(r"\d+_(.+)_(\d{1,3})_([mf])\.jpe?g", re.IGNORECASE)
_SEX = {"m": "male", "f": "female"}


def parse(member: str, groups: Mapping[str, str]) -> Photo:
    """Read the labels in a file name; `groups` is not needed, the name holds the person.

    Raises:
        DataError: The name does not follow the official pattern.
    """
    name = file_name(member)
    match = _PATTERN.fullmatch(name)
    if match is None:
        raise DataError(f"{name} is no AgeDB name; expected {LAYOUT}")
    person, age, sex = match.groups()
    return Photo(NAME, name, float(age), groups.get(name, person), _SEX[sex.lower()])
