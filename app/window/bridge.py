"""From the engine's threads to Qt's: makes results into pictures and says when there is one.

The signal carries nothing and the newest picture lies in a mailbox. Pictures inside queued signals
would pile up without bound whenever the window is slow.
"""

import logging
from threading import Event, Thread

from PyQt6.QtCore import QObject, QSize, pyqtSignal

from app.window.picture import Picture, render
from app.window.presence import Person, Presence
from engine.mailbox import Mailbox
from engine.values.result import FrameResult

_log = logging.getLogger(__name__)
_TICK_S = 0.02


class Bridge(QObject):
    """Renders the newest result, in a thread of its own, each time there is something new.

    Attributes:
        failure: Why there will be no more pictures, or "".
    """

    picture_ready = pyqtSignal()

    def __init__(self, results: Mailbox[FrameResult], parent: QObject | None = None) -> None:
        """Prepare; nothing runs before `start`."""
        super().__init__(parent)
        self.failure = ""
        self._results = results
        self._pictures: Mailbox[Picture] = Mailbox()
        self._room_wh = (1, 1)
        self._landmarks = False
        self._redraw, self._stopping = Event(), Event()
        self._thread = Thread(target=self._main, name="render")

    def start(self) -> None:
        """Start the thread; once only."""
        self._thread.start()

    def take(self) -> Picture | None:
        """The newest picture that was not taken yet."""
        return self._pictures.get()

    def fit(self, room_px: QSize) -> None:
        """Make pictures for a view of so many screen pixels from now on."""
        self._room_wh = (max(1, room_px.width()), max(1, room_px.height()))
        self._redraw.set()

    def show_landmarks(self, shown: bool) -> None:
        """Draw landmarks, or do not, from now on."""
        self._landmarks = shown
        self._redraw.set()

    def stop(self) -> None:
        """End the thread; it takes as long as one picture."""
        self._stopping.set()
        if self._thread.ident is not None:
            self._thread.join()

    def _main(self) -> None:
        try:
            self._render_all()
        except Exception as error:  # noqa: BLE001  the end of a thread: nobody else could tell
            _log.exception("unexpected error while drawing")
            self.failure = f"drawing failed: {type(error).__name__}: {error}"

    def _render_all(self) -> None:
        presence = Presence()
        newest: FrameResult | None = None
        people: tuple[Person, ...] = ()
        while not self._stopping.is_set():
            result = self._next()
            if result is not None:
                newest, people = result, presence(result)
            if newest is None or (result is None and not self._redraw.is_set()):
                continue
            self._redraw.clear()
            if self._pictures.put(render(newest, people, self._room_wh, landmarks=self._landmarks)):
                self.picture_ready.emit()

    def _next(self) -> FrameResult | None:
        if self._results.finished:
            self._stopping.wait(_TICK_S)
            return None
        return self._results.get(_TICK_S)
