"""Minutes that come again add to those that are stored.

Somebody is there from the first sight on: n frames of a visit are n - 1 person-seconds here.
"""

import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from engine.settings import StoreSettings
from engine.store.database import open_to_read
from engine.store.query import presence
from engine.store.rows import columns_of, rows_of
from engine.store.store import Store
from engine.zones.observer import Observer
from tests.engine.zones.seen import ended, seen

START_AT = int(time.time() // 3600 - 2) * 3600


class Door:
    """A camera of one frame a second, with a clock that can be set."""

    def __init__(self, store: Store) -> None:
        self.store, self.now, self.media_s = store, float(START_AT), 0.0
        self.start()

    def start(self) -> None:
        self.observer = Observer("door", [], self.store.put, lambda: self.now)
        self.media_s = 0.0

    def watch(self, seconds: int, people: int = 1) -> None:
        for _ in range(seconds):
            self.media_s += 1
            self.now += 1
            self.observer.step(seen(self.media_s, {1: (0.2, 0.5)} if people else {}))

    def leave(self) -> None:
        self.observer.end([ended(1, 0.0, self.media_s)])


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "store.sqlite"


@pytest.fixture
def door(path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Door]:
    with closing(Store(path, StoreSettings(min_free_mb=0))) as store:
        door = Door(store)
        monkeypatch.setattr("engine.zones.observer.monotonic", lambda: door.media_s)
        yield door


def sums(path: Path, door: Door) -> tuple[float, float, int, int]:
    """Seconds, person-seconds, entered and left of all that was exported; presence agrees."""
    door.store.close()
    columns = columns_of("minutes", distribution=False)
    names = [column.name for column in columns]
    span = START_AT - 3600, START_AT + 7200
    with closing(open_to_read(path)) as connection:
        exported = list(rows_of(connection, "minutes", columns, *span))
        present = presence(connection, since=span[0], until=span[1])
    rows = [dict(zip(names, row, strict=True)) for row in exported]
    assert len({row["start_at"] for row in rows}) == len(rows)
    people_s = sum(row["people_s"] for row in rows)
    assert sum(bands.sum() for bands in present.values()) == pytest.approx(people_s, abs=0.1)
    entered, left = (sum(row[name] for row in rows) for name in ("entered", "left"))
    return sum(row["seconds"] for row in rows), people_s, entered, left


@pytest.mark.parametrize("written", [True, False])
def test_a_clock_that_is_set_back_takes_no_minute_away(
    path: Path, door: Door, written: bool
) -> None:
    door.watch(300)
    door.leave()
    if written:
        time.sleep(0.6)
    door.now -= 290
    door.watch(290, people=0)
    assert sums(path, door) == (590, 299, 1, 1)


def test_a_camera_that_is_started_again_within_a_minute_goes_on(path: Path, door: Door) -> None:
    door.watch(20)
    door.leave()
    door.start()
    door.watch(10)
    door.leave()
    assert sums(path, door) == (30, 28, 2, 2)


def test_a_camera_that_has_its_name_back_within_a_minute_goes_on(path: Path, door: Door) -> None:
    door.watch(20)
    door.observer.rename("gate")
    door.observer.rename("door")
    door.watch(10)
    door.leave()
    assert sums(path, door) == (30, 29, 1, 1)
