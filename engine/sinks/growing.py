"""Files that grow under a temporary name and get their own when they are whole."""

import errno
import os
from contextlib import suppress
from io import FileIO
from pathlib import Path

from engine.errors import SinkError, UnwritableError

_FORBIDDEN = (
    errno.EACCES,
    errno.EPERM,
    errno.EROFS,
    errno.ENOENT,
    errno.ENOTDIR,
    errno.EISDIR,
    errno.EEXIST,
)


def partial(path: Path) -> Path:
    """The name under which a file grows."""
    return path.with_name(path.name + ".partial")


def cannot_write(path: Path, error: Exception) -> SinkError:
    """The error to raise where writing `path` failed."""
    number = getattr(error, "errno", None)
    reason = (getattr(error, "strerror", None) or str(error)).lower()
    if number == errno.ENOSPC:
        reason, remedy = "no space left on its disk", "Make room or choose another --out."
    elif number == errno.EPIPE:
        remedy = "Nobody reads it any more."
    elif number in _FORBIDDEN:
        remedy = "Choose a writable --out."
    else:
        there = partial(path).exists()
        remedy = f" What was written so far stays in {partial(path).name}." if there else ""
        return SinkError(f"cannot write {path}: {reason}.{remedy}")
    found = UnwritableError(f"cannot write {path}: {reason}. {remedy}")
    found.path, found.reason = path, reason
    return found


class GrowingFile:
    """Text that survives its process: each append is with the operating system when it returns.

    A failed append takes back what it wrote of its piece, so that the file ends with a whole
    piece; the file then falls silent and keeps its temporary name.
    """

    def __init__(self, path: Path, growing: Path | None = None) -> None:
        """Choose the names; nothing is opened yet.

        Args:
            path: Final name.
            growing: Name until then, by default `path` with ".partial"; `path` itself for a pipe,
                a device or a redirection, whose name no file may take and which is added to.
        """
        self.path = path
        self.growing = growing or partial(path)
        self._file: FileIO | None = None

    def open(self) -> None:
        """Begin an empty file, or go on behind what stands in one that others have opened.

        Raises:
            SinkError: The file cannot be made.
        """
        try:
            self._file = FileIO(self.growing, "ab" if self.growing == self.path else "wb")
        except OSError as error:
            raise cannot_write(self.path, error) from error

    def append(self, piece: str) -> None:
        """Add a piece of text.

        Raises:
            SinkError: It cannot be written; raised once.
        """
        if self._file is None:
            return
        whole = self._file.tell() if self._file.seekable() else 0
        left = memoryview(piece.encode("utf-8", "backslashreplace"))
        try:
            while left:
                left = left[self._file.write(left) :]
        except OSError as error:
            with suppress(OSError):
                self._file.truncate(whole)
            self._close()
            raise cannot_write(self.path, error) from error

    def end(self) -> bool:
        """Close the file under its temporary name; True if it is whole.

        Raises:
            SinkError: The last pieces did not reach the disk.
        """
        if self._file is None:
            return False
        try:
            if self.growing != self.path:
                os.fsync(self._file.fileno())
        except OSError as error:
            raise cannot_write(self.path, error) from error
        finally:
            self._close()
        return True

    def complete(self) -> None:
        """Close the file and, if it is whole, give it its name.

        Raises:
            SinkError: That failed.
        """
        if self.end() and self.growing != self.path:
            name(self.growing, self.path)

    def _close(self) -> None:
        if self._file is not None:
            with suppress(OSError):
                self._file.close()
        self._file = None


def name(growing: Path, path: Path) -> None:
    """Give a whole file its final name, replacing an older one.

    Raises:
        SinkError: The name is taken by a directory, for example.
    """
    try:
        growing.replace(path)
    except OSError as error:
        raise cannot_write(path, error) from error
