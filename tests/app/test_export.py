import csv
import json
import os
import re
import sqlite3
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from app.export import Wish, export, parse_moment
from engine.errors import SettingsError, SinkError
from engine.store.database import open_to_write
from engine.store.rows import COLUMNS
from engine.store.schema import MIGRATIONS
from engine.store.writing import write_events
from engine.values.result import Status
from engine.zones.events import WHOLE, Action, Underway, VisitEvent, ZoneEvent, ZoneVisit
from tests.engine.sinks import made

NOW = 1_700_000_000.0


def spent(zone: str) -> ZoneVisit:
    return ZoneVisit(zone, "area", 1, 0, 0, 3.0, 1.5, 0.0, 3.0)


@pytest.fixture
def store(tmp_path: Path) -> Path:
    path = tmp_path / "store.sqlite"
    with closing(open_to_write(path)) as connection:
        visits = [
            VisitEvent(
                n, "door", made.track(n), NOW + n, NOW + n + 2, (spent(WHOLE), spent("desk"))
            )
            for n in range(5)
        ]
        write_events(connection, visits, 1)
    return path


@pytest.fixture
def wish(store: Path, tmp_path: Path) -> Callable[..., Wish]:
    def make(style: str, *, table: str = "visits", distribution: bool = False) -> Wish:
        out = tmp_path / f"out.{style}"
        return Wish(store, table, NOW + 1, NOW + 4, style, out, distribution)

    return make


def test_csv_has_the_rows_of_the_time_asked_for(wish: Callable[..., Wish]) -> None:
    asked = wish("csv")
    assert export(asked) == 3
    assert asked.out is not None
    with asked.out.open() as file:
        rows = list(csv.DictReader(file))
    assert [float(row["first_at"]) for row in rows] == [NOW + 1, NOW + 2, NOW + 3]
    assert (rows[0]["camera"], rows[0]["dwell_s"]) == ("door", "3.000")
    assert json.loads(rows[0]["zones"])[0]["zone"] == "desk"
    assert 30 < float(rows[0]["age_mean"]) < 38


def test_a_time_that_ends_before_it_begins_is_refused(wish: Callable[..., Wish]) -> None:
    asked = replace(wish("csv"), since=NOW + 4, until=NOW + 1)
    with pytest.raises(SettingsError, match="--since must be before --until"):
        export(asked)


def test_visits_under_way_are_marked_in_the_last_column(
    store: Path, wish: Callable[..., Wish]
) -> None:
    with closing(open_to_write(store)) as connection:
        write_events(
            connection, [Underway(VisitEvent(9, "door", made.track(9), NOW + 2.5, NOW + 3, ()))], 1
        )
    asked = wish("csv")
    export(asked)
    assert asked.out is not None
    with asked.out.open() as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0])[-1] == "underway"
    assert [row["underway"] for row in rows] == ["0", "0", "1", "0"]


def test_json_lines_hold_distributions_when_asked(wish: Callable[..., Wish]) -> None:
    asked = wish("jsonl", distribution=True)
    export(asked)
    assert asked.out is not None
    rows = [json.loads(line) for line in asked.out.read_text().splitlines()]
    assert [sum(row["distribution"]) for row in rows] == pytest.approx([1, 1, 1], abs=1e-3)


def test_parquet_has_types(wish: Callable[..., Wish]) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    asked = wish("parquet")
    export(asked)
    table = parquet.read_table(asked.out)
    assert table.num_rows == 3
    assert str(table.schema.field("first_at").type) == "double"


def test_events_tell_of_whom_nothing_is_known(store: Path, wish: Callable[..., Wish]) -> None:
    event = ZoneEvent("door", "desk", "area", Action.ENTERED, 7, NOW + 2, 0, 0, made.belief())
    unseen = replace(event, belief=made.belief(status=Status.INSUFFICIENT))
    with closing(open_to_write(store)) as connection:
        write_events(connection, [event, unseen], 1)
    asked = wish("csv", table="events")
    export(asked)
    assert asked.out is not None
    with asked.out.open() as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0])[-1] == "status"
    assert [row["status"] for row in rows] == ["stable", "insufficient"]


@pytest.mark.parametrize("table", ["events", "minutes"])
def test_a_table_without_distributions_is_refused_them(
    wish: Callable[..., Wish], table: str
) -> None:
    with pytest.raises(SettingsError, match=f"^--distribution .* {table}"):
        export(wish("csv", table=table, distribution=True))


def test_a_store_of_before_is_read_as_it_is(tmp_path: Path, wish: Callable[..., Wish]) -> None:
    path = tmp_path / "old.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(MIGRATIONS[0])
        connection.execute(
            "INSERT INTO zone_events VALUES (1, ?, 'door', 'desk', 'line', 'in', 7, 0, 0, 9, 8, 9)",
            (NOW + 2,),
        )
        connection.commit()
    asked = replace(wish("jsonl", table="events"), store=path)
    assert export(asked) == 1
    assert asked.out is not None
    assert json.loads(asked.out.read_text())["status"] is None


def test_an_empty_time_gives_an_empty_file(wish: Callable[..., Wish]) -> None:
    asked = wish("csv", table="events")
    assert export(asked) == 0
    assert asked.out is not None
    assert len(asked.out.read_text().splitlines()) == 1


def test_what_cannot_be_exported_is_told(wish: Callable[..., Wish], tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="csv, jsonl, parquet"):
        export(wish("xlsx"))
    with pytest.raises(SettingsError, match="visits, events, minutes"):
        export(wish("csv", table="people"))
    with pytest.raises(SinkError, match="there is no store"):
        export(Wish(tmp_path / "none.sqlite", "visits", 0, 1, "csv"))


@pytest.mark.parametrize("ending", ["", "-wal", ".lock"])
def test_an_export_does_not_replace_the_store(
    store: Path, wish: Callable[..., Wish], ending: str
) -> None:
    part = Path(f"{store}{ending}")
    with closing(open_to_write(store)):
        part.touch()
        before = part.stat().st_ino
        link = store.with_name("link")
        link.symlink_to(part)
        for out in (part, link):
            with pytest.raises(SettingsError, match="belongs to the store"):
                export(replace(wish("csv"), out=out))
        assert part.stat().st_ino == before


def test_an_export_into_a_folder_is_refused_at_once(
    wish: Callable[..., Wish], tmp_path: Path
) -> None:
    for out in (tmp_path, Path(), Path("/")):
        with pytest.raises(SettingsError, match="is a folder"):
            export(replace(wish("csv"), out=out))
    assert not list(tmp_path.parent.glob("*.partial"))


def test_an_export_into_a_link_writes_the_file_it_leads_to(
    wish: Callable[..., Wish], tmp_path: Path
) -> None:
    link, target = tmp_path / "link.csv", tmp_path / "elsewhere" / "real.csv"
    target.parent.mkdir()
    link.symlink_to(target)
    assert export(replace(wish("csv"), out=link)) == 3
    assert link.is_symlink()
    assert len(target.read_text().splitlines()) == 4
    assert [file.name for file in target.parent.iterdir()] == ["real.csv"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
@pytest.mark.parametrize(("style", "lines"), [("csv", 4), ("jsonl", 3)])
def test_an_export_into_a_pipe_is_read_at_its_other_end(
    wish: Callable[..., Wish], tmp_path: Path, style: str, lines: int
) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with ThreadPoolExecutor() as pool:
        text = pool.submit(pipe.read_text)
        assert export(replace(wish(style), out=pipe)) == 3
        assert len(text.result(10).splitlines()) == lines
    assert pipe.is_fifo()


@pytest.mark.skipif(not Path("/dev/fd").exists(), reason="no redirections by name here")
def test_an_export_into_a_redirection_goes_behind_what_stands_there(
    wish: Callable[..., Wish], tmp_path: Path
) -> None:
    there = tmp_path / "all.csv"
    there.write_text("of yesterday\n")
    with there.open("a") as shell:
        assert export(replace(wish("csv"), out=Path(f"/dev/fd/{shell.fileno()}"))) == 3
    lines = there.read_text().splitlines()
    assert (lines[0], len(lines)) == ("of yesterday", 5)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
@pytest.mark.parametrize(("style", "out"), [("csv", "-"), ("parquet", "pipe")])
def test_what_is_no_file_is_refused_where_it_cannot_be_written(
    wish: Callable[..., Wish], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, style: str, out: str
) -> None:
    monkeypatch.chdir(tmp_path)
    os.mkfifo("pipe")
    with pytest.raises(SettingsError, match="is no file"):
        export(replace(wish(style), out=Path(out)))
    assert not Path("-").exists()


def test_moments_are_spans_ago_or_dates() -> None:
    assert parse_moment("90s", NOW) == NOW - 90
    assert parse_moment("24h", NOW) == NOW - 86400
    assert parse_moment("1.5d", NOW) == NOW - 129600
    assert parse_moment("now", NOW) == NOW
    assert parse_moment("2026-05-01T08:00") == datetime(2026, 5, 1, 8).timestamp()
    assert parse_moment("2026-05-01T08:00+00:00") == 1777622400.0
    assert abs(parse_moment("0s") - time.time()) < 60


@pytest.mark.parametrize("text", ["", "yesterday", "5", "5y", "2026-13-01", "-5h"])
def test_other_words_are_no_moments(text: str) -> None:
    with pytest.raises(SettingsError, match="no moment"):
        parse_moment(text)


@pytest.mark.parametrize("table", COLUMNS)
def test_the_readme_tells_every_column_of_each_table_and_what_it_holds(table: str) -> None:
    text = (Path(__file__).parents[2] / "README.md").read_text()
    told = text.partition("**Columns.**")[2].partition("**Metrics**")[0]
    [listed] = re.findall(rf"^\| `{table}`: [^|]*\| (.*?)(?:;.*)? \|$", told, re.MULTILINE)
    assert re.findall(r"`(\w+)`", listed) == [column.name for column in COLUMNS[table]]
    meanings = told.partition("| Column | Holds |")[2]
    names = {column.name for column in COLUMNS[table]} - {"age_p25", "age_p75"}  # "p05 to p95"
    assert {name for name in names if f"`{name}`" not in meanings} == set()
