"""`analyze` over a folder of files as its users run it: at once, killed, stopped, resumed."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from engine.sources.scene import Scene, Script, write_clip

ROOT = Path(__file__).parents[2]
SAME = ("*.csv", "*.mp4", "*.digest.json")
_PATIENCE_S = 90.0


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two files of the same name and one of another; `b/x` takes a while."""
    folder = tmp_path_factory.mktemp("archive")
    for name, seconds in (("a/x", 1.0), ("b/x", 12.0), ("b/y", 1.0)):
        path = folder / f"{name}.mp4"
        path.parent.mkdir(exist_ok=True)
        write_clip(path, Scene(Script(people=2, seconds=seconds, size_wh=(320, 180), seed=3)))
    return folder


@pytest.fixture(scope="module")
def unbroken(archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Results of one process."""
    out = tmp_path_factory.mktemp("unbroken")
    with running(archive, out) as work:
        told, _ = work.communicate(timeout=_PATIENCE_S)
    assert work.returncode == 0, told
    return out


def command(archive: Path, out: Path, *options: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [
            sys.executable, ROOT / "main.py", "analyze", "--recursive", archive, "--out", out,
            "--annotate", *options,
        ],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True,
    )  # fmt: skip


@contextmanager
def running(archive: Path, out: Path, *options: str) -> Iterator[subprocess.Popen[str]]:
    work = command(archive, out, *options)
    try:
        yield work
    finally:
        work.kill()
        work.communicate()


def wait_for(happened: Callable[[], object]) -> None:
    end = time.monotonic() + _PATIENCE_S
    while not happened():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)


def statuses(out: Path) -> dict[str, str]:
    sources = json.loads((out / "manifest.json").read_text())["sources"]
    return {entry["name"]: entry["status"] for entry in sources}


def children(pid: int) -> list[int]:
    return [int(p) for p in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def assert_same(one: Path, two: Path) -> None:
    names = {path.name for pattern in SAME for path in one.glob(pattern)}
    assert names == {path.name for pattern in SAME for path in two.glob(pattern)}
    assert len(names) == 3 * 4
    assert [n for n in names if (one / n).read_bytes() != (two / n).read_bytes()] == []


def test_after_a_kill_resume_does_the_rest_to_the_same_bytes(
    archive: Path, unbroken: Path, tmp_path: Path
) -> None:
    with running(archive, tmp_path, "--jobs", "2") as work:
        long_one = tmp_path / "b-x.faces.csv.partial"
        wait_for(lambda: long_one.exists() and "done" in statuses(tmp_path).values())
        workers = children(work.pid)
        os.kill(work.pid, signal.SIGKILL)
        wait_for(lambda: not any(alive(pid) for pid in workers))
    done = {name for name, status in statuses(tmp_path).items() if status == "done"}
    assert "b-x" not in done
    kept = {p: p.stat().st_ino for name in done for p in tmp_path.glob(f"{name}.*")}
    with running(archive, tmp_path, "--jobs", "2", "--resume") as work:
        told, _ = work.communicate(timeout=_PATIENCE_S)
    assert work.returncode == 0, told
    assert f"{len(done)} of 3 sources were done before" in told
    assert set(statuses(tmp_path).values()) == {"done"}
    assert {path: path.stat().st_ino for path in kept} == kept
    assert_same(unbroken, tmp_path)
    summary = json.loads((tmp_path / "summary.json").read_text())
    assert [source["source"] for source in summary["sources"]] == ["a-x", "b-x", "y"]
    assert not list(tmp_path.glob("*.partial"))


def test_ctrl_c_with_workers_leaves_whole_results_and_exit_code_130(
    archive: Path, tmp_path: Path
) -> None:
    with running(archive, tmp_path, "--jobs", "2") as work:
        wait_for(lambda: (tmp_path / "b-x.faces.csv.partial").exists())
        os.killpg(work.pid, signal.SIGINT)  # as a terminal does: to all of its processes
        told, _ = work.communicate(timeout=_PATIENCE_S)
    assert work.returncode == 130, told
    assert "Traceback" not in told
    assert statuses(tmp_path)["b-x"] == "interrupted"
    assert len(statuses(tmp_path)) == 3
    assert (tmp_path / "b-x.faces.csv").read_text().startswith("source,frame")
    assert not list(tmp_path.glob("*.partial"))


def test_what_is_begun_anew_with_other_options_is_not_done_until_it_ends(
    archive: Path, unbroken: Path, tmp_path: Path
) -> None:
    """Killed in the middle, bare and blurred files may lie side by side; another run is refused."""
    out = tmp_path / "out"
    shutil.copytree(unbroken, out)
    with running(archive, out, "--blur", "--resume") as work:
        wait_for((out / ".b-x.partial" / "b-x.faces.csv.partial").exists)
        with running(archive, out) as other:
            told, _ = other.communicate(timeout=_PATIENCE_S)
        assert other.returncode == 2, told
        assert "another run writes into" in told
        os.kill(work.pid, signal.SIGKILL)
    assert statuses(out) == {"a-x": "done", "b-x": "interrupted", "y": "done"}
    assert (
        "b-x.annotated.mp4" in json.loads((out / "manifest.json").read_text())["sources"][1]["left"]
    )


def test_resuming_what_is_done_loads_no_model(archive: Path, unbroken: Path) -> None:
    with running(archive, unbroken, "--resume") as work:
        told, _ = work.communicate(timeout=_PATIENCE_S)
    assert work.returncode == 0
    assert "3 of 3 sources were done before" in told
    assert "frames/s)" not in told
