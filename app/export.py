"""`export`: rows of the store as a file."""

import re
import sqlite3
import sys
import time
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path

from engine.errors import SettingsError
from engine.sinks.parquet import ParquetFile
from engine.sinks.table import CsvFile, JsonLinesFile, TableFile
from engine.store.database import cannot_use, open_to_read
from engine.store.rows import COLUMNS, columns_of, rows_of

FORMATS = ("csv", "jsonl", "parquet")
_SPAN = re.compile(r"(\d+(?:\.\d+)?)([smhdw])")
_UNIT_S = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_ROWS = 1000
_ENDINGS = ("", "-wal", "-shm", ".lock")
"""Of the files of a store."""
_REDIRECTIONS = (Path("/dev"), Path("/dev/fd"), Path("/proc/self/fd"))
"""What lies there and is a file is one that the shell has opened, perhaps to add to it."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What the user asked of `export`; the fields are its options.

    Attributes:
        store: The SQLite file.
        table: visits, events or minutes.
        since: Unix time, s.
        until: Unix time, s; not included.
        style: csv, jsonl or parquet.
        out: File to write; None for one named after the table.
        distribution: Put whole age distributions in; of visits only.
    """

    store: Path
    table: str
    since: float
    until: float
    style: str
    out: Path | None = None
    distribution: bool = False


def export(wish: Wish) -> int:
    """Write the rows and say how many.

    Returns:
        How many rows were written.

    Raises:
        AgescopeError: The store cannot be read or the file not written.
    """
    for word, known, option in (
        (wish.style, FORMATS, "--format"),
        (wish.table, tuple(COLUMNS), "--table"),
    ):
        if word not in known:
            raise SettingsError(f"{option} '{word}' is unknown; choose {', '.join(known)}.")
    if wish.since >= wish.until:
        raise SettingsError("--since must be before --until; both are counted back from now.")
    if wish.distribution and wish.table != "visits":
        raise SettingsError(
            f"--distribution goes with --table visits alone; {wish.table} hold no distributions."
        )
    columns = columns_of(wish.table, distribution=wish.distribution)
    out = _new_file(wish)
    growing = out if _is_stream(out) else None
    file: TableFile
    match wish.style:
        case "csv":
            file = CsvFile(out, columns, growing)
        case "jsonl":
            file = JsonLinesFile(out, columns, growing)
        case _:
            file = ParquetFile(out, columns)
    written = 0
    with closing(open_to_read(wish.store)) as connection:
        file.open()
        try:
            rows = rows_of(connection, wish.table, columns, wish.since, wish.until)
            while some := list(islice(rows, _ROWS)):
                file.add(some)
                written += len(some)
        except sqlite3.Error as error:
            raise cannot_use(wish.store, error) from error
        file.complete()
    sys.stderr.write(f"{written} rows of {wish.table} in {out}\n")
    return written


def _new_file(wish: Wish) -> Path:
    """Where to write; an export must not take the place of the store it reads, nor of a link.

    Raises:
        SettingsError: It is a folder, the store, a file that belongs to the store, or a pipe or
            device for a format that is not written from its beginning to its end.
    """
    out = wish.out or Path(f"{wish.table}.{wish.style}")
    if out == Path("-"):
        raise SettingsError("--out - is no file; --out /dev/stdout is standard output.")
    if out.is_dir():
        raise SettingsError(f"{out} is a folder; name a file in it with --out.")
    parts = (Path(f"{wish.store.resolve()}{ending}") for ending in _ENDINGS)
    if out.exists() and any(part.exists() and out.samefile(part) for part in parts):
        raise SettingsError(f"{out} belongs to the store itself; name another file with --out.")
    if _is_stream(out):
        if wish.style == "parquet":
            raise SettingsError(f"{out} is no file, which parquet needs; choose csv or jsonl.")
        return out
    return out.resolve() if out.is_symlink() else out


def _is_stream(out: Path) -> bool:
    """Whether it is written into as it is: a pipe, a terminal, another device, or a redirection."""
    return out.exists() and (not out.is_file() or out.parent in _REDIRECTIONS)


def parse_moment(text: str, now: float | None = None) -> float:
    """Unix time of "24h" (ago; s, m, h, d, w), "now", or an ISO date or time (local by default).

    Raises:
        SettingsError: It is none of these.
    """
    now = time.time() if now is None else now
    if text == "now":
        return now
    if span := _SPAN.fullmatch(text):
        return now - float(span[1]) * _UNIT_S[span[2]]
    try:
        return datetime.fromisoformat(text).timestamp()
    except (ValueError, OverflowError, OSError):
        raise SettingsError(
            f"'{text}' is no moment; give one like 24h, 7d, 2026-05-01 or 2026-05-01T08:00."
        ) from None
