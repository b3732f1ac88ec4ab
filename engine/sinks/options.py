"""From what the user asked for to the sinks that write it."""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from engine.errors import SinkError
from engine.settings import PrivacySettings
from engine.sinks.behind import Behind
from engine.sinks.biography import Faces
from engine.sinks.blur import FaceBlur
from engine.sinks.coco import CocoFile
from engine.sinks.contact_sheet import ContactSheet
from engine.sinks.database import Database
from engine.sinks.digest import SUFFIX, DigestFile
from engine.sinks.growing import cannot_write
from engine.sinks.mot import MotFile
from engine.sinks.parquet import ParquetFile
from engine.sinks.sink import Sink
from engine.sinks.subtitles import ASS, VTT, Subtitles
from engine.sinks.table import (
    CsvFile,
    FacesTable,
    JsonLinesFile,
    TableFile,
    TracksTable,
    columns_of,
)
from engine.sinks.video import AnnotatedVideo

TABLES = ("csv", "jsonl", "parquet", "sqlite", "mot", "coco")


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

    @property
    def start_s(self) -> float:
        """Where a player of it shows the first picture."""
        ...


@dataclass(frozen=True, slots=True)
class SinkOptions:
    """What to write about a source.

    Attributes:
        tables: Formats, of `TABLES`.
        distribution: Whole distributions go into the tables too.
        annotate: Write the annotated video; there is none of a source of pictures.
        blur: Make faces unrecognisable wherever they are shown.
        privacy: How that is done.
        audio_from: File whose sound the annotated video gets, None for silence.
        subtitles: Write ages as subtitles; there are none of a source of pictures.
        contact_sheet: Write pages with the best look at everybody.
        digest: Write what a report needs.
        thumbnails: The digest holds pictures of faces.
    """

    tables: tuple[str, ...] = ("csv",)
    distribution: bool = False
    annotate: bool = False
    blur: bool = False
    privacy: PrivacySettings = field(default_factory=PrivacySettings)
    audio_from: Path | None = None
    subtitles: bool = False
    contact_sheet: bool = False
    digest: bool = False
    thumbnails: bool = False


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
        video = AnnotatedVideo(
            out / f"{info.name}.annotated.mp4",
            rate=info.rate,
            audio_from=options.audio_from,
            blur=FaceBlur(options.privacy) if options.blur else None,
        )
        sinks.append(Behind(video))
    if options.subtitles and not info.pictures:
        for suffix, form in (("ass", ASS), ("vtt", VTT)):
            path = out / f"{info.name}.{suffix}"
            sinks.append(
                Subtitles(path, form, rate=info.rate, title=info.name, start_s=info.start_s)
            )
    return [*sinks, *_people(out, info, options)]


def _people(out: Path, info: Origin, options: SinkOptions) -> Iterator[Sink]:
    faces = Faces(blur=options.blur)
    if options.contact_sheet:
        yield ContactSheet(out, info.name, faces=faces)
    if options.digest:
        yield DigestFile(
            out / f"{info.name}{SUFFIX}",
            source=info.name,
            pictures=info.pictures,
            faces=faces if options.thumbnails else None,
        )


def _tables(out: Path, source: str, table: str, options: SinkOptions) -> Iterator[Sink]:
    if table == "sqlite":
        yield Database(out / f"{source}.sqlite", distribution=options.distribution)
        return
    if table == "coco":
        yield CocoFile(out / f"{source}.coco.json", source=source)
        return
    if table == "mot":
        yield FacesTable(MotFile(out / f"{source}.mot.txt"))
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
