import io
import struct
from pathlib import Path

import cv2
import numpy as np
import pytest

from engine.sources.header import is_animated_png, is_animated_webp, picture_size

WIDTH, HEIGHT = 301, 77


def encoded(suffix: str, *options: int) -> io.BytesIO:
    image = np.random.default_rng(0).integers(0, 256, (HEIGHT, WIDTH, 3), np.uint8)
    done, data = cv2.imencode(suffix, image, options)
    assert done
    return io.BytesIO(data.tobytes())


@pytest.mark.parametrize(
    ("suffix", "options"),
    [
        (".png", ()),
        (".jpg", ()),
        (".jpg", (cv2.IMWRITE_JPEG_PROGRESSIVE, 1)),
        (".webp", (cv2.IMWRITE_WEBP_QUALITY, 80)),
        (".webp", (cv2.IMWRITE_WEBP_QUALITY, 101)),
        (".bmp", ()),
        (".tif", ()),
    ],
    ids=["png", "jpeg", "progressive", "webp", "lossless webp", "bmp", "tiff"],
)
def test_the_size_is_read_from_the_header(suffix: str, options: tuple[int, ...]) -> None:
    assert picture_size(encoded(suffix, *options)) == (WIDTH, HEIGHT)


def test_a_big_endian_tiff_is_read() -> None:
    entries = struct.pack(">HHIHH", 256, 3, 1, WIDTH, 0) + struct.pack(">HHII", 257, 4, 1, HEIGHT)
    data = b"MM\0*" + struct.pack(">IH", 8, 2) + entries
    assert picture_size(io.BytesIO(data)) == (WIDTH, HEIGHT)


def test_an_old_bitmap_is_read() -> None:
    data = b"BM" + bytes(12) + struct.pack("<IHH", 12, WIDTH, HEIGHT) + bytes(8)
    assert picture_size(io.BytesIO(data)) == (WIDTH, HEIGHT)


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".webp", ".bmp", ".tif"])
def test_a_header_cut_anywhere_is_no_crash(suffix: str) -> None:
    data = encoded(suffix).getvalue()
    for length in range(0, min(len(data), 700), 3):
        assert picture_size(io.BytesIO(data[:length])) in (None, (WIDTH, HEIGHT))
        assert not is_animated_png(io.BytesIO(data[:length]))


def test_what_is_no_picture_has_no_size() -> None:
    assert picture_size(io.BytesIO(b"hello, this is no picture at all, really")) is None


def test_an_animated_webp_is_told_from_a_still_one(tmp_path: Path) -> None:
    animation = cv2.Animation()
    animation.frames = [np.full((20, 20, 4), 50 * i, np.uint8) for i in range(3)]
    animation.durations = [50] * 3
    path = tmp_path / "moving.webp"
    cv2.imwriteanimation(str(path), animation)
    with path.open("rb") as file:
        assert is_animated_webp(file)
        assert picture_size(file) == (20, 20)
    assert not is_animated_webp(encoded(".webp"))
    assert not is_animated_webp(io.BytesIO(b"RIFF"))
