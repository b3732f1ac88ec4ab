"""A recording in the hands of somebody who watches: play, pause, seek, step, speed, loop.

One thread decodes and steps. What was looked at once is remembered: going back needs no model.
"""

import logging
from bisect import bisect_left
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from threading import Condition, Thread
from time import monotonic

from engine.analysed import Analysed, Counts, Stepping
from engine.errors import AgescopeError
from engine.mailbox import Mailbox
from engine.pacer import Pacer
from engine.sinks.blur import FaceBlur
from engine.sources.masked import masked
from engine.sources.seeking import Recording, shown_s
from engine.sources.source import SourceInfo
from engine.status import OPENING, SessionStatus, State
from engine.values.frame import Frame
from engine.values.result import FrameResult

_log = logging.getLogger(__name__)
_TICK_S = 0.05
_STOP_S = 1.5
_STEP_BACK_S = 1.0
_MEASURED_S = 2.0
_STRIP_BYTES = 256 << 20
SPEEDS = (0.25, 0.5, 1.0, 2.0, 4.0)


@dataclass(frozen=True, slots=True)
class _Order:
    """Where to go: to a second, or some frames on (back where negative)."""

    time_s: float = 0.0
    frames: int = 0


class Playback:
    """Plays one recording until it is stopped; its end is only a place in it.

    Attributes:
        results: The newest result; closed when nothing will come any more.
        counts: People along the recording, as `Analysed.counts`; None before it is open.
        place_s: Media second where it is, or where it was sought and will be.
        exact: Each picture comes with its own faces, none with those of the one before it. True
            where faces are hidden here; set it before `start` where somebody hides them later.
    """

    def __init__(
        self,
        open_recording: Callable[[], Recording],
        build_pipeline: Callable[[SourceInfo], Stepping],
        *,
        name: str = "recording",
        blur: FaceBlur | None = None,
        lost_s: float = 0.0,
    ) -> None:
        """Prepare; nothing runs before `start`.

        Args:
            open_recording: Opens the recording; called in the thread.
            build_pipeline: Loads what the pipeline needs; called in the thread.
            name: Tells the threads of several recordings apart.
            blur: Hides the faces before anybody gets a picture; every frame is then looked at,
                however long that takes. None to show them.
            lost_s: For how long the pipeline follows people whom nobody sees.
        """
        self._blur, self.exact = blur, blur is not None
        self._lost_s = lost_s
        self.results: Mailbox[FrameResult] = Mailbox()
        self.counts: Counts | None = None
        self._open_recording, self._build_pipeline = open_recording, build_pipeline
        self._changed = Condition()
        self._status = SessionStatus(State.STARTING, OPENING)
        self._stopping, self._still = False, False
        self.place_s = 0.0
        self._orders: deque[_Order] = deque()
        self._speed, self._loop = 1.0, (0.0, 0.0)
        self._pacer = Pacer()
        self._strip = _Strip()
        self._passed_over: Frame | None = None
        self._stamps: deque[tuple[float, float]] = deque()
        self._thread = Thread(target=self._main, name=f"play {name}")

    def start(self) -> None:
        """Start the thread; once only."""
        self._thread.start()

    @property
    def status(self) -> SessionStatus:
        """How it stands now."""
        with self._changed:
            since_s = monotonic() - _MEASURED_S
            recent = [stamp for stamp in self._stamps if stamp[0] > since_s]
            lag_ms = sum(lag for _, lag in recent) / len(recent) if recent else 0.0
            rate = len(recent) / _MEASURED_S
            return replace(self._status, frames_per_s=rate, lag_ms=lag_ms)

    @property
    def alive(self) -> bool:
        """Whether its thread still runs."""
        return self._thread.is_alive()

    @property
    def speed(self) -> float:
        """How much faster than life it plays."""
        return self._speed

    @property
    def loop_s(self) -> tuple[float, float] | None:
        """First and last second of the part that is played again and again, or None."""
        return self._loop if self._loop[1] > self._loop[0] else None

    @property
    def paused(self) -> bool:
        """Whether it stands still, or will as soon as it is open."""
        state = self._status.state
        return state is State.PAUSED or (state is State.STARTING and self._still)

    def pause(self) -> None:
        """Stand still; what is not open yet only shows where it is sought."""
        self._still = True
        self._move_from((State.RUNNING,), State.PAUSED)

    def resume(self) -> None:
        """Go on; after the end from the beginning."""
        self._still = False
        if self._status.state is State.ENDED:
            self.seek(0.0)
        self._move_from((State.PAUSED, State.ENDED), State.RUNNING)

    def seek(self, time_s: float) -> None:
        """Show the frame of a media second; of several calls the newest counts."""
        with self._changed:
            self._orders.clear()
            self.place_s = max(0.0, time_s)
            self._orders.append(_Order(time_s=self.place_s))
            self._changed.notify_all()

    def step(self, frames: int) -> None:
        """Pause, and go some frames on, or back where negative."""
        self.pause()
        with self._changed:
            self._orders.append(_Order(frames=frames))
            self._changed.notify_all()

    def play_at(self, speed: float) -> None:
        """Play at a multiple of the natural speed."""
        with self._changed:
            self._speed = speed
            self._pacer.rest()

    def play_between(self, first_s: float, last_s: float) -> None:
        """Play a part again and again; an empty one for everything once."""
        with self._changed:
            self._loop = (first_s, last_s)

    def ask_to_stop(self) -> None:
        """Let the thread end soon; does not wait for it."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()

    def stop(self) -> None:
        """End the thread, within two seconds; safe to call twice."""
        self.ask_to_stop()
        if self._thread.ident is not None:
            self._thread.join(_STOP_S)
        if self._thread.is_alive():
            # No warning: it may be importing on a slow machine, and nobody loses anything.
            _log.info("%s is still busy and ends by itself later", self._thread.name)
        self._conclude(State.STOPPED, "")

    def _main(self) -> None:
        try:
            recording = self._open_recording()
            try:
                self._play(recording)
            finally:
                recording.close()
        except AgescopeError as error:
            self._conclude(State.FAILED, str(error))
        except Exception as error:  # noqa: BLE001  the end of a thread: nobody else could tell
            _log.exception("unexpected error while playing")
            fault = f"{type(error).__name__} while playing: {error}."
            self._conclude(State.FAILED, masked(fault))
        self._conclude(State.STOPPED, "")
        self.results.close()

    def _play(self, recording: Recording) -> None:
        with self._changed:
            self._status = replace(self._status, info=recording.info)
        pipeline = self._build_pipeline(recording.info)
        analysed = Analysed(pipeline, recording.info, lost_s=self._lost_s, recalls=not self.exact)
        self.counts = analysed.counts
        with self._changed:
            begun = State.PAUSED if self._still else State.RUNNING
            self._status = replace(self._status, state=begun, message="")
        frames = recording.frames_from(0.0)
        while not self._stopping:
            order = self._next_order()
            if order is not None:
                frames = self._obey(order, recording, analysed, frames)
            elif self._status.state is State.RUNNING:
                frames = self._go_on(recording, analysed, frames)

    def _next_order(self) -> _Order | None:
        """What to do next; waits while there is nothing to do."""
        with self._changed:
            idle = self._status.state is not State.RUNNING
            if idle and not self._orders and not self._stopping:
                self._changed.wait(_TICK_S)
                self._pacer.rest()
            return self._orders.popleft() if self._orders else None

    def _obey(
        self, order: _Order, recording: Recording, analysed: Analysed, frames: Iterator[Frame]
    ) -> Iterator[Frame]:
        self._pacer.rest()
        self._passed_over = None
        if order.frames > 0:
            frame = None
            for _ in range(order.frames):
                frame = next(frames, frame)
        elif order.frames < 0:
            frame = self._before(-order.frames, recording)
            frames = _after(recording, frame)
        else:
            frames = recording.frames_from(order.time_s)
            frame = next(frames, None)
        if frame is not None:
            self._show(frame, analysed, lag_ms=0.0)
            if self._status.state is State.ENDED:
                self._move_from((State.ENDED,), State.PAUSED)
        return frames

    def _before(self, frames: int, recording: Recording) -> Frame | None:
        """The frame so many before the one shown, or the first of the recording."""
        now_s = self._status.position_s
        first_s = now_s
        while (found := self._strip.before(now_s, frames)) is None:
            first_s = max(0.0, first_s - _STEP_BACK_S)
            self._strip.fill(recording.frames_from(first_s), now_s)
            if first_s == 0.0 or self._strip.full:
                return self._strip.before(now_s, frames) or self._strip.first
        return found

    def _go_on(
        self, recording: Recording, analysed: Analysed, frames: Iterator[Frame]
    ) -> Iterator[Frame]:
        frame = next(frames, None)
        loop = self.loop_s
        if loop and (frame is None or shown_s(frame) > loop[1]):
            self._pacer.rest()
            return recording.frames_from(loop[0])
        if frame is None:
            if self._passed_over is not None:  # the last one stays in view, however late
                self._show(self._passed_over, analysed, lag_ms=0.0)
            self._move_from((State.RUNNING,), State.ENDED)
        elif self._is_due(frame, free=analysed.knows(frame)):
            late_s = -self._pacer.wait_s(shown_s(frame) / self._speed, monotonic())
            self._show(frame, analysed, lag_ms=max(0.0, late_s) * 1000)
        return frames

    def _is_due(self, frame: Frame, *, free: bool) -> bool:
        """Wait until a frame is due; False where it is passed over."""
        with self._changed:
            while (wait_s := self._pacer.wait_s(shown_s(frame) / self._speed, monotonic())) > 0:
                if self._stopping or self._orders or self._status.state is not State.RUNNING:
                    return bool(self._status.state is State.PAUSED)
                self._changed.wait(min(wait_s, _TICK_S))
            late = self._pacer.passes_over(shown_s(frame) / self._speed, monotonic())
            if late and self._blur is not None:
                self._pacer.rest()  # a frame that nobody looked at could not be shown later
            elif late and not free and not frame.picture:
                self._status = replace(self._status, dropped=self._status.dropped + 1)
                self._passed_over = frame
                return False
        return True

    def _show(self, frame: Frame, analysed: Analysed, *, lag_ms: float) -> None:
        self._passed_over = None
        result = analysed(frame)
        if self._blur is not None:
            result = self._blur(result)
        now_s = monotonic()
        with self._changed:
            self._stamps.append((now_s, lag_ms))
            while self._stamps[0][0] < now_s - _MEASURED_S:
                self._stamps.popleft()
            position_s = shown_s(frame)
            if not self._orders:  # else it was under way when another place was sought
                self.place_s = position_s
            self._status = replace(self._status, frames=frame.index + 1, position_s=position_s)
        self.results.put(result)

    def _move_from(self, before: tuple[State, ...], after: State) -> None:
        with self._changed:
            if self._status.state in before and self.alive:
                self._status = replace(self._status, state=after)
                self._changed.notify_all()

    def _conclude(self, state: State, message: str) -> None:
        with self._changed:
            if self._stopping:
                state, message = State.STOPPED, ""
            if not self._status.state.over:
                self._status = replace(self._status, state=state, message=message)


def _after(recording: Recording, frame: Frame | None) -> Iterator[Frame]:
    """The frames that follow one; nothing is sought before they are asked for."""
    frames = recording.frames_from(shown_s(frame) if frame else 0.0)
    next(frames, None)
    yield from frames


class _Strip:
    """Frames without a gap before the one shown, decoded together to step back through them."""

    def __init__(self) -> None:
        self._frames: list[Frame] = []
        self.full = False

    @property
    def first(self) -> Frame | None:
        return self._frames[0] if self._frames else None

    def before(self, time_s: float, frames: int) -> Frame | None:
        """The frame so many before the one of `time_s`; None where it is not in the strip."""
        times = [shown_s(frame) for frame in self._frames]
        place = bisect_left(times, time_s)
        inside = place < len(times) and times[place] == time_s and place >= frames
        return self._frames[place - frames] if inside else None

    def fill(self, frames: Iterator[Frame], last_s: float) -> None:
        """Hold the frames up to `last_s` instead, the last ones as far as there is room."""
        kept: deque[Frame] = deque()
        self.full = False
        for frame in frames:
            kept.append(frame)
            if frame.image.nbytes * len(kept) > _STRIP_BYTES:
                kept.popleft()
                self.full = True
            if shown_s(frame) >= last_s:
                break
        self._frames = list(kept)
