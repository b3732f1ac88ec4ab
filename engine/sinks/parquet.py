"""Tables as Parquet.

A Parquet file cannot be read before its footer is written, so a table grows as JSON Lines, under
`<name>.parquet.partial.jsonl`, and is converted when it is whole. A killed run leaves the lines.
"""

import json
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path

from engine.errors import SinkError, installing
from engine.sinks.growing import cannot_write, name, partial
from engine.sinks.rows import Column, Kind, Row
from engine.sinks.table import JsonLinesFile

_BATCH = 20_000
"""Rows converted at a time: bounds the memory, whatever the length of the run."""


class ParquetFile:
    """Apache Parquet, compressed with Snappy; None is null, a distribution is a list."""

    def __init__(self, path: Path, columns: tuple[Column, ...]) -> None:
        """Choose the final name and the columns.

        Raises:
            SinkError: The extra package is not installed.
        """
        check_installed()  # found missing now, not after hours of work
        self.columns = columns
        self._path = path
        self._lines = JsonLinesFile(path, columns, path.with_name(path.name + ".partial.jsonl"))

    def open(self) -> None:
        """Begin an empty file."""
        self._lines.open()

    def add(self, rows: Iterable[Row]) -> None:
        """Append rows."""
        self._lines.add(rows)

    def complete(self) -> None:
        """Convert the rows and give the file its name."""
        lines = self._lines.file
        if not lines.end():
            return
        try:
            _convert(lines.growing, partial(self._path), self.columns)
            name(partial(self._path), self._path)
            lines.growing.unlink()
        except OSError as error:
            with suppress(OSError):
                partial(self._path).unlink()
            raise cannot_write(self._path, error) from error


def check_installed() -> None:
    """Make sure that tables can be written.

    Raises:
        SinkError: The extra package is not installed.
    """
    try:
        import pyarrow.parquet  # noqa: F401  whether it is there is the question
    except ImportError as error:
        raise SinkError(
            "Parquet tables need pyarrow, which is not installed. "
            f"Install it with: {installing('parquet')}"
        ) from error


def _convert(lines: Path, parquet: Path, columns: tuple[Column, ...]) -> None:
    import pyarrow
    import pyarrow.parquet

    kinds = {
        Kind.TEXT: pyarrow.string(),
        Kind.INTEGER: pyarrow.int64(),
        Kind.REAL: pyarrow.float64(),
        Kind.REALS: pyarrow.list_(pyarrow.float32()),
    }
    schema = pyarrow.schema([(column.name, kinds[column.kind]) for column in columns])
    with pyarrow.parquet.ParquetWriter(parquet, schema) as writer:
        for batch in _batches(lines):
            writer.write_table(pyarrow.Table.from_pylist(batch, schema))


def _batches(lines: Path) -> Iterator[list[dict[str, object]]]:
    with lines.open(encoding="utf-8") as file:
        while batch := [json.loads(line) for line in islice(file, _BATCH)]:
            yield batch
