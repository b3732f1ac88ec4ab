import logging
import struct
import zlib
from pathlib import Path

import cv2
import numpy as np
import pytest

from engine.errors import SourceError
from engine.sources.address import open_source
from engine.sources.images import PictureSource, pictures_in, read_picture

RED = (200, 30, 40)


def write(path: Path, colour: tuple[int, int, int] = RED, size: tuple[int, int] = (40, 30)) -> None:
    """Write a picture in one colour (RGB)."""
    cv2.imwrite(str(path), np.full((size[1], size[0], 3), colour[::-1], np.uint8))


def huge_png(side: int) -> bytes:
    """A real black PNG, 1 bit a pixel: a few kB that unpack to side * side * 3 bytes."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    packer = zlib.compressobj(1)
    row = bytes(1 + side // 8)
    body = b"".join(packer.compress(row) for _ in range(side)) + packer.flush()
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    parts = chunk(b"IHDR", header), chunk(b"IDAT", body), chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def test_a_folder_gives_its_pictures_by_name_without_time(tmp_path: Path) -> None:
    for name in ("b.jpg", "a.png", "c.bmp", "d.tif", "e.webp"):
        write(tmp_path / name)
    (tmp_path / "notes.txt").write_text("no picture")
    (tmp_path / "deeper").mkdir()
    write(tmp_path / "deeper" / "f.png")
    with open_source(str(tmp_path), small_size=lambda w, h: (w // 2, h // 2)) as source:
        frames = list(source)
    assert [f.picture for f in frames] == ["a.png", "b.jpg", "c.bmp", "d.tif", "e.webp"]
    assert [f.index for f in frames] == [0, 1, 2, 3, 4]
    assert {f.time_s for f in frames} == {0.0}
    assert source.info.pictures
    assert source.info.frames == 5
    for frame in frames:
        assert frame.size_wh == (40, 30)
        assert frame.small is not None
        assert frame.small.shape == (15, 20, 3)
        assert np.abs(frame.image.astype(int) - RED).max() <= 6
        assert not frame.image.flags.writeable
        assert not frame.small.flags.writeable


def test_a_photograph_is_turned_as_its_exif_orientation_asks(tmp_path: Path) -> None:
    image = np.zeros((40, 60, 3), np.uint8)
    image[:20, :30] = 255
    _, data = cv2.imencode(".jpg", image)
    tiff = b"II*\0" + struct.pack("<IHHHIHHI", 8, 1, 0x0112, 3, 1, 6, 0, 0)
    exif = b"Exif\0\0" + tiff
    jpeg = data.tobytes()
    path = tmp_path / "phone.jpg"
    path.write_bytes(jpeg[:2] + b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif + jpeg[2:])
    upright = read_picture(path)
    assert upright.shape == (60, 40, 3)
    assert upright[10, 30].mean() > 200
    assert upright[10, 10].mean() < 50


def test_a_grey_and_a_transparent_picture_become_rgb(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "grey.png"), np.full((5, 6), 77, np.uint8))
    cv2.imwrite(str(tmp_path / "deep.png"), np.full((5, 6, 4), 0x4D4D, np.uint16))
    for name in ("grey.png", "deep.png"):
        image = read_picture(tmp_path / name)
        assert image.shape == (5, 6, 3)
        assert image.dtype == np.uint8
        assert abs(int(image[2, 2, 0]) - 77) <= 1


def test_a_picture_of_one_pixel_just_works(tmp_path: Path) -> None:
    write(tmp_path / "dot.png", size=(1, 1))
    with open_source(str(tmp_path / "dot.png"), small_size=lambda *_: (1, 1)) as source:
        (frame,) = source
    assert frame.size_wh == (1, 1)
    assert frame.small is None


def test_a_monstrous_picture_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "bomb.png"
    path.write_bytes(huge_png(20_000))
    with pytest.raises(SourceError, match="20000x20000 px, 400 megapixels; at most 100 are read"):
        open_source(str(path))


def test_an_unreadable_picture_among_good_ones_is_left_out_and_named(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    write(tmp_path / "b.png")
    write(tmp_path / "d.png")
    (tmp_path / "a.png").write_bytes(b"no picture")
    (tmp_path / "c.png").write_bytes(b"")
    (tmp_path / "e.png").mkdir()
    with caplog.at_level(logging.WARNING), open_source(str(tmp_path)) as source:
        assert [frame.picture for frame in source] == ["b.png", "d.png"]
    assert [Path(p.split(" ")[0]).name for p in source.problems] == ["a.png", "c.png", "e.png"]
    assert len(caplog.records) == 3


@pytest.mark.parametrize("content", [b"", b"text", b"\x89PNG\r\n\x1a\n" + bytes(100)])
def test_a_file_that_is_no_picture_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(content)
    with pytest.raises(SourceError, match=r"a\.png is (empty|no picture)"):
        open_source(str(path))


def test_a_folder_with_nothing_readable_names_one_and_counts_the_rest(tmp_path: Path) -> None:
    for name in ("a.jpg", "b.jpg", "c.jpg"):
        (tmp_path / name).write_text("text")
    with pytest.raises(SourceError, match=r"a\.jpg is no picture .*\(and 2 more\)"):
        open_source(str(tmp_path))


def test_a_folder_without_pictures_is_refused_with_advice(tmp_path: Path) -> None:
    (tmp_path / "clip.mp4").touch()
    with pytest.raises(SourceError, match=r"holds no pictures \(jpg, .* own path"):
        pictures_in(tmp_path)


def test_closing_ends_after_the_picture_under_way(tmp_path: Path) -> None:
    for name in ("a.png", "b.png"):
        write(tmp_path / name)
    source = PictureSource(pictures_in(tmp_path), name="x", address="x")
    seen = []
    for frame in source:
        seen.append(frame.picture)
        source.close()
    assert seen == ["a.png"]
