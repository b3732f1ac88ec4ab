"""The kiosk's window: introduces pages, keeper and the way out to each other."""

import logging
import sys

from PyQt6.QtCore import QElapsedTimer, Qt, QTimer
from PyQt6.QtGui import QCloseEvent, QKeySequence, QMouseEvent, QResizeEvent, QShortcut
from PyQt6.QtWidgets import QApplication, QLabel, QStackedWidget, QVBoxLayout, QWidget

from app.start_kiosk import KioskWish
from app.window.kiosk.attract_page import AttractPage
from app.window.kiosk.gate_page import GatePage
from app.window.kiosk.gate_words import counts_of, explanation_of, title_of
from app.window.kiosk.greet_page import GreetPage
from app.window.kiosk.keeper import Keeper
from app.window.kiosk.lens import Lens
from app.window.kiosk.look import TEXT, type_of, unit_px
from app.window.kiosk.pin import Pin
from app.window.kiosk.pin_pad import PinPad
from app.window.tile import SessionMaker
from app.window.wanted import Wanted
from engine.gate import Gate, Stage, Verdict
from engine.mailbox import Mailbox
from engine.settings import Settings
from engine.sinks.blur import FaceBlur
from engine.status import SessionStatus, State
from engine.values.result import FrameResult
from engine.visitors import Visitors

_log = logging.getLogger(__name__)
LEAVE_KEYS, COUNT_KEYS = "Ctrl+Alt+Shift+Q", "Ctrl+Alt+Shift+C"
_REFRESH_MS, _MOTION_MS = 200, 40
_PULSE_MS = 1000
_COUNTS_MS, _CORNER_MS, _CORNER = 10_000, 3000, 0.12
_LIVELY = (State.RUNNING, State.PAUSED, State.ENDED)
_FAILED, _NO_USE = 1, 2


class KioskWindow(QWidget):
    """Shows an invitation, the mirror with its visitors, or why to wait. Writes nothing anywhere.

    Attributes:
        pages: One of them is shown.
        keeper: Keeps the source running.
        gate: Decides about visitors; None where they are only greeted.
    """

    def __init__(self, sessions: SessionMaker, wish: KioskWish, settings: Settings) -> None:
        """Start the source and show the invitation."""
        super().__init__()
        self._sessions, self._settings, self._wish = sessions, settings, wish
        self.gate = Gate(settings.gate) if wish.gate else None
        sessions.exact = wish.blur_others
        self.setWindowTitle("agescope")
        self.setWindowFlag(Qt.WindowType.FramelessWindowHint)
        self.setCursor(Qt.CursorShape.BlankCursor)
        self._build_pages()
        self.keeper = Keeper(sessions, Wanted.at(wish.source), self._make_lens)
        self.keeper.seen.connect(self._see)
        self.visit.mirror.room_changed.connect(self.keeper.fit)
        self._build_ways_out()
        self._start_timers()
        self.attract.say(*self._words(self.keeper.session.status), self._note)

    def _build_pages(self) -> None:
        note = self.tr(
            "This camera estimates ages. Nothing is stored or sent; no one is recognised."
        )
        self._note = note
        self.attract = AttractPage(still=self._wish.still)
        self.visit: GreetPage | GatePage
        if self.gate is None:
            self.visit = GreetPage(note, still=self._wish.still)
        else:
            self.visit = GatePage(self._settings.gate, note)
        self.pages = QStackedWidget()
        for page in (self.attract, self.visit):
            self.pages.addWidget(page)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.pages)
        self._counts = QLabel(self)
        self._counts.setObjectName("card")
        self._counts.hide()

    def _build_ways_out(self) -> None:
        self._pad = PinPad(Pin(self._wish.pin), self) if self._wish.pin else None
        if self._pad:
            self._pad.right.connect(self.close)
            self._pad.setCursor(Qt.CursorShape.ArrowCursor)
        for keys, do in ((LEAVE_KEYS, self._leave), (COUNT_KEYS, self._show_counts)):
            QShortcut(QKeySequence(keys), self).activated.connect(do)
        self._corner = QTimer(self)
        self._corner.setSingleShot(True)
        self._corner.setInterval(_CORNER_MS)
        self._corner.timeout.connect(self._leave)

    def _start_timers(self) -> None:
        self._since = QElapsedTimer()
        self._since.start()
        self._timers: list[QTimer] = []
        work = [(_REFRESH_MS, self._refresh), (_MOTION_MS, self._move)]
        if self._wish.pulse:
            work.append((_PULSE_MS, self._give_pulse))
        for interval_ms, do in work:
            timer = QTimer(self)
            timer.timeout.connect(do)
            timer.start(interval_ms)
            self._timers.append(timer)

    def _make_lens(self, results: Mailbox[FrameResult]) -> Lens:
        visitors = Visitors(self._settings.kiosk)
        blur = FaceBlur(self._settings.privacy) if self._wish.blur_others else None
        return Lens(results, visitors, self.gate, blur=blur, turns=not self._wish.still)

    def _see(self) -> None:
        sight = self.keeper.take()
        if sight is None or self.keeper.session.status.state not in _LIVELY:
            return
        if sight.reflection is None:
            self._turn_to(self.attract)
        else:
            self._turn_to(self.visit)
            self.visit.show_reflection(sight.reflection)

    def _turn_to(self, page: QWidget) -> None:
        if self.pages.currentWidget() is page:
            return
        if page is self.attract:
            self.visit.forget()
        self.pages.setCurrentWidget(page)

    def _refresh(self) -> None:
        if problem := self._sessions.problem:
            self._give_up(problem, _NO_USE)
            return
        status = self.keeper.check()
        if status.state not in _LIVELY:
            self._turn_to(self.attract)
        self.attract.say(*self._words(status), self._note)
        if self.keeper.hopeless:
            self._give_up(self.keeper.reason, _FAILED)

    def _give_up(self, reason: str, code: int) -> None:
        _log.error(reason)
        self.close()
        QApplication.exit(code)

    def _words(self, status: SessionStatus) -> tuple[str, str]:
        if status.state is State.STARTING:
            return self.tr("One moment"), self._sessions.loading or self.tr("The camera wakes up.")
        if status.state not in _LIVELY:
            return self.tr("Back in a moment"), self.tr("The camera is away. It is tried again.")
        if self.gate is not None:
            nobody = Verdict(Stage.NOBODY)
            gate = self._settings.gate
            return title_of(nobody, gate), explanation_of(nobody, gate)
        return self.tr("How old do you look?"), self.tr("Step closer and look into the camera.")

    def _move(self) -> None:
        step_s = self._since.restart() / 1000
        for page in (self.attract, self.visit):
            if page.isVisible():
                page.advance(step_s)

    def _give_pulse(self) -> None:
        """Tell the watchdog of life; without one to hear it the kiosk ends."""
        try:
            sys.stdout.write(".")
            sys.stdout.flush()
        except OSError:
            self.close()

    def _leave(self) -> None:
        if self._pad:
            self._pad.ask()
        else:
            self.close()

    def _show_counts(self) -> None:
        if self.gate is None:
            return
        self._counts.setText(counts_of(dict(self.gate.counts), self._settings.gate))
        self._counts.setFont(type_of(self, TEXT))
        self._counts.setMargin(round(0.03 * unit_px(self)))
        self._counts.setAutoFillBackground(True)
        self._counts.adjustSize()
        self._counts.move(self.rect().center() - self._counts.rect().center())
        self._counts.raise_()
        self._counts.show()
        QTimer.singleShot(_COUNTS_MS, self._counts.hide)

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        """A finger held in the upper left corner asks for the number."""
        reach = _CORNER * unit_px(self)
        if event and self._pad and max(event.position().x(), event.position().y()) < reach:
            self._corner.start()

    def mouseReleaseEvent(self, _event: QMouseEvent | None) -> None:
        """The finger was lifted."""
        self._corner.stop()

    def resizeEvent(self, _event: QResizeEvent | None) -> None:
        """Fit type and pictures to the screen."""
        self.attract.fit()
        self.visit.resize(self.size())  # the mirror's size must be known before it is shown
        self.visit.fit()
        self.keeper.fit(self.visit.mirror.room_px)
        if self._pad and self._pad.isVisible():
            self._pad.fit()

    def closeEvent(self, event: QCloseEvent | None) -> None:
        """End everything; a desktop's own way to close windows is refused."""
        if event is not None and event.spontaneous():
            event.ignore()
            return
        self.hide()
        for timer in self._timers:
            timer.stop()
        self._sessions.stop_waiting()
        self.keeper.close()
        super().closeEvent(event)
