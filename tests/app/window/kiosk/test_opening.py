"""The real program, as its user starts it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.servers.film import Film, shoot
from tests.servers.rtsp import Camera, Lock401

ROOT = Path(__file__).resolve().parents[4]
PEOPLE = "synthetic:?people=1&seconds=20&size=640x360&layout=steady"
AUDIT = """
import sys

def told(event, words):
    if event == "open" and isinstance(words[1], str) and set(words[1]) & set("wax+"):
        sys.stderr.write(f"written: {words[0]}\\n")
    elif event in ("os.mkdir", "os.rename", "sqlite3.connect", "shutil.copyfile"):
        sys.stderr.write(f"written: {event} {words}\\n")

sys.addaudithook(told)
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    folder.mkdir()
    return folder


def kiosk(home: Path, *words: str, **variables: str) -> subprocess.Popen[str]:
    """Start the kiosk with an empty home, so that everything it leaves behind is found."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("XDG_", "DISPLAY"))}
    own = {"HOME": str(home), "QT_QPA_PLATFORM": "offscreen", "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.Popen(
        [sys.executable, "main.py", "kiosk", *words],
        cwd=ROOT,
        env=kept | own | variables,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_an_address_that_means_nothing_is_told_at_once(home: Path) -> None:
    program = kiosk(home, "synthetic:?people=none")
    _, errors = program.communicate(timeout=60)
    assert program.returncode == 2
    assert errors.startswith("agescope: synthetic: people must be a whole number")


def test_a_screenshot_has_size_and_theme_and_nothing_else_is_written(
    home: Path, tmp_path: Path
) -> None:
    hooks, shot = tmp_path / "hooks", tmp_path / "shot.png"
    hooks.mkdir()
    (hooks / "sitecustomize.py").write_text(AUDIT)
    words = ("--screenshot", str(shot), "--after", "6", "--size", "900x600", "--theme", "light")
    program = kiosk(home, PEOPLE, *words, PYTHONPATH=str(hooks), TMPDIR=str(home))
    _, errors = program.communicate(timeout=120)
    assert program.returncode == 0, errors
    written = [line for line in errors.splitlines() if line.startswith("written:")]
    assert [line for line in written if str(shot) not in line and os.devnull not in line] == []
    assert [path for path in home.rglob("*") if path.is_file()] == []
    image = cv2.imread(str(shot))
    assert image.shape == (600, 900, 3)
    assert np.median(image) > 120, "the theme is light"
    assert image.std() > 10, "something is there"


def test_high_contrast_is_white_on_black(home: Path, tmp_path: Path) -> None:
    shot = tmp_path / "shot.png"
    words = ("--high-contrast", "--reduced-motion", "--theme", "dark", "--size", "800x450")
    program = kiosk(home, PEOPLE, *words, "--screenshot", str(shot), "--after", "0.5")
    _, errors = program.communicate(timeout=120)
    assert program.returncode == 0, errors
    image = cv2.imread(str(shot))
    assert np.median(image) == 0
    assert image.max() == 255


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--pin", "12"), "PIN must be 4 to 12 digits"),
        (("--challenge", "25"), "needs --gate"),
        (("--gate", "18", "--challenge", "16"), "must be 18 or more"),
        (("--theme", "x"), "theme 'x' is unknown"),
        (("--size", "big"), "size 'big' is not understood"),
        (("--detector", "x"), "setting detect.detector"),
        (("rtsp://viewer:${NOWHERE}@127.0.0.1/",), "NOWHERE"),
    ],
)
def test_wrong_usage_is_told_in_a_sentence(home: Path, words: tuple[str, ...], said: str) -> None:
    program = kiosk(home, *words)
    _, errors = program.communicate(timeout=60)
    assert program.returncode == 2
    assert said in errors


@pytest.fixture(scope="module")
def film() -> Film:
    return shoot((320, 240), frames=25)


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="finds processes in /proc")
@pytest.mark.parametrize("words", [(), ("--supervise",)], ids=["alone", "supervised"])
def test_the_password_of_a_camera_may_be_in_the_environment(
    home: Path, film: Film, words: tuple[str, ...]
) -> None:
    with Camera(film) as camera:
        camera.lock = Lock401("viewer", "open-sesame")
        address = camera.url.replace("rtsp://", "rtsp://viewer:${ENTRANCE}@")
        program = kiosk(home, address, *words, "--size", "640x400", ENTRANCE="open-sesame")
        try:
            deadline = time.monotonic() + 60
            while not camera.watched and time.monotonic() < deadline:
                assert program.poll() is None
                time.sleep(0.05)
            assert camera.watched
            for pid in (program.pid, *children_of(program.pid)):
                assert b"open-sesame" not in Path(f"/proc/{pid}/cmdline").read_bytes()
        finally:
            program.terminate()
            program.communicate(timeout=60)


def test_without_a_display_it_says_so(home: Path) -> None:
    program = kiosk(home, QT_QPA_PLATFORM="")
    _, errors = program.communicate(timeout=60)
    assert program.returncode == 2
    assert "there is no display for the kiosk" in errors


def children_of(pid: int) -> Iterator[int]:
    for file in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = file.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == pid and fields[0] != "Z":
            yield int(file.parent.name)


def wait_for_child(pid: int, *, other_than: int = 0) -> int:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        for child in children_of(pid):
            if child != other_than:
                return child
        time.sleep(0.05)
    raise AssertionError("no kiosk was started")


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="finds processes in /proc")
def test_a_killed_kiosk_comes_back_and_ends_with_its_supervisor(home: Path) -> None:
    supervisor = kiosk(home, PEOPLE, "--supervise", "--size", "640x400")
    try:
        first = wait_for_child(supervisor.pid)
        os.kill(first, signal.SIGKILL)
        second = wait_for_child(supervisor.pid, other_than=first)
        supervisor.send_signal(signal.SIGTERM)
        _, errors = supervisor.communicate(timeout=60)
        assert supervisor.returncode == 0, errors
        assert "ended with code -9" in errors
        assert not Path(f"/proc/{second}").exists()
    finally:
        supervisor.kill()


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="finds processes in /proc")
def test_a_kiosk_without_its_supervisor_ends(home: Path) -> None:
    supervisor = kiosk(home, PEOPLE, "--supervise", "--size", "640x400")
    child = wait_for_child(supervisor.pid)
    supervisor.kill()
    supervisor.communicate(timeout=60)
    deadline = time.monotonic() + 60
    while Path(f"/proc/{child}").exists() and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not Path(f"/proc/{child}").exists()
