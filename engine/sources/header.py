"""What the first bytes of a picture file tell without decoding it.

OpenCV has no way to ask for a picture's size, and a bomb must be refused before it is unpacked.
"""

import struct
from typing import BinaryIO

_PNG = b"\x89PNG\r\n\x1a\n"
_WEBP_ANIMATED = 0x02
_TIFF_WIDTH, _TIFF_HEIGHT = 256, 257


def picture_size(file: BinaryIO) -> tuple[int, int] | None:
    """Width and height in px as PNG, JPEG, WebP, BMP and TIFF headers give them, else None."""
    head = _at(file, 0, 32)
    try:
        if head.startswith(_PNG):
            return struct.unpack(">II", head[16:24])
        if head.startswith(b"\xff\xd8"):
            return _jpeg_size(file)
        if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
            return _webp_size(head)
        if head.startswith(b"BM"):
            return _bmp_size(head)
        if head[:4] in (b"II*\0", b"MM\0*"):
            return _tiff_size(file, "<" if head[:2] == b"II" else ">")
    except (struct.error, IndexError):
        return None
    return None


def is_animated_webp(file: BinaryIO) -> bool:
    """Whether the file is a WebP with more than one frame in mind."""
    head = _at(file, 0, 32)
    return (
        head.startswith(b"RIFF") and head[8:16] == b"WEBPVP8X" and bool(head[20] & _WEBP_ANIMATED)
    )


def is_animated_png(file: BinaryIO) -> bool:
    """Whether the file is a PNG with more than one frame: it says so before its picture."""
    offset = 8 if _at(file, 0, 8) == _PNG else 0
    while offset and len(head := _at(file, offset, 16)) == 16 and head[4:8] != b"IDAT":
        if head[4:8] == b"acTL":
            return int.from_bytes(head[8:12], "big") > 1
        offset += 12 + int.from_bytes(head[:4], "big")
    return False


def _at(file: BinaryIO, offset: int, count: int) -> bytes:
    file.seek(offset)
    return file.read(count)


def _jpeg_size(file: BinaryIO) -> tuple[int, int] | None:
    offset = 2
    while len(segment := _at(file, offset, 9)) == 9 and segment[0] == 0xFF:
        marker = segment[1]
        if marker == 0xFF:
            offset += 1
        elif 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", segment[5:9])
            return width, height
        else:
            offset += 2 + struct.unpack(">H", segment[2:4])[0]
    return None


def _webp_size(head: bytes) -> tuple[int, int] | None:
    kind = head[12:16]
    if len(head) < 30:
        return None
    if kind == b"VP8X":
        return (
            int.from_bytes(head[24:27], "little") + 1,
            int.from_bytes(head[27:30], "little") + 1,
        )
    if kind == b"VP8L":
        bits = int.from_bytes(head[21:25], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == b"VP8 ":
        width, height = struct.unpack("<HH", head[26:30])
        return width & 0x3FFF, height & 0x3FFF
    return None


def _bmp_size(head: bytes) -> tuple[int, int]:
    if struct.unpack("<I", head[14:18])[0] == 12:
        width, height = struct.unpack("<HH", head[18:22])
        return width, height
    width, height = struct.unpack("<ii", head[18:26])
    return abs(width), abs(height)


def _tiff_size(file: BinaryIO, order: str) -> tuple[int, int] | None:
    offset = struct.unpack(order + "I", _at(file, 4, 4))[0]
    count = struct.unpack(order + "H", _at(file, offset, 2))[0]
    found: dict[int, int] = {}
    for index in range(count):
        entry = _at(file, offset + 2 + 12 * index, 12)
        tag, kind = struct.unpack(order + "HH", entry[:4])
        if tag in (_TIFF_WIDTH, _TIFF_HEIGHT):
            short = kind == 3
            found[tag] = struct.unpack(
                order + ("H" if short else "I"), entry[8 : 10 if short else 12]
            )[0]
    if len(found) < 2:
        return None
    return found[_TIFF_WIDTH], found[_TIFF_HEIGHT]
