import gc
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

IDENTITY = (1, 0, 0, 1)
TURNS = {
    "clockwise": ((0, 1, -1, 0), lambda image: np.rot90(image, -1)),
    "counterclockwise": ((0, -1, 1, 0), lambda image: np.rot90(image, 1)),
    "upside down": ((-1, 0, 0, -1), lambda image: np.rot90(image, 2)),
    "mirrored": ((-1, 0, 0, 1), lambda image: image[:, ::-1]),
    "mirrored and turned": ((0, 1, 1, 0), lambda image: image.transpose(1, 0, 2)),
}


def display_matrix(values: tuple[int, int, int, int]) -> bytes:
    a, b, c, d = values
    fixed = [a * 65536, b * 65536, 0, c * 65536, d * 65536, 0, 0, 0, 1 << 30]
    return np.array(fixed, ">i4").tobytes()


def turn_file(path: Path, values: tuple[int, int, int, int]) -> None:
    """Write a display matrix into an MP4 as a phone does, into its track header."""
    data = path.read_bytes()
    header = data.index(b"tkhd")
    at = data.index(display_matrix(IDENTITY), header)
    path.write_bytes(data[:at] + display_matrix(values) + data[at + 36 :])


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


def test_time_starts_at_the_first_frame(make_clip: Callable[..., Path]) -> None:
    pts = [500 + 4 * index for index in range(20)]
    with open_clip(make_clip("clip.mkv", pts=pts)) as source:
        assert next(iter(source)).time_s == 0


@pytest.mark.parametrize("name", TURNS)
def test_a_display_matrix_is_honoured(
    make_clip: Callable[..., Path], numbered: Callable[..., Image], name: str
) -> None:
    matrix, turn = TURNS[name]
    path = make_clip(frames=3)
    turn_file(path, matrix)
    with open_clip(path, small_size=half) as source:
        frame = next(iter(source))
    upright = turn(numbered(0, 320, 240))
    assert frame.image.shape == upright.shape
    assert (source.info.width, source.info.height) == frame.size_wh
    assert np.abs(frame.image.astype(int) - upright).mean() < 4
    small = cv2.resize(np.ascontiguousarray(upright), half(*frame.size_wh), interpolation=3)
    assert frame.small is not None
    assert frame.small.shape == small.shape
    assert np.abs(frame.small.astype(int) - small).mean() < 4


def test_a_turned_clip_looks_as_opencv_shows_it(make_clip: Callable[..., Path]) -> None:
    path = make_clip(frames=3)
    turn_file(path, TURNS["clockwise"][0])
    capture = cv2.VideoCapture(str(path))
    found, expected = capture.read()
    capture.release()
    assert found
    with open_clip(path) as source:
        image = next(iter(source)).image
    assert np.abs(image.astype(int) - expected[..., ::-1]).mean() < 4


def test_the_small_copy_is_as_good_as_averaging_the_large_one(
    make_clip: Callable[..., Path], portrait: object
) -> None:
    photo = cv2.resize(portrait.image, (640, 480), interpolation=cv2.INTER_AREA)
    path = make_clip(frames=2, size=(640, 480), draw=lambda *_: photo)
    for size in ((320, 240), (213, 160), (401, 299)):
        with open_clip(path, small_size=lambda *_, size=size: size) as source:
            frame = next(iter(source))
        expected = cv2.resize(frame.image, size, interpolation=cv2.INTER_AREA)
        assert frame.small is not None
        assert np.abs(frame.small.astype(int) - expected).mean() < 2.5


def test_pictures_cannot_be_written_to(make_clip: Callable[..., Path]) -> None:
    with open_clip(make_clip(), small_size=half) as source:
        frame = next(iter(source))
    assert frame.small is not None
    assert not frame.image.flags.writeable
    assert not frame.small.flags.writeable
    assert frame.image.flags.c_contiguous


def test_no_copy_is_made_that_is_not_smaller(make_clip: Callable[..., Path]) -> None:
    with open_clip(make_clip(), small_size=lambda w, h: (w, h)) as source:
        assert next(iter(source)).small is None


@pytest.mark.parametrize("size", [(321, 241), (33, 17), (1, 1)])
def test_odd_sizes_work(tmp_path: Path, size: tuple[int, int]) -> None:
    path = tmp_path / "odd.mkv"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("ffv1", rate=25)
        stream.width, stream.height = size
        stream.pix_fmt = "bgr0"
        image = np.full((size[1], size[0], 3), (200, 100, 50), np.uint8)
        container.mux(stream.encode(av.VideoFrame.from_ndarray(image, "rgb24")))
        container.mux(stream.encode(None))
    with open_clip(path, small_size=lambda w, h: (max(1, w // 2), max(1, h // 2))) as source:
        frame = next(iter(source))
    assert frame.size_wh == size
    assert np.abs(frame.image.astype(int) - image).max() <= 2


COLOURS = ((200, 30, 40), (20, 180, 60), (30, 40, 210), (220, 170, 140), (128, 128, 128))


@pytest.mark.parametrize(
    ("tag", "size", "weights"),
    [
        (1, (64, 64), (0.2126, 0.0722)),
        (6, (1280, 720), (0.299, 0.114)),
        (9, (64, 64), (0.2627, 0.0593)),
        (2, (1280, 720), (0.2126, 0.0722)),
        (2, (640, 480), (0.299, 0.114)),
    ],
    ids=["709", "601 in HD", "2020", "untagged HD", "untagged SD"],
)
@pytest.mark.parametrize("full_range", [False, True])
def test_colours_are_what_was_encoded(
    tmp_path: Path,
    tag: int,
    size: tuple[int, int],
    weights: tuple[float, float],
    full_range: bool,
) -> None:
    path = tmp_path / "colours.mkv"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=25)
        stream.width, stream.height = size
        stream.pix_fmt = "yuv420p"
        stream.options = {"crf": "4"}
        stream.codec_context.colorspace = tag
        stream.codec_context.color_range = 2 if full_range else 1
        for colour in COLOURS:
            container.mux(stream.encode(_plain_yuv(size, colour, weights, full_range)))
        container.mux(stream.encode(None))
    with open_clip(path, small_size=half) as source:
        for frame, colour in zip(source, COLOURS, strict=True):
            assert frame.small is not None
            for image in (frame.image, frame.small):
                middle = image[image.shape[0] // 2, image.shape[1] // 2].astype(int)
                assert np.abs(middle - colour).max() <= 5


def _plain_yuv(
    size: tuple[int, int],
    colour: tuple[int, int, int],
    weights: tuple[float, float],
    full_range: bool,
) -> av.VideoFrame:
    """One colour by the textbook (BT.601, BT.709): luma, then scaled colour differences."""
    red, green, blue = (value / 255 for value in colour)
    luma = weights[0] * red + (1 - sum(weights)) * green + weights[1] * blue
    differences = (blue - luma) / (2 - 2 * weights[1]), (red - luma) / (2 - 2 * weights[0])
    scale = (255, 255, 0) if full_range else (219, 224, 16)
    values = [scale[2] + scale[0] * luma, *(128 + scale[1] * d for d in differences)]
    frame = av.VideoFrame(*size, "yuv420p")
    for plane, value in zip(frame.planes, values, strict=True):
        plane.update(bytes([round(value)]) * plane.buffer_size)
    return frame


def test_wide_pixels_are_made_square(tmp_path: Path) -> None:
    path = tmp_path / "wide.mkv"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=25)
        stream.width, stream.height = 320, 240
        stream.pix_fmt = "yuv420p"
        stream.codec_context.sample_aspect_ratio = Fraction(3, 2)
        frame = av.VideoFrame.from_ndarray(np.zeros((240, 320, 3), np.uint8), "rgb24")
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    with open_clip(path) as source:
        assert (source.info.width, source.info.height) == (480, 240)
        assert next(iter(source)).size_wh == (480, 240)


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
        open_clip(path) as source,
    ):
        frames.extend(source)
    assert 15 <= len(frames) <= 35


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


def test_decoded_frames_are_freed_at_once(make_clip: Callable[..., Path]) -> None:
    path = make_clip(frames=60)
    turn_file(path, TURNS["clockwise"][0])
    gc.collect()
    gc.disable()  # what is only freed by the garbage collector is hundreds of MB in 1080p
    try:
        with open_clip(path, small_size=half) as source:
            for _ in source:
                pass
        kept = sum(isinstance(thing, av.VideoFrame) for thing in gc.get_objects())
    finally:
        gc.enable()
    assert kept < 5


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
