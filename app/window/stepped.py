"""Results exactly as they were stepped: faces and picture of one and the same moment.

The window shows known faces on newer pictures, which is quick but a little off. What is written
down, and blurred, must not be.
"""

from collections.abc import Callable
from typing import Protocol

from engine.sinks.overlay import Look
from engine.values.result import FrameResult, Track


class Tape(Protocol):
    """Takes results to keep them.

    Attributes:
        look: What is to be drawn over them.
    """

    look: Callable[[], Look]

    def write(self, result: FrameResult) -> None:
        """Add a frame; must be quick."""
        ...


class Stepped:
    """Hears of every result of a source.

    Attributes:
        newest: The newest one.
        tape: Gets them all; None while nothing is recorded.
    """

    def __init__(self) -> None:
        """Start with nothing."""
        self.newest: FrameResult | None = None
        self.tape: Tape | None = None

    def on_result(self, _name: str, result: FrameResult) -> None:
        """Take a result; called in the thread that steps."""
        self.newest, tape = result, self.tape
        if tape is not None:
            tape.write(result)

    def on_tracks(self, name: str, tracks: tuple[Track, ...]) -> None:
        """Ended visits are not recorded."""
