"""Hundreds of reconnections: memory, threads and open files must not grow.

Three minutes; SOAK_S=3600 makes it an hour (make soak).
"""

import ctypes
import gc
import logging
import os
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pytest

from engine.fleet import pipelines_for
from engine.memory import share_arenas
from engine.models.shipped import Models, load_models
from engine.settings import Settings
from engine.sources.scene import Scene, Script
from engine.sources.source import Reading, SourceInfo
from engine.supervisor import Camera, Supervisor, sources_for
from tests.drills.conftest import Looker
from tests.servers.apart import cameras_apart
from tests.servers.film import Film, shoot
from tests.trend import trend

SOAK_S = float(os.environ.get("SOAK_S", "180"))
WARM_UP = 1 / 3
CAMERAS, LOOKED_AT = 16, 2
HEALTHY_S = 11.0
"""Longer than the back-off remembers failures: each loss costs half a second only."""
HELD = ("resident_kb", "threads", "files")
NOTHING = 0.01
"""What a significant trend may add over the whole time, as a share of what is held."""


@pytest.fixture(scope="module")
def models() -> Iterator[Models]:
    made = load_models(Settings().runtime.model_copy(update={"threads": 1}))
    yield made
    made.close()


@pytest.fixture(scope="module")
def films() -> tuple[Film, Film]:
    scene = Scene(Script(3, 4.0, (640, 360), 10, 1, "steady"))
    faces = shoot((640, 360), frames=40, fps=10, draw=lambda index, _: scene.render(index))
    return faces, shoot((160, 96), frames=50, fps=10)


@pytest.mark.slow
def test_nothing_grows_over_hundreds_of_reconnections(
    models: Models, films: tuple[Film, Film], caplog: pytest.LogCaptureFixture
) -> None:
    share_arenas()  # as the command line does
    caplog.set_level(logging.CRITICAL, logger="engine")  # pytest would keep every record
    settings = Settings()
    build = pipelines_for(models, settings)

    def pipeline(camera: Camera, info: SourceInfo) -> object:
        return build(camera, info) if camera.effort else Looker(remembered=1)

    with ExitStack() as stack:
        supervisor = stack.enter_context(Supervisor(pipeline, sources_for(models, settings)))
        played = [films[number >= LOOKED_AT] for number in range(CAMERAS)]
        urls = stack.enter_context(cameras_apart(played, healthy_s=HEALTHY_S))
        for number, url in enumerate(urls):
            reading = Reading(transport="udp" if number % 2 else "tcp")
            effort = "balanced" if number < LOOKED_AT else ""
            supervisor.add(Camera(f"camera {number}", url, reading, effort))
        samples = np.fromiter(watched(), np.dtype((float, 4)))  # 32 bytes each; a tuple takes 150
        reconnects = sum(status.reconnects for status in supervisor.statuses().values())
    kept = samples[samples[:, 0] > WARM_UP * SOAK_S]
    print(f"\n{reconnects} reconnections")  # noqa: T201 - what was measured is the point
    growth = {}
    for at, name in enumerate(HELD, 1):
        low, high = trend(kept[:, 0], kept[:, at])
        growth[name] = low * (kept[-1, 0] - kept[0, 0]) / kept[0, at]
        print(f"{name}: {kept[0, at]:.0f} .. {kept[-1, at]:.0f}, {low:.3f} .. {high:.3f} a second")  # noqa: T201
    assert reconnects > SOAK_S / 2
    assert max(growth.values()) <= NOTHING, growth


def watched() -> Iterator[tuple[float, int, int, int]]:
    """Once a second what the process holds."""
    began_s = time.monotonic()
    while (now_s := time.monotonic()) < began_s + SOAK_S:
        yield (now_s - began_s, *held())
        time.sleep(1.0)


def held() -> tuple[int, int, int]:
    """Resident kilobytes, threads and open files of this process.

    What the C library keeps for later is given back first: it is no leak, and takes long to settle.
    """
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    files = len(list(Path("/proc/self/fd").iterdir()))
    return int(status["VmRSS"].split()[0]), int(status["Threads"]), files
