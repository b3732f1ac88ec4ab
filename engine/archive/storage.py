"""Sources and results in storage that fsspec reaches (extra `storage`).

Videos are fetched whole into a temporary file, as decoders jump about in them; results are written
into a temporary folder and put up whole, so that nothing half is ever seen.
"""

import re
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from engine.archive.find import Found, is_strange, is_video, without_results
from engine.archive.folder import Folder, LocalFolder, alone_in
from engine.archive.mark import Mark
from engine.archive.scratch import scratch
from engine.errors import AgescopeError, SettingsError, SinkError, SourceError, installing
from engine.sinks.outputs import source_of
from engine.sources.address import mask_address
from engine.sources.images import is_picture
from engine.sources.inserted_secrets import INSERTED

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

_SCHEMES = frozenset(
    {"abfs", "abfss", "az", "file", "ftp", "gcs", "gs", "hdfs", "memory", "s3", "sftp", "smb"}
)


def is_stored(address: str) -> bool:
    """Whether an address is one of storage, such as s3://bucket/folder/x.mp4."""
    scheme, has_scheme, _ = address.partition("://")
    return bool(has_scheme) and scheme.lower() in _SCHEMES


def _reach(address: str) -> "tuple[AbstractFileSystem, str]":
    try:
        from fsspec.core import url_to_fs

        with _told(SettingsError, address):
            return url_to_fs(address)
    except ImportError as error:
        raise SettingsError(
            f"{mask_address(address)} needs a package that is not installed ({error}). "
            f"{installing('storage')}, and what fsspec names for this kind of storage."
        ) from error


def list_stored(address: str, *, recursive: bool) -> Found:
    """What an address with a glob stands for, or all videos in a folder; else the address.

    What is hidden or lies in a hidden folder is left out, unless a glob asks for it or the folder
    lies there itself. Pictures in storage are not read, so those in a folder are among the others.

    Raises:
        SourceError: There is nothing, or the storage does not answer.
        SettingsError: A package is missing.
    """
    fs, path = _reach(address)
    others: list[str] = []
    with _told(SourceError, address):
        if "*" in path or "?" in path:
            found, others = without_results(_matches(fs, path))
        elif recursive and fs.isdir(path):
            files = [file for file in fs.find(path) if "/." not in f"/{file.removeprefix(path)}"]
            found = [file for file in files if is_video(file)]
            others = [file for file in files if is_strange(file) or is_picture(file)]
        else:
            return Found([address], [])
    if not found:
        shown = mask_address(address)
        raise SourceError(f"nothing matches {shown}. Check the pattern and where it starts.")
    return Found(*([_address_of(fs, file, address) for file in sorted(s)] for s in (found, others)))


def _matches(fs: "AbstractFileSystem", pattern: str) -> list[str]:
    """What a glob matches, as in a shell: hidden files and folders only where it has such a dot."""
    above = re.split(r"[*?[]", pattern, maxsplit=1)[0].rpartition("/")[0]
    found: list[str] = fs.glob(pattern)
    if "/." in pattern.removeprefix(above):
        return found
    return [file for file in found if "/." not in file.removeprefix(above)]


def _address_of(fs: "AbstractFileSystem", path: str, beside: str) -> str:
    """The address of a path that was found under another: paths on a server do not name it."""
    from fsspec.core import strip_protocol

    scheme, _, rest = beside.partition("://")
    name = rest.partition("/")[0]
    below = strip_protocol(f"{scheme}://{name}").rstrip("/")
    if scheme != "file" and name and path.startswith(f"{below}/"):
        return f"{scheme}://{name}{path[len(below) :]}"
    return fs.unstrip_protocol(path)


def stored_mark(address: str) -> Mark | None:
    """The state of a file in storage; None where it is not there, or nothing can be compared."""
    fs, path = _reach(address)
    try:
        with _told(SourceError, address):
            return Mark(size_bytes=fs.info(path)["size"], modified=str(fs.modified(path)))
    except SourceError:  # fetching it tells
        return None


@contextmanager
def fetched(address: str) -> Iterator[str]:
    """A source as a path of this machine: a stored file as a temporary one, all else as it is.

    Raises:
        SourceError: It is not there, or the storage does not answer.
    """
    if not is_stored(address):
        yield address
        return
    fs, path = _reach(address)
    with scratch() as folder:
        local = folder / PurePosixPath(path).name
        with _told(SourceError, address):
            fs.get_file(path, str(local))
        yield str(local)


@contextmanager
def written(out: str) -> Iterator[Path]:
    """A folder of this machine to write results into; they are put up when it is left.

    Raises:
        SinkError: They cannot be put up.
    """
    if not is_stored(out):
        yield Path(out)
        return
    with scratch() as folder:
        yield folder
        target = StoredFolder(out)
        for path in sorted(folder.iterdir()):
            if source_of(path.name):
                target.put(path)


def open_folder(out: str) -> Folder:
    """The folder of the results.

    Raises:
        SinkError: It cannot be written to.
    """
    return StoredFolder(out) if is_stored(out) else LocalFolder(Path(out))


class StoredFolder:
    """A folder in storage."""

    def __init__(self, address: str) -> None:
        """Nothing is looked at yet."""
        self.where = mask_address(address.rstrip("/"))
        self._fs, self._path = _reach(address.rstrip("/"))

    def alone(self) -> AbstractContextManager[None]:
        """Be the one run that writes there, if it is of this machine: storage has no locks."""
        if "file" not in self._fs.protocol:
            return nullcontext()
        with _told(SinkError, self.where):
            self._fs.makedirs(self._path, exist_ok=True)
        return alone_in(Path(self._path))

    def has(self, name: str) -> bool:
        """Whether there is such a file."""
        with _told(SinkError, f"{self.where}/{name}"):
            return bool(self._fs.isfile(f"{self._path}/{name}"))

    def files(self) -> dict[str, int]:
        """The sizes in bytes of all its files, under their names as they are spelled there."""
        with _told(SinkError, self.where):
            there = self._fs.isdir(self._path)
            found = self._fs.ls(self._path, detail=True) if there else []
        return {
            file["name"].rsplit("/", 1)[-1]: file["size"]
            for file in found
            if file["type"] != "directory"
        }

    def read(self, name: str) -> bytes | None:
        """A file, None if there is none."""
        with _told(SinkError, f"{self.where}/{name}"):
            path = f"{self._path}/{name}"
            return bytes(self._fs.cat_file(path)) if self._fs.exists(path) else None

    def write(self, name: str, data: bytes) -> None:
        """Put up a file; object stores show it whole or not at all."""
        with _told(SinkError, f"{self.where}/{name}"):
            self._fs.makedirs(self._path, exist_ok=True)
            self._fs.pipe_file(f"{self._path}/{name}", data)

    def remove(self, name: str) -> None:
        """Delete a file; one that is not there is no fault."""
        with _told(SinkError, f"{self.where}/{name}"):
            if self._fs.isfile(f"{self._path}/{name}"):
                self._fs.rm_file(f"{self._path}/{name}")

    def discard(self, source: str) -> None:
        """Nothing: it is made in a temporary folder of its own, and never put up."""

    def put(self, path: Path) -> None:
        """Put up a file of this machine under its name."""
        with _told(SinkError, f"{self.where}/{path.name}"):
            self._fs.makedirs(self._path, exist_ok=True)
            self._fs.put_file(str(path), f"{self._path}/{path.name}")


@contextmanager
def _told(kind: type[AgescopeError], address: str) -> Iterator[None]:
    """Whatever the package of a storage raises, as an error of ours that names the address."""
    try:
        yield
    except (AgescopeError, ImportError):
        raise
    except Exception as error:  # their own classes, such as botocore's, share no base
        shown = mask_address(address)
        reason = INSERTED.hidden(str(error).replace(address, shown))
        reason = reason.strip().partition("\n")[0].rstrip(".")
        raise kind(
            f"{shown} cannot be reached: {reason or type(error).__name__}. "
            "Check the address and the credentials."
        ) from error
