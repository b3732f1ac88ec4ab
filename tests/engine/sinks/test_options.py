from dataclasses import dataclass
from pathlib import Path

import pytest

from engine.errors import SinkError
from engine.sinks.options import TABLES, SinkOptions, open_sinks
from tests.engine.sinks import made


@dataclass(frozen=True)
class Origin:
    name: str = "cam"
    pictures: bool = False
    rate: float = 25.0
    start_s: float = 0.0


def names(out: Path, origin: Origin, options: SinkOptions) -> set[str]:
    for sink in open_sinks(out, origin, options):
        with sink:
            sink.write(made.result())
            sink.finish((made.track(),))
    return {path.name for path in out.iterdir()}


def test_everything_that_can_be_asked_for(tmp_path: Path) -> None:
    out = tmp_path / "new" / "folder"
    options = SinkOptions(
        TABLES,
        distribution=True,
        annotate=True,
        blur=True,
        subtitles=True,
        contact_sheet=True,
        digest=True,
    )
    assert names(out, Origin(), options) == {
        "cam.faces.csv",
        "cam.tracks.csv",
        "cam.faces.jsonl",
        "cam.tracks.jsonl",
        "cam.faces.parquet",
        "cam.tracks.parquet",
        "cam.sqlite",
        "cam.mot.txt",
        "cam.coco.json",
        "cam.annotated.mp4",
        "cam.ass",
        "cam.vtt",
        "cam.contact-1.jpg",
        "cam.digest.json",
    }


def test_photographs_get_no_video_and_no_subtitles(tmp_path: Path) -> None:
    found = names(tmp_path, Origin(pictures=True), SinkOptions(annotate=True, subtitles=True))
    assert found == {"cam.faces.csv", "cam.tracks.csv"}


def test_no_tables_no_files(tmp_path: Path) -> None:
    assert names(tmp_path, Origin(), SinkOptions(tables=())) == set()


def test_an_unknown_format_is_named_with_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(SinkError, match="no table format 'xls'; available: csv, jsonl, parquet"):
        open_sinks(tmp_path, Origin(), SinkOptions(("csv", "xls")))


def test_a_file_where_the_folder_should_be_is_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file")
    with pytest.raises(SinkError, match="out: file exists"):
        open_sinks(tmp_path / "out", Origin(), SinkOptions())


def test_a_folder_that_takes_no_files_is_told_at_once() -> None:
    with pytest.raises(SinkError, match=r"cannot write /proc/self: .* Choose a writable --out"):
        open_sinks(Path("/proc/self"), Origin(), SinkOptions())
