"""One program at a time: a file that is locked for as long as something is done."""

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

_TICK_S = 0.1


@contextmanager
def held(path: Path, wait: Callable[[], None], *, must_open: bool = False) -> Iterator[None]:
    """Hold a lock file, which goes with the program that holds it, however that ends.

    Where the file system has no locks, nothing is held and nobody waits.

    Args:
        path: The file; it stays. A folder that is there is itself what is locked.
        wait: Called about ten times a second while another program holds it. What it raises ends
            the waiting.
        must_open: A file that cannot be opened is an error; else nothing is held then either.

    Raises:
        OSError: The file must be opened and cannot be.
    """
    try:
        file = _opened(path)
    except OSError:
        if must_open:
            raise
        file = None
    try:
        while file is not None and _is_anothers(file):
            wait()
            time.sleep(_TICK_S)
        yield
    finally:
        if file is not None:
            os.close(file)


def is_held(path: Path) -> bool:
    """Whether somebody holds a file or folder that is there; yes where that cannot be told.

    Raises:
        OSError: It cannot be opened.
    """
    if sys.platform == "win32":
        return True
    import fcntl

    file = os.open(path, os.O_RDONLY)
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(file)
    return False


def _opened(path: Path) -> int:
    if path.is_dir():
        return os.open(path, os.O_RDONLY)
    path.parent.mkdir(parents=True, exist_ok=True)
    return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)


def _is_anothers(file: int) -> bool:
    """Take the lock of a file; whether another program has it."""
    if sys.platform == "win32":
        return False
    import fcntl

    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:  # a network's file system may have no locks
        return False
    return False
