"""FG-NET: 1,002 photographs of 82 people, `SSSAaa[x].JPG`; the group is the person.

Terms: research use. Source: Panis, Lanitis, Tsapatsoulis, Cootes, "Overview of research on facial
ageing using the FG-NET ageing database", 2016.
"""

import re
from collections.abc import Mapping

from engine.errors import DataError
from train.data.photo import Photo, file_name

NAME = "fgnet"
LAYOUT = "FGNET/images/SSSAaa[x].JPG"
_PATTERN = re.compile(r"(\d{3})A(\d{2})[a-z]?\.jpg", re.IGNORECASE)


def parse(member: str, groups: Mapping[str, str]) -> Photo:
    """Read the labels in a file name; `groups` is not needed, the name holds the person.

    Raises:
        DataError: The name does not follow the official pattern.
    """
    name = file_name(member)
    match = _PATTERN.fullmatch(name)
    if match is None:
        raise DataError(f"{name} is no FG-NET name; expected {LAYOUT}")
    return Photo(NAME, name, float(match[2]), groups.get(name, match[1]))
