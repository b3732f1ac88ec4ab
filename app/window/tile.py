"""One source in the window: its session, its picture and what is to be said about it."""

import logging
from dataclasses import replace
from typing import Protocol

from PyQt6.QtCore import QSize, Qt, pyqtSignal
from PyQt6.QtGui import QFocusEvent, QResizeEvent
from PyQt6.QtWidgets import QGridLayout, QWidget

from app.window.bridge import Bridge
from app.window.history import Course
from app.window.notice import Notice
from app.window.played import Played
from app.window.presence import Person
from app.window.sessions import Running
from app.window.stepped import Stepped, Tape
from app.window.view import BETWEEN, VideoView
from app.window.wanted import Wanted
from app.window.watchdog import Watchdog
from app.window.words import pace_words, short_words, stale_words
from engine.playback import Playback
from engine.session import Session
from engine.sinks.overlay import Look
from engine.sinks.shown import Shown
from engine.status import OPENING, SessionStatus, State
from engine.values.frame import Image
from engine.zones.events import Shape

_log = logging.getLogger(__name__)
_MARGIN_PX = 4


class SessionMaker(Protocol):
    """What the window needs of `Sessions`."""

    loading: str
    blurs: bool
    """Sources opened from now on show no face."""
    exact: bool
    """Sources opened from now on have every picture looked at, for somebody to hide faces."""

    @property
    def runtime(self) -> str:
        """What runs the models; "" until they are loaded."""
        ...

    @property
    def problem(self) -> str:
        """Why the models cannot be loaded, or ""."""
        ...

    @property
    def lost_s(self) -> float:
        """How long a face may be gone and come back as the same track, in sources opened now."""
        ...

    def open(self, wanted: Wanted, *, after: Running | None = None) -> Running:
        """Start a session."""
        ...

    def probe(self, wanted: Wanted) -> tuple[Image, str]:
        """The first picture of a source and what it is; raises SourceError."""
        ...

    def stop_waiting(self) -> None:
        """Let no session wait for the models any more: the window closes."""
        ...


class Tile(QWidget):
    """Shows one source from its start on; `close_down` ends it.

    Attributes:
        wanted: The source.
        view: The picture.
        stepped: Results as they are to be written down.
    """

    given_up = pyqtSignal()
    """It failed and is not wanted any longer."""
    chosen = pyqtSignal()
    """It got the focus."""

    def __init__(
        self, wanted: Wanted, sessions: SessionMaker, *, after: Running | None = None
    ) -> None:
        """Start the source, once the session `after` is over."""
        super().__init__()
        self.wanted = wanted
        self._alone = True
        self.view = VideoView(self)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.name)
        self._notice = Notice(self.view)
        self._notice.try_again.connect(self.restart)
        self._notice.give_up.connect(self.given_up)
        self._sessions = sessions
        self._shown = Shown()
        self._lent: QSize | None = None
        self._old: list[Bridge] = []
        self._played = Played()
        self.stepped, self._watchdog = Stepped(), Watchdog()
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.addWidget(self.view, 0, 0)
        self._begin(sessions.open(wanted, after=after))
        self.view.room_changed.connect(self._fit)

    @property
    def name(self) -> str:
        """Of the source, short and without passwords."""
        return self.wanted.name

    @property
    def session(self) -> Running:
        """The session that runs now."""
        return self._session

    @property
    def playback(self) -> Playback | None:
        """The same where it can be sought and stepped."""
        return self._session if isinstance(self._session, Playback) else None

    @property
    def status(self) -> SessionStatus:
        """How the session stands."""
        return self._session.status

    @property
    def people(self) -> tuple[Person, ...]:
        """Who is in view."""
        return self._bridge.people

    @property
    def bridge(self) -> Bridge:
        """What makes the pictures."""
        return self._bridge

    def take_left(self) -> list[Person]:
        """Who has left since the last call, also by the end of an earlier session."""
        over = [bridge for bridge in self._old if not bridge.alive]  # these have said everything
        left = [person for each in (*self._old, self._bridge) for person in each.take_left()]
        self._old = [bridge for bridge in self._old if bridge not in over]
        for bridge in over:  # each holds its last picture
            bridge.deleteLater()
        return left

    def course(self, track_id: int) -> Course | None:
        """How the belief about a person has come about."""
        return self._bridge.course(track_id)

    @property
    def playing(self) -> bool:
        """Whether it can be paused."""
        return self.status.state in (State.RUNNING, State.STALLED, State.RECONNECTING)

    def pause(self) -> None:
        """Stand still."""
        self._session.pause()
        self.refresh()

    def play(self) -> None:
        """Go on after a pause, or after the end play again."""
        match self.status.state:
            case State.PAUSED:
                self._session.resume()
            case State.ENDED if self.playback and self._session.alive:
                self._session.resume()
            case State.ENDED:
                self.restart()
        self.refresh()

    def restart(self) -> None:
        """Run the source again from its beginning."""
        before = self._session
        self.close_down()
        self._begin(self._sessions.open(self.wanted, after=before))

    def restart_here(self) -> None:
        """Run the source again as it is: paused; a recording where it is, slowly, in a loop."""
        before = self.playback
        paused = before.paused if before is not None else self.status.state is State.PAUSED
        self.restart()
        if paused:
            self._session.pause()
        after = self.playback
        if before is not None and after is not None:
            after.play_at(before.speed)
            after.play_between(*before.loop_s or (0.0, 0.0))
            if before.place_s or paused:
                after.seek(before.place_s)
        self.refresh()

    def stand_alone(self, alone: bool) -> None:
        """Bear a caption of name, state and pace only where other sources stand beside it."""
        self._alone = alone
        self._notice.stand_alone(alone)

    def show_overlays(self, shown: Shown) -> None:
        """Draw these things over the picture."""
        self._shown = shown
        self._bridge.show(replace(shown, zones=shown.zones and self._lent is None))

    def record(self, tape: Tape | None) -> None:
        """Hand every result to a tape from now on, to look like the picture, or to none."""
        if tape is not None:
            tape.look = self.look
        self.stepped.tape = tape

    def look(self) -> Look:
        """What is drawn over the picture now; may be asked in any thread."""
        return self._shown, *self._bridge.over

    def lend(self, room_px: QSize | None) -> None:
        """Make pictures of this size for somebody who draws zones himself; None: no longer."""
        self._lent = room_px
        self._fit(self.view.room_px)
        self._bridge.watch(room_px is not None or self.view.isVisible())
        self.show_overlays(self._shown)

    def _fit(self, room_px: QSize) -> None:
        self._bridge.fit(self._lent or room_px, self.devicePixelRatioF())

    def take_zones(self, zones: tuple[Shape, ...]) -> None:
        """Count at other zones; where blackouts differ, the source starts again with them."""
        before, self.wanted = self.wanted, replace(self.wanted, zones=zones)
        if self.wanted.blackouts == before.blackouts:
            self._bridge.watch_zones(zones)
            return
        self.restart_here()

    def close_down(self) -> None:
        """Make no more pictures, and let the session end soon; waits for neither."""
        self._session.ask_to_stop()
        self._bridge.picture_ready.disconnect(self._take_picture)
        self.view.seen_changed.disconnect(self._bridge.watch)
        self._bridge.ask_to_stop()
        self._old.append(self._bridge)

    def wait(self) -> None:
        """Wait until no pictures are made any more, after `close_down`."""
        for bridge in self._old:
            bridge.stop()
        self._old = []

    @property
    def closing(self) -> bool:
        """Whether a picture is still being made after `close_down`."""
        return any(bridge.alive for bridge in self._old)

    def refresh(self) -> SessionStatus:
        """Bring what is written over the picture up to date; called a few times a second."""
        status = self.status
        if not self._sessions.problem and (
            complaint := self._watchdog.complaint(self._session, status)
        ):
            _log.warning("%s (%s) is begun anew: %s", self.name, self.wanted.shown, complaint)
            self.restart_here()
            return self.status
        if status.state is State.ENDED:
            self._bridge.note_end()
        if self._bridge.failure:
            self._notice.show_failure(self.tr("The picture cannot be drawn"), self._bridge.failure)
        elif status.state is State.FAILED:
            self._notice.show_failure(self.tr("This source cannot be shown"), status.message)
        elif self._waits(status):
            self._notice.show_busy(*self._beginning(status))
        else:
            self._notice.hide()
        caption = self._caption(status)
        self.view.write(remark=self._remark(status), caption=caption, name=self.name)
        self._place_notice()
        return status

    def _waits(self, status: SessionStatus) -> bool:
        """Whether the first picture is still to come; of a paused live source none is."""
        rests = status.state is State.PAUSED and self.playback is None
        return self.view.picture is None and not (status.state.over or rests)

    def _place_notice(self) -> None:
        """Put the card into the middle below the caption, no larger than the room there."""
        if self._notice.isHidden():
            return
        room = self.view.free.adjusted(_MARGIN_PX, _MARGIN_PX, -_MARGIN_PX, -_MARGIN_PX)
        self._notice.fit(room.size())
        self._notice.move(room.center() - self._notice.rect().center())

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Keep the card in the middle."""
        super().resizeEvent(event)
        self._place_notice()

    def _caption(self, status: SessionStatus) -> str:
        if self._alone:
            return ""
        return BETWEEN.join(filter(None, (self.name, short_words(status), pace_words(status))))

    def _beginning(self, status: SessionStatus) -> tuple[str, str]:
        """What is under way before the first picture, and more about it."""
        if status.state is State.RECONNECTING:
            words = stale_words(status)
            return words[:1].upper() + words[1:], status.message
        if not self._sessions.runtime:
            return self.tr("Loading the models …"), self._sessions.loading
        if status.message == OPENING:
            return self.tr("Opening the source …"), ""
        return status.message or self.tr("Waiting for the first picture …"), ""

    def _remark(self, status: SessionStatus) -> str:
        if status.state in (State.STALLED, State.RECONNECTING) and self.view.picture is not None:
            return " · ".join(filter(None, (stale_words(status), status.message)))
        if status.state is State.PAUSED:
            return self.tr("Paused · Space goes on")
        if status.state is State.ENDED:
            return self.tr("The end · Space plays it again")
        return ""

    def _begin(self, session: Running) -> None:
        self._session = session
        before, self.stepped = self.stepped, Stepped()  # what the last session still says is late
        self.stepped.tape, before.tape = before.tape, None
        if isinstance(session, Session):
            session.listener = self.stepped
        live, lost_s = isinstance(session, Session), self._sessions.lost_s
        zones = self.wanted.zones
        self._bridge = Bridge(
            session.results, zones, self, live=live, lost_s=lost_s, played=self._played
        )
        if isinstance(session, Playback):
            self._bridge.listener = self.stepped
        self._bridge.picture_ready.connect(self._take_picture)
        self.lend(self._lent)
        self.view.seen_changed.connect(self._bridge.watch)
        self._bridge.start()
        self.refresh()

    def _take_picture(self) -> None:
        picture = self._bridge.take()
        if picture is None:
            return
        first = self.view.picture is None
        self.view.show_picture(picture)
        if first:
            self.refresh()

    def focusInEvent(self, event: QFocusEvent | None) -> None:
        """Tell that this source is meant now."""
        self.chosen.emit()
        super().focusInEvent(event)
