import os
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from engine.sinks import mp4
from engine.sinks.mp4 import Mp4
from engine.values.frame import Image

HOUR_S = 3600.0
GREY = np.full((96, 128, 3), 110, np.uint8)


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


def with_sound(path: Path, seconds: int, *, again_at_s: float | None = None) -> Path:
    """One picture, and a hiss that goes on, and comes again later if asked for."""
    rate = 48_000
    hiss = np.random.default_rng(0).uniform(-0.1, 0.1, (1, seconds * rate)).astype(np.float32)
    with av.open(str(path), "w") as container:
        video = container.add_stream("libx264", rate=25)
        video.width, video.height, video.pix_fmt = 128, 96, "yuv420p"
        audio = container.add_stream("aac", rate=rate)
        audio.layout = "mono"
        packets = video.encode(av.VideoFrame.from_ndarray(GREY, "rgb24")) + video.encode(None)
        for at_s in (0.0,) if again_at_s is None else (0.0, again_at_s):
            sound = av.AudioFrame.from_ndarray(hiss, "fltp", "mono")
            sound.rate, sound.pts, sound.time_base = rate, round(at_s * rate), Fraction(1, rate)
            packets += audio.encode(sound)
        container.mux([*packets, *audio.encode(None)])
    return path


def seconds_of(path: Path) -> list[float]:
    with av.open(str(path)) as container:
        return [float(frame.time) for frame in container.decode(video=0)]


def halting() -> list[float]:
    """A screen: a few pictures in quick succession, then none for a while."""
    generator = np.random.default_rng(2)
    return list(np.cumsum(generator.choice([0.04, 0.04, 0.04, 0.5, 1.5, 3.0], 30)))


@pytest.mark.parametrize(
    ("seconds", "rate"),
    [
        ([0.0, 2.0, 4.0], 25.0),
        ([0.0, 3.0, 4.0, 9.0, 10.0, 20.0], 0.3),
        (halting(), 25.0),
        (halting(), 1.2),
    ],
)
def test_with_sound_too_every_picture_keeps_its_own_second(
    tmp_path: Path, seconds: list[float], rate: float
) -> None:
    path = tmp_path / "out.mp4"
    video = Mp4(path, (128, 96), rate)
    video.add_sound(with_sound(tmp_path / "in.mkv", 25), seconds[0])
    for time_s in seconds:
        video.add(GREY, time_s)
    growing = seconds_of_what_is_there(path)
    video.close()
    assert seconds_of(path) == pytest.approx(seconds, abs=1e-4)
    assert growing == pytest.approx(seconds[: len(growing)], abs=1e-4)


def test_a_gap_longer_than_an_mp4_can_hold_is_shortened_and_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "out.mp4"
    seconds = [0.0, 0.04, 8 * HOUR_S, 8 * HOUR_S + 0.04, 22 * HOUR_S, 23 * HOUR_S]
    video = Mp4(path, (128, 96), 25.0)
    video.add_sound(with_sound(tmp_path / "in.mkv", 1, again_at_s=8 * HOUR_S), 0.0)
    for time_s in seconds:
        video.add(GREY, time_s)
    video.close()
    six = 6 * HOUR_S
    expected = [0.0, 0.04, six + 0.04, six + 0.08, 2 * six + 0.08, 2 * six + HOUR_S + 0.08]
    assert seconds_of(path) == pytest.approx(expected, abs=1e-3)
    with av.open(str(path)) as container:
        again = [
            float(packet.pts * packet.time_base)
            for packet in container.demux(audio=0)
            if packet.pts
        ]
    assert next(time_s for time_s in again if time_s > 2) == pytest.approx(six + 0.04, abs=0.05)
    assert caplog.text.count("a gap of 8.0 hours") == len(caplog.records) == 1


def seconds_of_what_is_there(path: Path) -> list[float]:
    try:
        return seconds_of(path)
    except av.FFmpegError:  # nothing is, in the first moments
        return []
