"""Photographs of faces whose file names tell the age, in a folder or zip archive.

Three layouts are known: UTKFace `[age]_[…].jpg`, FG-NET `SSSAaa[x].JPG` (S the person) and
All-Age-Faces `NNNNNAaa.jpg`. Other files are passed over.
"""

import re
import zipfile
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import NamedTuple

import cv2
import numpy as np

from engine.errors import SourceError
from engine.values.frame import Image

_PATTERNS = (
    re.compile(r"(?P<age>\d{1,3})_[\d_]*(\.jpg)?(\.chip)?\.jpe?g", re.IGNORECASE),
    re.compile(r"(?P<person>\d{3})A(?P<age>\d{2})[a-z]?\.jpg", re.IGNORECASE),
    re.compile(r"\d{5}A(?P<age>\d{2})\.jpg", re.IGNORECASE),
)


class Photograph(NamedTuple):
    """A labelled photograph that has not been read yet.

    Attributes:
        member: Its name in the folder or archive.
        person: Who: photographs of one person share it as far as the names tell.
        age_years: Age in whole years.
    """

    member: str
    person: str
    age_years: float


def parse_name(member: str) -> Photograph | None:
    """The label in a file name, None where it follows no known layout."""
    name = PurePosixPath(member).name
    for pattern in _PATTERNS:
        match = pattern.fullmatch(name)
        if match is not None:
            person = match.groupdict().get("person") or name
            return Photograph(member, person, float(match["age"]))
    return None


class Album:
    """The labelled photographs of a folder or zip archive.

    Attributes:
        photographs: What is there, by name.
    """

    def __init__(self, place: Path) -> None:
        """List what is there.

        Raises:
            SourceError: It cannot be read or holds no labelled photograph.
        """
        self._place = place
        try:
            members, self._read = _opened(place)
        except (OSError, zipfile.BadZipFile) as error:
            raise SourceError(f"{place} is no folder or zip archive that can be read.") from error
        found = (parse_name(member) for member in sorted(members))
        self.photographs = [photograph for photograph in found if photograph is not None]
        if not self.photographs:
            raise SourceError(
                f"{place} holds no photograph whose name tells an age; expected names of UTKFace "
                "(24_0_1_2017.jpg), FG-NET (001A24.JPG) or All-Age-Faces (00001A24.jpg)."
            )

    def image(self, photograph: Photograph) -> Image:
        """Read one: (H, W, 3) uint8 RGB.

        Raises:
            SourceError: It is damaged.
        """
        data = np.frombuffer(self._read(photograph.member), np.uint8)
        image = cv2.imdecode(data, cv2.IMREAD_COLOR_RGB) if len(data) else None
        if image is None:
            raise SourceError(f"{self._place}: {photograph.member} is no picture that can be read.")
        return np.asarray(image, np.uint8)


def _opened(place: Path) -> tuple[list[str], Callable[[str], bytes]]:
    if place.is_dir():
        members = [str(path.relative_to(place)) for path in place.rglob("*") if path.is_file()]
        return members, lambda member: (place / member).read_bytes()
    archive = zipfile.ZipFile(place)
    return archive.namelist(), archive.read
