"""FG-NET: 1,002 photographs of 82 people, `SSSAaa[x].JPG`; the group is the person.

Terms: research use. Source: Panis, Lanitis, Tsapatsoulis, Cootes, "Overview of research on facial
ageing using the FG-NET ageing database", 2016.
"""

import re
from collections.abc import Mapping

from train.data.photo import Photo, matched

NAME = "fgnet"
LAYOUT = "FGNET/images/SSSAaa[x].JPG"
_PATTERN = re.compile(r"(\d{3})A(\d{2})[a-z]?\.jpg", re.IGNORECASE)


def parse(member: str, groups: Mapping[str, str]) -> Photo:
    """Read the labels in a file name; `groups` is not needed, the name holds the person.

    Raises:
        DataError: The name does not follow the official pattern.
    """
    match = matched(member, _PATTERN, expected=LAYOUT)
    return Photo(NAME, match[0], float(match[2]), groups.get(match[0], match[1]))
