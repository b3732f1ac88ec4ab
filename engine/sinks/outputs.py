"""The names of the files that are written about a source: `NAME.` and one of a few endings.

None of the endings follows a point in another, so a file tells its source whatever points are in
NAME, and what else lies in a folder of results is not taken for one.
"""

import re
from collections.abc import Iterator

from engine.sinks.options import TABLES, SinkOptions

_TABLES = {
    "csv": r"(faces|tracks)\.csv",
    "jsonl": r"(faces|tracks)\.jsonl",
    "parquet": r"(faces|tracks)\.parquet",
    "sqlite": "sqlite",
    "mot": r"mot\.txt",
    "coco": r"coco\.json",
}
_UNFINISHED = re.compile(r"(.+)\.partial(\.jsonl|-wal|-shm)?", re.DOTALL)
_ALL = SinkOptions(TABLES, annotate=True, subtitles=True, contact_sheet=True, digest=True)


def source_of(file: str, options: SinkOptions = _ALL) -> str | None:
    """The name of the source that an output is about.

    Args:
        file: Name of any file, without a folder.
        options: What is written.

    Returns:
        None for a file that is not written with these options.
    """
    for ending in _endings(options):
        if found := re.fullmatch(rf"([^/\\]+)\.({ending})", file):
            return found[1]
    return None


def source_of_unfinished(file: str) -> str | None:
    """The name of the source of an output that was never completed; None for any other file."""
    grown = _UNFINISHED.fullmatch(file)
    return source_of(grown[1]) if grown else None


def _endings(options: SinkOptions) -> Iterator[str]:
    yield from (ending for table, ending in _TABLES.items() if table in options.tables)
    if options.annotate:
        yield r"annotated\.mp4"
    if options.subtitles:
        yield "ass|vtt"
    if options.contact_sheet:
        yield r"contact-\d+\.jpg"
    if options.digest:
        yield r"digest\.json"
