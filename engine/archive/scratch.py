"""Temporary folders for copies of recordings and for results on their way into storage.

A process that is killed leaves its folder behind. As each is locked while it is used, the next
process that needs one, or that sees a worker die, clears what nobody holds any more.
"""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from engine.lock import held, is_held

_PREFIX = "agescope-analyze-"
_MARK = ".agescope-temporary"
"""A file that tells these folders from any that a user gave such a name."""


@contextmanager
def scratch() -> Iterator[Path]:
    """A temporary folder, deleted when it is left."""
    # It gets a name that may be cleared only once it is locked.
    begun = Path(tempfile.mkdtemp(prefix=f".{_PREFIX}"))
    folder = begun.with_name(begun.name.removeprefix("."))
    try:
        with held(begun, lambda: None):
            (begun / _MARK).touch()
            begun.rename(folder)
            clear()
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        shutil.rmtree(begun, ignore_errors=True)


def clear() -> None:
    """Delete the folders of this user's processes that are gone."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        if _is_left(folder):
            shutil.rmtree(folder, ignore_errors=True)


def _is_left(folder: Path) -> bool:
    if sys.platform == "win32":  # where there are no locks that could tell
        return False
    try:
        ours = folder.lstat().st_uid == os.getuid() and not folder.is_symlink()
        return ours and (folder / _MARK).is_file() and not is_held(folder)
    except OSError:  # it went meanwhile
        return False
