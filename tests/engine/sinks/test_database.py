import json
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from engine.errors import SinkError
from engine.sinks.database import MIGRATIONS, Database, migrate
from engine.sinks.growing import partial
from engine.sinks.table import columns_of
from tests.engine.sinks import made

ROOT = Path(__file__).parents[3]


def rows(path: Path, statement: str) -> list[tuple]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(statement).fetchall()


def test_what_is_written_can_be_read(tmp_path: Path) -> None:
    path = tmp_path / "cam.sqlite"
    with Database(path, distribution=True) as database:
        database.write(made.result(index=3, ended=(made.track(1),)))
        database.write(made.result(index=4, looked=False))
        database.finish((made.track(2),))
    assert rows(path, "SELECT source, frame, track_id, score, status FROM faces") == [
        ("cam", 3, 1, 0.91, "stable")
    ]
    assert rows(path, "SELECT track_id, frames, quality FROM tracks ORDER BY 1") == [
        (1, 48, 0.6123),
        (2, 48, 0.6123),
    ]
    assert len(json.loads(rows(path, "SELECT distribution FROM tracks")[0][0])) == 101


def test_without_asking_there_is_no_distribution(tmp_path: Path) -> None:
    path = tmp_path / "cam.sqlite"
    with Database(path) as database:
        database.write(made.result())
        database.finish(())
    assert rows(path, "SELECT distribution FROM faces") == [(None,)]


def test_the_columns_are_those_of_the_tables() -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        migrate(connection)
        for table in ("faces", "tracks"):
            found = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
            assert found == [column.name for column in columns_of(table, distribution=True)]


def test_a_whole_database_is_one_plain_file(tmp_path: Path) -> None:
    path = tmp_path / "cam.sqlite"
    with Database(path) as database:
        database.write(made.result())
        names = {file.name for file in tmp_path.iterdir()}
        assert "cam.sqlite.partial-wal" in names
        assert "cam.sqlite" not in names
        database.finish(())
    assert [file.name for file in tmp_path.iterdir()] == ["cam.sqlite"]
    assert rows(path, "PRAGMA user_version") == [(len(MIGRATIONS),)]


def test_it_can_be_read_while_it_grows(tmp_path: Path) -> None:
    path = tmp_path / "cam.sqlite"
    with Database(path) as database:
        database.write(made.result())
        database.finish(())
        assert rows(partial(path), "SELECT count(*) FROM faces") == [(1,)]


def test_an_older_database_is_replaced_and_a_killed_runs_rest_forgotten(tmp_path: Path) -> None:
    path = tmp_path / "cam.sqlite"
    path.write_bytes(b"old")
    partial(path).write_bytes(b"rest")
    path.with_name("cam.sqlite.partial-wal").write_bytes(b"rest")
    with Database(path) as database:
        database.write(made.result())
        assert path.read_bytes() == b"old"
        database.finish(())
    assert rows(path, "SELECT count(*) FROM faces") == [(1,)]


def test_a_newer_database_is_refused() -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("PRAGMA user_version=99")
        with pytest.raises(SinkError, match="version 99; this agescope knows versions up to 1"):
            migrate(connection)


def test_migrating_twice_changes_nothing() -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        migrate(connection)
        migrate(connection)
        assert connection.execute("PRAGMA user_version").fetchone() == (len(MIGRATIONS),)


def test_a_full_disk_is_one_error_and_keeps_what_was_committed(tmp_path: Path) -> None:
    script = """
import resource, signal, sys
from pathlib import Path
from engine.errors import SinkError
from engine.sinks.database import Database
from tests.engine.sinks import made
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
with Database(Path(sys.argv[1]), distribution=True) as database:
    database.write(made.result(index=0))
    database.finish(())
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
    try:
        for index in range(1, 3000):
            database.write(made.result(index=index))
        database.finish(())
    except SinkError as error:
        print(error)
    database.write(made.result(index=9))
    database.finish(())
"""
    path = tmp_path / "cam.sqlite"
    done = subprocess.run(
        [sys.executable, "-c", script, str(path)],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"cannot write {path}: disk")
    assert done.stdout.count("\n") == 1
    assert not path.exists()
    assert rows(partial(path), "SELECT frame FROM faces ORDER BY 1")[0] == (0,)


def test_a_killed_run_leaves_a_readable_database(tmp_path: Path) -> None:
    script = """
import sys, time
from pathlib import Path
from engine.sinks.database import Database
from tests.engine.sinks import made
with Database(Path(sys.argv[1])) as database:
    for index in range(50):
        database.write(made.result(index=index))
    time.sleep(1.01)
    database.write(made.result(index=50))
    print("written", flush=True)
    sys.stdin.read()
"""
    path = tmp_path / "cam.sqlite"
    with subprocess.Popen(
        [sys.executable, "-c", script, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=ROOT,
    ) as process:
        assert process.stdout.readline() == b"written\n"
        process.send_signal(signal.SIGKILL)
    assert rows(partial(path), "SELECT count(*) FROM faces") == [(51,)]


def test_rows_are_cheap(tmp_path: Path) -> None:
    result = made.result([(10 * n, 10, 10 * n + 9, 30) for n in range(5)])
    with Database(tmp_path / "cam.sqlite") as database:
        began = time.process_time()
        for _ in range(50):
            database.write(result)
        assert time.process_time() - began < 50 * 0.01
        database.finish(())


def test_a_reader_that_never_lets_go_is_told_and_costs_no_row(tmp_path: Path) -> None:
    path = tmp_path / "cam.sqlite"
    database = Database(path, patience_s=0.1)
    with database:
        database.write(made.result())
        database.finish(())
        with closing(sqlite3.connect(partial(path))) as reader:
            reader.execute("SELECT * FROM faces").fetchall()
            with pytest.raises(SinkError, match=r"database is locked.*cam\.sqlite\.partial"):
                database.__exit__(None, None, None)
    assert rows(partial(path), "SELECT count(*) FROM faces") == [(1,)]
