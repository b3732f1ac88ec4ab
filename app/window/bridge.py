"""From the engine's threads to Qt's: makes results into pictures and says when there is one.

The signal carries nothing and the newest picture lies in a mailbox. Pictures inside queued signals
would pile up without bound whenever the window is slow.
"""

import logging
from collections import deque
from collections.abc import Iterable, Mapping
from math import inf
from threading import Event, Thread
from time import monotonic

from PyQt6.QtCore import QObject, QSize, pyqtSignal

from app.window.history import Course, Histories
from app.window.picture import Picture, Scene, render
from app.window.played import Played
from app.window.presence import IN_VIEW_S, LOST_S, Person, Presence
from app.window.zones import Zones
from engine.mailbox import Mailbox
from engine.session import FORGOTTEN_S, Listener
from engine.sinks.shown import Shown
from engine.sinks.trail import Points, Trails
from engine.sinks.zone import DrawnZone
from engine.values.result import FrameResult
from engine.zones.events import Shape

_log = logging.getLogger(__name__)
_TICK_S = 0.02


class Bridge(QObject):
    """Renders the newest result, in a thread of its own, each time there is something new.

    While nobody looks nothing is rendered; who is in view is known all the same.

    Attributes:
        failure: Why there will be no more pictures, or "".
        people: Who is in view.
        over: Trails and zones that are drawn over the newest result.
        timings_ms: Of the newest result that was looked at, by stage.
        listener: Hears of every result that was looked at; set it before `start`.
    """

    picture_ready = pyqtSignal()

    def __init__(
        self,
        results: Mailbox[FrameResult],
        zones: tuple[Shape, ...] = (),
        parent: QObject | None = None,
        *,
        live: bool = False,
        lost_s: float = LOST_S,
        played: Played | None = None,
    ) -> None:
        """Prepare; nothing runs before `start`.

        Args:
            results: Where the newest result lies.
            zones: Areas and lines to draw and count at.
            parent: Owns it.
            live: Nobody is in view any more once the source was silent for long or is left.
            lost_s: How long a face may be gone and come back as the same track.
            played: What was played of a recording before; whoever is met there counts no more.
        """
        super().__init__(parent)
        self.failure = ""
        self.people: tuple[Person, ...] = ()
        self.over: tuple[Mapping[int, Points], tuple[DrawnZone, ...]] = ({}, ())
        self.timings_ms: Mapping[str, float] = {}
        self.listener: Listener | None = None
        self._results = results
        self._pictures: Mailbox[Picture] = Mailbox()
        self._left: deque[Person] = deque(maxlen=1000)
        self._histories = Histories()
        self._live, self._lost_s = live, max(lost_s, IN_VIEW_S)
        self._zones = Zones(zones, self._lost_s)
        self._played = played or Played()
        self._part_s: tuple[float, float] | None = None
        self._ended = Event()
        self._room_wh, self._zoom = (1, 1), 1.0
        self._shown = Shown()
        self._seen = True
        self._redraw, self._stopping = Event(), Event()
        self._thread = Thread(target=self._main, name="render")

    def start(self) -> None:
        """Start the thread; once only."""
        self._thread.start()

    def take(self) -> Picture | None:
        """The newest picture that was not taken yet."""
        return self._pictures.get()

    def take_left(self) -> list[Person]:
        """Who has left since the last call."""
        return [self._left.popleft() for _ in range(len(self._left))]

    def course(self, track_id: int) -> Course | None:
        """How the belief about a person has come about."""
        return self._histories.course(track_id)

    def fit(self, room_px: QSize, zoom: float = 1.0) -> None:
        """Make pictures for a view of so many screen pixels, with text `zoom` times as large."""
        self._zoom = zoom
        self._room_wh = (max(1, room_px.width()), max(1, room_px.height()))
        self._redraw.set()

    def show(self, shown: Shown) -> None:
        """Draw these things from now on."""
        self._shown = shown
        self._redraw.set()

    def watch_zones(self, zones: tuple[Shape, ...]) -> None:
        """Count at other zones from now on, and draw them; counts begin anew."""
        self._zones = Zones(zones, self._lost_s)
        self._redraw.set()

    def watch(self, seen: bool) -> None:
        """Make pictures, or none while nobody sees them."""
        if seen and not self._seen:
            self._redraw.set()
        self._seen = seen

    def note_end(self) -> None:
        """The recording has ended: the visits of those who are still in view count."""
        self._ended.set()

    def ask_to_stop(self) -> None:
        """Let the thread end soon; does not wait for it."""
        self._stopping.set()

    @property
    def alive(self) -> bool:
        """Whether the thread still runs."""
        return self._thread.is_alive()

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
        presence, follow, heard_s = Presence(self._lost_s), Trails(), inf
        newest: FrameResult | None = None
        trails: Mapping[int, Points] = {}
        while not self._stopping.is_set():
            result = self._next()
            if result is not None:
                newest, trails = result, follow(result)
                self._take_in(result, presence)
                self.over = trails, self._zones.drawn()
                heard_s = monotonic()
            elif self._live and monotonic() - heard_s > FORGOTTEN_S:
                self._let_go(presence)
                heard_s = inf
            elif self._ended.is_set():
                self._ended.clear()
                self._end_part(presence)
            if newest is None or not self._seen or (result is None and not self._redraw.is_set()):
                continue
            self._redraw.clear()
            scene = Scene(self._shown, trails, self._zones.drawn(), self._zoom)
            picture = render(newest, self._room_wh, scene)
            if self._pictures.put(picture) and not self._stopping.is_set():
                self.picture_ready.emit()
        if self._live:
            self._let_go(presence)
        else:
            self._end_part(presence)

    def _take_in(self, result: FrameResult, presence: Presence) -> None:
        if not (self._live or result.frame.picture):
            self._follow_place(result.frame.time_s, presence)
        if not result.looked:
            return
        if self.listener is not None:
            self.listener.on_result(result.frame.source, result)
        people = presence(result)
        self._hand_over(presence.left)  # while their zones are known
        self._zones.step(result)
        self.people = self._zones.placed(people)
        self._histories.add(result)
        if result.timings_ms:
            self.timings_ms = result.timings_ms

    def _follow_place(self, now_s: float, presence: Presence) -> None:
        """Where the recording was sought another part of it begins."""
        if self._part_s and 0.0 <= now_s - self._part_s[1] <= self._lost_s:
            self._part_s = self._part_s[0], now_s
        else:
            self._end_part(presence)
            self._part_s = now_s, now_s

    def _end_part(self, presence: Presence) -> None:
        """Count whoever is in view at the end of a part that was played; each part counts once."""
        if self._part_s:
            self._hand_over(presence.kept)
            self._played.add(*self._part_s)

    def _hand_over(self, people: Iterable[Person]) -> None:
        new = [person for person in people if self._live or not self._played.met(person)]
        self._left.extend(self._zones.placed(new))

    def _let_go(self, presence: Presence) -> None:
        """Take everybody for gone, as the session does by then."""
        self._hand_over(presence.end_all())
        self._zones.end_all()
        self.people = ()
        self._redraw.set()

    def _next(self) -> FrameResult | None:
        if self._results.finished:
            self._stopping.wait(_TICK_S)
            return None
        return self._results.get(_TICK_S)
