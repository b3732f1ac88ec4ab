"""Faces and tracks in one SQLite file.

Written in WAL mode, so that others may read while it grows, as long as they have closed it when
the run ends; when whole it is a single plain file. Held open until then, it keeps its temporary
name, with all rows.
"""

import json
import sqlite3
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from engine.errors import SinkError
from engine.sinks.growing import cannot_write, name, partial
from engine.sinks.rows import Row, Value, face_rows, track_rows
from engine.sinks.table import columns_of
from engine.values.result import FrameResult, Track

_COMMIT_EVERY_S = 1.0

MIGRATIONS = (
    """
    CREATE TABLE faces (
        source TEXT NOT NULL, frame INTEGER NOT NULL, time_s REAL NOT NULL, image TEXT NOT NULL,
        track_id INTEGER NOT NULL, x1 REAL, y1 REAL, x2 REAL, y2 REAL, score REAL, quality REAL,
        estimate_mean REAL, age_mean REAL, age_median REAL, age_p05 REAL, age_p25 REAL,
        age_p75 REAL, age_p95 REAL, status TEXT NOT NULL, distribution TEXT
    );
    CREATE TABLE tracks (
        source TEXT NOT NULL, track_id INTEGER NOT NULL, first_s REAL NOT NULL,
        last_s REAL NOT NULL, frames INTEGER NOT NULL, estimates INTEGER NOT NULL, age_mean REAL,
        age_median REAL, age_p05 REAL, age_p25 REAL, age_p75 REAL, age_p95 REAL, p_under_13 REAL,
        p_under_16 REAL, p_under_18 REAL, p_over_21 REAL, p_over_25 REAL, quality REAL,
        status TEXT NOT NULL, distribution TEXT
    );
    """,
)
"""What leads from each version to the next; never change one that was released, add another."""


def migrate(connection: sqlite3.Connection) -> None:
    """Bring a database to the newest version, kept in `PRAGMA user_version`.

    Raises:
        SinkError: It was written by a newer agescope.
    """
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if version > len(MIGRATIONS):
        raise SinkError(
            f"the database has version {version}; this agescope knows versions up to "
            f"{len(MIGRATIONS)}. Update agescope or choose another --out."
        )
    for number, script in enumerate(MIGRATIONS[version:], version + 1):
        connection.executescript(f"BEGIN; {script} PRAGMA user_version={number}; COMMIT;")


class Database:
    """Sink: tables `faces` and `tracks`, columns as in the CSV tables.

    `distribution` is null or a JSON array. A killed run loses the rows of its last second.
    """

    def __init__(self, path: Path, *, distribution: bool = False, patience_s: float = 5.0) -> None:
        """Choose the final name.

        Args:
            path: Final name.
            distribution: Also keep the whole distributions.
            patience_s: How long to wait for readers that are in the way.
        """
        self._path = path
        self._patience_s = patience_s
        self._columns = {
            table: columns_of(table, distribution=distribution) for table in ("faces", "tracks")
        }
        self._connection: sqlite3.Connection | None = None
        self._committed = 0.0

    def __enter__(self) -> Self:
        """Begin an empty database."""
        try:
            for end in ("", "-wal", "-shm"):  # leftovers of a killed run must not be taken over
                path = partial(self._path)
                path.with_name(path.name + end).unlink(missing_ok=True)
            self._connection = sqlite3.connect(
                partial(self._path), timeout=self._patience_s, check_same_thread=False
            )
            self._connection.execute("PRAGMA journal_mode=WAL")
            self._connection.execute("PRAGMA synchronous=NORMAL")
            migrate(self._connection)
        except (OSError, sqlite3.Error) as error:
            raise self._failed(error) from error
        self._committed = time.monotonic()
        return self

    def write(self, result: FrameResult) -> None:
        """Add the faces of one frame and the tracks that ended with it."""
        self._insert("faces", face_rows(result, self._columns["faces"]))
        self._insert("tracks", track_rows(result.ended, self._columns["tracks"]))
        if time.monotonic() - self._committed >= _COMMIT_EVERY_S:
            self._commit()

    def finish(self, tracks: tuple[Track, ...]) -> None:
        """Add the tracks that the end of the source ended."""
        self._insert("tracks", track_rows(tracks, self._columns["tracks"]))
        self._commit()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Fold the log into the file and give it its name."""
        if self._connection is None:
            return
        self._commit()
        try:
            self._connection.execute("PRAGMA journal_mode=DELETE")
            self._connection.close()
        except sqlite3.Error as fault:
            raise self._failed(fault) from fault
        self._connection = None
        name(partial(self._path), self._path)

    def _insert(self, table: str, rows: Sequence[Row]) -> None:
        if self._connection is None or not rows:
            return
        columns = [column.name for column in self._columns[table]]
        marks = ",".join("?" * len(columns))
        statement = f"INSERT INTO {table} ({','.join(columns)}) VALUES ({marks})"
        try:
            self._connection.executemany(statement, map(_stored, rows))
        except sqlite3.Error as error:
            raise self._failed(error) from error

    def _commit(self) -> None:
        if self._connection is None:
            return
        try:
            self._connection.commit()
        except sqlite3.Error as error:
            raise self._failed(error) from error
        self._committed = time.monotonic()

    def _failed(self, error: Exception) -> SinkError:
        """Fall silent: one full disk is one error. What was committed stays."""
        if self._connection is not None:
            with suppress(sqlite3.Error):
                self._connection.close()
        self._connection = None
        return cannot_write(self._path, error)


def _stored(row: Iterable[Value]) -> tuple[str | int | float | None, ...]:
    return tuple(json.dumps(value) if isinstance(value, list) else value for value in row)
