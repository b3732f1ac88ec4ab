import gc
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from engine.sources.video import VideoSource, open_video
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


def test_a_copy_has_the_same_pixels_whether_made_ahead_or_when_asked(
    make_clip: Callable[..., Path],
) -> None:
    with open_clip(make_clip(), small_size=half) as one, open_clip(make_clip()) as other:
        ahead, later = next(iter(one)), next(iter(other))
    assert ahead.small is not None
    assert later.small is None
    size_wh = half(*later.size_wh)
    np.testing.assert_array_equal(later.scaled(size_wh), ahead.small)
    assert later.scaled((100, 70)).shape == (70, 100, 3)
    assert later.scaled(later.size_wh) is later.image


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


def test_decoded_frames_are_freed_at_once(make_clip: Callable[..., Path]) -> None:
    path = make_clip(frames=60)
    turn_file(path, TURNS["clockwise"][0])
    gc.collect()
    before = held_frames()  # other tests keep films of their own
    gc.disable()  # what is only freed by the garbage collector is hundreds of MB in 1080p
    try:
        with open_clip(path, small_size=half) as source:
            for _ in source:
                pass
        kept = held_frames() - before
    finally:
        gc.enable()
    assert kept < 5


def held_frames() -> int:
    return sum(isinstance(thing, av.VideoFrame) for thing in gc.get_objects())
