"""The contract of everything that results are written to."""

from types import TracebackType
from typing import Protocol, Self

from engine.values.result import FrameResult, Track


class Sink(Protocol):
    """Takes results in order. Writes under a temporary name and renames when closed.

    `__exit__` always keeps what was written: after Ctrl-C or a source that broke off, the output is
    whole up to the last result. A killed process leaves the readable `*.partial` file.
    Every failure to write is raised as `SinkError` that names the file.
    """

    def __enter__(self) -> Self:
        """Return self, open for writing."""
        ...

    def write(self, result: FrameResult) -> None:
        """Take one frame's result."""
        ...

    def finish(self, tracks: tuple[Track, ...]) -> None:
        """Take the tracks that were still open when the source ended. Called once, last."""
        ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Complete the output and give it its name."""
        ...
