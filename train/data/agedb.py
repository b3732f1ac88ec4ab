"""AgeDB: photographs of 567 known people, `I_Name_aa_s.jpg`; the group is the person.

I is a running number, Name the person, aa the age, s the sex (m or f).
Terms: research, non-commercial. Source: Moschoglou et al., "AgeDB: the first manually collected,
in-the-wild age database", CVPR workshops 2017.
"""

import re
from collections.abc import Mapping

from train.data.photo import Photo, matched

NAME = "agedb"
LAYOUT = "AgeDB/I_Name_aa_s.jpg"
_PATTERN = re.compile(r"\d+_(.+)_(\d{1,3})_([mf])\.jpe?g", re.IGNORECASE)
_SEX = {"m": "male", "f": "female"}


def parse(member: str, groups: Mapping[str, str]) -> Photo:
    """Read the labels in a file name; `groups` is not needed, the name holds the person.

    Raises:
        DataError: The name does not follow the official pattern.
    """
    match = matched(member, _PATTERN, expected=LAYOUT)
    person, age, sex = match.groups()
    return Photo(NAME, match[0], float(age), groups.get(match[0], person), _SEX[sex.lower()])
