"""UTKFace: aligned and cropped faces, `[age]_[gender]_[race]_[date].jpg.chip.jpg`.

Terms: non-commercial research. A few names lack a field, as in the original; sex or race is then
unknown. Source: Zhang, Song, Qi, "Age progression/regression by conditional adversarial
autoencoder", CVPR 2017.
"""

from collections.abc import Mapping

from engine.errors import DataError
from train.data.photo import Photo, file_name

NAME = "utkface"
LAYOUT = "UTKFace/[age]_[gender]_[race]_[date].jpg.chip.jpg"
_SEX = {"0": "male", "1": "female"}
_RACE = {"0": "White", "1": "Black", "2": "Asian", "3": "Indian", "4": "Other"}


def parse(member: str, groups: Mapping[str, str]) -> Photo:
    """Read the labels in a file name.

    Raises:
        DataError: The name does not start with an age.
    """
    name = file_name(member)
    fields = name.split("_")
    if not fields[0].isdigit():
        raise DataError(f"{name} does not start with an age; expected {LAYOUT}")
    whole = len(fields) == 4
    return Photo(
        data_set=NAME,
        name=name,
        age=float(fields[0]),
        group=groups.get(name, name),
        sex=_SEX.get(fields[1], "") if len(fields) > 2 else "",
        race=_RACE.get(fields[2], "") if whole else "",
    )
