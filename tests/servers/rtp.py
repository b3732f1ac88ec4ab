"""Video in RTP packets, for H.264 (RFC 6184) and H.265 (RFC 7798). Knows no sockets."""

import random
import struct
from collections.abc import Iterator

from tests.servers.film import Codec

PAYLOAD_TYPE = 96
CLOCK_HZ = 90_000
_LARGEST = 1400
_FU_A, _FU = 28, 49


class Packetizer:
    """Cuts access units into packets of one stream: counts them and stamps them."""

    def __init__(self, codec: Codec) -> None:
        """Start at a random number, as the standard asks."""
        self._codec = codec
        self._number = random.randrange(1 << 16)
        self._source = random.getrandbits(32)

    def __call__(self, units: tuple[bytes, ...], stamp: int) -> Iterator[bytes]:
        """Packets of one frame; the last is marked."""
        payloads = [payload for unit in units for payload in self._cut(unit)]
        for place, payload in enumerate(payloads):
            mark = 0x80 if place == len(payloads) - 1 else 0
            head = struct.pack(
                "!BBHII", 0x80, mark | PAYLOAD_TYPE, self._number, stamp & 0xFFFFFFFF, self._source
            )
            self._number = (self._number + 1) & 0xFFFF
            yield head + payload

    def _cut(self, unit: bytes) -> list[bytes]:
        if len(unit) <= _LARGEST:
            return [unit]
        if self._codec == "H264":
            head, kind, body = bytes([unit[0] & 0xE0 | _FU_A]), unit[0] & 31, unit[1:]
        else:
            head, kind, body = (
                bytes([unit[0] & 0x81 | _FU << 1, unit[1]]),
                unit[0] >> 1 & 63,
                unit[2:],
            )
        pieces = [body[at : at + _LARGEST] for at in range(0, len(body), _LARGEST)]
        last = len(pieces) - 1
        return [
            head + bytes([(place == 0) << 7 | (place == last) << 6 | kind]) + piece
            for place, piece in enumerate(pieces)
        ]


def garbled(packet: bytes) -> bytes:
    """The same header with noise behind it."""
    return packet[:12] + random.randbytes(len(packet) - 12)
