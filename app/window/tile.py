"""One source in the window: its session, its picture and what is to be said about it."""

from typing import Protocol

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QGridLayout, QWidget

from app.window.bridge import Bridge
from app.window.notice import Notice
from app.window.presence import Person
from app.window.sessions import name_of
from app.window.view import VideoView
from app.window.words import short_words
from engine.session import Session, SessionStatus, State


class SessionMaker(Protocol):
    """What the window needs of `Sessions`."""

    @property
    def runtime(self) -> str:
        """What runs the models; "" until they are loaded."""
        ...

    def open(self, address: str, *, after: Session | None = None) -> Session:
        """Start a session."""
        ...

    def stop_waiting(self) -> None:
        """Let no session wait for the models any more: the window closes."""
        ...


class Tile(QWidget):
    """Shows one source from its start on; `close_down` ends it.

    Attributes:
        address: Of the source.
        name: Of the source, short and without passwords.
        view: The picture.
        people: Who is in view.
        captioned: Name and state stand over the picture.
    """

    choose_another = pyqtSignal()

    def __init__(
        self, address: str, sessions: SessionMaker, *, after: Session | None = None
    ) -> None:
        """Start the source, once the session `after` is over."""
        super().__init__()
        self.address, self.name = address, name_of(address)
        self.people: tuple[Person, ...] = ()
        self.captioned = False
        self.view = VideoView(self)
        self._notice = Notice(self)
        self._notice.try_again.connect(self.restart)
        self._notice.choose_another.connect(self.choose_another)
        self._sessions = sessions
        self._landmarks = False
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.addWidget(self.view, 0, 0)
        grid.addWidget(self._notice, 0, 0, Qt.AlignmentFlag.AlignCenter)
        self._begin(sessions.open(address, after=after))

    @property
    def session(self) -> Session:
        """The session that runs now."""
        return self._session

    @property
    def status(self) -> SessionStatus:
        """How the session stands."""
        return self._session.status

    def toggle_pause(self) -> None:
        """Pause, go on, or after the end play again."""
        match self.status.state:
            case State.RUNNING:
                self._session.pause()
            case State.PAUSED:
                self._session.resume()
            case State.ENDED:
                self.restart()
        self.refresh()

    def restart(self) -> None:
        """Run the source again from its beginning."""
        before = self._session
        self.close_down()
        self._bridge.deleteLater()
        self._begin(self._sessions.open(self.address, after=before))

    def show_landmarks(self, shown: bool) -> None:
        """Draw landmarks, or do not."""
        self._landmarks = shown
        self._bridge.show_landmarks(shown)

    def close_down(self) -> None:
        """Stop making pictures at once, and let the session end soon, without waiting."""
        self._session.ask_to_stop()
        self._bridge.stop()

    def refresh(self) -> SessionStatus:
        """Bring what is written over the picture up to date; called a few times a second."""
        status = self.status
        if self._bridge.failure:
            self._notice.show_failure(self.tr("The picture cannot be drawn"), self._bridge.failure)
        elif status.state is State.FAILED:
            self._notice.show_failure(self.tr("This source cannot be shown"), status.message)
        elif self.view.picture is None and not status.state.over:
            self._notice.show_busy(self._beginning(status))
        else:
            self._notice.hide()
        caption = f"{self.name} — {short_words(status)}" if self.captioned else ""
        self.view.write(remark=self._remark(status), caption=caption)
        return status

    def _beginning(self, status: SessionStatus) -> str:
        if not self._sessions.runtime:
            return self.tr("Loading the models …")
        return status.message or self.tr("Waiting for the first picture …")

    def _remark(self, status: SessionStatus) -> str:
        if status.state is State.PAUSED:
            return self.tr("Paused · Space goes on")
        if status.state is State.ENDED:
            return self.tr("The end · Space plays it again")
        return ""

    def _begin(self, session: Session) -> None:
        self._session = session
        self._bridge = Bridge(session.results, self)
        self._bridge.picture_ready.connect(self._take_picture)
        self._bridge.show_landmarks(self._landmarks)
        self._bridge.fit(self.view.room_px)
        self.view.room_changed.connect(self._bridge.fit)
        self._bridge.start()
        self.refresh()

    def _take_picture(self) -> None:
        picture = self._bridge.take()
        if picture is None:
            return
        self.people = picture.people
        first = self.view.picture is None
        self.view.show_picture(picture)
        if first:
            self.refresh()
