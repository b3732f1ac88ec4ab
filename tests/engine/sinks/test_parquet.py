import sys
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest

from engine.errors import SinkError
from engine.sinks.growing import partial
from engine.sinks.parquet import ParquetFile
from engine.sinks.table import FacesTable, columns_of
from engine.values.result import FrameResult
from tests.engine.sinks import made

parquet = pytest.importorskip("pyarrow.parquet")


def write(path: Path, results: Iterable[FrameResult], *, distribution: bool = False) -> None:
    with FacesTable(ParquetFile(path, columns_of("faces", distribution=distribution))) as table:
        for result in results:
            table.write(result)
        table.finish(())


def test_what_is_written_can_be_read(tmp_path: Path) -> None:
    path = tmp_path / "cam.faces.parquet"
    write(path, [made.result(index=n, picture="é.jpg") for n in range(5)], distribution=True)
    table = parquet.read_table(path)
    names = [column.name for column in columns_of("faces", distribution=True)]
    assert table.column_names == names
    rows = table.to_pylist()
    assert [row["frame"] for row in rows] == [0, 1, 2, 3, 4]
    assert rows[0]["image"] == "é.jpg"
    assert rows[0]["score"] == 0.91
    np.testing.assert_allclose(
        rows[0]["distribution"], made.belief(20).distribution.probs, atol=1e-6
    )
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


def test_a_run_without_faces_leaves_a_table_without_rows(tmp_path: Path) -> None:
    path = tmp_path / "cam.faces.parquet"
    write(path, [made.result([])])
    table = parquet.read_table(path)
    assert table.num_rows == 0
    assert str(table.schema.field("track_id").type) == "int64"


def test_two_runs_write_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        write(tmp_path / name, [made.result(index=n) for n in range(20)], distribution=True)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_until_it_is_whole_the_rows_can_be_read_as_lines(tmp_path: Path) -> None:
    path = tmp_path / "cam.faces.parquet"
    with FacesTable(ParquetFile(path, columns_of("faces", distribution=False))) as table:
        table.write(made.result())
        lines = path.with_name(path.name + ".partial.jsonl").read_text()
        assert lines.startswith('{"source": "cam", "frame": 0,')
    assert path.exists()


def test_a_full_disk_at_the_end_keeps_the_lines(tmp_path: Path) -> None:
    path = tmp_path / "cam.faces.parquet"
    partial(path).symlink_to("/dev/full")
    with pytest.raises(SinkError, match="no space left"):
        write(path, [made.result()])
    assert not path.exists()
    assert path.with_name(path.name + ".partial.jsonl").read_text().count("\n") == 1


def test_a_missing_package_is_named_before_the_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)  # what Python does for a missing one
    with pytest.raises(SinkError, match=r"pip install -e '\.\[parquet\]'"):
        ParquetFile(tmp_path / "a.parquet", columns_of("faces", distribution=False))
