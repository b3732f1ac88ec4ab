"""By default no picture and no code of a face leaves memory."""

import json
import sqlite3
import stat
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.cli import app

SCENE = "synthetic:?people=2&seconds=3&size=640x360&layout=steady"
PICTURES = {
    "PNG": b"\x89PNG\r\n",
    "JPEG": b"\xff\xd8\xff",
    "WebP": b"WEBPVP8",
    "MP4": b"ftyp",
    "in HTML": b"data:image/",
    "array": b"\x93NUMPY",
}
LONGEST_LIST = 12
"""A face code has a hundred numbers or more; a distribution is written when asked for only."""


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `analyze` leaves behind by itself, in every kind of table that needs no extra."""
    out = tmp_path_factory.mktemp("out")
    arguments = ["analyze", SCENE, "--out", str(out), "--tables", "csv,jsonl,sqlite", "--quiet"]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.output
    return out


def test_analyze_leaves_no_picture(written: Path) -> None:
    files = [path for path in written.rglob("*") if path.is_file()]
    assert {".csv", ".jsonl", ".sqlite"} <= {path.suffix for path in files}
    found = {
        f"{path.name}: {kind}"
        for path in files
        for kind, mark in PICTURES.items()
        if mark in path.read_bytes()
    }
    assert found == set()


def test_analyze_leaves_no_face_code(written: Path) -> None:
    texts = [path.read_text() for path in written.glob("*.jsonl")]
    rows = [json.loads(line) for text in texts for line in text.splitlines()]
    assert len(rows) > 10
    lists = [value for row in rows for value in row.values() if isinstance(value, list)]
    assert all(len(value) <= LONGEST_LIST for value in lists)
    for path in written.glob("*.sqlite"):
        assert cells(path, "blob") == []


def test_no_password_is_written_or_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOOR_PASSWORD", "hush-hush")
    address = "rtsp://viewer:${DOOR_PASSWORD}@127.0.0.1:1/live?token=hush-hush"
    result = CliRunner().invoke(app, ["analyze", address, "--out", str(tmp_path)])
    assert result.exit_code == 1
    assert "viewer:***@127.0.0.1:1" in result.output
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert any(b"viewer:***@" in path.read_bytes() for path in files)
    assert [path.name for path in files if b"hush" in path.read_bytes()] == []
    assert "hush" not in result.output


def test_a_blurred_video_looks_at_every_frame(tmp_path: Path) -> None:
    """A frame that is passed over would show who has just come."""
    arguments = ["analyze", SCENE, "--out", str(tmp_path), "--annotate", "--blur", "--quiet"]
    refused = CliRunner().invoke(app, [*arguments, "--max-fps", "5"])
    assert refused.exit_code == 2
    assert "--max-fps" in refused.output
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.output
    job = json.loads((tmp_path / "summary.json").read_text())["sources"][0]
    assert job["frames_detected_in"] == job["frames"]


def test_monitor_keeps_numbers_only_and_for_their_owner_only(tmp_path: Path) -> None:
    config, store = tmp_path / "cameras.toml", tmp_path / "kept" / "store.sqlite"
    config.write_text(f'[[camera]]\nname = "scene"\nsource = "{SCENE}"\n')
    arguments = ["monitor", "--config", str(config), "--store", str(store), "--for", "4"]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.output
    assert {path for path in tmp_path.rglob("*") if path.is_file()} >= {config, store}
    assert cells(store, "text") != []
    assert cells(store, "blob") == []
    long = [text for text in cells(store, "text") if str(text).count(",") > 101]
    assert long == []  # the distribution over 101 ages is the longest thing there is
    for path in (store, *store.parent.glob("store.sqlite-*")):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(store.parent.stat().st_mode) == 0o700


def cells(path: Path, kind: str) -> list[object]:
    """All values of a kind in a database."""
    connection = sqlite3.connect(path)
    try:
        tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        columns = [
            (table, row[1])
            for (table,) in tables.fetchall()
            for row in connection.execute(f"PRAGMA table_info({table})")
        ]
        return [
            value
            for table, column in columns
            for (value,) in connection.execute(
                f'SELECT "{column}" FROM {table} WHERE typeof("{column}") = ?', (kind,)
            )
        ]
    finally:
        connection.close()
