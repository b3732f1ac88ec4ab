"""The store's tables as rows for files: columns in a fixed order, moments as Unix seconds."""

import json
import sqlite3
from collections.abc import Iterator

from engine.sinks.rows import TRACK_COLUMNS, Column, Kind, Row, with_distribution

_TEXT, _INTEGER = Kind.TEXT, Kind.INTEGER


def _times(names: str) -> tuple[Column, ...]:
    return tuple(Column(name, Kind.REAL, 3) for name in names.split())


_AGE_COLUMNS = tuple(c for c in TRACK_COLUMNS if c.name not in ("source", "first_s", "last_s"))
COLUMNS: dict[str, tuple[Column, ...]] = {
    "visits": (
        Column("id", _INTEGER),
        Column("camera", _TEXT),
        *_times("first_at last_at"),
        *_AGE_COLUMNS,
        *_times("dwell_s attention_s"),
        Column("zones", _TEXT),
        Column("underway", _INTEGER),
    ),
    "events": (
        Column("id", _INTEGER),
        *_times("at"),
        *(Column(name, _TEXT) for name in ("camera", "zone", "kind", "action")),
        Column("track_id", _INTEGER),
        *_times("dwell_s attention_s"),
        *(Column(name, Kind.REAL, 2) for name in ("age_mean", "age_p05", "age_p95")),
        Column("status", _TEXT),
    ),
    "minutes": (
        Column("start_at", _INTEGER),
        *(Column(name, _TEXT) for name in ("camera", "zone", "kind")),
        Column("frames", _INTEGER),
        *_times("seconds people_s attention_s"),
        *(Column(name, _INTEGER) for name in ("most_people", "entered", "left")),
    ),
}
"""These columns are a contract with later tools: add at the end, never rename."""

_ZONES = """(SELECT json_group_array(json_object('zone', zone, 'kind', kind, 'entries', entries,
    'crossed_in', crossed_in, 'crossed_out', crossed_out, 'dwell_s', dwell_s,
    'attention_s', attention_s)) FROM visit_zones WHERE visit = visits.id AND zone != ''
    ) AS zones"""
_WHOLE = "LEFT JOIN visit_zones AS whole ON whole.visit = visits.id AND whole.zone = ''"
_QUERIES = {
    "visits": (
        f"SELECT visits.*, whole.dwell_s, whole.attention_s, {_ZONES} FROM visits {_WHOLE}",
        "visits.first_at",
    ),
    "events": ("SELECT * FROM zone_events", "at"),
    "minutes": (
        "SELECT start_at, camera, zone, kind, sum(frames) AS frames, sum(seconds) AS seconds, "
        "sum(people_s) AS people_s, sum(attention_s) AS attention_s, "
        "max(most_people) AS most_people, sum(entered) AS entered, sum(left) AS left "
        "FROM minutes",
        "start_at",
    ),
}


def columns_of(table: str, *, distribution: bool) -> tuple[Column, ...]:
    """Columns of "visits", "events" or "minutes"; only visits have a distribution."""
    columns = COLUMNS[table]
    return with_distribution(columns) if distribution and table == "visits" else columns


def rows_of(
    connection: sqlite3.Connection,
    table: str,
    columns: tuple[Column, ...],
    since: float,
    until: float,
) -> Iterator[Row]:
    """The rows of a table that began from `since` to before `until`, in order of time.

    A column that came after the store's version is None: who only reads cannot migrate it.
    """
    query, moment = _QUERIES[table]
    grouped = " GROUP BY start_at, camera, zone" if table == "minutes" else ""
    cursor = connection.execute(
        f"{query} WHERE {moment} >= ? AND {moment} < ?{grouped} ORDER BY {moment}", (since, until)
    )
    names = [column[0] for column in cursor.description]
    for values in cursor:
        row = dict(zip(names, values, strict=True))
        if row.get("distribution") is not None:
            row["distribution"] = json.loads(row["distribution"])
        yield tuple(row.get(column.name) for column in columns)
