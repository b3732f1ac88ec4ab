import os
from pathlib import Path

import cv2
import numpy as np
import pytest

from engine.sinks import mp4
from engine.sinks.mp4 import Mp4
from engine.values.frame import Image


@pytest.fixture(scope="module")
def texture() -> Image:
    noise = np.random.default_rng(0).integers(0, 256, (1200, 1280, 3), np.uint8)
    smooth = cv2.GaussianBlur(noise, (0, 0), 3)
    return np.asarray(cv2.normalize(smooth, None, 0, 255, cv2.NORM_MINMAX), np.uint8)


def written(folder: Path, texture: Image, size_wh: tuple[int, int], step: int) -> bytes:
    """A video of twenty pictures in which everything moves up, so many px from one to the next."""
    width, height = size_wh
    path = folder / "moving.mp4"
    video = Mp4(path, size_wh, 25.0)
    for index in range(20):
        image = np.roll(texture, -index * step, axis=0)[:height, :width]
        video.add(np.ascontiguousarray(image), index / 25)
    video.close()
    return path.read_bytes()


@pytest.mark.parametrize("size_wh", [(320, 240), (1280, 720)])
def test_the_bytes_are_the_same_on_any_number_of_cores(
    tmp_path: Path, texture: Image, monkeypatch: pytest.MonkeyPatch, size_wh: tuple[int, int]
) -> None:
    seen = set()
    for cores in (1, 2, 3, 8, 64):
        monkeypatch.setattr(os, "sched_getaffinity", lambda _, n=cores: set(range(n)))
        monkeypatch.setattr(os, "cpu_count", lambda n=cores: n)
        seen.add(written(tmp_path, texture, size_wh, 12))
    assert len(seen) == 1


@pytest.mark.parametrize(
    ("size_wh", "step"),
    [
        ((320, 180), 24),
        ((320, 240), 40),
        ((640, 360), 60),
        ((854, 480), 52),
        ((960, 540), 52),
        ((1280, 720), 52),
    ],
)
def test_what_moves_far_up_or_down_costs_no_more_than_with_one_thread(
    tmp_path: Path,
    texture: Image,
    monkeypatch: pytest.MonkeyPatch,
    size_wh: tuple[int, int],
    step: int,
) -> None:
    size = len(written(tmp_path, texture, size_wh, step))
    monkeypatch.setattr(mp4, "_AT_ONCE", 1)
    assert size < 1.02 * len(written(tmp_path, texture, size_wh, step))
