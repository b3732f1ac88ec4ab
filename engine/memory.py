"""Memory of this process: how much it is, and giving back what is free.

glibc gives every thread an arena of its own and keeps there what the thread has freed. Pictures of
3 MB made by one thread and freed by another leave holes: 100 MB and more after some minutes, which
nobody uses and nobody else can have. So threads share two arenas, which is not slower here: what
is large is a picture, and those are few.
"""

import ctypes
import gc
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import Self

_EVERY_S = 10.0
_STATM = Path("/proc/self/statm")
_M_ARENA_MAX, _ARENAS = -8, 2


def resident_bytes() -> int:
    """Resident memory of this process; the most so far on macOS, 0 on Windows."""
    if _STATM.exists():
        return int(_STATM.read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
    if sys.platform == "win32":
        return 0
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def share_arenas() -> None:
    """Let all threads share two arenas; for the start of a process, before it has threads.

    Does nothing without glibc, or where MALLOC_ARENA_MAX says how many.
    """
    if _mallopt is not None and "MALLOC_ARENA_MAX" not in os.environ:
        _mallopt(_M_ARENA_MAX, _ARENAS)


def give_back() -> None:
    """Return free memory to the system; takes some milliseconds. Does nothing without glibc."""
    if _trim is not None:
        _trim(0)


@contextmanager
def settled() -> Iterator[None]:
    """Let no search for garbage go through what is there already, which takes 65 ms each time."""
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


class GivingBack:
    """Gives free memory back every ten seconds, and at the end: `with GivingBack(): ...`."""

    def __init__(self, every_s: float = _EVERY_S) -> None:
        """Prepare; nothing happens before `start`."""
        self._every_s = every_s
        self._over = Event()
        self._thread = Thread(target=self._main, name="memory", daemon=True)

    def start(self) -> None:
        """Begin; once only."""
        self._thread.start()

    def stop(self) -> None:
        """End; safe to call twice, and before `start`."""
        self._over.set()
        if self._thread.ident is not None:
            self._thread.join()

    def __enter__(self) -> Self:
        """Start."""
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop, and give back what is free only now."""
        self.stop()
        # PyAV's files and streams refer to each other: a decoder's pictures, 40 MB in 1080p, are
        # free only once that is found; Python looks when objects are many, not large.
        gc.collect()
        give_back()

    def _main(self) -> None:
        while not self._over.wait(self._every_s):
            give_back()


def _of_glibc(name: str) -> Callable[..., int] | None:
    """A function of malloc that only glibc has; None where this process runs on something else."""
    if not sys.platform.startswith("linux"):
        return None
    try:
        return getattr(ctypes.CDLL(None), name)
    except AttributeError:
        return None


_trim, _mallopt = _of_glibc("malloc_trim"), _of_glibc("mallopt")
