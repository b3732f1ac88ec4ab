"""The tables of the store, and how an older store becomes a newer one.

`visits.distribution` and `minutes.ages_s` are JSON arrays over the ages 0, 1, 2 …; moments are
Unix seconds; a zone named '' is the whole picture; a visit that is `underway` grows twice a second.
"""

import sqlite3

from engine.errors import SinkError

MIGRATIONS = (
    """
    CREATE TABLE visits (
        id INTEGER PRIMARY KEY, run INTEGER NOT NULL, number INTEGER NOT NULL,
        underway INTEGER NOT NULL, camera TEXT NOT NULL, track_id INTEGER NOT NULL,
        first_at REAL NOT NULL, last_at REAL NOT NULL, frames INTEGER NOT NULL,
        estimates INTEGER NOT NULL, age_mean REAL, age_median REAL, age_p05 REAL, age_p25 REAL,
        age_p75 REAL, age_p95 REAL, p_under_13 REAL, p_under_16 REAL, p_under_18 REAL,
        p_over_21 REAL, p_over_25 REAL, quality REAL, status TEXT NOT NULL, distribution TEXT,
        UNIQUE (run, number)
    );
    CREATE INDEX visits_by_time ON visits (first_at);
    CREATE TABLE visit_zones (
        visit INTEGER NOT NULL REFERENCES visits ON DELETE CASCADE, zone TEXT NOT NULL,
        kind TEXT NOT NULL, entries INTEGER NOT NULL, crossed_in INTEGER NOT NULL,
        crossed_out INTEGER NOT NULL, dwell_s REAL NOT NULL, attention_s REAL NOT NULL,
        PRIMARY KEY (visit, zone)
    ) WITHOUT ROWID;
    CREATE TABLE zone_events (
        id INTEGER PRIMARY KEY, at REAL NOT NULL, camera TEXT NOT NULL, zone TEXT NOT NULL,
        kind TEXT NOT NULL, action TEXT NOT NULL, track_id INTEGER NOT NULL,
        dwell_s REAL NOT NULL, attention_s REAL NOT NULL, age_mean REAL, age_p05 REAL, age_p95 REAL
    );
    CREATE INDEX zone_events_by_time ON zone_events (at);
    CREATE TABLE minutes (
        start_at INTEGER NOT NULL, camera TEXT NOT NULL, zone TEXT NOT NULL, run INTEGER NOT NULL,
        kind TEXT NOT NULL, frames INTEGER NOT NULL, seconds REAL NOT NULL, people_s REAL NOT NULL,
        attention_s REAL NOT NULL, most_people INTEGER NOT NULL, entered INTEGER NOT NULL,
        left INTEGER NOT NULL, ages_s TEXT,
        PRIMARY KEY (start_at, camera, zone, run)
    ) WITHOUT ROWID;
    """,
    # NULL: of an event that was written before
    "ALTER TABLE zone_events ADD COLUMN status TEXT;",
)
"""What leads from each version to the next; never change one that was released, add another."""


def migrate(connection: sqlite3.Connection, name: str) -> None:
    """Bring a store to the newest version, kept in `PRAGMA user_version`.

    Raises:
        SinkError: It was written by a newer agescope, or is another program's.
    """
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if version > len(MIGRATIONS):
        raise SinkError(
            f"{name} has version {version}; this agescope knows stores up to version "
            f"{len(MIGRATIONS)}. Update agescope or choose another --store."
        )
    if version == 0 and connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
        raise SinkError(
            f"{name} is a database of something else; its tables are no store's. "
            "Choose another --store."
        )
    for number, script in enumerate(MIGRATIONS[version:], version + 1):
        connection.executescript(f"BEGIN; {script} PRAGMA user_version={number}; COMMIT;")
