from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine.store.database import open_to_read, open_to_write
from engine.store.query import audience, in_bands, presence
from engine.store.rows import COLUMNS, columns_of, rows_of
from engine.store.writing import write_events
from engine.values.result import Status
from engine.zones.events import Minute, VisitEvent, ZoneEvent

HOUR_AT = 1_699_999_200


@pytest.fixture
def store(
    tmp_path: Path,
    visit: Callable[..., VisitEvent],
    zone_event: Callable[[float], ZoneEvent],
    minute: Callable[..., Minute],
) -> Path:
    path = tmp_path / "store.sqlite"
    with closing(open_to_write(path)) as connection:
        visits = [
            visit(HOUR_AT + 10, 10.0),
            visit(HOUR_AT + 20, 34.0, "desk"),
            visit(HOUR_AT + 3700, 35.0, "desk", camera="hall"),
        ]
        others = [zone_event(HOUR_AT + 5), minute(HOUR_AT), minute(HOUR_AT + 60)]
        write_events(connection, [*visits, *others], 1)
        write_events(connection, [minute(HOUR_AT)], 2)
    return path


def test_an_audience_is_the_sum_of_beliefs_by_hour_band_and_zone(store: Path) -> None:
    with closing(open_to_read(store)) as connection:
        rows = audience(connection, since=HOUR_AT, until=HOUR_AT + 7200, bands=(0, 18, 35))
    assert [(row.hour_at, row.zone) for row in rows] == [
        (HOUR_AT, ""),
        (HOUR_AT, "desk"),
        (HOUR_AT + 3600, ""),
        (HOUR_AT + 3600, "desk"),
    ]
    assert [row.people.sum() for row in rows] == pytest.approx([2, 1, 1, 1], abs=1e-3)
    child, desk = rows[0].people, rows[1]
    assert child[0] == pytest.approx(0.97, abs=0.03)
    assert 0.3 < desk.people[2] < 0.5  # of 34 ± 4: it is not all in one band
    np.testing.assert_allclose(desk.dwell_s, desk.people * 3)
    np.testing.assert_allclose(desk.attention_s, desk.people * 1.5)


def test_an_audience_may_be_of_one_camera(store: Path) -> None:
    with closing(open_to_read(store)) as connection:
        rows = audience(connection, since=0, until=HOUR_AT * 2, camera="hall")
    assert {row.hour_at for row in rows} == {HOUR_AT + 3600}


def test_visits_of_unknown_age_are_in_no_band(
    tmp_path: Path, visit: Callable[..., VisitEvent]
) -> None:
    path = tmp_path / "store.sqlite"
    known, unclear = visit(HOUR_AT), visit(HOUR_AT + 1)
    belief = replace(unclear.track.belief, status=Status.INSUFFICIENT)
    unclear = replace(unclear, track=replace(unclear.track, belief=belief))
    with closing(open_to_write(path)) as connection:
        write_events(connection, [known, unclear], 1)
        (hour,) = audience(connection, since=HOUR_AT, until=HOUR_AT + 3600)
    assert (hour.people.sum(), hour.unknown) == (pytest.approx(1, abs=1e-3), 1)
    assert hour.dwell_s.sum() == pytest.approx(3, abs=0.01)


def test_presence_adds_minutes_of_all_runs(store: Path) -> None:
    with closing(open_to_read(store)) as connection:
        found = presence(connection, since=HOUR_AT, until=HOUR_AT + 3600)
    assert found[HOUR_AT, "desk"].sum() == pytest.approx(18, abs=0.1)


def test_bands_share_what_is_given_by_age() -> None:
    assert in_bands([1.0] * 101, (0, 13, 18)).tolist() == [13, 5, 83]


@pytest.mark.parametrize(("table", "rows"), [("visits", 3), ("events", 1), ("minutes", 2)])
def test_rows_come_in_the_columns_order(store: Path, table: str, rows: int) -> None:
    columns = columns_of(table, distribution=True)
    with closing(open_to_read(store)) as connection:
        found = list(rows_of(connection, table, columns, HOUR_AT, HOUR_AT + 7200))
    assert len(found) == rows
    assert {len(row) for row in found} == {len(COLUMNS[table]) + (table == "visits")}
    named = [dict(zip([c.name for c in columns], row, strict=True)) for row in found]
    moment = {"visits": "first_at", "events": "at", "minutes": "start_at"}[table]
    assert [row[moment] for row in named] == sorted(row[moment] for row in named)
    if table == "minutes":
        assert named[0]["frames"] == 18
