import subprocess
import sys
from pathlib import Path

import pytest

from engine.errors import SinkError
from engine.sinks.growing import GrowingFile, partial


def test_a_file_has_its_name_only_when_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    file = GrowingFile(path)
    file.open()
    file.append("one\n")
    assert partial(path).read_text() == "one\n"
    assert not path.exists()
    file.complete()
    assert path.read_text() == "one\n"
    assert [file.name for file in tmp_path.iterdir()] == ["a.csv"]


def test_an_older_file_stays_until_the_new_one_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("old")
    file = GrowingFile(path)
    file.open()
    file.append("new")
    assert path.read_text() == "old"
    file.complete()
    assert path.read_text() == "new"


def test_a_full_disk_is_told_once_and_names_the_file(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    partial(path).symlink_to("/dev/full")
    file = GrowingFile(path)
    file.open()
    with pytest.raises(SinkError, match=r"a\.csv: no space left on its disk\. Make room"):
        file.append("one\n")
    file.append("two\n")
    file.complete()
    assert not path.exists()


def test_a_piece_that_does_not_fit_is_taken_back_whole(tmp_path: Path) -> None:
    script = """
import resource, signal, sys
from pathlib import Path
from engine.errors import SinkError
from engine.sinks.growing import GrowingFile
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
file = GrowingFile(Path(sys.argv[1]))
file.open()
try:
    for number in range(100):
        file.append(f"{number:048d}\\n{number:048d}\\n")
except SinkError as error:
    print(error)
file.complete()
"""
    path = tmp_path / "a.csv"
    done = subprocess.run(
        [sys.executable, "-c", script, str(path)], capture_output=True, text=True, check=True
    )
    assert "file too large" in done.stdout
    assert "stays in a.csv.partial" in done.stdout
    assert partial(path).read_text() == "".join(f"{n:048d}\n{n:048d}\n" for n in range(10))


def test_a_directory_that_is_missing_is_told(tmp_path: Path) -> None:
    with pytest.raises(SinkError, match=r"no such file or directory\. Choose a writable --out"):
        GrowingFile(tmp_path / "gone" / "a.csv").open()


def test_a_name_that_a_directory_has_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.csv").mkdir()
    file = GrowingFile(tmp_path / "a.csv")
    file.open()
    with pytest.raises(SinkError, match="is a directory"):
        file.complete()
