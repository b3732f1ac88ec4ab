from contextlib import closing
from pathlib import Path

import pytest

from engine.errors import SinkError
from engine.settings import StoreSettings
from engine.store.store import Store

SETTINGS = StoreSettings(min_free_mb=0)


def test_a_second_program_may_not_write_into_the_same_store(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite"
    with closing(Store(path, SETTINGS)):
        with pytest.raises(SinkError, match="another agescope writes into the store"):
            Store(path, SETTINGS).close()
        Store(tmp_path / "other.sqlite", SETTINGS).close()
    Store(path, SETTINGS).close()


def test_a_link_to_the_store_is_the_same_store(tmp_path: Path) -> None:
    path, link = tmp_path / "store.sqlite", tmp_path / "elsewhere" / "link.sqlite"
    link.parent.mkdir()
    link.symlink_to(path)
    with (
        closing(Store(path, SETTINGS)),
        pytest.raises(SinkError, match="another agescope writes into the store"),
    ):
        Store(link, SETTINGS).close()


def test_a_store_whose_lock_cannot_be_opened_is_refused(tmp_path: Path) -> None:
    lock = tmp_path / "store.sqlite.lock"
    lock.symlink_to(tmp_path / "nowhere" / "x")
    with pytest.raises(SinkError, match=rf"cannot use the store {lock}: No such file"):
        Store(tmp_path / "store.sqlite", SETTINGS).close()
