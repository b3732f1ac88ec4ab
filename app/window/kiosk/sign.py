"""Large signs of the gate, told apart by shape as well as by colour."""

from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPalette, QPen
from PyQt6.QtWidgets import QWidget

from engine.gate import Stage

_COLOURS = {
    Stage.OVER: QColor(0, 158, 115),
    Stage.UNDER: QColor(213, 94, 0),
    Stage.ASK: QColor(0, 114, 178),
}


class Sign(QWidget):
    """The sign of a stage: a tick, a bar, a speaking person, two persons, or a ring that fills."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """Start with the ring."""
        super().__init__(parent)
        self._stage, self._share = Stage.LOOKING, 0.0

    def show_stage(self, stage: Stage, share: float) -> None:
        """Show another sign; `share` of the ring is full."""
        if (stage, share) != (self._stage, self._share):
            self._stage, self._share = stage, share
            self.update()

    def paintEvent(self, _event: QPaintEvent | None) -> None:
        """Paint the sign into the largest square that fits."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        side = min(self.width(), self.height())
        painter.translate((self.width() - side) / 2, (self.height() - side) / 2)
        painter.scale(side, side)
        if self._stage in _COLOURS:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(_COLOURS[self._stage])
            painter.drawEllipse(QRectF(0.02, 0.02, 0.96, 0.96))
            self._paint_decision(painter)
        elif self._stage is Stage.SEVERAL:
            self._paint_people(painter)
        else:
            self._paint_ring(painter)
        painter.end()

    def _paint_decision(self, painter: QPainter) -> None:
        pen = QPen(Qt.GlobalColor.white, 0.09)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        if self._stage is Stage.OVER:
            tick = QPainterPath(QPointF(0.28, 0.52))
            tick.lineTo(0.44, 0.68)
            tick.lineTo(0.73, 0.34)
            painter.strokePath(tick, pen)
        elif self._stage is Stage.UNDER:
            painter.setPen(pen)
            painter.drawLine(QPointF(0.28, 0.5), QPointF(0.72, 0.5))
        else:
            _paint_person(painter, QPointF(0.5, 0.5), QColor(Qt.GlobalColor.white))

    def _paint_people(self, painter: QPainter) -> None:
        faint = self.palette().color(QPalette.ColorRole.PlaceholderText)
        _paint_person(painter, QPointF(0.68, 0.46), faint)
        ground = self.palette().color(QPalette.ColorRole.Window)
        painter.setBrush(ground)
        _paint_person(painter, QPointF(0.36, 0.54), self.palette().color(QPalette.ColorRole.Text))

    def _paint_ring(self, painter: QPainter) -> None:
        ring = QRectF(0.08, 0.08, 0.84, 0.84)
        painter.setPen(QPen(self.palette().color(QPalette.ColorRole.Mid), 0.07))
        painter.drawEllipse(ring)
        accent = self.palette().color(QPalette.ColorRole.Accent)
        pen = QPen(accent, 0.07)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        painter.drawArc(ring, 90 * 16, -round(360 * 16 * self._share))
        _paint_person(painter, QPointF(0.5, 0.5), accent)


def _paint_person(painter: QPainter, middle: QPointF, ink: QColor) -> None:
    """Head and shoulders, about half as high as the sign."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ink)
    painter.drawEllipse(middle + QPointF(0, -0.13), 0.11, 0.11)
    shoulders = QPainterPath(middle + QPointF(-0.2, 0.24))
    shoulders.cubicTo(
        middle + QPointF(-0.2, -0.04), middle + QPointF(0.2, -0.04), middle + QPointF(0.2, 0.24)
    )
    shoulders.closeSubpath()
    painter.drawPath(shoulders)
