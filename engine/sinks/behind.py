"""A slow sink in a thread of its own, so that the frames' stepping need not wait for it."""

import queue
import threading
from types import TracebackType
from typing import Self

from engine.errors import AgescopeError
from engine.sinks.sink import Sink
from engine.values.result import FrameResult, Track

_ROOM = 4
_WAIT_S = 0.2


class Behind:
    """Sink: hands results to another sink through a short queue, in order; nothing is lost.

    What the other sink raises is raised here, a few frames later, once.
    """

    def __init__(self, sink: Sink) -> None:
        """Wrap a sink that is not entered yet."""
        self._sink = sink
        self._results: queue.Queue[FrameResult | None] = queue.Queue(_ROOM)
        self._thread: threading.Thread | None = None
        self._failure: BaseException | None = None

    def __enter__(self) -> Self:
        """Enter the sink and start its thread."""
        self._sink.__enter__()
        self._thread = threading.Thread(
            target=self._main, name=f"write {type(self._sink).__name__}"
        )
        self._thread.start()
        return self

    def write(self, result: FrameResult) -> None:
        """Queue one frame, waiting for room."""
        self._complain()
        self._put(result)

    def finish(self, tracks: tuple[Track, ...]) -> None:
        """Wait until all frames are written, then finish the sink."""
        self._join()
        self._complain()
        self._sink.finish(tracks)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Complete the sink."""
        self._join()
        self._sink.__exit__(kind, error, trace)
        self._complain()

    def _main(self) -> None:
        while (result := self._results.get()) is not None:
            try:
                self._sink.write(result)
            except AgescopeError as error:  # the sink falls silent by itself
                self._failure = error
            except BaseException as error:  # noqa: BLE001  raised in the caller's thread
                self._failure = error
                return

    def _put(self, result: FrameResult | None) -> None:
        while self._thread is not None and self._thread.is_alive():
            try:
                self._results.put(result, timeout=_WAIT_S)
            except queue.Full:
                continue
            return

    def _join(self) -> None:
        self._put(None)
        if self._thread is not None:
            self._thread.join()
        self._thread = None

    def _complain(self) -> None:
        failure, self._failure = self._failure, None
        if failure is not None:
            raise failure
