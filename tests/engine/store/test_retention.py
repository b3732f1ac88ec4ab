from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from engine.store.database import open_to_write
from engine.store.retention import retain, size_bytes
from engine.store.writing import write_events
from engine.zones.events import Minute, VisitEvent

NOW = 1_700_000_000.0


def test_the_oldest_go_first_until_the_rest_fits_and_the_file_shrinks(
    tmp_path: Path, visit: Callable[..., VisitEvent], minute: Callable[..., Minute]
) -> None:
    path = tmp_path / "store.sqlite"
    with closing(open_to_write(path)) as connection:
        ages_s = [NOW - hour * 3600 for hour in range(500)]
        write_events(connection, [visit(at, 34, "desk") for at in ages_s], 1)
        write_events(connection, [minute(int(at)) for at in ages_s], 1)
        before = size_bytes(connection)
        most = before // 2
        forgotten = sum(retain(connection, now=NOW, days=0, most_bytes=most))
        assert 0.7 * most < size_bytes(connection) <= most
        kept = [at for (at,) in connection.execute("SELECT first_at FROM visits ORDER BY 1")]
        assert kept == sorted(ages_s)[-len(kept) :]
        minutes = connection.execute("SELECT count(*) FROM minutes").fetchone()[0]
        assert forgotten == 1000 - len(kept) - minutes
        assert connection.execute("SELECT count(*) FROM visit_zones").fetchone()[0] == 2 * len(kept)
    assert path.stat().st_size <= most


def test_what_fits_is_left_alone(tmp_path: Path, visit: Callable[..., VisitEvent]) -> None:
    with closing(open_to_write(tmp_path / "store.sqlite")) as connection:
        write_events(connection, [visit(NOW - 86400 * 9)], 1)
        assert sum(retain(connection, now=NOW, days=10, most_bytes=10**9)) == 0
        assert sum(retain(connection, now=NOW, days=0, most_bytes=0)) == 0
        assert sum(retain(connection, now=NOW, days=8, most_bytes=0)) == 1
        assert sum(retain(connection, now=NOW, days=8, most_bytes=1)) == 0


def test_what_is_forgotten_cannot_be_read_from_the_file(
    tmp_path: Path, visit: Callable[..., VisitEvent]
) -> None:
    path = tmp_path / "store.sqlite"
    with closing(open_to_write(path)) as connection:
        old = [visit(NOW - 86400 * 9, camera="cellar") for _ in range(3)]
        write_events(connection, [*old, visit(NOW, camera="attic")], 1)
        assert sum(retain(connection, now=NOW, days=8, most_bytes=0)) == 3
    kept = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert b"attic" in kept
    assert b"cellar" not in kept


def test_however_much_is_too_old_forgetting_it_takes_little_room(
    tmp_path: Path, visit: Callable[..., VisitEvent]
) -> None:
    path = tmp_path / "store.sqlite"
    log = tmp_path / "store.sqlite-wal"
    with closing(open_to_write(path)) as connection:
        hours = range(24 * 20)
        write_events(connection, [visit(NOW - hour * 3600, 34, "desk") for hour in hours], 1)
        connection.execute("PRAGMA wal_autocheckpoint=10")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        before = path.stat().st_size
        sizes = [log.stat().st_size for _ in retain(connection, now=NOW, days=1, most_bytes=0)]
        assert connection.execute("SELECT count(*) FROM visits").fetchone() == (24 + 1,)
        assert path.stat().st_size < before / 5
    assert max(sizes) < before / 4
