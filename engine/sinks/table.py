"""The tables of faces and of tracks, as CSV, JSON Lines or Parquet.

A table grows under its temporary name, whole after every frame: a killed run leaves all its rows.
"""

import csv
import io
import json
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from engine.sinks.growing import GrowingFile
from engine.sinks.rows import (
    DISTRIBUTION_AGES,
    FACE_COLUMNS,
    TRACK_COLUMNS,
    Column,
    Kind,
    Row,
    face_rows,
    track_rows,
    with_distribution,
)
from engine.values.result import FrameResult, Track

_FORMATS = {Kind.TEXT: "%s", Kind.INTEGER: "%d", Kind.REALS: "%g"}


class TableFile(Protocol):
    """A file of rows in some format. All raise `SinkError`, once."""

    columns: tuple[Column, ...]

    def open(self) -> None:
        """Begin the file under its temporary name."""
        ...

    def add(self, rows: Iterable[Row]) -> None:
        """Append rows, values in the order of the columns."""
        ...

    def complete(self) -> None:
        """Finish the file and give it its name, unless writing it has failed before."""
        ...


class FacesTable:
    """Sink: one row for every face of every frame looked at."""

    def __init__(self, file: TableFile) -> None:
        """Write to `file`, which has the columns of faces."""
        self._file = file

    def __enter__(self) -> Self:
        """Begin the table."""
        self._file.open()
        return self

    def write(self, result: FrameResult) -> None:
        """Add the faces of one frame."""
        self._file.add(face_rows(result, self._file.columns))

    def finish(self, tracks: tuple[Track, ...]) -> None:
        """Tracks are in the other table."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Complete the table."""
        self._file.complete()


class TracksTable:
    """Sink: one row for every track, when it ends. Stays empty for pictures."""

    def __init__(self, file: TableFile) -> None:
        """Write to `file`, which has the columns of tracks."""
        self._file = file

    def __enter__(self) -> Self:
        """Begin the table."""
        self._file.open()
        return self

    def write(self, result: FrameResult) -> None:
        """Add the tracks that ended with this frame."""
        self._file.add(track_rows(result.ended, self._file.columns))

    def finish(self, tracks: tuple[Track, ...]) -> None:
        """Add the tracks that the end of the source ended."""
        self._file.add(track_rows(tracks, self._file.columns))

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Complete the table."""
        self._file.complete()


def columns_of(table: str, *, distribution: bool) -> tuple[Column, ...]:
    """Columns of the table "faces" or "tracks"."""
    columns = {"faces": FACE_COLUMNS, "tracks": TRACK_COLUMNS}[table]
    return with_distribution(columns) if distribution else columns


class CsvFile:
    """Comma-separated values with a header; None is empty, a distribution is p_0 to p_100."""

    def __init__(
        self, path: Path, columns: tuple[Column, ...], growing: Path | None = None
    ) -> None:
        """Choose the names, as in `GrowingFile`, and the columns."""
        self.columns = columns
        self._formats = tuple(_format(column) for column in columns)
        self._file = GrowingFile(path, growing)

    def open(self) -> None:
        """Begin with the header."""
        self._file.open()
        self._file.append(_csv([[name for column in self.columns for name in _headings(column)]]))

    def add(self, rows: Iterable[Row]) -> None:
        """Append rows."""
        lines = [_line(row, self._formats) for row in rows]
        if lines:
            self._file.append("".join(lines))

    def complete(self) -> None:
        """Give the file its name."""
        self._file.complete()


def _csv(lines: Iterable[list[str]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(lines)
    return text.getvalue()


def _headings(column: Column) -> list[str]:
    if column.kind is Kind.REALS:
        return [f"p_{age}" for age in DISTRIBUTION_AGES]
    return [column.name]


def _line(row: Row, formats: tuple[str, ...]) -> str:
    """A row as text: one format for all of it is several times as fast as one for each value."""
    if isinstance(row[-1], list):
        formats = formats[:-1] + formats[-1:] * len(row[-1])
        row = (*row[:-1], *row[-1])
    values = [_quoted(value) if isinstance(value, str) else value for value in row]
    form = _row_format(formats, tuple([value is None for value in values]))
    return form % tuple([value for value in values if value is not None])


@lru_cache(maxsize=256)
def _row_format(formats: tuple[str, ...], missing: tuple[bool, ...]) -> str:
    pairs = zip(formats, missing, strict=True)
    return ",".join("" if is_missing else form for form, is_missing in pairs) + "\n"


@lru_cache(maxsize=256)
def _quoted(text: str) -> str:
    """A text as a value of a CSV file."""
    return _csv([[text, ""]])[:-2]


def _format(column: Column) -> str:
    return f"%.{column.decimals}f" if column.kind is Kind.REAL else _FORMATS[column.kind]


class JsonLinesFile:
    """One JSON object a line; None is null, a distribution is an array."""

    def __init__(
        self, path: Path, columns: tuple[Column, ...], growing: Path | None = None
    ) -> None:
        """Choose the names, as in `GrowingFile`, and the columns."""
        self.columns = columns
        self.file = GrowingFile(path, growing)

    def open(self) -> None:
        """Begin an empty file."""
        self.file.open()

    def add(self, rows: Iterable[Row]) -> None:
        """Append rows."""
        names = [column.name for column in self.columns]
        lines = [
            json.dumps(dict(zip(names, row, strict=True)), ensure_ascii=False, allow_nan=False)
            for row in rows
        ]
        if lines:
            self.file.append("\n".join(lines) + "\n")

    def complete(self) -> None:
        """Give the file its name."""
        self.file.complete()
