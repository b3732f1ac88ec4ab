"""The status bar: which source, what it does, how fast, and on what."""

from collections.abc import Sequence
from typing import Protocol

from PyQt6.QtCore import QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QPainter, QPaintEvent
from PyQt6.QtWidgets import QLabel, QSizePolicy, QStatusBar, QWidget

from app.window.words import counted, pace_words, state_words
from engine.status import SessionStatus, State

_COLOURS = {
    State.STARTING: "#e69f00",
    State.RUNNING: "#009e73",
    State.STALLED: "#d03a2b",
    State.RECONNECTING: "#d03a2b",
    State.PAUSED: "#e69f00",
    State.STOPPED: "#8a929c",
    State.ENDED: "#8a929c",
    State.FAILED: "#d03a2b",
}
_TOLD_MS = 6000


class Models(Protocol):
    """How the models stand."""

    loading: str

    @property
    def runtime(self) -> str:
        """What runs them; "" until they are loaded."""
        ...

    @property
    def problem(self) -> str:
        """Why they cannot be loaded, or ""."""
        ...


class Lamp(QWidget):
    """A small round light."""

    def __init__(self) -> None:
        """Start dark."""
        super().__init__()
        self.colour = ""
        self.setFixedSize(QSize(18, 18))

    def paintEvent(self, _event: QPaintEvent | None) -> None:
        """Paint the light."""
        if not self.colour:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self.colour))
        painter.drawEllipse(QRectF(5, 5, 9, 9))
        painter.end()


class StatusLine(QStatusBar):
    """One line about everything that runs."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """Start with nothing to tell."""
        super().__init__(parent)
        self._lamp, self.state, self.pace, self.runtime = Lamp(), QLabel(), QLabel(), QLabel()
        self.pace.setToolTip(self.tr("Frames a second, and how far the picture is behind"))
        self.runtime.setToolTip(self.tr("What runs the models"))
        self.setSizeGripEnabled(False)
        self.state.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.recording = QLabel(self.tr("● Recording"))
        self.recording.setObjectName("recording")
        self.recording.hide()
        self.addPermanentWidget(self.recording)
        self.addWidget(self._lamp)
        self.addWidget(self.state, 1)
        for label in (self.pace, self.runtime):
            label.setObjectName("faint")
            label.setContentsMargins(10, 0, 10, 0)
            self.addPermanentWidget(label)

    def tell(self, words: str) -> None:
        """Say something for a while; it says what was done or what to do."""
        if words:
            self.showMessage(words, _TOLD_MS)

    def show_recording(self, on: bool) -> None:
        """Say for as long as it lasts that something is recorded."""
        self.recording.setVisible(on)

    def show_statuses(
        self, names: Sequence[str], statuses: Sequence[SessionStatus], models: Models
    ) -> None:
        """Tell of every source: of one alone all, of several how many do what; of none, models."""
        self._lamp.colour = _COLOURS[_gravest(statuses) if statuses else _state_of(models)]
        self._lamp.update()
        summary = _summary(names, statuses) or self._readiness(models)
        self.state.setToolTip(summary)
        elide = Qt.TextElideMode.ElideRight
        self.state.setText(self.state.fontMetrics().elidedText(summary, elide, self.state.width()))
        self.pace.setText(pace_words(statuses[0]) if len(statuses) == 1 else "")
        self.runtime.setText(models.runtime)

    def _readiness(self, models: Models) -> str:
        if models.problem:
            return self.tr("The models cannot be loaded: {}").format(models.problem)
        if models.runtime:
            return self.tr("Ready")
        return " ".join((self.tr("Loading the models …"), models.loading)).strip()


def _state_of(models: Models) -> State:
    if models.problem:
        return State.FAILED
    return State.RUNNING if models.runtime else State.STARTING


def _gravest(statuses: Sequence[SessionStatus]) -> State:
    order = (
        State.FAILED,
        State.RECONNECTING,
        State.STALLED,
        State.STARTING,
        State.PAUSED,
        State.RUNNING,
    )
    states = {status.state for status in statuses}
    return next((state for state in order if state in states), State.ENDED)


def _summary(names: Sequence[str], statuses: Sequence[SessionStatus]) -> str:
    if len(statuses) == 1:
        return f"{names[0]} — {state_words(statuses[0])}"
    counts = {state: sum(s.state is state for s in statuses) for state in State}
    return " · ".join(counted(state, count) for state, count in counts.items() if count)
