"""The bar below a recording: play, step, seek, speed, and a part to be played again and again."""

from collections.abc import Callable
from math import isfinite

from PyQt6.QtCore import QEvent, Qt
from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import QComboBox, QGridLayout, QLabel, QToolButton, QWidget

from app.window.icons import icon_of
from app.window.timeline import Timeline
from app.window.words import fine_clock
from engine.playback import SPEEDS, Playback
from engine.sources.seeking import length_s
from engine.status import State

_ICON_PX = 18
_NARROW_PX = 620
"""Below it the timeline has a row of its own."""
_TIMELINE_COLUMN = 4


class Transport(QWidget):
    """Plays what it was last given; hidden while that is nothing."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """Start without a recording."""
        super().__init__(parent)
        tr = self.tr
        self._playback: Playback | None = None
        self._signs: dict[QToolButton, str] = {}
        self._first_s: float | None = None
        self.timeline = Timeline()
        self.timeline.sought.connect(self._seek)
        self.play = self._button("go", tr("Play or pause"), self.toggle)
        self.back = self._button("back", tr("One frame back"), lambda: self.step(-1))
        self.forward = self._button("forward", tr("One frame forward"), lambda: self.step(1))
        self.loop = self._button("loop", "", self.mark_loop)
        self._place = QLabel()
        self._place.setMinimumWidth(
            self.fontMetrics().horizontalAdvance("0:00:00.00 / 0:00:00.00") + 8
        )
        self._place.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.speed = QComboBox()
        self.speed.setAccessibleName(tr("Speed"))
        self.speed.setToolTip(tr("Speed"))
        for speed in SPEEDS:
            self.speed.addItem(f"{speed:g} \N{MULTIPLICATION SIGN}", speed)
        self.speed.setCurrentIndex(SPEEDS.index(1.0))
        self.speed.currentIndexChanged.connect(self._play_at)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(8, 3, 8, 3)
        self._grid.setSpacing(4)
        left, right = (self.back, self.play, self.forward, self._place), (self.loop, self.speed)
        for column, widget in enumerate((*left, self.timeline, *right)):
            self._grid.addWidget(widget, 1, column)
        self._grid.setColumnStretch(_TIMELINE_COLUMN, 1)
        self._grid.addWidget(self.timeline, 0, 0, 1, -1)
        self._name_loop()
        self.hide()

    def _button(self, sign: str, name: str, do: Callable[[], None]) -> QToolButton:
        button = QToolButton()
        self._show_sign(button, sign)
        button.setAutoRaise(True)
        button.setToolTip(name)
        button.setAccessibleName(name)
        button.clicked.connect(lambda: do())
        return button

    def _show_sign(self, button: QToolButton, sign: str) -> None:
        self._signs[button] = sign
        button.setIcon(icon_of(sign, self.palette(), _ICON_PX))

    def changeEvent(self, event: QEvent | None) -> None:
        """Follow the theme."""
        super().changeEvent(event)
        if event and event.type() == QEvent.Type.PaletteChange:
            for button, sign in self._signs.items():
                self._show_sign(button, sign)

    def resizeEvent(self, _event: QResizeEvent | None) -> None:
        """Put the timeline above the buttons where little room is left between them."""
        if self.width() < _NARROW_PX:
            self._grid.addWidget(self.timeline, 0, 0, 1, -1)
        else:
            self._grid.addWidget(self.timeline, 1, _TIMELINE_COLUMN)

    def control(self, playback: Playback | None) -> None:
        """Control another recording, or none."""
        if playback is not self._playback:
            self._playback, self._first_s = playback, None
            if playback is not None:
                self.speed.setCurrentIndex(SPEEDS.index(playback.speed))
            self._name_loop()
        self.setVisible(playback is not None)

    def refresh(self) -> None:
        """Show where it plays; called a few times a second."""
        if self._playback is None:
            return
        status = self._playback.status
        length = length_s(status.info) if status.info else 0.0
        length = length if isfinite(length) else status.position_s
        self._place.setText(f"{fine_clock(status.position_s)} / {fine_clock(length)}")
        loop = self._playback.loop_s
        if loop is None and self._first_s is not None:
            loop = self._first_s, max(status.position_s, self._first_s)
        self.timeline.show_place(status.position_s, length, loop, self._playback.counts)
        self._show_sign(self.play, "pause" if status.state is State.RUNNING else "go")

    def toggle(self) -> None:
        """Play or pause."""
        if self._playback is None:
            return
        if self._playback.status.state is State.RUNNING:
            self._playback.pause()
        else:
            self._playback.resume()

    def step(self, frames: int) -> None:
        """Go some frames on, or back where negative."""
        if self._playback is not None:
            self._playback.step(frames)

    def faster(self, steps: int) -> None:
        """Play faster, or slower where negative."""
        place = self.speed.currentIndex() + steps
        self.speed.setCurrentIndex(min(max(place, 0), len(SPEEDS) - 1))

    def mark_loop(self) -> None:
        """Mark the first end of the part to loop, then the second, then play everything again."""
        if self._playback is None:
            return
        now_s = self._playback.status.position_s
        if self._playback.loop_s:
            self._playback.play_between(0.0, 0.0)
            self._first_s = None
        elif self._first_s is None:
            self._first_s = now_s
        else:
            self._playback.play_between(*sorted((self._first_s, now_s)))
            self._first_s = None
        self._name_loop()

    def _name_loop(self) -> None:
        looping = self._playback is not None and self._playback.loop_s is not None
        if looping:
            name = self.tr("Play everything again")
        elif self._first_s is None:
            name = self.tr("A-B: mark where the loop begins")
        else:
            name = self.tr("A-B: mark where the loop ends")
        self.loop.setToolTip(name)
        self.loop.setAccessibleName(name)
        self.loop.setText("A-B" if self._first_s is None else "A-…")
        self.loop.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.loop.setDown(looping)

    def _seek(self, time_s: float) -> None:
        if self._playback is not None:
            self._playback.seek(time_s)

    def _play_at(self, _place: int) -> None:
        if self._playback is not None:
            self._playback.play_at(float(self.speed.currentData()))
