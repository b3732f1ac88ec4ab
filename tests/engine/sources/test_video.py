import logging
import threading
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from engine.errors import SourceError
from engine.sources.address import open_source
from engine.sources.video import VideoSource, decode_only, open_video
from engine.values.frame import Image


def half(width: int, height: int) -> tuple[int, int]:
    return width // 2, height // 2


def open_clip(path: Path, **options: Callable[[int, int], tuple[int, int]]) -> VideoSource:
    return open_video(path, name="clip", **options)


@pytest.mark.parametrize("name", ["clip.mp4", "clip.mkv", "clip.avi", "clip.ts"])
def test_every_frame_comes_once_in_order_at_its_own_second(
    make_clip: Callable[..., Path], number_of: Callable[[Image], int], name: str
) -> None:
    with open_clip(make_clip(name, codec="mpeg4" if "avi" in name else "libx264")) as source:
        frames = list(source)
    assert [number_of(frame.image) for frame in frames] == list(range(20))
    assert [frame.index for frame in frames] == list(range(20))
    assert [frame.time_s for frame in frames] == pytest.approx([i / 25 for i in range(20)])
    assert source.info.rate == pytest.approx(25)
    assert source.info.duration_s == pytest.approx(0.8, abs=0.05)
    assert source.info.frames == pytest.approx(20, abs=1)
    assert source.problems == []


def test_a_variable_frame_rate_is_kept(make_clip: Callable[..., Path]) -> None:
    pts = [0, 4, 5, 30, 31, 32, 90, 200]
    with open_clip(make_clip("clip.mkv", frames=8, pts=pts)) as source:
        times = [frame.time_s for frame in source]
    assert times == pytest.approx([p / 100 for p in pts], abs=1e-3)


def test_a_single_timestamp_that_leaps_ahead_moves_no_other_frame(
    make_clip: Callable[..., Path], tmp_path: Path
) -> None:
    path = tmp_path / "leaping.mkv"
    with av.open(str(make_clip("clip.mkv"))) as clip, av.open(str(path), "w") as container:
        stream = container.add_stream_from_template(clip.streams.video[0])
        packets = [packet for packet in clip.demux(video=0) if packet.dts is not None]
        packets[8].pts += round(3600 / packets[8].time_base)
        for packet in packets:
            packet.stream = stream
            container.mux(packet)
    with open_clip(path) as source:
        times = [frame.time_s for frame in source]
    assert times == pytest.approx([index / 25 for index in range(20)], abs=1e-3)


def test_time_starts_at_the_first_frame(make_clip: Callable[..., Path]) -> None:
    pts = [500 + 4 * index for index in range(20)]
    with open_clip(make_clip("clip.mkv", pts=pts)) as source:
        assert next(iter(source)).time_s == 0


def test_a_title_in_an_unknown_alphabet_stops_nothing(tmp_path: Path) -> None:
    path = tmp_path / "titled.mkv"
    with av.open(str(path), "w") as container:
        container.metadata["title"] = "TITLETITLE"
        stream = container.add_stream("ffv1", rate=25)
        stream.width, stream.height = 32, 32
        stream.pix_fmt = "bgr0"
        container.mux(stream.encode(av.VideoFrame(32, 32, "rgb24")))
        container.mux(stream.encode(None))
    path.write_bytes(path.read_bytes().replace(b"TITLETITLE", b"\xff\xfe\xe9TLETITLE"[:10]))
    with open_clip(path) as source:
        assert len(list(source)) == 1


def test_an_animated_gif_is_a_video_with_its_own_times(make_clip: Callable[..., Path]) -> None:
    pts = [0, 4, 8, 30, 60]
    path = make_clip("clip.gif", frames=5, pts=pts, codec="gif")
    with open_source(str(path)) as source:
        frames = list(source)
    assert not source.info.pictures
    assert [frame.time_s for frame in frames] == pytest.approx([p / 100 for p in pts])


def test_transparent_parts_of_a_gif_are_white(tmp_path: Path) -> None:
    animation = cv2.Animation()
    clear = np.dstack([np.full((60, 80, 3), 40, np.uint8), np.zeros((60, 80), np.uint8)])
    solid = np.dstack([np.full((60, 80, 3), 40, np.uint8), np.full((60, 80), 255, np.uint8)])
    animation.frames, animation.durations = [solid, clear], [100, 100]
    path = tmp_path / "clear.gif"
    cv2.imwriteanimation(str(path), animation)
    with open_source(str(path)) as source:
        shades = [int(frame.image[30, 40].mean()) for frame in source]
    assert shades[0] < 60
    assert shades[1] == 255


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "does not exist"),
        (b"", "is empty"),
        (b"this is text\n" * 200, "is no video"),
        (bytes(range(256)) * 80, "is no video"),
    ],
    ids=["missing", "empty", "text", "noise"],
)
def test_a_file_that_is_no_video_is_refused_in_one_line(
    tmp_path: Path, content: bytes | None, message: str
) -> None:
    path = tmp_path / "clip.mp4"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(SourceError, match=message) as caught:
        open_clip(path)
    assert "\n" not in str(caught.value)
    assert "clip.mp4" in str(caught.value)


def test_a_text_file_is_not_rendered_as_a_picture_of_letters(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("hello\n" * 500)
    with pytest.raises(SourceError, match="text file"):
        open_clip(path)


def test_a_file_that_may_not_be_read_is_refused(make_clip: Callable[..., Path]) -> None:
    path = make_clip()
    path.chmod(0)
    try:
        path.open("rb").close()
    except PermissionError:
        with pytest.raises(SourceError, match="may not be read"):
            open_clip(path)
    else:
        pytest.skip("this user (root) may read everything")


def test_sound_alone_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "sound.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("aac", rate=44100)
        silence = av.AudioFrame.from_ndarray(np.zeros((2, 1024), np.float32), "fltp", "stereo")
        silence.rate = 44100
        container.mux(stream.encode(silence))
        container.mux(stream.encode(None))
    with pytest.raises(SourceError, match="holds no video, only audio"):
        open_clip(path)


def test_an_mp4_without_its_index_is_refused(make_clip: Callable[..., Path]) -> None:
    path = make_clip()
    path.write_bytes(path.read_bytes()[:-2000])
    with pytest.raises(SourceError, match="never finished"):
        open_clip(path)


@pytest.mark.parametrize("kind", ["mkv", "mp4", "ts"])
@pytest.mark.parametrize("sound_s", [0, 3])
def test_players_count_from_what_begins_first(tmp_path: Path, kind: str, sound_s: int) -> None:
    """Sound from `sound_s` on, pictures from second 3 on."""
    with av.open(str(tmp_path / f"late.{kind}"), "w") as container:
        video = container.add_stream("libx264", rate=25, options={"bf": "0"})
        video.width, video.height, video.pix_fmt = 160, 120, "yuv420p"
        audio = container.add_stream("mp2", rate=48000)
        audio.layout = "mono"
        for start in range(sound_s * 48000, 4 * 48000, 1152):
            sound = av.AudioFrame.from_ndarray(np.zeros((1, 1152), np.int16), "s16", "mono")
            sound.rate, sound.pts, sound.time_base = 48000, start, Fraction(1, 48000)
            container.mux(audio.encode(sound))
        for index in range(75, 100):
            frame = av.VideoFrame(160, 120, "yuv420p")
            frame.pts, frame.time_base = index, Fraction(1, 25)
            container.mux(video.encode(frame))
        container.mux([*video.encode(None), *audio.encode(None)])
    with open_clip(tmp_path / f"late.{kind}") as source:
        assert source.info.start_s == pytest.approx(3 - sound_s, abs=0.03)
        assert next(iter(source)).time_s == 0


def test_damaged_packets_cost_frames_but_not_the_rest(
    make_clip: Callable[..., Path],
    number_of: Callable[[Image], int],
    caplog: pytest.LogCaptureFixture,
) -> None:
    path = make_clip("clip.mkv", frames=60)
    data = bytearray(path.read_bytes())
    with av.open(str(path)) as container:
        packets = [(p.pos, p.size) for p in container.demux(video=0) if p.size]
    for position, size in packets[22:25]:
        # Past the block's own header: the container stays sound, the picture is not.
        data[position + 16 : position + 16 + size // 2] = b"\xff" * (size // 2)
    path.write_bytes(data)
    with open_clip(path) as source, caplog.at_level(logging.WARNING):
        numbers = [number_of(frame.image) for frame in source]
    assert numbers[:20] == list(range(20))
    assert numbers[-30:] == list(range(30, 60))
    records = [r.getMessage() for r in caplog.records if "damaged packets" in r.getMessage()]
    assert len(records) == len(source.problems) == 1


def test_a_monstrous_picture_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "bomb.gif"
    screen = b"GIF89a" + (12_000).to_bytes(2, "little") * 2 + b"\x80\0\0" + bytes(6)
    image = b"\x2c" + bytes(4) + (1).to_bytes(2, "little") * 2 + b"\0\x02\x02\x44\x01\0\x3b"
    path.write_bytes(screen + image)
    with pytest.raises(SourceError, match="12000x12000 px, 144 megapixels; at most 100"):
        open_clip(path)


def test_closing_from_another_thread_ends_the_iteration_quietly(
    make_clip: Callable[..., Path],
) -> None:
    for after in range(0, 50, 7):
        source = open_clip(make_clip(frames=60))
        seen = 0
        closer = threading.Thread(target=source.close)
        for seen, _ in enumerate(source):
            if seen == after:
                closer.start()
        closer.join()
        assert after <= seen < 60
        source.close()


def test_a_source_closed_before_it_is_read_gives_at_most_its_first_frame(
    make_clip: Callable[..., Path],
) -> None:
    source = open_clip(make_clip())
    source.close()
    assert len(list(source)) <= 1


def test_decoding_alone_counts_all_frames(make_clip: Callable[..., Path]) -> None:
    assert decode_only(make_clip(frames=33)) == 33


@pytest.mark.data
def test_real_clips_are_read_whole(shared_data: Path) -> None:
    clips = sorted(p for p in (shared_data / "videos").iterdir() if p.suffix in (".mkv", ".gif"))
    assert len(clips) == 13
    for clip in clips:
        with open_source(str(clip), small_size=half) as source:
            frames = list(source)
        times = [frame.time_s for frame in frames]
        assert times == sorted(set(times)), clip.name
        assert times[0] == 0
        assert len(frames) == pytest.approx(source.info.frames, abs=4), clip.name
        assert source.info.duration_s == pytest.approx(times[-1] + 1 / source.info.rate, rel=0.1)
        assert source.problems == []
