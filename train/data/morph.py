"""MORPH Album II: police photographs, `PPPPPP_NSaa.JPG`; the group is the person.

P is the person, N the number of the photograph, S the sex (M or F), aa the age. Labels of sex, race
and birth date contradict each other for some people (Yip et al., "Preliminary studies on a large
face database", 2018); the file name is believed here.
Terms: licensed by the University of North Carolina Wilmington, research only. Source: Ricanek,
Tesafaye, "MORPH: a longitudinal image database of normal adult age-progression", 2006.
"""

import re
from collections.abc import Mapping

from train.data.photo import Photo, matched

NAME = "morph"
LAYOUT = "Album2/PPPPPP_NSaa.JPG"
_PATTERN = re.compile(r"(\d+)_(\d+)([MF])(\d{2})\.jpe?g", re.IGNORECASE)
_SEX = {"M": "male", "F": "female"}


def parse(member: str, groups: Mapping[str, str]) -> Photo:
    """Read the labels in a file name; `groups` is not needed, the name holds the person.

    Raises:
        DataError: The name does not follow the official pattern.
    """
    match = matched(member, _PATTERN, expected=LAYOUT)
    person, _, sex, age = match.groups()
    return Photo(NAME, match[0], float(age), groups.get(match[0], person), _SEX[sex.upper()])
