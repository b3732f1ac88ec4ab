from pathlib import Path

import pytest

from engine.sinks.options import TABLES, SinkOptions, open_sinks
from engine.sinks.outputs import source_of, source_of_unfinished
from tests.engine.sinks import made
from tests.engine.sinks.test_options import Origin

OPTIONS = [
    *(SinkOptions((table,)) for table in TABLES),
    SinkOptions((), annotate=True),
    SinkOptions((), subtitles=True),
    SinkOptions((), contact_sheet=True),
    SinkOptions((), digest=True),
]


@pytest.mark.parametrize("options", OPTIONS)
def test_every_file_of_a_sink_is_known_as_that_of_its_source(
    options: SinkOptions, tmp_path: Path
) -> None:
    for sink in open_sinks(tmp_path, Origin("cam.2\n"), options):
        with sink:
            sink.write(made.result())
            growing = [path.name for path in tmp_path.iterdir() if not source_of(path.name)]
            assert {source_of_unfinished(file) for file in growing} <= {"cam.2\n"}
            sink.finish((made.track(),))
    files = [path.name for path in tmp_path.iterdir()]
    assert files
    for file in files:
        assert source_of(file) == source_of(file, options) == "cam.2\n"
        assert [source_of(file, other) for other in OPTIONS].count(None) == len(OPTIONS) - 1


@pytest.mark.parametrize(
    "file",
    [
        "a.notes.txt", "a.mp4", "a.second.mp4", "a.csv", "a.contact-x.jpg", "sqlite", ".sqlite",
        "../a.faces.csv", "b\\a.faces.csv","a.csv.partial", "a.faces.csv\n", "report.html",
    ],
)  # fmt: skip
def test_what_this_program_does_not_write_is_about_no_source(file: str) -> None:
    assert source_of(file) is None
    assert source_of_unfinished(f"{file}.partial") is None


def test_no_ending_follows_a_point_in_another() -> None:
    assert source_of("a.faces.csv.sqlite") == "a.faces.csv"
    assert source_of("a.faces.faces.csv") == "a.faces"
    assert source_of("a", SinkOptions(())) is None
    assert source_of("a.", SinkOptions(())) is None
