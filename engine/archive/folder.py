"""The folder of the results."""

import os
import shutil
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from typing import Protocol

from engine.errors import SettingsError, SinkError
from engine.lock import held
from engine.sinks.growing import cannot_write, partial


class Folder(Protocol):
    """Where results are kept. Files appear whole or not at all."""

    where: str

    def alone(self) -> AbstractContextManager[None]:
        """Be the one run that writes there: two would lose each other's entries of the manifest.

        Raises:
            SettingsError: Another run does.
        """
        ...

    def has(self, name: str) -> bool:
        """Whether there is such a file."""
        ...

    def files(self) -> dict[str, int]:
        """The sizes in bytes of all its files, under their names as they are spelled there.

        Raises:
            SinkError: It cannot be read.
        """
        ...

    def read(self, name: str) -> bytes | None:
        """A file, None if there is none.

        Raises:
            SinkError: It cannot be read.
        """
        ...

    def write(self, name: str, data: bytes) -> None:
        """Write or replace a file.

        Raises:
            SinkError: It cannot be written.
        """
        ...

    def remove(self, name: str) -> None:
        """Delete a file; one that is not there is no fault.

        Raises:
            SinkError: It cannot be deleted.
        """
        ...

    def discard(self, source: str) -> None:
        """Delete what was made of a source beside its earlier results and never took their place.

        Raises:
            SinkError: It cannot be deleted.
        """
        ...


def beside(path: Path, source: str) -> Path:
    """Where the outputs of a source are made while its earlier ones in a folder may yet stay."""
    return path / f".{source}.partial"


def discard(path: Path, source: str) -> None:
    """As `Folder.discard`, in a folder of this machine."""
    try:
        shutil.rmtree(beside(path, source))
    except FileNotFoundError:
        return
    except OSError as error:
        raise SinkError(f"cannot delete {beside(path, source)}: {error.strerror}.") from error


def alone_in(path: Path) -> AbstractContextManager[None]:
    """Be the one run that writes into a folder of this machine that is there."""

    def refuse() -> None:
        raise SettingsError(
            f"another run writes into {path}. Wait for its end, or choose another --out."
        )

    return held(path, refuse)


class LocalFolder:
    """A folder of this machine."""

    def __init__(self, path: Path) -> None:
        """Make it if it is missing.

        Raises:
            SinkError: It cannot be made or written to.
        """
        self.path, self.where = path, str(path)
        probe = path / ".agescope-probe"
        try:
            path.mkdir(parents=True, exist_ok=True)
            probe.touch()
            probe.unlink(missing_ok=True)  # another run may have come at this very moment
        except OSError as error:
            raise SinkError(
                f"cannot write to {path}: {error.strerror}. Choose another folder with --out."
            ) from error

    def alone(self) -> AbstractContextManager[None]:
        """Be the one run that writes there, where the system has locks."""
        return alone_in(self.path)

    def has(self, name: str) -> bool:
        """Whether there is such a file."""
        return (self.path / name).is_file()

    def files(self) -> dict[str, int]:
        """The sizes in bytes of all its files, under their names as they are spelled there."""
        try:
            with os.scandir(self.path) as there:
                return {file.name: file.stat().st_size for file in there if file.is_file()}
        except OSError as error:
            raise SinkError(f"cannot read {self.path}: {error.strerror}.") from error

    def read(self, name: str) -> bytes | None:
        """A file, None if there is none."""
        try:
            return (self.path / name).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise SinkError(f"cannot read {self.path / name}: {error.strerror}.") from error

    def write(self, name: str, data: bytes) -> None:
        """Write under a temporary name, then rename; a part may show faces, so none is left."""
        path = self.path / name
        try:
            partial(path).write_bytes(data)
            partial(path).replace(path)
        except OSError as error:
            with suppress(OSError):
                partial(path).unlink(missing_ok=True)
            raise cannot_write(path, error) from error

    def remove(self, name: str) -> None:
        """Delete a file; one that is not there is no fault."""
        try:
            (self.path / name).unlink(missing_ok=True)
        except OSError as error:
            raise SinkError(f"cannot delete {self.path / name}: {error.strerror}.") from error

    def discard(self, source: str) -> None:
        """Delete what was made of a source beside its earlier results."""
        discard(self.path, source)
