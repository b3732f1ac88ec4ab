"""Looking into a store that is being written."""

import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from engine.store.database import open_to_read

DEADLINE_S = 15.0


def count(path: Path, table: str) -> int:
    with closing(open_to_read(path)) as connection:
        return int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])


def wait_for(condition: Callable[[], bool]) -> None:
    until_s = time.monotonic() + DEADLINE_S
    while not condition():
        assert time.monotonic() < until_s
        time.sleep(0.02)
