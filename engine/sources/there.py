"""What is at a path that a user named.

Unlike those of pathlib these do not raise where a folder may not be entered or a name is too long:
nothing is there, and what opens the source tells why.
"""

import os.path


def is_folder(path: str | os.PathLike[str]) -> bool:
    """Whether it is a folder."""
    return os.path.isdir(path)  # noqa: PTH112 - see above


def is_file(path: str | os.PathLike[str]) -> bool:
    """Whether it is a file."""
    return os.path.isfile(path)  # noqa: PTH113 - see above


def exists(path: str | os.PathLike[str]) -> bool:
    """Whether anything is there."""
    return os.path.exists(path)  # noqa: PTH110 - see above
