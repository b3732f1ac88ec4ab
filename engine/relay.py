"""Hands on what sessions tell to whoever listens, and keeps the listeners' failures from them."""

import logging
from collections.abc import Callable
from functools import partial

from engine.session import Listener
from engine.values.result import FrameResult, Track

_log = logging.getLogger(__name__)
_TOLD = 50


class Relay:
    """A listener that stands for many.

    Attributes:
        listeners: Who is told; replace the tuple to change it while sessions run.
    """

    def __init__(self) -> None:
        """Start with nobody."""
        self.listeners: tuple[Listener, ...] = ()
        self._told: set[str] = set()

    def on_result(self, name: str, result: FrameResult) -> None:
        """Hand on a result."""
        for listener in self.listeners:
            self._guarded(partial(listener.on_result, name, result))

    def on_tracks(self, name: str, tracks: tuple[Track, ...]) -> None:
        """Hand on visits that ended."""
        for listener in self.listeners:
            self._guarded(partial(listener.on_tracks, name, tracks))

    def _guarded(self, tell: Callable[[], None]) -> None:
        try:
            tell()
        except Exception as error:  # noqa: BLE001  no listener may end a session
            text = f"{type(error).__name__}: {error}"
            if text not in self._told and len(self._told) < _TOLD:
                self._told.add(text)
                _log.exception("a listener failed; the same failure is told once")
