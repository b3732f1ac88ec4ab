"""The table of all methods, written by several runs at once."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from train.benchmark_table import read_rows, write_rows


def test_runs_that_write_one_table_at_once_lose_no_row(tmp_path: Path) -> None:
    names = [f"method-{number}" for number in range(24)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda name: write_rows(tmp_path, {name: {"failed": "no"}}), names))
    assert set(read_rows(tmp_path)) == set(names)
    text = (tmp_path / "table.csv").read_text()
    assert all(name in text for name in names)
