"""How long the store keeps what it holds: by days and by bytes, the oldest goes first."""

import sqlite3

_DAY_S = 86400
_SLICES = 20
_ROOM = 0.9
"""Share of the bytes allowed that is left after making room, lest it is made all the time."""


def retain(connection: sqlite3.Connection, *, now: float, days: float, most_bytes: int) -> int:
    """Forget what is too old, then the oldest until the rest fits, and shrink the file.

    Args:
        connection: Of the store.
        now: Unix time, s.
        days: Older rows go; 0 keeps all.
        most_bytes: Size the file may have; 0 for any.

    Returns:
        Rows forgotten.
    """
    forgotten = _forget(connection, now - days * _DAY_S) if days > 0 else 0
    if most_bytes > 0 and size_bytes(connection) > most_bytes:
        while size_bytes(connection) > _ROOM * most_bytes and (oldest := _oldest(connection)):
            step_s = max(1.0, (now - oldest) / _SLICES)
            forgotten += _forget(connection, oldest + step_s)
    if forgotten:
        # Not by execute, which takes one step of it and so gives back a single page.
        connection.executescript("PRAGMA incremental_vacuum; PRAGMA wal_checkpoint(TRUNCATE);")
    return forgotten


def size_bytes(connection: sqlite3.Connection) -> int:
    """Bytes of the pages that hold something."""
    pages, free, size = (
        int(connection.execute(f"PRAGMA {name}").fetchone()[0])
        for name in ("page_count", "freelist_count", "page_size")
    )
    return (pages - free) * size


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


def _oldest(connection: sqlite3.Connection) -> float | None:
    """Unix time of the oldest row, None when there is none."""
    return connection.execute(
        "SELECT min(at) FROM (SELECT min(first_at) AS at FROM visits UNION ALL "
        "SELECT min(at) FROM zone_events UNION ALL SELECT min(start_at) FROM minutes)"
    ).fetchone()[0]
