"""Tells systemd how the program stands, where systemd has started it; else silent.

Source: sd_notify(3), the protocol of the socket in NOTIFY_SOCKET.
"""

import os
import socket
from collections.abc import Mapping
from contextlib import suppress
from math import inf
from time import monotonic
from typing import Self

_BEATS = 3
"""So often within the watchdog's time a sign of life is given."""
_LOADING_EVERY_S = 1.0
_MORE_TIME_S = 60


class Systemd:
    """Ready when entered, stopping when left, alive as often as `beat` is called in between."""

    def __init__(self, environment: Mapping[str, str] = os.environ) -> None:
        """Find out whether systemd listens, and how often it wants a sign of life."""
        self._path = environment.get("NOTIFY_SOCKET", "")
        self._every_s = _watchdog_s(environment) / _BEATS
        self._beaten_s = monotonic()
        self._loading_told_s = -inf

    def __enter__(self) -> Self:
        """Say that all is running."""
        self._tell("READY=1")
        return self

    def __exit__(self, *_: object) -> None:
        """Say that it ends."""
        self._tell("STOPPING=1")

    def loading(self, status: str) -> None:
        """Before it is ready: ask for more time than the unit gives, with a line as in `beat`."""
        if (now_s := monotonic()) - self._loading_told_s >= _LOADING_EVERY_S:
            self._loading_told_s = now_s
            self._tell(f"EXTEND_TIMEOUT_USEC={_MORE_TIME_S}000000\nSTATUS={status}")

    def beat(self, status: str) -> None:
        """Give a sign of life, if one is due, with a line that `systemctl status` shows."""
        now_s = monotonic()
        if self._path and self._every_s and now_s - self._beaten_s >= self._every_s:
            self._beaten_s = now_s
            self._tell(f"WATCHDOG=1\nSTATUS={status}")

    def _tell(self, text: str) -> None:
        if not self._path:
            return
        # An @ stands for the zero byte of a socket without a file; a full or gone one is no harm.
        address = "\0" + self._path[1:] if self._path.startswith("@") else self._path
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notifier:
            notifier.setblocking(False)
            notifier.sendto(text.encode(), address)


def _watchdog_s(environment: Mapping[str, str]) -> float:
    """Seconds within which systemd wants a sign of life of this process; 0 for never."""
    meant_for = environment.get("WATCHDOG_PID", str(os.getpid()))
    wait_us = environment.get("WATCHDOG_USEC", "0")
    return int(wait_us) / 1e6 if meant_for == str(os.getpid()) and wait_us.isdecimal() else 0.0
