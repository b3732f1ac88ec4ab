import logging
import os
import signal
import sqlite3
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine.errors import SinkError
from engine.settings import StoreSettings
from engine.store.database import open_to_read, open_to_write
from engine.store.schema import MIGRATIONS
from engine.store.store import Store
from engine.values.age import AgeDistribution
from engine.zones.events import Minute, Underway, VisitEvent, ZoneEvent
from tests.engine.store.looking import count, wait_for

SETTINGS = StoreSettings(min_free_mb=100)


def test_events_of_all_kinds_are_in_the_file_when_it_closes(
    tmp_path: Path,
    visit: Callable[..., VisitEvent],
    zone_event: Callable[[float], ZoneEvent],
    minute: Callable[..., Minute],
) -> None:
    path = tmp_path / "new" / "store.sqlite"
    with closing(Store(path, SETTINGS)) as store:
        for event in (visit(time.time(), 34, "desk"), zone_event(time.time()), minute(60)):
            store.put(event)
    left = sorted(file.name for file in path.parent.iterdir())
    assert left == ["store.sqlite", "store.sqlite.lock"]
    tables = ("visits", "visit_zones", "zone_events", "minutes")
    assert [count(path, table) for table in tables] == [1, 2, 1, 1]


def test_only_its_owner_may_read_the_store(
    tmp_path: Path, visit: Callable[..., VisitEvent]
) -> None:
    path = tmp_path / "new" / "store.sqlite"
    before = os.umask(0)
    try:
        with closing(Store(path, SETTINGS)) as store:
            store.put(visit(time.time()))
            wait_for(lambda: store.status.written == 1)
            files = [path, *path.parent.glob("store.sqlite?*")]
            assert len(files) == 4
            assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_file_that_is_no_store_keeps_its_rights(tmp_path: Path) -> None:
    path = tmp_path / "cameras.toml"
    path.write_text("[[camera]]\n" * 100)
    path.chmod(0o644)
    with pytest.raises(SinkError, match="not a database"):
        open_to_write(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o644
    store = tmp_path / "store.sqlite"
    open_to_write(store).close()
    store.chmod(0o644)
    open_to_write(store).close()
    assert stat.S_IMODE(store.stat().st_mode) == 0o600


def test_a_minute_that_grows_is_one_row_and_runs_add_up(
    tmp_path: Path, minute: Callable[..., Minute]
) -> None:
    path = tmp_path / "store.sqlite"
    for _ in range(2):
        with closing(Store(path, StoreSettings(min_free_mb=0, keep_days=0))) as store:
            store.put(minute(60, 2.0))
            store.put(minute(60, 6.0))
        time.sleep(0.002)  # runs are told apart by their millisecond
    with closing(open_to_read(path)) as connection:
        rows = connection.execute("SELECT people_s FROM minutes").fetchall()
    assert rows == [(6.0,), (6.0,)]


def test_a_visit_that_grows_is_one_row_until_it_is_over(
    tmp_path: Path, visit: Callable[..., VisitEvent]
) -> None:
    path = tmp_path / "store.sqlite"
    with closing(Store(path, SETTINGS)) as store:
        over, other = visit(time.time(), 34, "desk"), visit(time.time())
        for event in (Underway(replace(over, last_at=over.first_at)), Underway(other)):
            store.put(event)
        wait_for(lambda: store.status.written == 2)
        store.put(over)
    with closing(open_to_read(path)) as connection:
        rows = connection.execute("SELECT number, underway, last_at FROM visits ORDER BY 1")
        first, second = rows.fetchall()
    assert first == (over.number, 0, pytest.approx(over.last_at, abs=0.001))
    assert second[:2] == (other.number, 1)
    assert count(path, "visit_zones") == 3


def test_a_visit_keeps_its_id_while_it_grows(
    tmp_path: Path, visit: Callable[..., VisitEvent]
) -> None:
    path, (first, second) = tmp_path / "store.sqlite", (visit(time.time()), visit(time.time()))
    seen = []
    with closing(Store(path, SETTINGS)) as store, closing(open_to_read(path)) as connection:
        for written, event in enumerate((Underway(first), Underway(second), first, second), 1):
            store.put(event)
            wait_for(lambda written=written: store.status.written == written)
            seen.append(connection.execute("SELECT id, number FROM visits ORDER BY 1").fetchall())
    assert seen[1] == seen[2] == seen[3] == [(1, first.number), (2, second.number)]


def test_what_was_under_way_when_the_program_was_killed_is_over_in_the_next_run(
    tmp_path: Path, visit: Callable[..., VisitEvent]
) -> None:
    path = tmp_path / "store.sqlite"
    with closing(Store(path, SETTINGS)) as store:
        store.put(Underway(visit(time.time())))
    time.sleep(0.002)  # runs are told apart by their millisecond
    with closing(Store(path, SETTINGS)) as store:
        store.put(Underway(visit(time.time())))
    with closing(open_to_read(path)) as connection:
        told = connection.execute("SELECT underway FROM visits ORDER BY id").fetchall()
    assert told == [(0,), (1,)]


def test_an_area_and_a_line_of_one_name_are_one_row_of_a_visit(
    tmp_path: Path, visit: Callable[..., VisitEvent]
) -> None:
    path = tmp_path / "store.sqlite"
    went = visit(time.time(), 34, "desk")
    line = replace(went.zones[1], kind="line", entries=0, crossed_in=2, dwell_s=0, attention_s=0)
    with closing(Store(path, SETTINGS)) as store:
        store.put(replace(went, zones=(*went.zones, line)))
    with closing(open_to_read(path)) as connection:
        rows = connection.execute("SELECT * FROM visit_zones WHERE zone = 'desk'").fetchall()
    assert [row[1:] for row in rows] == [("desk", "area", 1, 2, 0, 3.0, 1.5)]


def test_a_nearly_full_disk_stops_writing_before_it_is_full_and_writing_goes_on_after(
    tmp_path: Path, visit: Callable[..., VisitEvent], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    free = [99_000_000]
    path = tmp_path / "store.sqlite"
    with closing(Store(path, SETTINGS, free_bytes=lambda _: free[0])) as store:
        store.put(visit(time.time()))
        wait_for(lambda: bool(store.status.problem))
        assert "only 99 MB are free" in store.status.problem
        free[0] = 101_000_000  # not enough to begin again: it would stop at once
        time.sleep(1.2)
        assert (store.status.written, store.status.waiting) == (0, 1)
        free[0] = 200_000_000
        wait_for(lambda: store.status.written == 1)
        assert store.status.problem == ""
    told = [r.levelname for r in caplog.records if r.name == "engine.store.store"]
    assert told == ["WARNING", "INFO"]
    assert count(path, "visits") == 1


def test_a_full_disk_loses_nothing_that_was_written(
    tmp_path: Path, visit: Callable[..., VisitEvent], caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "store.sqlite"
    with closing(Store(path, SETTINGS)) as store:
        store.put(visit(time.time()))
        wait_for(lambda: store.status.written == 1)
        store._connection.execute("PRAGMA max_page_count = 20")  # SQLite's own "disk is full"
        for _ in range(200):
            store.put(visit(time.time()))
        wait_for(lambda: "full" in store.status.problem)
        assert count(path, "visits") == 1
        store._connection.execute("PRAGMA max_page_count = 100000")
        wait_for(lambda: store.status.written == 201)
    assert count(path, "visits") == 201
    assert "its disk is full" in caplog.text


@pytest.mark.parametrize("free_mb", [110, 100_000], ids=["just-enough-room", "much-room"])
def test_a_locked_file_is_waited_for(
    tmp_path: Path,
    visit: Callable[..., VisitEvent],
    caplog: pytest.LogCaptureFixture,
    free_mb: int,
) -> None:
    path = tmp_path / "store.sqlite"
    with closing(Store(path, SETTINGS, free_bytes=lambda _: free_mb * 1_000_000)) as store:
        wait_for(lambda: path.exists())
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            store.put(visit(time.time()))
            wait_for(lambda: "locked" in store.status.problem)
            other.execute("ROLLBACK")
        wait_for(lambda: store.status.written == 1)
        assert store.status.problem == ""
    assert count(path, "visits") == 1
    assert "locked" in caplog.text


def test_a_file_that_is_locked_for_a_moment_is_not_worth_a_word(
    tmp_path: Path, visit: Callable[..., VisitEvent]
) -> None:
    path = tmp_path / "store.sqlite"
    with closing(Store(path, SETTINGS)) as store:
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            store.put(visit(time.time()))
            time.sleep(0.8)
            other.execute("ROLLBACK")
        wait_for(lambda: store.status.written == 1)


def test_a_locked_file_holds_up_no_end(
    tmp_path: Path, visit: Callable[..., VisitEvent], caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "store.sqlite"
    store = Store(path, SETTINGS)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        store.put(visit(time.time()))
        time.sleep(0.4)
        before_s = time.monotonic()
        store.close()
        assert time.monotonic() - before_s < 1.5  # cameras need time to end as well
    assert "1 events were not written" in caplog.text


def test_what_waits_is_bounded_and_what_is_lost_is_counted(
    tmp_path: Path,
    visit: Callable[..., VisitEvent],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr("engine.store.store._MOST_WAITING", 10)
    with closing(Store(tmp_path / "s.sqlite", SETTINGS, free_bytes=lambda _: 0)) as store:
        for _ in range(25):
            store.put(visit(time.time()))
        assert (store.status.waiting, store.status.lost) == (10, 15)
    assert "10 events were not written" in caplog.text
    assert "15 events were lost in this run" in caplog.text


def test_what_grows_while_the_disk_is_full_crowds_nothing_out(
    tmp_path: Path,
    visit: Callable[..., VisitEvent],
    minute: Callable[..., Minute],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("engine.store.store._MOST_WAITING", 10)
    path, free = tmp_path / "s.sqlite", [0]
    with closing(Store(path, SETTINGS, free_bytes=lambda _: free[0])) as store:
        over = [visit(time.time()) for _ in range(8)]
        growing = visit(time.time())
        for seconds in range(200):
            store.put(Underway(replace(growing, last_at=growing.first_at + seconds)))
            store.put(minute(60, float(seconds)))
        for event in (*over, growing):
            store.put(event)
        assert (store.status.waiting, store.status.lost) == (10, 0)
        free[0] = 10**12
        wait_for(lambda: store.status.waiting == 0)
    with closing(open_to_read(path)) as connection:
        assert connection.execute("SELECT count(*) FROM visits WHERE NOT underway").fetchone() == (
            9,
        )
        assert connection.execute("SELECT people_s FROM minutes").fetchall() == [(199.0,)]


def test_an_event_that_cannot_be_written_does_not_stop_those_after_it(
    tmp_path: Path, visit: Callable[..., VisitEvent], caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "store.sqlite"
    good = visit(time.time())
    ages = AgeDistribution(np.arange(3, dtype=np.float32), np.full(3, 1 / 3, np.float32))
    belief = replace(good.track.belief, distribution=ages)
    with closing(Store(path, SETTINGS)) as store:
        store.put(replace(good, track=replace(good.track, belief=belief)))
        wait_for(lambda: store.status.lost == 1)
        store.put(good)
        wait_for(lambda: store.status.written == 1)
    assert "some events are lost" in caplog.text


def test_what_is_too_old_is_forgotten(tmp_path: Path, visit: Callable[..., VisitEvent]) -> None:
    path = tmp_path / "store.sqlite"
    with closing(Store(path, SETTINGS)) as store:
        store.put(visit(time.time() - 40 * 86400, 34, "desk"))
        store.put(visit(time.time() - 20 * 86400, 34, "desk"))
        wait_for(lambda: store.status.written == 2)
    closing(Store(path, SETTINGS)).thing.close()
    assert (count(path, "visits"), count(path, "visit_zones")) == (1, 2)


def test_what_is_too_old_is_forgotten_while_the_disk_is_low_but_not_full(
    tmp_path: Path, visit: Callable[..., VisitEvent], caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "store.sqlite"
    with closing(Store(path, SETTINGS)) as store:
        store.put(visit(time.time() - 40 * 86400))
        wait_for(lambda: store.status.written == 1)
    with closing(Store(path, SETTINGS, free_bytes=lambda _: 1_000_000)):
        pass
    assert count(path, "visits") == 1
    with closing(Store(path, SETTINGS, free_bytes=lambda _: 50_000_000)) as store:
        wait_for(lambda: count(path, "visits") == 0)
        wait_for(lambda: "only 50 MB are free" in store.status.problem)
    assert "only 50 MB are free" in caplog.text


def test_tidying_for_long_holds_up_neither_events_nor_the_end(
    tmp_path: Path, visit: Callable[..., VisitEvent], monkeypatch: pytest.MonkeyPatch
) -> None:
    def retain(*_: object, **__: object) -> Iterator[int]:
        while True:
            time.sleep(0.02)
            yield 1

    monkeypatch.setattr("engine.store.store.retain", retain)
    store = Store(tmp_path / "store.sqlite", SETTINGS)
    store.put(visit(time.time()))
    wait_for(lambda: store.status.written == 1)
    before_s = time.monotonic()
    store.close()
    assert time.monotonic() - before_s < 2.0


WRITER = """
import sys, time
from pathlib import Path
from engine.settings import StoreSettings
from engine.store.store import Store
from engine.zones.events import VisitEvent, ZoneVisit
from tests.engine.sinks import made

store = Store(Path(sys.argv[1]), StoreSettings(min_free_mb=0))
number = 0
while True:
    now = time.time()
    whole = ZoneVisit("", "area", 1, 0, 0, 1.0, 0.5, 0.0, 1.0)
    number += 1
    store.put(VisitEvent(number, "door", made.track(), now, now, (whole,)))
    print(now, flush=True)
    time.sleep(0.01)
"""


def test_a_killed_program_loses_a_second_at_most(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite"
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path)],
        cwd=Path(__file__).parents[3],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert writer.stdout is not None
    said = [float(writer.stdout.readline()) for _ in range(120)]
    writer.send_signal(signal.SIGKILL)
    said += [float(line) for line in writer.stdout.read().splitlines()[:-1]]
    writer.wait()
    writer.stdout.close()
    with closing(open_to_read(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        (newest,) = connection.execute("SELECT max(first_at) FROM visits").fetchone()
    assert newest > said[-1] - 1.0
    closing(Store(path, SETTINGS)).thing.close()  # and it can be written on


def test_a_store_of_a_newer_program_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite"
    open_to_write(path).close()
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (len(MIGRATIONS),)
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    with pytest.raises(SinkError, match="Update agescope"):
        Store(path, SETTINGS)


@pytest.mark.parametrize("make", ["text", "other", "folder"])
def test_a_file_that_is_no_store_is_refused(tmp_path: Path, make: str) -> None:
    path = tmp_path / "store.sqlite"
    if make == "text":
        path.write_text("this is no database, but it is long enough to be looked at" * 20)
    elif make == "other":
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("CREATE TABLE things (x)")
    else:
        path.mkdir()
    with pytest.raises(SinkError, match=r"store\.sqlite"):
        Store(path, SETTINGS)
    with pytest.raises(SinkError, match=r"store\.sqlite"):
        open_to_read(path)
