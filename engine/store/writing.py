"""Events as rows of the store."""

import json
import sqlite3
from collections.abc import Iterable

from engine.sinks.rows import TRACK_COLUMNS, track_rows, with_distribution
from engine.values.age import Doubles
from engine.zones.events import Event, Minute, Underway, VisitEvent, ZoneEvent

_TRACK = tuple(column.name for column in with_distribution(TRACK_COLUMNS))
_KEPT = [at for at, name in enumerate(_TRACK) if name not in ("source", "first_s", "last_s")]
_VISIT = [
    "run",
    "number",
    "underway",
    "camera",
    "first_at",
    "last_at",
    *(_TRACK[at] for at in _KEPT),
]
_INSERT_VISIT = f"""
    INSERT INTO visits ({",".join(_VISIT)}) VALUES ({",".join("?" * len(_VISIT))})
    ON CONFLICT (run, number) DO UPDATE SET {",".join(f"{n} = excluded.{n}" for n in _VISIT)}
    RETURNING id
"""
"""A visit keeps its id while it grows, so that who read it before knows it again."""
_INSERT_ZONE = """
    INSERT INTO visit_zones VALUES (?,?,?,?,?,?,?,?)
    ON CONFLICT (visit, zone) DO UPDATE SET entries = entries + excluded.entries,
        crossed_in = crossed_in + excluded.crossed_in,
        crossed_out = crossed_out + excluded.crossed_out,
        dwell_s = dwell_s + excluded.dwell_s, attention_s = attention_s + excluded.attention_s
"""
"""An area and the line of its name that it became are one row, with what was done at both."""
_MOST_SERIES = 1_000_000
"""Of a run, whose number is the millisecond it began in: both fit 64 bits until the year 2262."""


def end_others(connection: sqlite3.Connection, run: int) -> None:
    """Visits that were under way when another run of the program was killed are over."""
    with connection:
        connection.execute("UPDATE visits SET underway = 0 WHERE underway AND run != ?", (run,))


def write_events(connection: sqlite3.Connection, events: Iterable[Event], run: int) -> None:
    """Add events in one transaction; what is not over yet replaces its earlier state.

    Args:
        connection: Of the store.
        events: In order.
        run: Tells this run of the program from others.
    """
    with connection:
        for event in events:
            match event:
                case VisitEvent():
                    _write_visit(connection, event, run, underway=False)
                case Underway():
                    _write_visit(connection, event.visit, run, underway=True)
                case ZoneEvent():
                    _write_zone_event(connection, event)
                case Minute():
                    _write_minute(connection, event, run)


def _write_visit(
    connection: sqlite3.Connection, visit: VisitEvent, run: int, *, underway: bool
) -> None:
    (row,) = track_rows([visit.track], with_distribution(TRACK_COLUMNS))
    values = [json.dumps(row[at]) if isinstance(row[at], list) else row[at] for at in _KEPT]
    stamps = round(visit.first_at, 3), round(visit.last_at, 3)
    told = (run, visit.number, underway, visit.camera, *stamps, *values)
    [row_id] = connection.execute(_INSERT_VISIT, told).fetchone()
    connection.execute("DELETE FROM visit_zones WHERE visit = ?", (row_id,))
    connection.executemany(
        _INSERT_ZONE,
        [
            (
                row_id,
                zone.zone,
                zone.kind,
                zone.entries,
                zone.crossed_in,
                zone.crossed_out,
                round(zone.dwell_s, 3),
                round(zone.attention_s, 3),
            )
            for zone in visit.zones
        ],
    )


def _write_zone_event(connection: sqlite3.Connection, event: ZoneEvent) -> None:
    ages = event.belief.distribution
    years = (float(ages.mean()), *(float(age) for age in ages.interval(0.9)))
    connection.execute(
        "INSERT INTO zone_events (at, camera, zone, kind, action, track_id, dwell_s, attention_s,"
        " age_mean, age_p05, age_p95, status) VALUES (?,?,?,?,?,?,?,?,?,?,?,?)",
        (
            round(event.at, 3),
            event.camera,
            event.zone,
            event.kind,
            str(event.action),
            event.track_id,
            round(event.dwell_s, 3),
            round(event.attention_s, 3),
            *(round(age, 2) for age in years),
            event.belief.status.value,
        ),
    )


def _write_minute(connection: sqlite3.Connection, minute: Minute, run: int) -> None:
    connection.execute(
        "INSERT OR REPLACE INTO minutes VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)",
        (
            minute.start_at,
            minute.camera,
            minute.zone,
            run * _MOST_SERIES + minute.series,
            minute.kind,
            minute.frames,
            round(minute.seconds, 3),
            round(minute.people_s, 3),
            round(minute.attention_s, 3),
            minute.most_people,
            minute.entered,
            minute.left,
            _json(minute.ages_s),
        ),
    )


def _json(ages_s: Doubles) -> str | None:
    """Person-seconds by age to a thousandth; None where nobody was."""
    return json.dumps([round(value, 3) for value in ages_s.tolist()]) if len(ages_s) else None
