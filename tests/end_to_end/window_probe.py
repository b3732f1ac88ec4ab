"""The real window under watch: age of its pictures, time to paint, standstills, memory, start.

python -m tests.end_to_end.window_probe --seconds 30      one camera, 720p, 25 frames/s, three faces
python -m tests.end_to_end.window_probe --seconds 300 --cameras 4 --start
"""

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count as counting
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np
from PyQt6.QtCore import QObject, QTimer
from PyQt6.QtGui import QPaintEvent

from app.start_window import Look
from app.window import bridge, program
from app.window.main_window import MainWindow
from app.window.memory import Memory
from app.window.picture import Picture, Scene, render
from app.window.sessions import Sessions
from app.window.view import VideoView
from app.window.wanted import Wanted
from engine.memory import share_arenas
from engine.settings import Settings
from engine.sources.scene import Scene as Stage
from engine.sources.scene import Script
from engine.values.frame import Image
from engine.values.result import FrameResult
from tests.servers.film import number_of, numbered, shoot
from tests.servers.rtsp import Camera
from tests.trend import trend

ROOT = Path(__file__).resolve().parents[2]
SIZE_WH, FPS, FACES, FILM_S = (1280, 720), 25, 3, 8.0
STRIP_PX, TICK_MS = 32, 5
PAGE = os.sysconf("SC_PAGE_SIZE")
START = """
import sys, time
from PyQt6.QtCore import QEvent
from app.window.start_page import StartPage

def seen(page, event):
    done = kept(page, event)
    if event.type() == QEvent.Type.Paint:
        sys.stdout.write(f"{time.time()}\\n")
        sys.stdout.flush()
        page.window().close()
    return done

kept = StartPage.viewportEvent
StartPage.viewportEvent = seen
sys.argv = ["main.py"]
from app.cli import main
main()
"""


class Notes:
    """Rows of numbers in memory that is taken, and touched, before anything is weighed.

    Lists and arrays that grow move about in the heap and leave holes, which would be weighed too.
    """

    def __init__(self, most: int, columns: int = 1, kind: type = float) -> None:
        self._rows = np.full((most, columns), -1, kind)
        self.clear()

    def clear(self) -> None:
        """Forget all."""
        self._next = counting()

    def add(self, *row: float) -> None:
        """Add a row, from any thread; no more than there is room for."""
        at = next(self._next)
        if at < len(self._rows):
            self._rows[at] = row

    def columns(self) -> np.ndarray:
        """(columns, rows) of all; the end of the notes."""
        return self._rows[: next(self._next)].T


class Probe(QObject):
    """Notes what the window does; everything in seconds but where it says otherwise."""

    def __init__(self, seconds: float, cameras: int) -> None:
        super().__init__()
        pictures, ticks = round(2 * FPS * cameras * seconds), round(1100 / TICK_MS * seconds)
        self.made = Notes(pictures, 2, int)  # when a picture was decoded, which of the film it is
        self.painted_s, self.painted_ns = Notes(pictures), Notes(pictures, 1, int)
        self.paint_ms, self.ticks_ms = Notes(pictures), Notes(ticks, 2)  # ticks: passed, worked
        self.weighed = Notes(round(seconds) + 10, 2)  # moment, resident MB
        self._tick_s = self._busy_s = 0.0
        self._timer, self._slow = QTimer(self), QTimer(self)
        self._timer.timeout.connect(self._tick)
        self._slow.timeout.connect(self._weigh)

    def begin(self) -> None:
        """Note from now on."""
        for found in vars(self).values():
            if isinstance(found, Notes):
                found.clear()
        self._tick_s, self._busy_s = time.monotonic(), time.thread_time()
        self._timer.start(TICK_MS)
        self._slow.start(1000)

    def _tick(self) -> None:
        now_s, busy_s = time.monotonic(), time.thread_time()
        self.ticks_ms.add(1000 * (now_s - self._tick_s), 1000 * (busy_s - self._busy_s))
        self._tick_s, self._busy_s = now_s, busy_s

    def _weigh(self) -> None:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        self.weighed.add(time.monotonic(), pages * PAGE / 1e6)

    def render(self, result: FrameResult, room_wh: tuple[int, int], scene: Scene) -> Picture:
        """As the window does; notes which picture of the film it is."""
        picture = render(result, room_wh, scene)
        number = number_of(result.frame.image[:STRIP_PX])
        self.made.add(picture.decoded_ns, number)
        return picture

    def paint(self, view: VideoView, event: QPaintEvent) -> None:
        """As the view does; notes how long it takes, and which picture is now on the screen."""
        began_s = time.thread_time()
        _PAINT(view, event)
        self.paint_ms.add(1000 * (time.thread_time() - began_s))
        if view.picture is not None:
            self.painted_s.add(time.monotonic())
            self.painted_ns.add(view.picture.decoded_ns)


_PAINT = VideoView.paintEvent


def film_frame(stage: Stage, index: int) -> Image:
    """People in 720p, the number of the picture along the top."""
    image = np.array(stage.render(index))
    image[:STRIP_PX] = numbered(index, (SIZE_WH[0], STRIP_PX * 4))[:STRIP_PX]
    return image


def serve(count: int, told: Connection) -> None:
    """Cameras in a process of their own; at the end, when each picture was sent last."""
    stage = Stage(Script(FACES, FILM_S, SIZE_WH, FPS, 1, "steady"))
    frames = min(stage.frames, 255)
    film = shoot(SIZE_WH, frames=frames, fps=FPS, draw=lambda index, _: film_frame(stage, index))
    cameras = [Camera(film) for _ in range(count)]
    for camera in cameras:
        camera.__enter__()
    told.send([camera.url for camera in cameras])
    told.recv()
    told.send(dict(cameras[0].sent_s))
    for camera in cameras:
        camera.__exit__(None, None, None)


@contextmanager
def cameras(count: int) -> Iterator[tuple[list[str], Connection]]:
    """Addresses of cameras, and the line to who runs them."""
    context = get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=serve, args=(count, there), daemon=True)
    process.start()
    there.close()
    yield here.recv(), here
    process.join(5)


def watch(seconds: float, count: int, size_wh: tuple[int, int]) -> dict[str, object]:
    """Open the window on cameras, and tell what was seen in the last `seconds`."""
    share_arenas()  # as the command line does
    probe = Probe(seconds, count)
    bridge.render = probe.render
    VideoView.paintEvent = lambda view, event: probe.paint(view, event)
    faces: list[int] = []
    with cameras(count) as (urls, line):

        def build(sessions: Sessions) -> MainWindow:
            window = MainWindow(sessions, Memory(None))
            window.show_sources([Wanted.at(url) for url in urls])
            if size_wh[0] >= 1920:
                window.live.show_panels(False)
            QTimer.singleShot(12_000, probe.begin)
            end_ms = round(1000 * (12 + seconds))
            QTimer.singleShot(end_ms - 500, lambda: faces.append(len(window.wall.people())))
            QTimer.singleShot(
                end_ms, lambda: (line.send(None), probe._timer.stop(), window.close())
            )
            return window

        closing = program.run(build, Settings(), Look(size_wh=size_wh, theme="dark"))
        sent_s = line.recv()
    return {"code": closing, "people": faces[0], **summary(probe, sent_s)}


def summary(probe: Probe, sent_s: dict[int, float]) -> dict[str, object]:
    """The numbers that were promised."""
    first: dict[int, float] = {}
    [painted_s], [painted_ns] = probe.painted_s.columns(), probe.painted_ns.columns()
    for moment_s, decoded_ns in zip(painted_s.tolist(), painted_ns.tolist(), strict=True):
        first.setdefault(decoded_ns, moment_s)
    numbers = dict(probe.made.columns().T.tolist())
    shown = [(s - ns / 1e9, s - sent_s.get(numbers.get(ns, -1), np.nan)) for ns, s in first.items()]
    decoded, sent = np.array(shown).T * 1000
    sent = sent[(sent > 0) & (sent < 1000 * (FILM_S - 1))]
    moments, sizes = probe.weighed.columns()
    gaps, worked = probe.ticks_ms.columns()
    late = moments > moments[0] + 0.2 * (moments[-1] - moments[0])
    low, high = trend(moments[late], sizes[late]) if late.sum() > 60 else (0.0, 0.0)
    return {
        "pictures": len(first),
        "decoded_to_screen_ms": quantiles(decoded),
        "sent_to_screen_ms": quantiles(sent),
        "paint_ms": quantiles(probe.paint_ms.columns()[0]),
        "gui_gap_ms": quantiles(gaps),
        "gui_busy_ms": quantiles(worked),
        "resident_mb": sizes[:: max(1, len(sizes) // 10)].round(1).tolist(),
        "growth_mb_a_minute": [round(60 * low, 2), round(60 * high, 2)],
    }


def quantiles(values: np.ndarray) -> dict[str, float]:
    """Median, 95th percentile, 99th percentile and largest."""
    if not len(values):
        return {}
    parts = np.quantile(values, (0.5, 0.95, 0.99, 1))
    return dict(zip(("p50", "p95", "p99", "max"), parts.round(1).tolist(), strict=True))


def start_s() -> float:
    """Seconds from the command to the first painted start page."""
    began_s = time.time()
    out = subprocess.run(
        [sys.executable, "-c", START], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    return round(float(out.split()[0]) - began_s, 2)


def main() -> None:
    """Print what was measured as JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--cameras", type=int, default=1)
    parser.add_argument("--size", default="1280x720")
    parser.add_argument("--start", action="store_true")
    wish = parser.parse_args()
    width, height = map(int, wish.size.split("x"))
    found = watch(wish.seconds, wish.cameras, (width, height))
    if wish.start:
        found["start_s"] = [start_s() for _ in range(3)]
    print(json.dumps(found))  # noqa: T201  it is a command


if __name__ == "__main__":
    main()
