"""Damages bytes, the same way for the same seed."""

import random

_LONGEST = 64
_NASTY = (
    b"\0",
    b"\xff",
    b"\x7f\xff\xff\xff",
    b"\x80\0\0\0",
    b"%s%n",
    b"-1",
    b"999999999999",
    b"\n",
)


def mutated(data: bytes, chance: random.Random, *, most: int = 6, head: int = 0) -> bytes:
    """A copy with one to `most` damages.

    Args:
        data: Not empty.
        chance: Decides everything.
        most: How many damages at most.
        head: Half of them fall into so many first bytes, where formats have their lengths; 0 for
            anywhere.
    """
    damaged = bytearray(data)
    for _ in range(chance.randint(1, most)):
        if not damaged:
            break
        end = min(head, len(damaged)) if head and chance.random() < 0.5 else len(damaged)
        _damage(damaged, chance.randrange(end), chance)
    return bytes(damaged)


def _damage(data: bytearray, at: int, chance: random.Random) -> None:
    length = chance.randint(1, _LONGEST)
    match chance.randrange(7):
        case 0:
            data[at] ^= 1 << chance.randrange(8)
        case 1:
            data[at : at + length] = chance.randbytes(length)
        case 2:
            del data[at : at + length]
        case 3:
            data[at:at] = chance.randbytes(length)
        case 4:
            data[at:at] = data[at : at + length] * chance.randint(1, 8)
        case 5:
            nasty = chance.choice(_NASTY)
            data[at : at + len(nasty)] = nasty
        case _:
            if chance.random() < 0.2:
                del data[at:]
