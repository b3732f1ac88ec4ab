"""One source running: a thread reads its frames, a thread steps the pipeline. Knows no window.

A live source hands over its newest frame and never waits. A recording waits for the engine, so that
nothing is lost, or is paced to its natural speed to be watched.
"""

import logging
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import StrEnum
from threading import Event, Lock, Thread, current_thread
from time import monotonic
from typing import TYPE_CHECKING

from engine.errors import AgescopeError
from engine.mailbox import Backlog, Mailbox
from engine.pacer import Pacer
from engine.sources.source import Source, SourceInfo
from engine.values.frame import Frame
from engine.values.result import FrameResult

if TYPE_CHECKING:  # the model runtimes behind it take long to import
    from engine.pipeline import Pipeline

_log = logging.getLogger(__name__)
_TICK_S = 0.05
_READ_AHEAD = 4
_PICTURE_S = 2.0
"""How long each picture of a folder is shown."""
_MEASURED_S = 2.0
_ASK_NICELY_S = 0.5
_STOP_S = 1.5


class State(StrEnum):
    """What a session is doing."""

    STARTING = "starting"
    RUNNING = "running"
    PAUSED = "paused"
    ENDED = "ended"
    """The source is through, or the session was stopped."""
    FAILED = "failed"
    """The message says why and what to do."""

    @property
    def over(self) -> bool:
        """Nothing will come any more."""
        return self in (State.ENDED, State.FAILED)


@dataclass(frozen=True, slots=True)
class SessionStatus:
    """How a session stands at one moment.

    Attributes:
        state: What it is doing.
        message: What it is starting, or why it failed; else empty.
        info: The source, once it is open.
        position_s: Media second of the newest result.
        frames: Frames stepped.
        dropped: Frames passed over because the machine was too slow.
        frames_per_s: Frames stepped, over the last two seconds.
        lag_ms: Mean time from decoding a frame to its result over the last two seconds; of a paced
            recording from the moment the frame was due.
    """

    state: State
    message: str = ""
    info: SourceInfo | None = None
    position_s: float = 0.0
    frames: int = 0
    dropped: int = 0
    frames_per_s: float = 0.0
    lag_ms: float = 0.0


class Session:
    """Runs one source until it ends, fails or is stopped.

    Errors of both threads end up in `status` and nowhere else.

    Attributes:
        results: The newest result; closed when nothing will come any more.
    """

    def __init__(
        self,
        open_source: Callable[[], Source],
        build_pipeline: Callable[[SourceInfo], "Pipeline"],
        *,
        pace: bool,
        name: str = "source",
    ) -> None:
        """Prepare; nothing runs before `start`.

        Args:
            open_source: Opens the source; called in the reading thread.
            build_pipeline: Loads what the pipeline needs; called in the stepping thread.
            pace: Play recordings at their natural speed, leaving frames out if need be.
            name: Tells the threads of several sessions apart.
        """
        self.results: Mailbox[FrameResult] = Mailbox()
        self._open_source = open_source
        self._build_pipeline = build_pipeline
        self._pace = pace
        self._lock = Lock()
        self._status = SessionStatus(State.STARTING, "Opening the source …")
        self._meter = _Meter()
        self._pacer = Pacer()
        self._stopping, self._going, self._opened = Event(), Event(), Event()
        self._source: Source | None = None
        self._feed: Mailbox[Frame] | Backlog[Frame] = Mailbox()
        self._broken = ""
        # Opening a dead stream cannot be interrupted, and must not hold up the program's end.
        self._reader = Thread(target=self._read_main, name=f"read {name}", daemon=True)
        self._stepper = Thread(target=self._step_main, name=f"step {name}")

    def start(self) -> None:
        """Start both threads; once only."""
        self._reader.start()
        self._stepper.start()

    @property
    def status(self) -> SessionStatus:
        """How it stands now."""
        with self._lock:
            rate, lag_ms = self._meter.read(monotonic())
            dropped = self._status.dropped + self._feed.lost
            return replace(self._status, dropped=dropped, frames_per_s=rate, lag_ms=lag_ms)

    def pause(self) -> None:
        """Stop stepping. A live source is read on; what comes meanwhile is forgotten."""
        with self._lock:
            if self._status.state is State.RUNNING:
                self._status = replace(self._status, state=State.PAUSED)
                self._going.clear()

    def resume(self) -> None:
        """Go on after a pause."""
        with self._lock:
            if self._status.state is State.PAUSED:
                self._status = replace(self._status, state=State.RUNNING)
                self._going.set()

    @property
    def alive(self) -> bool:
        """Whether a thread of it still runs."""
        return self._reader.is_alive() or self._stepper.is_alive()

    def ask_to_stop(self) -> None:
        """Let both threads end soon; does not wait for them."""
        self._stopping.set()
        self._going.set()
        self._feed.close()

    def stop(self) -> None:
        """End both threads, within two seconds from every state; safe to call twice."""
        self.ask_to_stop()
        _join(self._reader, _ASK_NICELY_S)
        if self._reader.is_alive() and self._source:
            self._source.close()
        until = monotonic() + _STOP_S - _ASK_NICELY_S
        for thread in (self._reader, self._stepper):
            _join(thread, until - monotonic())
            if thread.is_alive():
                _log.warning("%s is still busy and ends by itself later", thread.name)
        self._conclude("")

    def _read_main(self) -> None:
        with _explaining(self._break_off, "reading the source"):
            self._read()
        self._opened.set()
        self._feed.close()
        if isinstance(self._feed, Mailbox):
            self._going.set()  # a pause must not hide that a live source is gone

    def _read(self) -> None:
        with self._open_source() as source:
            self._source = source
            if not source.info.live:
                self._feed = Backlog(_READ_AHEAD)
            with self._lock:
                self._status = replace(self._status, info=source.info)
            self._opened.set()
            for frame in source:
                if self._stopping.is_set():
                    return
                if self._going.is_set() or not source.info.live:
                    self._feed.put(frame)

    def _step_main(self) -> None:
        with _explaining(self._break_off, "looking at the picture"):
            self._step_all()
        self._conclude(self._broken)
        self.results.close()
        self.ask_to_stop()

    def _step_all(self) -> None:
        while not self._opened.wait(_TICK_S):
            if self._stopping.is_set():
                return
        info = self._status.info
        if info is None:
            return
        pipeline = self._build_pipeline(info)
        with self._lock:
            self._status = replace(self._status, state=State.RUNNING, message="")
            self._going.set()
        paced = self._pace and not info.live
        while not (self._stopping.is_set() or self._feed.finished):
            self._wait_while_paused()
            frame = self._feed.get(_TICK_S)
            if frame is not None and (not paced or self._is_due(frame)):
                self._step(pipeline, frame, paced=paced)

    def _wait_while_paused(self) -> None:
        if not self._going.is_set():
            self._going.wait()
            self._pacer.rest()

    def _is_due(self, frame: Frame) -> bool:
        """Wait until a frame is due; False where it has to be passed over, or on a stop."""
        while (wait_s := self._pacer.wait_s(_shown_s(frame), monotonic())) > 0:
            if self._stopping.wait(min(wait_s, _TICK_S)):
                return False
            self._wait_while_paused()
        if not frame.picture and self._pacer.passes_over(frame.time_s, monotonic()):
            with self._lock:
                self._status = replace(self._status, dropped=self._status.dropped + 1)
            return False
        return True

    def _step(self, pipeline: "Pipeline", frame: Frame, *, paced: bool) -> None:
        result = pipeline.step(frame)
        now_s = monotonic()
        late_s = -self._pacer.wait_s(_shown_s(frame), now_s)
        lag_s = late_s if paced else now_s - frame.decoded_ns / 1e9
        with self._lock:
            self._meter.add(now_s, lag_s * 1000)
            frames = self._status.frames + 1
            self._status = replace(self._status, frames=frames, position_s=frame.time_s)
        self.results.put(result)

    def _break_off(self, message: str) -> None:
        if not self._stopping.is_set():
            self._broken = message

    def _conclude(self, message: str) -> None:
        with self._lock:
            if not self._status.state.over:
                state = State.FAILED if message else State.ENDED
                self._status = replace(self._status, state=state, message=message)


class _Meter:
    """Frames a second and mean lag over the last seconds."""

    def __init__(self) -> None:
        self._lags: deque[tuple[float, float]] = deque()

    def add(self, now_s: float, lag_ms: float) -> None:
        self._lags.append((now_s, lag_ms))
        self._forget(now_s)

    def read(self, now_s: float) -> tuple[float, float]:
        """Frames a second and milliseconds."""
        self._forget(now_s)
        if not self._lags:
            return 0.0, 0.0
        mean_ms = sum(lag_ms for _, lag_ms in self._lags) / len(self._lags)
        return len(self._lags) / max(now_s - self._lags[0][0], 0.5), mean_ms

    def _forget(self, now_s: float) -> None:
        while self._lags and self._lags[0][0] < now_s - _MEASURED_S:
            self._lags.popleft()


def _shown_s(frame: Frame) -> float:
    """Media second at which to show a frame; pictures have no time of their own."""
    return frame.index * _PICTURE_S if frame.picture else frame.time_s


@contextmanager
def _explaining(report: Callable[[str], None], doing: str) -> Iterator[None]:
    """Turn what goes wrong in a thread into a message for the user."""
    try:
        yield
    except AgescopeError as error:
        report(str(error))
    except Exception as error:  # noqa: BLE001  the end of a thread: nobody else could tell
        _log.exception("unexpected error while %s", doing)
        report(
            f"{type(error).__name__} while {doing}: {error}. This is a fault of the program, "
            "not of the source: please report it with the log."
        )


def _join(thread: Thread, timeout_s: float) -> None:
    if thread.ident is not None and thread is not current_thread():
        thread.join(max(0.0, timeout_s))
