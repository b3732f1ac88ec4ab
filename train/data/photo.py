"""A labelled photograph, and reading it from an archive or a folder."""

import logging
import re
import zipfile
import zlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import cv2
import numpy as np

from engine.errors import DataError
from engine.values.frame import Image

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Photo:
    """One labelled photograph.

    Attributes:
        data_set: Short name: "utkface", "aaf", "fgnet".
        name: File name in the official layout; unique in its data set.
        age: Years.
        group: People or near-duplicates that must not cross a split share a group.
        sex: "female", "male" or "" where unknown.
        race: The data set's own word, or "".
        votes_std: Standard deviation of the votes that `age` is the mean of, in years; None if
            it is no mean of votes.
        split: The data set's own split: "train", "val", "test", or "" if it has none.
    """

    data_set: str
    name: str
    age: float
    group: str
    sex: str = ""
    race: str = ""
    votes_std: float | None = None
    split: str = ""


def names_in(place: Path, *, expected: str) -> list[str]:
    """Names of all files in an archive or folder, sorted, without those that macOS adds.

    Args:
        place: A zip file or a folder.
        expected: The official layout in words, for the error message.

    Raises:
        DataError: Nothing is there.
    """
    try:
        if place.is_dir():
            names = [path.relative_to(place).as_posix() for path in place.rglob("*")]
        else:
            with zipfile.ZipFile(place) as archive:
                names = archive.namelist()
    except (OSError, zipfile.BadZipFile) as error:
        raise DataError(
            f"{place} is no folder or readable zip file; expected {expected}"
        ) from error
    return sorted(name for name in names if not _of_macos(name))


def _of_macos(name: str) -> bool:
    return name.startswith("__MACOSX/") or file_name(name).startswith("._")


def images_in(place: Path, *, expected: str) -> list[str]:
    """Names of the JPEG pictures in an archive or folder, sorted.

    Args:
        place: A zip file or a folder.
        expected: The official layout in words, for the error message.

    Raises:
        DataError: Nothing is there.
    """
    names = names_in(place, expected=expected)
    pictures = [name for name in names if name.lower().endswith((".jpg", ".jpeg"))]
    if not pictures:
        raise DataError(f"{place} holds no JPEG pictures; expected {expected}")
    return pictures


def opened(place: Path) -> Callable[[str], bytes]:
    """What reads a member of an archive or folder by name.

    It raises DataError where a member is missing, damaged or encrypted.
    """
    archive = None if place.is_dir() else zipfile.ZipFile(place)

    def read(name: str) -> bytes:
        try:
            return archive.read(name) if archive else (place / name).read_bytes()
        except (OSError, KeyError, zipfile.BadZipFile, zlib.error) as error:
            raise DataError(
                f"{place}: {name} cannot be read ({error}). Fetch the data set again."
            ) from error
        except RuntimeError as error:  # encrypted, or packed in a way Python cannot unpack
            raise DataError(
                f"{place}: {name} cannot be read ({error}). If the archive has a password, "
                "unpack it and give the folder."
            ) from error

    return read


def checksums(place: Path, names: Iterable[str]) -> dict[str, tuple[int, int]]:
    """Size and CRC-32 of the members of an archive or folder: what tells that one was replaced.

    Raises:
        DataError: One is missing.
    """
    if place.is_dir():
        read = opened(place)
        return {name: (len(data := read(name)), zlib.crc32(data)) for name in names}
    with zipfile.ZipFile(place) as archive:
        found = {name: archive.getinfo(name) for name in names}
    return {name: (member.file_size, member.CRC) for name, member in found.items()}


def read_images(place: Path, names: Iterable[str]) -> Iterator[tuple[str, Image]]:
    """Yield the RGB pictures of an archive or folder by member name.

    Raises:
        DataError: A picture is missing or cannot be decoded.
    """
    read = opened(place)
    for name in names:
        data = np.frombuffer(read(name), np.uint8)
        pixels = cv2.imdecode(data, cv2.IMREAD_COLOR) if len(data) else None
        if pixels is None:
            raise DataError(f"{place}: {name} is no readable picture. Fetch the data set again.")
        yield name, np.ascontiguousarray(pixels[:, :, ::-1])


def matched(member: str, pattern: re.Pattern[str], *, expected: str) -> re.Match[str]:
    """The parts of a file name that holds labels; its whole is the name itself.

    Raises:
        DataError: It does not follow the official layout, `expected`.
    """
    name = file_name(member)
    match = pattern.fullmatch(name)
    if match is None:
        raise DataError(f"{name} is no official name; expected {expected}")
    return match


def check_groups(groups: Mapping[str, str], known: Collection[str], place: Path) -> None:
    """Warn of files in a table of groups that are no labelled photographs.

    Args:
        groups: Group by file.
        known: Files that are labelled photographs; others may be in it too.
        place: Where they are, for the message.

    Raises:
        DataError: None of the table's files is one, so that nothing would be kept together.
    """
    unknown = [name for name in groups if name not in known]
    if unknown and len(unknown) == len(groups):
        raise DataError(
            f"no file in the table of groups, such as {unknown[0]}, is a labelled photograph of "
            f"{place}. Name them as the set's own tables do, or else by the bare name."
        )
    if unknown:
        _log.warning(
            "%d of %d files in the table of groups, such as %s, are no labelled photographs of %s",
            *(len(unknown), len(groups), unknown[0], place),
        )


def file_name(member: str) -> str:
    """Last part of an archive member's path."""
    return PurePosixPath(member).name
