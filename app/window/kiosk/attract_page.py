"""What is shown while nobody is near or the camera is away: curves that drift, and words."""

from math import exp, pi, sin

from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPalette, QPen, QPolygonF
from PyQt6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout, QWidget

from app.window.kiosk.look import SMALL, TEXT, TITLE, VISITOR_COLOURS, type_of, unit_px

_STEPS = 240
_LANES = 4
_LOOP_S = 40.0
_PAINT_EVERY_S = 0.08
"""It drifts slowly, and a kiosk is alone for most of the day."""


class AttractPage(QWidget):
    """Invites people, or tells them to wait."""

    def __init__(self, parent: QWidget | None = None, *, still: bool = False) -> None:
        """Build it without words; where it is `still` the curves stand."""
        super().__init__(parent)
        self._still, self._time_s, self._painted_s = still, 0.0, 0.0
        self._title, self._text, self._note = QLabel(), QLabel(), QLabel()
        column = QVBoxLayout(self)
        column.addStretch(3)
        for label in (self._title, self._text):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            label.setWordWrap(True)
            label.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
            column.addWidget(label)
        column.addStretch(5)
        self._note.setObjectName("faint")
        self._note.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._note.setWordWrap(True)
        column.addWidget(self._note)
        self._column = column

    def say(self, title: str, text: str, note: str) -> None:
        """Show other words."""
        for label, words in ((self._title, title), (self._text, text), (self._note, note)):
            if label.text() != words:
                label.setText(words)
                label.setAccessibleName(words)

    def fit(self) -> None:
        """Set the type for the size of the screen."""
        pad = round(0.05 * unit_px(self))
        self._column.setContentsMargins(pad, pad, pad, pad)
        self._column.setSpacing(pad // 2)
        self._title.setFont(type_of(self, TITLE * 1.35, bold=True))
        self._text.setFont(type_of(self, TEXT * 1.15))
        self._note.setFont(type_of(self, SMALL))

    def advance(self, step_s: float) -> None:
        """Let the curves drift on for so many seconds."""
        if self._still:
            return
        self._time_s = (self._time_s + step_s) % _LOOP_S
        if abs(self._time_s - self._painted_s) >= _PAINT_EVERY_S:
            self._painted_s = self._time_s
            self.update()

    def paintEvent(self, _event: QPaintEvent | None) -> None:
        """Paint the ground and the curves; the words lie above them."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), self.palette().color(QPalette.ColorRole.Window))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        room = QRectF(self.rect())
        room.setTop(self._text.geometry().bottom() + 0.04 * unit_px(self))
        room.setBottom(self._note.geometry().top() - 0.02 * unit_px(self))
        painter.setPen(QPen(self.palette().color(QPalette.ColorRole.Mid), 2))
        painter.drawLine(room.bottomLeft(), room.bottomRight())
        for lane in range(_LANES):
            self._paint_curve(painter, room, lane)
        painter.end()

    def _paint_curve(self, painter: QPainter, room: QRectF, lane: int) -> None:
        phase = 2 * pi * (self._time_s / _LOOP_S + lane / _LANES)
        centre = 0.5 + (lane - 1.5) * 0.22 + 0.05 * sin(phase)
        width = 0.055 + 0.02 * lane + 0.015 * sin(2 * phase + lane)
        high = room.height() * (0.92 - 0.13 * lane + 0.06 * sin(phase + lane))
        curve: list[QPointF] = []
        for step in range(_STEPS + 1):
            share = step / _STEPS
            rise = high * exp(-0.5 * ((share - centre) / width) ** 2)
            curve.append(QPointF(room.left() + share * room.width(), room.bottom() - rise))
        colour = VISITOR_COLOURS[lane]
        shade = QColor(colour)
        shade.setAlpha(36)
        ground = QPainterPath(room.bottomLeft())
        for point in (*curve, room.bottomRight()):
            ground.lineTo(point)
        painter.fillPath(ground, shade)
        painter.setPen(QPen(colour, max(2.0, unit_px(self) / 260)))
        painter.drawPolyline(QPolygonF(curve))
