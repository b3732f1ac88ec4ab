"""Opening the store's file, for writing by one thread or for reading by many."""

import os
import sqlite3
from pathlib import Path

from engine.errors import SinkError
from engine.store.schema import migrate

_PATIENCE_S = 2.0
_WAL_BYTES = 4 << 20
_NOTHING_BESIDE = (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY)
_SQLITE = b"SQLite format 3\0"


def open_to_write(path: Path, patience_s: float = _PATIENCE_S) -> sqlite3.Connection:
    """Open a store, made or brought up to date if need be; only its owner may read it.

    Every commit is on the disk when it returns: a power cut loses what was not committed.

    Raises:
        SinkError: That is not possible.
    """
    try:
        _make_private(path)
        connection = sqlite3.connect(path, timeout=patience_s, check_same_thread=False)
        try:
            connection.execute("PRAGMA auto_vacuum=INCREMENTAL")  # only before the first table
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=FULL")
            connection.execute(f"PRAGMA journal_size_limit={_WAL_BYTES}")
            connection.execute("PRAGMA foreign_keys=ON")
            connection.execute("PRAGMA secure_delete=ON")  # what is forgotten is overwritten
            migrate(connection, str(path))
        except BaseException:
            connection.close()
            raise
    except (OSError, sqlite3.Error) as error:
        raise cannot_use(path, error) from error
    return connection


def open_to_read(path: Path, patience_s: float = _PATIENCE_S) -> sqlite3.Connection:
    """Open a store to look at it; it may be written to meanwhile.

    Raises:
        SinkError: It is not there, or no store.
    """
    if not path.is_file():
        raise SinkError(f"there is no store {path}. Check the path given with --store.")
    try:
        try:
            return _reading(path, "mode=ro", patience_s)
        except sqlite3.OperationalError as error:
            log = Path(f"{path.resolve()}-wal")
            if error.sqlite_errorcode & 0xFF not in _NOTHING_BESIDE or log.exists():
                raise
            # Even to read SQLite makes its log's files, which a read-only disk does not let it.
            return _reading(path, "mode=ro&immutable=1", patience_s)
    except sqlite3.Error as error:
        raise cannot_use(path, error) from error


def _reading(path: Path, how: str, patience_s: float) -> sqlite3.Connection:
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?{how}", uri=True, timeout=patience_s)
    try:
        connection.execute("SELECT 1 FROM visits LIMIT 1")
    except BaseException:
        connection.close()
        raise
    return connection


def cannot_use(path: Path, error: Exception) -> SinkError:
    """The error to raise where the store cannot be opened or written."""
    reason = getattr(error, "strerror", None) or str(error)
    return SinkError(f"cannot use the store {path}: {reason}. Choose another --store or mend it.")


def _make_private(path: Path) -> None:
    """Make folder and file readable by their owner only; SQLite gives its logs the same rights."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    if path.is_file() and _may_be_store(path):
        path.chmod(0o600)


def _may_be_store(path: Path) -> bool:
    """Whether the file is new or SQLite's; the rights of another, named by mistake, stay."""
    with path.open("rb") as file:
        return file.read(len(_SQLITE)) in (b"", _SQLITE)
