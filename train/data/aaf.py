"""All-Age-Faces: photographs of East Asian people, `NNNNNAaa.jpg`; ids up to 07380 are female.

Terms: none stated; cite Cheng et al., "Exploiting effective facial patches for robust gender
recognition", 2019.
"""

import re
from collections.abc import Mapping

from train.data.photo import Photo, matched

NAME = "aaf"
LAYOUT = "All-Age-Faces Dataset/original images/NNNNNAaa.jpg"
_PATTERN = re.compile(r"(\d{5})A(\d{2})\.jpg", re.IGNORECASE)
_LAST_FEMALE = 7380


def parse(member: str, groups: Mapping[str, str]) -> Photo:
    """Read the labels in a file name.

    Raises:
        DataError: The name does not follow the official pattern.
    """
    match = matched(member, _PATTERN, expected=LAYOUT)
    number, age = int(match[1]), float(match[2])
    sex = "female" if number <= _LAST_FEMALE else "male"
    return Photo(NAME, match[0], age, groups.get(match[0], match[0]), sex, "East Asian")
