"""What there is to analyse in a folder, and names under which results do not collide."""

import os
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path, PurePath, PurePosixPath
from typing import NamedTuple

from engine.errors import SourceError
from engine.sinks.outputs import source_of
from engine.sources import images
from engine.sources.address import LONGEST_NAME_BYTES, expand, is_live, mask_address, source_name
from engine.sources.there import exists, is_file, is_folder
from engine.values.text import cut

# fmt: off
VIDEOS = frozenset({
    ".3g2", ".3gp", ".asf", ".avi", ".divx", ".dv", ".f4v", ".flv", ".gif", ".m2ts", ".m2v",
    ".m4v", ".mjpeg", ".mkv", ".mov", ".mp4", ".mpeg", ".mpg", ".mts", ".mxf", ".ogv", ".rm",
    ".ts", ".vob", ".webm", ".wmv",
})
# fmt: on


class Found(NamedTuple):
    """What there is in a folder, or what a pattern matches.

    Attributes:
        sources: Addresses, sorted, the same on every file system.
        others: Files that were left out, sorted. Of a folder: no video or picture by their names,
            pipes, or of the kind that is not taken there, but neither hidden ones nor this
            program's videos and pictures; and links to folders elsewhere. Of a pattern: what this
            program wrote.
    """

    sources: list[str]
    others: list[str]


def matched(spec: str) -> Found:
    """What a pattern matches, without what this program wrote; what is no pattern, as it is.

    Raises:
        SourceError: It matches nothing, or results only.
    """
    addresses = expand([spec])
    found = without_results(addresses) if addresses != [spec] else Found(addresses, [])
    if not found.sources:
        raise SourceError(
            f"{spec} matches nothing but results of this program. "
            "Name one itself to open it all the same."
        )
    return found


def without_results(matches: Sequence[str]) -> Found:
    """What a pattern matched, without what this program wrote."""
    return Found(
        [each for each in matches if not is_result(each)],
        [each for each in matches if is_result(each)],
    )


def is_result(address: str) -> bool:
    """Whether a file is by its name what this program wrote about a source."""
    name = PurePath(address).name
    return source_of(name) is not None or PurePath(name).stem.endswith(".annotated")


def find(folder: Path, *, leave_out: Path) -> Found:
    """The sources in a folder and all below it: every video, and every folder that holds pictures.

    Hidden files and folders and what this program wrote are left out; links to folders are not
    followed, and are among the others where they lead elsewhere. A folder that cannot be read is
    among the sources, so that it fails by name instead of being missing from results.

    Args:
        folder: Where to look.
        leave_out: A folder that is not looked into: that of the results.

    Raises:
        SourceError: There is nothing.
    """
    found: list[str] = []
    others: list[str] = []
    root, results = folder.resolve(), leave_out.resolve()
    unread: list[str] = []
    for place, folders, files in os.walk(folder, onerror=lambda e: unread.append(str(e.filename))):
        here = Path(place)
        folders[:] = [f for f in folders if f[0] != "." and (here / f).resolve() != results]
        paths = [here / name for name in files]
        found += [str(path) for path in paths if _is_recording(path)]
        if any(images.is_picture(name) for name in files):
            found.append(str(here))
        others += [str(path) for path in paths if _is_other(path)]
        others += [str(here / name) for name in folders if _leads_out(here / name, root)]
    found += unread
    if not found:
        raise SourceError(f"{folder} and the folders in it hold neither videos nor pictures.")
    return Found(sorted(found), sorted(others))


def _leads_out(folder: Path, root: Path) -> bool:
    """Whether a folder is a link to what is not looked at anyway."""
    return folder.is_symlink() and not folder.resolve().is_relative_to(root)


def find_in(folder: Path) -> Found:
    """The sources in a folder alone: its videos; itself where it holds pictures, or neither.

    Hidden files and what this program wrote are left out.
    """
    try:
        there = [path for path in folder.iterdir() if not is_folder(path)]
    except OSError:  # told where the folder is opened
        return Found([str(folder)], [])
    others = [str(path) for path in there if _is_other(path)]
    videos = sorted(str(path) for path in there if _is_recording(path))
    if any(images.is_picture(path.name) for path in there):
        return Found([str(folder)], sorted(others + videos))
    return Found(videos or [str(folder)], sorted(others))


def _is_recording(path: Path) -> bool:
    """Whether it is a video by its name, and no pipe or device: reading one may never end.

    A link to nothing is one, so that it fails by name.
    """
    return is_video(path.name) and (is_file(path) or not exists(path))


def _is_other(path: Path) -> bool:
    """Whether a file is left out and told."""
    return is_strange(path.name) or (is_video(path.name) and not _is_recording(path))


def is_strange(name: str) -> bool:
    """Whether a file is no video, no picture and no unfinished result by its name, nor hidden."""
    path = PurePosixPath(name)
    known = {*VIDEOS, *images.SUFFIXES, ".partial"}
    return path.name[:1] != "." and path.suffix.lower() not in known


def is_video(name: str) -> bool:
    """Whether a file is a video by its name, not hidden, and no annotated one of this program."""
    path = PurePosixPath(name)
    known = path.name[:1] != "." and path.suffix.lower() in VIDEOS
    return known and not path.stem.endswith(".annotated")


def distinct_names(
    addresses: Sequence[str], known: Mapping[str, str] | None = None, taken: Sequence[str] = ()
) -> list[str]:
    """A name for each address, so that no output of one can be taken for that of another.

    Where the short names of two are the same, their folders come before: `a/x.mp4` and `b/x.mp4`
    are `a-x` and `b-x`. What is then still the same gets a number, in order.

    Args:
        addresses: In order.
        known: Names that were given before, by address; they stay.
        taken: Names that others have.
    """
    known = known or {}
    names = _Names([*taken, *(known[address] for address in addresses if address in known)])
    short = [_short(address) for address in addresses]
    count = Counter(name.casefold() for name in [*short, *taken])
    return [
        known.get(address)
        or names.take(_longer(address, name) if count[name.casefold()] > 1 else name)
        for address, name in zip(addresses, short, strict=True)
    ]


class _Names:
    """Names in use; upper and lower case are the same, as on some file systems."""

    def __init__(self, taken: Iterable[str]) -> None:
        self._taken: set[str] = set()
        self._beginnings: set[str] = set()
        for name in taken:
            self._keep(name)

    def take(self, name: str) -> str:
        """A free name like this one."""
        if beginnings(name) & self._taken:  # outputs of `clip` are what begins with `clip.`
            name = name.replace(".", "-")
        free, number = name, 1
        while free.casefold() in self._taken or free.casefold() in self._beginnings:
            number += 1
            free = f"{name}-{number}"
        self._keep(free)
        return free

    def _keep(self, name: str) -> None:
        self._taken.add(name.casefold())
        self._beginnings |= beginnings(name)


def beginnings(name: str) -> set[str]:
    """Of `a.b.c`: `a` and `a.b`, in lower case: names whose outputs it could be taken for."""
    parts = name.casefold().split(".")
    return {".".join(parts[:end]) for end in range(1, len(parts))}


def _short(address: str) -> str:
    """The name of a file without its ending, here or in storage."""
    stored = _path_in_storage(address)
    return source_name(f"stored://{stored.stem}" if stored else address)


def _longer(address: str, name: str) -> str:
    """The name of a file with that of its folder before it."""
    stored = _path_in_storage(address)
    if stored and stored.parent.name:
        folder = source_name(f"stored://{stored.parent.name}")
    elif exists(address):
        folder = source_name(str(Path(address).resolve().parent))
    else:
        return name
    room = LONGEST_NAME_BYTES - len(f"-{name}".encode())
    return f"{cut(folder, room)}-{name}".lstrip("-")


def _path_in_storage(address: str) -> PurePosixPath | None:
    """Where in its storage a file lies; None for files here and live sources."""
    _, has_scheme, path = mask_address(address).partition("://")
    return PurePosixPath(path.rpartition("@")[2]) if has_scheme and not is_live(address) else None
