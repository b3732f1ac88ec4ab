"""Large arrays on disk, which are there whole or not at all."""

import contextlib
import errno
import logging
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import DTypeLike

from engine.errors import DataError

_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_log = logging.getLogger(__name__)


@contextlib.contextmanager
def new_array(path: Path, dtype: DTypeLike, shape: tuple[int, ...]) -> Iterator[np.memmap]:
    """An array to be filled, mapped to disk; it becomes `path` at the end, if nothing failed.

    Args:
        path: A .npy file; its folder is made where there is none.
        dtype: Of its elements.
        shape: Of the array.

    Raises:
        DataError: The disk has no room for it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    try:
        array = np.lib.format.open_memmap(partial, "w+", dtype, shape)
        _claim(partial)
        yield array
        array.flush()
        partial.rename(path)
    except OSError as error:
        if error.errno not in _NO_ROOM:
            raise
        needed = np.dtype(dtype).itemsize * np.prod(shape)
        free = shutil.disk_usage(path.parent).free
        raise DataError(
            f"{path} cannot be written ({error.strerror}): it needs {needed / 1e6:.0f} MB, and "
            f"{free / 1e6:.0f} MB are free. Make room, or choose a folder on another disk."
        ) from error
    finally:
        partial.unlink(missing_ok=True)  # where something failed; it may be large


def _claim(file: Path) -> None:
    """Take the room on disk at once: a mapped page that finds none later kills the process."""
    if not hasattr(os, "posix_fallocate"):
        return
    with file.open("r+b") as stream:
        try:
            os.posix_fallocate(stream.fileno(), 0, file.stat().st_size)
        except OSError as error:
            if error.errno in _NO_ROOM:  # else the file system cannot promise any
                raise


def kept_array(path: Path) -> np.ndarray | None:
    """The array of an earlier run, mapped from disk; None if there is none, or it is damaged."""
    if not path.exists():
        return None
    try:
        array: np.ndarray = np.load(path, mmap_mode="r", allow_pickle=False)
    except (ValueError, EOFError) as error:
        _log.warning("%s is damaged (%s): it is computed anew", path, error)
        return None
    return array
