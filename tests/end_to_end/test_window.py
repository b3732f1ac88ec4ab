"""The real window on a real screen (Xvfb): a real RTSP server, a recording, and what can be seen.

Set AGESCOPE_PICTURES to a folder to keep the pictures and look at them.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from engine.sources.scene import Scene, Script
from tests.servers.film import Film, shoot
from tests.servers.rtsp import Camera

ROOT = Path(__file__).parents[2]
SIZE_WH = (640, 360)
SCENE = "synthetic:?people=3&seconds=60&size=640x360&layout=steady"
NEAR = "synthetic:?people=1&seconds=60&size=640x360&layout=steady"
EMPTY = "synthetic:?people=1&seconds=1&size=320x240"
Shoot = Callable[..., np.ndarray]
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("Xvfb") is None, reason="Xvfb is not installed"),
]


@pytest.fixture(scope="module")
def display() -> Iterator[str]:
    """A screen that nobody sees, large enough for 1920x1080 at 200 %."""
    here, there = os.pipe()
    words = ["Xvfb", "-displayfd", str(there), "-screen", "0", "4000x2400x24", "-nolisten", "tcp"]
    server = subprocess.Popen(words, pass_fds=[there], stderr=subprocess.DEVNULL)
    os.close(there)
    with os.fdopen(here) as told:
        yield f":{told.readline().strip()}"
    server.terminate()
    server.wait(10)


@pytest.fixture(scope="module")
def film() -> Film:
    scene = Scene(Script(3, 8.0, SIZE_WH, 25, 1, "steady"))
    return shoot(SIZE_WH, frames=100, fps=25, draw=lambda index, _: scene.render(index))


@pytest.fixture
def picture(display: str, tmp_path: Path) -> Shoot:
    """Runs the program and returns what its window showed."""

    def taken(name: str, *words: str, **variables: str) -> np.ndarray:
        folder = Path(os.environ.get("AGESCOPE_PICTURES", tmp_path))
        shot = folder / f"{name}.png"
        kept = {k: v for k, v in os.environ.items() if k != "WAYLAND_DISPLAY"}
        own = {"DISPLAY": display, "QT_QPA_PLATFORM": "xcb", "HOME": str(tmp_path)}
        run = subprocess.run(
            [sys.executable, "main.py", *words, "--screenshot", str(shot)],
            cwd=ROOT,
            env=kept | own | variables,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert run.returncode == 0, run.stderr
        return np.asarray(cv2.imread(str(shot)))

    return taken


def colourful(image: np.ndarray) -> float:
    """Share of the pixels with a colour: a picture has them, the window itself hardly any."""
    hsv = cv2.cvtColor(image, cv2.COLOR_BGR2HSV)
    return float(((hsv[..., 1] > 60) & (hsv[..., 2] > 60)).mean())


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("page", ["start", "live", "audience", "zones", "settings"])
def test_every_page_in_light_and_dark(picture: Shoot, film: Film, page: str, theme: str) -> None:
    words = ("--page", page, "--theme", theme, "--size", "1280x720", "--after", "15")
    with Camera(film) as camera:
        image = picture(f"{page}-{theme}", "watch", camera.url, SCENE, *words)
    assert image.shape == (720, 1280, 3)
    assert (np.median(image) > 200) if theme == "light" else (np.median(image) < 70)
    assert image.std() > 8
    if page in ("live", "zones"):
        assert colourful(image) > 0.02, "people are in the picture"


@pytest.mark.parametrize(("size", "scale"), [("1280x720", "2"), ("1920x1080", "1")])
def test_a_wall_of_four_with_a_camera_that_is_live(
    picture: Shoot, film: Film, size: str, scale: str
) -> None:
    words = ("--theme", "dark", "--size", size, "--after", "15")
    with Camera(film) as camera:
        sources = (camera.url, SCENE, f"{SCENE}&seed=2", f"{SCENE}&seed=3")
        image = picture(f"wall-{scale}x", "watch", *sources, *words, QT_SCALE_FACTOR=scale)
    width, height = (int(scale) * int(side) for side in size.split("x"))
    assert image.shape == (height, width, 3)
    wall = image[: int(0.9 * height), int(0.08 * width) : int(0.6 * width)]
    for rows in np.array_split(wall, 2):
        for tile in np.array_split(rows, 2, axis=1):
            assert colourful(tile) > 0.02


def test_a_blurred_window_shows_less_of_faces(picture: Shoot) -> None:
    words = ("watch", SCENE, "--theme", "dark", "--size", "1280x720", "--after", "15")
    bare, hidden = (
        picture(f"blur-{len(more)}", *words, *more)[120:560, 100:760] for more in ((), ("--blur",))
    )
    fine = [np.abs(cv2.Laplacian(image, cv2.CV_32F)).mean() for image in (bare, hidden)]
    assert fine[1] < fine[0]


@pytest.mark.parametrize(
    ("name", "source", "more"),
    [("attract", EMPTY, ()), ("greet", NEAR, ()), ("gate", NEAR, ("--gate", "18"))],
)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_kiosk_attracts_greets_and_decides(
    picture: Shoot, name: str, source: str, more: tuple[str, ...], theme: str
) -> None:
    words = (source, *more, "--theme", theme, "--size", "1280x720", "--after", "15")
    image = picture(f"kiosk-{name}-{theme}", "kiosk", *words)
    assert image.shape == (720, 1280, 3)
    assert image.std() > 8


def test_the_promises_of_the_window_hold() -> None:
    """Absolute times: on a machine that has two cores free."""
    run = subprocess.run(
        [sys.executable, "-m", "tests.end_to_end.window_probe", "--seconds", "7", "--start"],
        cwd=ROOT,
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        timeout=180,
    )
    found = json.loads(run.stdout)
    assert found["people"] == 3
    assert min(found["start_s"]) < 2
    assert found["paint_ms"]["p99"] < 8
    assert found["gui_busy_ms"]["max"] < 50
    assert found["sent_to_screen_ms"]["p95"] <= 80
