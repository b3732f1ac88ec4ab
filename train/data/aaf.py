"""All-Age-Faces: photographs of East Asian people, `NNNNNAaa.jpg`; ids up to 07380 are female.

Terms: none stated; cite Cheng et al., "Exploiting effective facial patches for robust gender
recognition", 2019.
"""

import re
from collections.abc import Mapping
from pathlib import PurePosixPath

from train.data.photo import Photo, matched

NAME = "aaf"
LAYOUT = "All-Age-Faces Dataset/original images/NNNNNAaa.jpg"
_PATTERN = re.compile(r"(\d{5})A(\d{2})\.jpg", re.IGNORECASE)
_LAST_FEMALE = 7380
_ORIGINALS = "original images"


def originals(members: list[str]) -> list[str]:
    """Those of the folder that the layout names, if it is there: `aligned faces` repeats them."""
    return [name for name in members if _ORIGINALS in PurePosixPath(name).parts] or members


def parse(member: str, groups: Mapping[str, str]) -> Photo:
    """Read the labels in a file name.

    Raises:
        DataError: The name does not follow the official pattern.
    """
    match = matched(member, _PATTERN, expected=LAYOUT)
    number, age = int(match[1]), float(match[2])
    sex = "female" if number <= _LAST_FEMALE else "male"
    return Photo(NAME, match[0], age, groups.get(match[0], match[0]), sex, "East Asian")
