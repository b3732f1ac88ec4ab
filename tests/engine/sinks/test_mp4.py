from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from engine.sinks.mp4 import Mp4

GREY = np.full((96, 128, 3), 110, np.uint8)


def with_sound(path: Path, seconds: int) -> Path:
    """One picture, and a hiss that goes on."""
    rate = 48_000
    hiss = np.random.default_rng(0).uniform(-0.1, 0.1, (1, seconds * rate)).astype(np.float32)
    with av.open(str(path), "w") as container:
        video = container.add_stream("libx264", rate=25)
        video.width, video.height, video.pix_fmt = 128, 96, "yuv420p"
        audio = container.add_stream("aac", rate=rate)
        audio.layout = "mono"
        sound = av.AudioFrame.from_ndarray(hiss, "fltp", "mono")
        sound.rate, sound.pts, sound.time_base = rate, 0, Fraction(1, rate)
        packets = video.encode(av.VideoFrame.from_ndarray(GREY, "rgb24")) + video.encode(None)
        container.mux([*packets, *audio.encode(sound), *audio.encode(None)])
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
    mp4 = Mp4(path, (128, 96), rate)
    mp4.add_sound(with_sound(tmp_path / "in.mkv", 25), seconds[0])
    for time_s in seconds:
        mp4.add(GREY, time_s)
    growing = seconds_of_what_is_there(path)
    mp4.close()
    assert seconds_of(path) == pytest.approx(seconds, abs=1e-4)
    assert growing == pytest.approx(seconds[: len(growing)], abs=1e-4)


def seconds_of_what_is_there(path: Path) -> list[float]:
    try:
        return seconds_of(path)
    except av.FFmpegError:  # nothing is, in the first moments
        return []
