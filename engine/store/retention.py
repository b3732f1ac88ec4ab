"""How long the store keeps what it holds: by days and by bytes, the oldest goes first."""

import sqlite3
from collections.abc import Iterator
from math import inf

_DAY_S = 86400
_SLICES = 20
_SLICE_S = 3600.0
_SLICE_PAGES = 500
_ROOM = 0.9
"""Share of the bytes allowed that is left after making room, lest it is made all the time."""


def retain(
    connection: sqlite3.Connection, *, now: float, days: float, most_bytes: int
) -> Iterator[int]:
    """Forget what is too old, then the oldest until the rest fits, and shrink the file.

    In slices that are quick and, each a transaction, take little room in SQLite's log: in one
    piece it would be as large as all that is forgotten, on a disk that may be nearly full.

    Args:
        connection: Of the store.
        now: Unix time, s.
        days: Older rows go; 0 keeps all.
        most_bytes: Size the file may have; 0 for any.

    Yields:
        Rows forgotten with each slice.
    """
    limit = now - days * _DAY_S if days > 0 else -inf
    while (oldest := _oldest(connection)) < limit:
        yield _forget(connection, min(limit, oldest + _SLICE_S))
    if 0 < most_bytes < size_bytes(connection):
        while size_bytes(connection) > _ROOM * most_bytes and (oldest := _oldest(connection)) < inf:
            step_s = min(_SLICE_S, max(1.0, (now - oldest) / _SLICES))
            yield _forget(connection, oldest + step_s)
    for _ in range(0, _count(connection, "freelist_count"), _SLICE_PAGES):
        # Not by execute, which takes one step of it and so gives back a single page.
        connection.executescript(f"PRAGMA incremental_vacuum({_SLICE_PAGES})")
        yield 0
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def size_bytes(connection: sqlite3.Connection) -> int:
    """Bytes of the pages that hold something."""
    pages = _count(connection, "page_count") - _count(connection, "freelist_count")
    return pages * _count(connection, "page_size")


def _count(connection: sqlite3.Connection, name: str) -> int:
    return int(connection.execute(f"PRAGMA {name}").fetchone()[0])


def _forget(connection: sqlite3.Connection, before: float) -> int:
    """Delete all that began before a Unix second; the zones of a visit go with it."""
    with connection:
        return sum(
            connection.execute(statement, (before,)).rowcount
            for statement in (
                "DELETE FROM visits WHERE first_at < ?",
                "DELETE FROM zone_events WHERE at < ?",
                "DELETE FROM minutes WHERE start_at < ?",
            )
        )


def _oldest(connection: sqlite3.Connection) -> float:
    """Unix time of the oldest row, endless when there is none."""
    (oldest,) = connection.execute(
        "SELECT min(at) FROM (SELECT min(first_at) AS at FROM visits UNION ALL "
        "SELECT min(at) FROM zone_events UNION ALL SELECT min(start_at) FROM minutes)"
    ).fetchone()
    return inf if oldest is None else float(oldest)
