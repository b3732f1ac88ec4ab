"""Keeps passwords out of what others see of the program: its log, crash reports and title."""

import ctypes
from contextlib import suppress
from pathlib import Path

from engine.sources.masked import mask_reports, masked

_ARGUMENTS_START, _ARGUMENTS_END = 48, 49
"""Fields of /proc/self/stat, from 1. Source: proc_pid_stat(5), arg_start and arg_end."""


def hide_secrets() -> None:
    """Mask passwords in all reports from now on, and in the arguments that `ps` shows."""
    mask_reports()
    with suppress(OSError, ValueError):  # only Linux shows and lets change them like this
        _overwrite_arguments()


def with_secrets(sources: list[str]) -> list[str]:
    """Addresses with their `${NAME}` filled in; a file may be called like that."""
    from engine.cameras_file_secrets import fill_in

    return [fill_in(source) if "://" in source else source for source in sources]


def _overwrite_arguments() -> None:
    # The name in brackets, field 2, may itself hold spaces; after it comes field 3.
    told = Path("/proc/self/stat").read_text().rpartition(")")[2].split()
    start, end = int(told[_ARGUMENTS_START - 3]), int(told[_ARGUMENTS_END - 3])
    before = ctypes.string_at(start, end - start)
    after = b"\0".join(_hidden(argument) for argument in before.split(b"\0"))
    if after != before:
        ctypes.memmove(start, after, len(before))


def _hidden(argument: bytes) -> bytes:
    """The argument with its passwords masked, as long as before."""
    shown = masked(argument.decode(errors="surrogateescape")).encode(errors="surrogateescape")
    return argument if shown == argument else shown[: len(argument)].ljust(len(argument))
