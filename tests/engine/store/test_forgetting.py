import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from engine.settings import StoreSettings
from engine.store.retention import retain
from engine.store.store import Store
from engine.zones.events import VisitEvent
from tests.engine.store.looking import count, wait_for

SETTINGS = StoreSettings(min_free_mb=100)


@pytest.mark.parametrize("error", ["database is locked", "database or disk is full"])
def test_forgetting_that_was_broken_off_begins_again_at_once(
    tmp_path: Path,
    visit: Callable[..., VisitEvent],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    error: str,
) -> None:
    def broken_off_once(
        connection: sqlite3.Connection, *, now: float, days: float, most_bytes: int
    ) -> Iterator[int]:
        begun.append(1)
        if len(begun) == 1:
            raise sqlite3.OperationalError(error)
        yield from retain(connection, now=now, days=days, most_bytes=most_bytes)

    path, begun = tmp_path / "store.sqlite", []
    with closing(Store(path, SETTINGS)) as store:
        store.put(visit(time.time() - 40 * 86400))
        wait_for(lambda: store.status.written == 1)
    monkeypatch.setattr("engine.store.store.retain", broken_off_once)
    with closing(Store(path, SETTINGS)) as store:
        wait_for(lambda: count(path, "visits") == 0)
        wait_for(lambda: store.status.problem == "")
    assert len(begun) == 2
    assert ("disk is full" in caplog.text) == ("full" in error)


def test_forgetting_waits_for_a_locked_file(
    tmp_path: Path, visit: Callable[..., VisitEvent]
) -> None:
    path = tmp_path / "store.sqlite"
    with closing(Store(path, SETTINGS)) as store:
        store.put(visit(time.time() - 40 * 86400))
        wait_for(lambda: store.status.written == 1)
    with closing(Store(path, SETTINGS)):
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            time.sleep(0.8)
            other.execute("ROLLBACK")
        wait_for(lambda: count(path, "visits") == 0)
