"""The store: takes events at any moment, writes them four times a second in a thread of its own.

What cannot be written now (a locked file, a disk that is nearly full) waits in memory, in bounds;
what is too much is counted as lost and said so. A killed program loses its last second (of time
with nobody there the last ten, see `zones.observer`).
"""

import logging
import os
import shutil
import sqlite3
import time
from collections.abc import Callable, Hashable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Event as Flag
from threading import Lock, Thread

from engine.errors import SinkError
from engine.lock import held
from engine.settings import StoreSettings
from engine.store.database import cannot_use, open_to_write
from engine.store.retention import retain
from engine.store.writing import end_others, write_events
from engine.zones.events import Event, Minute, Underway, VisitEvent

_log = logging.getLogger(__name__)
_MOST_WAITING = 20_000
_WRITE_EVERY_S = 0.25
_TIDY_EVERY_S = 600.0
_TIDY_FOR_S = 0.1
_TIDY_BYTES = 20_000_000
"""Free bytes that are enough to delete rows, which takes some for a moment before it gives more."""
_LOCK_MS = 250
"""How long a turn waits for a locked file: an end waits for two turns, and must be quick."""
_LOCKED_S = 2.0
"""Shorter locks are nobody's concern."""
_AGAIN = 1.2
"""Times the free bytes asked for at which writing goes on after there were fewer."""
_DISK_FULL = ("disk is full", "disk I/O error")
_FILES = ("", "-wal", "-shm", ".lock")
"""Endings of the files of an open store."""


@dataclass(frozen=True, slots=True)
class StoreStatus:
    """How the store stands.

    Attributes:
        written: Events written.
        waiting: Events that wait.
        lost: Events that were lost because too many waited.
        problem: Why nothing is written now; else empty.
    """

    written: int
    waiting: int
    lost: int
    problem: str


class Store:
    """Writes events into one SQLite file until closed."""

    def __init__(
        self,
        path: Path,
        settings: StoreSettings,
        *,
        free_bytes: Callable[[Path], int] = lambda folder: shutil.disk_usage(folder).free,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Open the file, tidy it up and begin to write.

        Args:
            path: The file; made if missing.
            settings: How much to keep.
            free_bytes: Free bytes of a folder's disk.
            clock: Unix time, s.

        Raises:
            SinkError: It cannot be opened, or another program writes into it.
        """
        self._settings = settings
        self._free_bytes, self._clock = free_bytes, clock
        self._run = time.time_ns() // 1_000_000
        self._lock = Lock()
        self._waiting: dict[Hashable, Event] = {}
        self._written = self._lost = 0
        self._problem, self._low = "", False
        self._tidied_s = -_TIDY_EVERY_S
        self._tidying: Iterator[int] = iter(())
        self._forgotten = 0
        self._others_ended = False
        self._closing = Flag()
        self._went_s = time.monotonic()
        self._path = path.resolve()  # whoever comes by a link finds the same lock
        self._alone = ExitStack()
        self._open()
        self._thread = Thread(target=self._work, name=f"store {path.name}")
        self._thread.start()

    def put(self, event: Event) -> None:
        """Take an event; never waits."""
        row = _row_of(event)
        with self._lock:
            if row not in self._waiting and len(self._waiting) >= _MOST_WAITING:
                del self._waiting[next(iter(self._waiting))]
                self._lost += 1
            self._waiting[row] = event

    @property
    def status(self) -> StoreStatus:
        """How it stands now."""
        with self._lock:
            return StoreStatus(self._written, len(self._waiting), self._lost, self._problem)

    def close(self) -> None:
        """Write what waits, as far as that is possible at once, and close the file."""
        self._closing.set()
        self._thread.join()

    def _work(self) -> None:
        try:
            while not self._closing.wait(_WRITE_EVERY_S):
                self._turn()
            self._turn()
            status = self.status
            if status.waiting:
                _log.warning("%s: %d events were not written", self._path, status.waiting)
            if status.lost:
                _log.warning("%s: %d events were lost in this run", self._path, status.lost)
        finally:
            self._connection.close()
            self._alone.close()

    def _open(self) -> None:
        self._files: list[tuple[int, int] | None] = []
        self._connection = open_to_write(self._path)
        try:
            self._be_alone(self._path.with_name(f"{self._path.name}.lock"))
        except SinkError:
            self._connection.close()
            raise
        self._connection.execute(f"PRAGMA busy_timeout={_LOCK_MS}")
        self._files = _files_of(self._path)

    def _open_anew(self) -> None:
        """Somebody took a file of the store away: what comes now would be in no file at all."""
        with suppress(sqlite3.Error):  # what was written goes along with the file
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self._connection.close()
        self._alone.close()
        self._tidying, self._tidied_s, self._others_ended = iter(()), -_TIDY_EVERY_S, False
        self._open()
        _log.warning("%s was moved or deleted by somebody; another one was begun", self._path)

    def _be_alone(self, lock: Path) -> None:
        try:
            self._alone.enter_context(held(lock, self._refuse, must_open=True))
        except OSError as error:  # another user's: without it two might write
            raise cannot_use(lock, error) from error

    def _refuse(self) -> None:
        """Two programs with the same cameras would tell every visit and every second twice."""
        raise SinkError(
            f"another agescope writes into the store {self._path}. Stop it first, or choose "
            "another --store."
        )

    def _turn(self) -> None:
        try:
            if _files_of(self._path) != self._files:
                self._open_anew()
            free = self._free_bytes(self._path.parent)
            if free >= min(_TIDY_BYTES, self._needed_bytes):
                self._tidy()
            if self._has_room(free):
                self._write()
                self._went_s = time.monotonic()
                self._note("")
        except (sqlite3.Error, OSError) as error:
            if "locked" in str(error) and time.monotonic() - self._went_s < _LOCKED_S:
                return
            if any(text in str(error) for text in _DISK_FULL):
                self._note("its disk is full; writing goes on when there is room")
            else:
                self._note(str(cannot_use(self._path, error)))
        except SinkError as error:
            self._note(str(error))
        except Exception:  # noqa: BLE001  one event that cannot be written must not stop all others
            _log.exception("store %s: some events are lost", self._path)
            self._drop_all()

    @property
    def _needed_bytes(self) -> int:
        return self._settings.min_free_mb * 1_000_000

    def _has_room(self, free: int) -> bool:
        needed = self._needed_bytes
        self._low = free < needed * (_AGAIN if self._low else 1.0)
        if not self._low:
            return True
        self._note(
            f"only {free // 1_000_000} MB are free on its disk and {needed // 1_000_000} MB are to "
            "stay free; writing goes on when there is room"
        )
        return False

    def _tidy(self) -> None:
        """Go on for a moment where there is much to forget: events are waiting."""
        now_s = time.monotonic()
        if now_s - self._tidied_s >= _TIDY_EVERY_S:
            self._tidied_s = now_s
            self._tidying = retain(
                self._connection,
                now=self._clock(),
                days=self._settings.keep_days,
                most_bytes=self._settings.most_mb * 1_000_000,
            )
        try:
            if not self._others_ended:
                end_others(self._connection, self._run)
                self._others_ended = True
            for forgotten in self._tidying:
                self._forgotten += forgotten
                if time.monotonic() - now_s >= _TIDY_FOR_S:
                    return
        except sqlite3.OperationalError:  # a lock or a full disk, which passes: begin again then
            self._tidied_s = -_TIDY_EVERY_S
            raise
        if self._forgotten:
            _log.info("%s: %d old rows forgotten", self._path, self._forgotten)
        self._forgotten = 0

    def _write(self) -> None:
        with self._lock:
            events = dict(self._waiting)
        if not events:
            return
        write_events(self._connection, events.values(), self._run)
        with self._lock:
            for row, event in events.items():
                if self._waiting.get(row) is event:  # else grown or pushed out meanwhile
                    del self._waiting[row]
            self._written += len(events)

    def _drop_all(self) -> None:
        with self._lock:
            self._lost += len(self._waiting)
            self._waiting.clear()

    def _note(self, problem: str) -> None:
        """Log when a problem comes and goes, not while it lasts."""
        with self._lock:
            before, self._problem = self._problem, problem
            lost = self._lost
        if problem and not before:
            _log.warning("store %s: %s", self._path, problem)
        elif before and not problem:
            _log.info("store %s: writing again; %d events lost so far", self._path, lost)


def _files_of(path: Path) -> list[tuple[int, int] | None]:
    """What tells the files that stand under the store's names now from others."""
    found: list[tuple[int, int] | None] = []
    for ending in _FILES:
        try:
            there = os.stat(f"{path}{ending}")  # noqa: PTH116 - four times a second
            found.append((there.st_dev, there.st_ino))
        except FileNotFoundError:
            found.append(None)
    return found


def _row_of(event: Event) -> Hashable:
    """What tells the row that an event becomes from others.

    A grown visit or minute takes the place of its earlier state, so that an hour without a disk
    does not crowd out what is over.
    """
    match event:
        case Underway():
            return event.visit.number
        case VisitEvent():
            return event.number
        case Minute():
            return event.start_at, event.camera, event.zone, event.series
        case _:
            return object()
