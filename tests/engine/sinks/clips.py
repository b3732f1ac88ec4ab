"""Clips with sound that the tests make themselves, and what is in them."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np

WHITE = np.full((96, 128, 3), 255, np.uint8)
BLACK = np.zeros((96, 128, 3), np.uint8)


def pictures(path: Path) -> list[tuple[float, np.ndarray]]:
    with av.open(str(path)) as container:
        return [
            (float(frame.time), frame.to_ndarray(format="rgb24"))
            for frame in container.decode(video=0)
        ]


def loud_from(path: Path, after_s: float = 0.0) -> float:
    """Media second at which the sound of a clip begins to be loud, or is after a second."""
    with av.open(str(path)) as container:
        for frame in container.decode(audio=0):
            samples = np.abs(frame.to_ndarray().astype(np.float64)).reshape(-1)
            full = {"s16": 2**15, "s16p": 2**15, "s32": 2**31}.get(frame.format.name, 1)
            loud = np.nonzero(samples / full > 0.5)[0]
            if len(loud) and frame.time >= after_s:
                return float(frame.time) + loud[0] / frame.sample_rate
    raise AssertionError("it is never loud")


def clip(path: Path, codec: str, *, start_s: float, layout: str = "mono", sound_s: int = 3) -> None:
    """Two black seconds, white from the first on; a quiet tone, loud from the first second on."""
    rate, fps = 48000, 25
    with av.open(str(path), "w") as container:
        video = container.add_stream("libx264", rate=fps, options={"bf": "2"})
        video.width, video.height, video.pix_fmt = 128, 96, "yuv420p"
        audio = container.add_stream(codec, rate=rate)
        audio.layout = layout
        wave = np.sin(2 * np.pi * 440 * np.arange(sound_s * rate) / rate) * 0.1
        wave[rate : 2 * rate] = np.sign(wave[rate : 2 * rate]) * 0.9
        channels = 1 if layout == "mono" else 2
        sound = av.AudioFrame.from_ndarray(
            np.tile(wave.astype(np.float32), (channels, 1)), "fltp", layout
        )
        sound.rate, sound.pts, sound.time_base = rate, round(start_s * rate), Fraction(1, rate)
        packets = [*audio.encode(sound), *audio.encode(None)]
        for index in range(2 * fps):
            frame = av.VideoFrame.from_ndarray(WHITE if index >= fps else BLACK, "rgb24")
            frame.pts, frame.time_base = index + round(start_s * fps), Fraction(1, fps)
            packets += video.encode(frame)
        packets += video.encode(None)
        for packet in sorted(packets, key=lambda packet: packet.dts * packet.time_base):
            container.mux(packet)
