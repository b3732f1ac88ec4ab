import os
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from engine.errors import SinkError
from engine.settings import StoreSettings
from engine.store.database import open_to_write
from engine.store.store import Store
from engine.zones.events import VisitEvent
from tests.engine.store.looking import count, wait_for

SETTINGS = StoreSettings(min_free_mb=100)
pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="open files stay where they are there, and rights are others"
)


@pytest.mark.parametrize("endings", [["", "-wal", "-shm", ".lock"], ["-wal"]], ids=["all", "log"])
def test_a_store_that_is_deleted_while_it_is_open_is_begun_anew(
    tmp_path: Path,
    visit: Callable[..., VisitEvent],
    caplog: pytest.LogCaptureFixture,
    endings: list[str],
) -> None:
    path = tmp_path / "store.sqlite"
    with closing(Store(path, SETTINGS)) as store:
        store.put(visit(time.time()))
        wait_for(lambda: store.status.written == 1)
        for ending in endings:
            Path(f"{path}{ending}").unlink()
        wait_for(lambda: "moved or deleted" in caplog.text)
        store.put(visit(time.time()))
        wait_for(lambda: store.status.written == 2 and not store.status.problem)
        with pytest.raises(SinkError, match="another agescope"):
            Store(path, SETTINGS)
    assert count(path, "visits") == (1 if "" in endings else 2)
    assert len([record for record in caplog.records if record.levelname == "WARNING"]) == 1


def test_a_store_that_is_moved_while_it_is_open_takes_its_rows_along(
    tmp_path: Path, visit: Callable[..., VisitEvent], caplog: pytest.LogCaptureFixture
) -> None:
    path, moved = tmp_path / "store.sqlite", tmp_path / "november.sqlite"
    with closing(Store(path, SETTINGS)) as store:
        store.put(visit(time.time()))
        wait_for(lambda: store.status.written == 1)
        path.rename(moved)
        wait_for(lambda: "moved or deleted" in caplog.text)
        store.put(visit(time.time()))
        wait_for(lambda: store.status.written == 2)
    assert (count(moved, "visits"), count(path, "visits")) == (1, 1)


def test_what_comes_waits_while_the_folder_of_the_store_is_none(
    tmp_path: Path, visit: Callable[..., VisitEvent], caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / "share"
    folder.mkdir()
    with closing(Store(folder / "store.sqlite", SETTINGS)) as store:
        folder.rename(tmp_path / "elsewhere")
        folder.write_text("not a folder")
        store.put(visit(time.time()))
        wait_for(lambda: "cannot use the store" in store.status.problem)
        folder.unlink()
        (tmp_path / "elsewhere").rename(folder)
        wait_for(lambda: store.status.written == 1)
    assert "are lost" not in caplog.text


def test_where_no_other_store_can_be_begun_what_comes_waits(
    tmp_path: Path, visit: Callable[..., VisitEvent], caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "store.sqlite"
    with closing(Store(path, SETTINGS)) as store:
        path.unlink()
        path.mkdir()
        store.put(visit(time.time()))
        wait_for(lambda: "cannot use the store" in store.status.problem)
        path.rmdir()
        wait_for(lambda: store.status.written == 1)
    assert count(path, "visits") == 1
    assert "another one was begun" in caplog.text


def test_a_store_that_nothing_may_be_written_beside_can_be_read() -> None:
    with TemporaryDirectory() as name:  # pytest's own lets no other user in
        path = Path(name) / "store.sqlite"
        open_to_write(path).close()
        path.chmod(0o444)
        path.parent.chmod(0o555)
        user = os.geteuid()
        try:
            if user == 0:  # whom rights do not hold back
                os.seteuid(65534)
            assert count(path, "visits") == 0
        finally:
            os.seteuid(user)
            path.parent.chmod(0o700)
