"""One source running: a thread reads its frames, a thread steps the pipeline. Knows no window.

A live source hands over its newest frame and never waits; when it is gone it is opened again, for
ever. A recording waits for the engine, so that nothing is lost, or is paced to its natural speed
to be watched.
"""

import logging
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import replace
from math import inf
from threading import Event, Lock, Thread, current_thread
from time import monotonic
from typing import TYPE_CHECKING, Protocol

import numpy as np

from engine.errors import AgescopeError, ModelError
from engine.link import Link
from engine.mailbox import Backlog, Mailbox
from engine.pacer import Pacer
from engine.sinks.blur import FaceBlur
from engine.sources.masked import masked
from engine.sources.source import Source, SourceInfo
from engine.status import Books, SessionStatus, State
from engine.values.faces import Faces
from engine.values.frame import Frame
from engine.values.result import FrameResult, Track

if TYPE_CHECKING:  # the model runtimes behind it take long to import
    from engine.pipeline import Pipeline

__all__ = ["Listener", "Session", "SessionStatus", "State"]

_log = logging.getLogger(__name__)
_TICK_S = 0.05
_READ_AHEAD = 4
_PICTURE_S = 2.0
"""How long each picture of a folder is shown."""
_ASK_NICELY_S = 0.15
_STOP_S = 1.5
FORGOTTEN_S = 5.0
"""Who was in view when the connection was lost has gone by then."""
_THROUGH = "played to its end."
_SLOW_STEP_S = 0.05
"""A step that takes longer must not hold up the picture."""


class Listener(Protocol):
    """Who hears of everything a session finds out, in the thread that steps; must be quick."""

    def on_result(self, name: str, result: FrameResult) -> None:
        """A frame of the session called `name` was looked at."""
        ...

    def on_tracks(self, name: str, tracks: tuple[Track, ...]) -> None:
        """The source was lost, changed its size or ended, and with it these visits, if any."""
        ...


class Session:
    """Runs one source until it ends, fails or is stopped; a live source only until it is stopped.

    Errors of both threads end up in `status` and nowhere else.

    Attributes:
        results: The newest picture with what is known about it; closed when nothing will come any
            more. While a step takes long, newer pictures come with the faces of the last step and
            `looked` False: a picture never waits for a model.
        exact: None is handed over that was not looked at: each comes with its own faces. True
            where faces are hidden here; set it before `start` where somebody hides them later.
        listener: Hears of every step; set it before `start`.
    """

    def __init__(
        self,
        open_source: Callable[[], Source],
        build_pipeline: Callable[[SourceInfo], "Pipeline"],
        *,
        pace: bool,
        live: bool = False,
        name: str = "source",
        blur: FaceBlur | None = None,
    ) -> None:
        """Prepare; nothing runs before `start`.

        Args:
            open_source: Opens the source; called in the reading thread, each time it was lost.
            build_pipeline: Loads what the pipeline needs; called once, in the stepping thread.
            pace: Play recordings at their natural speed, leaving frames out if need be.
            live: A live source is expected: one that cannot be opened at first is tried again.
            name: Tells the threads of several sessions apart.
            blur: Hides the faces before anybody gets a picture; None to show them.
        """
        self.results: Mailbox[FrameResult] = Mailbox()
        self._blur, self.exact = blur, blur is not None
        self.listener: Listener | None = None
        self._build_pipeline = build_pipeline
        self._pace = pace
        self._books = Books(monotonic(), live=live)
        self._pacer = Pacer()
        self._stopping, self._going, self._opened = Event(), Event(), Event()
        self._going.set()
        self._link = Link(open_source, self._books, self._stopping, live=live, name=name)
        self._feed: Mailbox[Frame] | Backlog[Frame] = Mailbox()
        self._pipeline: Pipeline | None = None
        self._following = False
        self._stepped_s = 0.0
        self._size_wh = (0, 0)
        self._broken, self._by_model = "", False
        self._showing = Lock()
        self._newest: FrameResult | None = None
        self._stepping_since_s: float | None = None
        self._step_sign_s = monotonic()
        # Opening a dead stream cannot be interrupted, and must not hold up the program's end.
        self._reader = Thread(target=self._read_main, name=f"read {name}", daemon=True)
        self._stepper = Thread(target=self._step_main, name=f"step {name}", daemon=True)

    @property
    def name(self) -> str:
        """Of its frames; may be changed while it runs."""
        return self._link.name

    @name.setter
    def name(self, name: str) -> None:
        self._link.name = name

    def start(self) -> None:
        """Start both threads; once only."""
        self._link.sign_s = self._step_sign_s = monotonic()
        self._reader.start()
        self._stepper.start()

    @property
    def status(self) -> SessionStatus:
        """How it stands now."""
        return self._books.read(monotonic(), self._feed.lost)

    @property
    def idle_s(self) -> float:
        """Seconds since the slower of both threads gave a sign of life: more than 20 is a hang.

        0 for recordings, after the end, and while models load.
        """
        if self._books.over or not self._link.live:
            return 0.0
        return max(0.0, monotonic() - min(self._link.heard_s, self._step_sign_s))

    def pause(self) -> None:
        """Stop stepping. A live source is read on; what comes meanwhile is forgotten."""
        if not self._books.over:
            self._going.clear()
            self._books.pause(True)

    def resume(self) -> None:
        """Go on after a pause."""
        self._books.pause(False)
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

    def stop(self, within_s: float = _STOP_S) -> None:
        """End both threads, within two seconds from every state; safe to call twice.

        A read or step that cannot be interrupted is left to end by itself.
        """
        stop_all([self], within_s)

    def take_away(self, at_s: float) -> None:
        """Close the source of a reader that does not end until this second of `monotonic`."""
        _join(self._reader, at_s - monotonic())
        if self._reader.is_alive():
            self._link.close()

    def join(self, until_s: float) -> None:
        """Wait for both threads until this second of `monotonic`; it counts as stopped then."""
        for thread in (self._reader, self._stepper):
            _join(thread, until_s - monotonic())
            if thread.is_alive():
                _log.warning("%s is still busy and ends by itself later", thread.name)
        self._books.ended(State.STOPPED, "")

    def _read_main(self) -> None:
        with _explaining(self._break_off, "reading the source"):
            self._link.run(self._begin, self._receive)
        self._opened.set()
        self._feed.close()

    def _begin(self, info: SourceInfo) -> None:
        if not info.live:
            self._feed = Backlog(_READ_AHEAD)
        self._opened.set()

    def _receive(self, frame: Frame) -> None:
        if not self._link.live:
            self._feed.put(frame)
        elif self._going.is_set():
            self._feed.put(frame)
            since_s = self._stepping_since_s
            slow = since_s is not None and monotonic() - since_s > _SLOW_STEP_S
            if slow and not self.exact:
                self._show(self._with_known_faces(frame))

    def _with_known_faces(self, frame: Frame) -> FrameResult:
        known = self._newest
        if known is None or known.frame.size_wh != frame.size_wh:
            return FrameResult(frame, Faces.none(), np.zeros(0, np.float32), None, (), looked=False)
        return replace(known, frame=frame, ended=(), timings_ms={}, looked=False)

    def _show(self, result: FrameResult) -> None:
        """Hand over a picture; what was found in an older one goes onto the newest."""
        with self._showing:
            newest = self._newest
            if self._link.live and newest is not None and result.frame.index < newest.frame.index:
                if result.frame.size_wh != newest.frame.size_wh:
                    return
                result = replace(result, frame=newest.frame)
            elif newest is not None and newest.looked and self.results.waiting:
                result = replace(result, looked=True)  # of what it replaces nobody has heard yet
            self._newest = result
            self.results.put(result)
        self._books.shown(result.frame.decoded_ns / 1e9)

    def _step_main(self) -> None:
        with _explaining(self._break_off, "looking at the picture"):
            self._step_all()
        with _explaining(self._break_off, "ending the visits"):
            self._let_go()
        over = State.STOPPED if self._stopping.is_set() else State.ENDED
        state = State.FAILED if self._broken else over
        message = _THROUGH if state is State.ENDED else self._broken
        self._books.ended(state, message, by_model=self._by_model)
        if state is State.ENDED:
            _log.info("%s: %s", self.name, message)
        self.results.close()
        self.ask_to_stop()

    def _step_all(self) -> None:
        while not self._opened.wait(_TICK_S):
            self._step_sign_s = monotonic()
            if self._stopping.is_set():
                return
        info = self._books.info
        if info is None:
            return
        self._step_sign_s = inf  # loading models may take as long as it likes
        self._pipeline = self._build_pipeline(info)
        self._step_sign_s = monotonic()
        self._books.ready()
        paced = self._pace and not info.live
        while not (self._stopping.is_set() or self._feed.finished):
            self._wait_while_paused()
            frame = self._feed.get(_TICK_S)
            self._give_sign()
            if frame is not None and (not paced or self._is_due(frame)):
                self._step(self._pipeline, frame, paced=paced)

    def _give_sign(self) -> None:
        """Tell the watchdog of life; end the visits when a live source was silent for long."""
        now_s = self._step_sign_s = monotonic()
        self._books.check_stall(now_s)
        if self._link.live and self._following and now_s - self._stepped_s > FORGOTTEN_S:
            self._let_go()

    def _let_go(self) -> None:
        if self._pipeline is None or not self._following:
            return
        self._following = False
        self._books.left()
        tracks = self._pipeline.finish()
        if listener := self.listener:  # which a supervisor may take away in this moment
            listener.on_tracks(self.name, tracks)

    def _wait_while_paused(self) -> None:
        while not self._going.wait(_TICK_S):
            self._give_sign()
            self._pacer.rest()

    def _is_due(self, frame: Frame) -> bool:
        """Wait until a frame is due; False where it has to be passed over, or on a stop."""
        while (wait_s := self._pacer.wait_s(_shown_s(frame), monotonic())) > 0:
            if self._stopping.wait(min(wait_s, _TICK_S)):
                return False
            self._wait_while_paused()
        if not frame.picture and self._pacer.passes_over(frame.time_s, monotonic()):
            self._books.passed_over()
            return False
        return True

    def _step(self, pipeline: "Pipeline", frame: Frame, *, paced: bool) -> None:
        if self._link.live and frame.size_wh != self._size_wh:
            self._let_go()  # boxes of the old size mean nothing in the new one
        self._size_wh = frame.size_wh
        self._stepping_since_s = monotonic()
        result = pipeline.step(frame)
        if self._blur is not None:
            result = self._blur(result)
        self._following, self._stepping_since_s = True, None
        now_s = self._stepped_s = monotonic()
        late_s = -self._pacer.wait_s(_shown_s(frame), now_s)
        self._books.stepped(result, late_s if paced else now_s - frame.decoded_ns / 1e9, now_s)
        self._show(result)
        if listener := self.listener:
            listener.on_result(self.name, result)

    def _break_off(self, message: str, by_model: bool) -> None:
        if not (self._stopping.is_set() or self._broken):
            self._broken, self._by_model = message, by_model


def stop_all(sessions: Collection[Session], within_s: float) -> None:
    """End many at the same time: all together take no longer than one."""
    now_s = monotonic()
    for session in sessions:
        session.ask_to_stop()
    for session in sessions:
        session.take_away(now_s + min(_ASK_NICELY_S, within_s / 2))
    for session in sessions:
        session.join(now_s + within_s)


def _shown_s(frame: Frame) -> float:
    """Media second at which to show a frame; pictures have no time of their own."""
    return frame.index * _PICTURE_S if frame.picture else frame.time_s


@contextmanager
def _explaining(report: Callable[[str, bool], None], doing: str) -> Iterator[None]:
    """Turn what goes wrong in a thread into a message for the user, and whether a model did."""
    try:
        yield
    except AgescopeError as error:
        report(str(error), isinstance(error, ModelError))
    except Exception as error:  # noqa: BLE001  the end of a thread: nobody else could tell
        _log.exception("unexpected error while %s", doing)
        fault = f"{type(error).__name__} while {doing}: {error}. This is a fault of the program, "
        report(masked(fault) + "not of the source: please report it with the log.", False)


def _join(thread: Thread, timeout_s: float) -> None:
    if thread.ident is not None and thread is not current_thread():
        thread.join(max(0.0, timeout_s))
