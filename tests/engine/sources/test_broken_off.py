"""Recordings that are whole wherever they begin, and such as break off."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from engine.errors import SourceError
from engine.sources.video import open_video
from engine.values.frame import Image

CODECS = {"webm": "libvpx", "wmv": "wmv2"}
MUXERS = {"m4s": "hls", "wmv": "asf"}


@pytest.mark.parametrize("name", ["clip.mp4", "clip.mkv", "clip.avi"])
def test_a_file_cut_short_delivers_what_is_there_and_then_says_so(
    make_clip: Callable[..., Path], name: str
) -> None:
    rng = np.random.default_rng(1)

    def draw(_: int, width: int, height: int) -> Image:
        image = np.zeros((height, width, 3), np.uint8)
        image[height // 2 :] = rng.integers(0, 256, (height // 2, width, 3))
        return image

    codec = "mpeg4" if name.endswith("avi") else "libx264"
    path = make_clip(name, frames=60, faststart=name.endswith("mp4"), codec=codec, draw=draw)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    frames = []
    with (
        pytest.raises(SourceError, match=r"breaks off after [01]\.\d of 2\.4 s"),
        open_video(path, name="clip") as source,
    ):
        frames.extend(source)
    assert 15 <= len(frames) <= 35


def muxing(folder: Path, kind: str) -> dict[str, str]:
    """How FFmpeg is told to cut what a camera sends into files of two seconds; WMV stays whole."""
    if kind == "m4s":
        names = {"hls_fmp4_init_filename": "init", "hls_segment_filename": str(folder / "%d.m4s")}
        return {"hls_time": "2", "hls_segment_type": "fmp4", "hls_list_size": "0"} | names
    if kind == "wmv":
        return {}
    start = {"segment_format_options": "movflags=+faststart"} if kind == "mp4" else {}
    return {"segment_time": "2"} | start


def second_segment(folder: Path, kind: str) -> Path:
    """The second two seconds of four, as recorders keep them."""
    rng = np.random.default_rng(1)
    codec, path = CODECS.get(kind, "libx264"), folder / f"1.{kind}"
    place = {"m4s": folder / "list.m3u8", "wmv": path}.get(kind, folder / f"%d.{kind}")
    muxer = MUXERS.get(kind, "segment")
    with av.open(str(place), "w", format=muxer, options=muxing(folder, kind)) as container:
        stream = container.add_stream(codec, 25, {"bf": "0"} if codec == "libx264" else {})
        stream.width, stream.height, stream.pix_fmt = 160, 120, "yuv420p"
        stream.codec_context.gop_size = 25
        for index in range(50 if kind == "wmv" else 0, 100):
            noise = rng.integers(0, 256, (120, 160, 3), np.uint8)
            frame = av.VideoFrame.from_ndarray(noise, "rgb24")
            frame.pts, frame.time_base = index, Fraction(1, 25)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    if kind == "m4s":
        path.write_bytes((folder / "init").read_bytes() + path.read_bytes())
    return path


@pytest.mark.parametrize("kind", ["avi", "m4s", "mkv", "mp4", "webm", "wmv"])
def test_a_recording_that_does_not_begin_at_second_zero_is_whole(tmp_path: Path, kind: str) -> None:
    with open_video(second_segment(tmp_path, kind), name="clip") as source:
        times = [frame.time_s for frame in source]
    assert len(times) == pytest.approx(50, abs=1)  # encoders choose the picture to cut at
    assert times == pytest.approx([index / 25 for index in range(len(times))], abs=2e-3)
    assert source.info.duration_s == pytest.approx(2.0, abs=0.1)
    assert source.info.frames == pytest.approx(50, abs=2)
    assert source.problems == []


@pytest.mark.parametrize("kind", ["avi", "m4s", "mkv", "mp4"])
def test_of_a_recording_that_does_not_begin_at_second_zero_half_is_missed(
    tmp_path: Path, kind: str
) -> None:
    path = second_segment(tmp_path, kind)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) * 6 // 10])
    with (
        pytest.raises(SourceError, match=r"breaks off after 1\.\d of 2\.0 s"),
        open_video(path, name="clip") as source,
    ):
        assert 15 <= sum(1 for _ in source) <= 35


@pytest.mark.parametrize("begin_s", [0, 100])
@pytest.mark.parametrize("share", [10, 6])
def test_of_an_mp4_in_fragments_what_is_missing_is_told(
    tmp_path: Path, begin_s: int, share: int
) -> None:
    """Whole, and with six tenths of its bytes; with a timeline of its own."""
    path = tmp_path / "fragments.mp4"
    options = {"movflags": "frag_custom+empty_moov+default_base_moof+frag_discont"}
    rng = np.random.default_rng(1)
    with av.open(str(path), "w", options=options) as container:
        stream = container.add_stream("libx264", 25, {"bf": "0"})
        stream.width, stream.height, stream.pix_fmt = 160, 120, "yuv420p"
        for index in range(begin_s * 25, begin_s * 25 + 50):
            noise = rng.integers(0, 256, (120, 160, 3), np.uint8)
            frame = av.VideoFrame.from_ndarray(noise, "rgb24")
            frame.pts, frame.time_base = index, Fraction(1, 25)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    told_when_cut(path, share)


@pytest.mark.parametrize(("sound_s", "share"), [(2, 10), (2, 6), (4, 10)])
def test_of_flash_video_with_sound_what_is_missing_is_told(
    tmp_path: Path, sound_s: int, share: int
) -> None:
    """Two seconds of pictures; the length that it declares is that of the longer one."""
    path = tmp_path / "clip.flv"
    rng = np.random.default_rng(1)
    with av.open(str(path), "w") as container:
        video = container.add_stream("libx264", rate=25, options={"bf": "0"})
        video.width, video.height, video.pix_fmt = 160, 120, "yuv420p"
        audio = container.add_stream("aac", rate=48000)
        audio.layout = "mono"
        packets = []
        for index in range(50):
            noise = rng.integers(0, 256, (120, 160, 3), np.uint8)
            frame = av.VideoFrame.from_ndarray(noise, "rgb24")
            frame.pts, frame.time_base = index, Fraction(1, 25)
            packets += video.encode(frame)
        sound = av.AudioFrame.from_ndarray(
            np.zeros((1, sound_s * 48000), np.float32), "fltp", "mono"
        )
        sound.rate, sound.pts, sound.time_base = 48000, 0, Fraction(1, 48000)
        packets += [*video.encode(None), *audio.encode(sound), *audio.encode(None)]
        for packet in sorted(packets, key=lambda packet: packet.dts * packet.time_base):
            container.mux(packet)
    told_when_cut(path, share)


def told_when_cut(path: Path, share: int) -> None:
    """Two seconds of 50 pictures: whole they are all there, cut to a share of ten it is told."""
    data = path.read_bytes()
    path.write_bytes(data[: len(data) * share // 10])
    with open_video(path, name="clip") as source:
        if share == 10:
            assert sum(1 for _ in source) == 50
            return
        with pytest.raises(SourceError, match=r"breaks off after 1\.\d of 2\.\d s"):
            list(source)
