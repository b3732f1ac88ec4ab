"""From what the user asked for to the sinks that write it."""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from engine.errors import SinkError
from engine.sinks.database import Database
from engine.sinks.growing import cannot_write
from engine.sinks.parquet import ParquetFile
from engine.sinks.sink import Sink
from engine.sinks.table import (
    CsvFile,
    FacesTable,
    JsonLinesFile,
    TableFile,
    TracksTable,
    columns_of,
)
from engine.sinks.video import AnnotatedVideo

TABLES = ("csv", "jsonl", "parquet", "sqlite")


class Origin(Protocol):
    """What sinks must know of a source: `SourceInfo` fits, yet sinks and sources are strangers."""

    @property
    def name(self) -> str:
        """For the names of the files."""
        ...

    @property
    def pictures(self) -> bool:
        """Every frame is a picture of its own."""
        ...

    @property
    def rate(self) -> float:
        """Nominal frames a second, 0 where unknown."""
        ...


@dataclass(frozen=True, slots=True)
class SinkOptions:
    """What to write about a source.

    Attributes:
        tables: Formats, of `TABLES`.
        distribution: Whole distributions go into the tables too.
        annotate: Write the annotated video; there is none of a source of pictures.
        blur: Make the faces in it unrecognisable.
        audio_from: File whose sound it gets, None for silence.
    """

    tables: tuple[str, ...] = ("csv",)
    distribution: bool = False
    annotate: bool = False
    blur: bool = False
    audio_from: Path | None = None


def open_sinks(out: Path, info: Origin, options: SinkOptions) -> list[Sink]:
    """The sinks for one source, named after it; their files begin when they are entered.

    Args:
        out: Directory, made if missing.
        info: The source; its `SourceInfo`.
        options: What to write.

    Raises:
        SinkError: `out` cannot be written to, a format is unknown or its package is missing.
    """
    unknown = [table for table in options.tables if table not in TABLES]
    if unknown:
        raise SinkError(f"there is no table format '{unknown[0]}'; available: {', '.join(TABLES)}.")
    try:
        out.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=out).close()
    except OSError as error:
        raise cannot_write(out, error) from error
    sinks = [sink for table in options.tables for sink in _tables(out, info.name, table, options)]
    if options.annotate and not info.pictures:
        sinks.append(
            AnnotatedVideo(
                out / f"{info.name}.annotated.mp4",
                rate=info.rate,
                audio_from=options.audio_from,
                blur=options.blur,
            )
        )
    return sinks


def _tables(out: Path, source: str, table: str, options: SinkOptions) -> Iterator[Sink]:
    if table == "sqlite":
        yield Database(out / f"{source}.sqlite", distribution=options.distribution)
        return
    yield FacesTable(_file(out, source, "faces", table, options))
    yield TracksTable(_file(out, source, "tracks", table, options))


def _file(out: Path, source: str, rows: str, table: str, options: SinkOptions) -> TableFile:
    columns = columns_of(rows, distribution=options.distribution)
    path = out / f"{source}.{rows}.{table}"
    if table == "csv":
        return CsvFile(path, columns)
    if table == "jsonl":
        return JsonLinesFile(path, columns)
    return ParquetFile(path, columns)
