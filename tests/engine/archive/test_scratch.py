"""Temporary folders: whose go, and when."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from engine.archive.scratch import clear, scratch

HOLD = """
import sys, time
from engine.archive.scratch import scratch
with scratch() as folder:
    (folder / "copy.mp4").touch()
    print(folder, flush=True)
    time.sleep(60)
"""


@pytest.fixture(autouse=True)
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The temporary folders of this machine."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    return tmp_path


@contextmanager
def holding() -> Iterator[tuple[subprocess.Popen[str], Path]]:
    """Another process with a folder in use."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        try:
            yield process, Path(process.stdout.readline().strip())
        finally:
            process.kill()


def test_a_folder_goes_when_it_is_left(folders: Path) -> None:
    with scratch() as folder:
        (folder / "x").touch()
    assert list(folders.iterdir()) == []


def test_what_a_killed_process_left_goes_with_the_next_and_what_is_in_use_stays(
    folders: Path,
) -> None:
    users_own = folders / "agescope-analyze-results"
    users_own.mkdir()
    with holding() as (killed, left), holding() as (_, used):
        killed.kill()
        killed.wait()
        assert (left / "copy.mp4").exists()
        with scratch() as mine:
            assert sorted(folders.iterdir()) == sorted([mine, used, users_own])
            clear()
            assert mine.exists()
        assert (used / "copy.mp4").exists()
    assert users_own.exists()
