import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from engine.store.database import open_to_read, open_to_write
from engine.store.schema import MIGRATIONS, migrate
from engine.store.writing import write_events
from engine.zones.events import ZoneEvent


def version_of(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def make_first(path: Path, at: float) -> None:
    """A store of the first version with one event."""
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(f"{MIGRATIONS[0]} PRAGMA user_version=1;")
        connection.execute(
            "INSERT INTO zone_events VALUES (1, ?, 'door', 'desk', 'line', 'in', 7, 0, 0, 9, 8, 9)",
            (at,),
        )
        connection.commit()


def test_a_store_of_the_first_version_keeps_its_events_and_takes_new_ones(
    tmp_path: Path, zone_event: Callable[[float], ZoneEvent]
) -> None:
    path = tmp_path / "store.sqlite"
    make_first(path, 10.0)
    with closing(open_to_write(path)) as connection:
        write_events(connection, [zone_event(20.0)], 1)
        assert version_of(connection) == len(MIGRATIONS)
    with closing(open_to_read(path)) as connection:
        rows = connection.execute("SELECT at, age_mean, status FROM zone_events").fetchall()
    assert rows[0] == (10.0, 9.0, None)
    assert (rows[1][0], rows[1][2]) == (20.0, "stable")


def test_a_migration_that_breaks_off_leaves_the_store_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "store.sqlite"
    make_first(path, 10.0)
    broken = (*MIGRATIONS[:1], f"{MIGRATIONS[1]} INSERT INTO nowhere VALUES (1);")
    monkeypatch.setattr("engine.store.schema.MIGRATIONS", broken)
    with closing(sqlite3.connect(path)) as connection, pytest.raises(sqlite3.Error):
        migrate(connection, "store")
    with closing(sqlite3.connect(path)) as connection:
        assert version_of(connection) == 1
        assert len(connection.execute("SELECT * FROM zone_events").fetchone()) == 12
