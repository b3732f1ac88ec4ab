"""`monitor` as its operator runs it: a real process, a real RTSP camera, real models."""

import json
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from engine.sources.scene import Scene, Script
from tests.servers.film import Film, shoot
from tests.servers.rtsp import Camera, Lock401

ROOT = Path(__file__).parents[2]
DEADLINE_S = 90.0
PASSWORD = "hunter2-of-the-door"
CONFIG = """
[[camera]]
name = "door"
source = "{url}"
fps_cap = 10
effort = "fast"

  [[camera.zone]]
  name = "middle"
  kind = "area"
  points = [[0.1, 0.0], [0.9, 0.0], [0.9, 1.0], [0.1, 1.0]]

  [[camera.zone]]
  name = "sky"
  kind = "blackout"
  points = [[0.0, 0.0], [1.0, 0.0], [1.0, 0.05], [0.0, 0.05]]
"""
OTHER = """
[[camera]]
name = "scene"
source = "synthetic:?people=2&seconds=600&size=640x360&layout=steady"
effort = "fast"
"""


@dataclass
class Monitor:
    process: subprocess.Popen[str]
    port: int
    store: Path
    log: Path

    def get(self, path: str) -> tuple[int, str]:
        try:
            with urllib.request.urlopen(
                f"http://127.0.0.1:{self.port}{path}", timeout=10
            ) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()
        except OSError:
            return 0, ""

    def metric(self, name: str) -> float:
        lines = self.get("/metrics")[1].splitlines()
        return next((float(x.split()[-1]) for x in lines if x.startswith(f"agescope_{name} ")), -1)

    def until(self, condition: Callable[[], bool]) -> float:
        began_s = time.monotonic()
        while not condition():
            assert self.process.poll() is None, self.log.read_text()
            assert time.monotonic() - began_s < DEADLINE_S, self.log.read_text()
            time.sleep(0.1)
        return time.monotonic() - began_s


@pytest.fixture(scope="module")
def film() -> Film:
    scene = Scene(Script(2, 4.0, (640, 360), 15.0, 1, "steady"))
    return shoot((640, 360), frames=60, fps=15, draw=lambda index, _: scene.render(index))


@pytest.fixture
def camera(film: Film) -> Iterator[Camera]:
    with Camera(film) as camera:
        camera.lock = Lock401("viewer", PASSWORD)
        yield camera


@pytest.fixture
def monitor(tmp_path: Path, camera: Camera, monkeypatch: pytest.MonkeyPatch) -> Iterator[Monitor]:
    monkeypatch.setenv("DOOR_PASSWORD", PASSWORD)
    url = camera.url.replace("rtsp://", "rtsp://viewer:${DOOR_PASSWORD}@")
    (tmp_path / "cameras.toml").write_text(CONFIG.format(url=url))
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    words = (
        "--config cameras.toml --store store/s.sqlite --log-file log --log-format json "
        f"--metrics 127.0.0.1:{port}"
    )
    process = subprocess.Popen(
        [sys.executable, ROOT / "main.py", "monitor", *words.split()],
        cwd=tmp_path,
        text=True,
    )
    try:
        yield Monitor(process, port, tmp_path / "store" / "s.sqlite", tmp_path / "log")
    finally:
        process.kill()
        process.wait()


def test_a_real_camera_is_watched_lost_found_and_recorded(
    monitor: Monitor, camera: Camera, tmp_path: Path
) -> None:
    monitor.until(lambda: monitor.get("/healthz")[0] > 0)
    assert monitor.get("/healthz")[0] == 503, "no camera runs at once"
    monitor.until(lambda: monitor.get("/healthz")[0] == 200)
    monitor.until(lambda: monitor.metric('people{camera="door"}') >= 1)
    assert monitor.metric('lag_seconds{camera="door"}') < 10

    camera.frozen = True
    assert monitor.until(lambda: monitor.get("/healthz")[0] == 503) < 10
    assert json.loads(monitor.get("/healthz")[1])["cameras"]["door"]["state"] != "running"
    camera.frozen = False
    monitor.until(lambda: monitor.get("/healthz")[0] == 200)
    assert monitor.metric('stalls_total{camera="door"}') >= 1

    config = tmp_path / "cameras.toml"
    frames = monitor.metric('frames_total{camera="door"}')
    config.write_text(config.read_text() + OTHER)
    monitor.until(lambda: monitor.metric('frames_total{camera="scene"}') > 0)
    assert monitor.metric('frames_total{camera="door"}') >= frames
    config.write_text("[[camera]]\n")
    monitor.until(lambda: "the cameras run on as before" in monitor.log.read_text())
    assert set(json.loads(monitor.get("/healthz")[1])["cameras"]) == {"door", "scene"}

    began_s = time.monotonic()
    monitor.process.send_signal(signal.SIGTERM)
    assert monitor.process.wait(DEADLINE_S) == 0
    assert time.monotonic() - began_s < 8
    with closing(sqlite3.connect(monitor.store)) as store:
        visits = dict(store.execute("SELECT camera, count(*) FROM visits GROUP BY 1").fetchall())
        assert visits["door"] >= 2
        assert store.execute("SELECT count(*) FROM zone_events").fetchone()[0] >= 2
    text = monitor.log.read_text()
    assert PASSWORD not in text
    assert all(json.loads(line)["level"] for line in text.splitlines())
    assert PASSWORD.encode() not in monitor.store.read_bytes()


@pytest.mark.slow
def test_a_killed_monitor_leaves_a_store_that_can_be_read_and_exported(
    monitor: Monitor, tmp_path: Path
) -> None:
    monitor.until(lambda: monitor.metric('people{camera="door"}') >= 1)
    monitor.until(lambda: monitor.metric("store_written_total") > 20)
    lag_s, killed_at = monitor.metric('lag_seconds{camera="door"}'), time.time()
    monitor.process.kill()
    monitor.process.wait()
    with closing(sqlite3.connect(monitor.store)) as store:
        assert store.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert (
            store.execute("SELECT max(last_at) FROM visits").fetchone()[0] > killed_at - 1 - lag_s
        )
    words = "export --store store/s.sqlite --since 1h --table minutes --format jsonl --out m.jsonl"
    done = subprocess.run(
        [sys.executable, ROOT / "main.py", *words.split()], cwd=tmp_path, check=False
    )
    assert done.returncode == 0
    rows = [json.loads(line) for line in (tmp_path / "m.jsonl").read_text().splitlines()]
    assert {row["camera"] for row in rows} == {"door"}
    assert {row["zone"] for row in rows} == {"", "middle"}
    assert sum(row["frames"] for row in rows if not row["zone"]) > 0
