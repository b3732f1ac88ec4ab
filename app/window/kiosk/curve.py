"""An age as a curve over its axis, for large screens."""

from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPen

from engine.values.age import Doubles

_TICKS_YEARS, _FEW_TICKS_YEARS = (0, 20, 40, 60, 80, 100), (0, 50, 100)
_LAST_YEARS = 100.0


def paint_curve(
    painter: QPainter, room: QRectF, probs: Doubles, ink: QColor, axis: tuple[QColor, QFont]
) -> None:
    """Paint a belief over an axis from 0 to 100 years.

    Args:
        painter: Where to.
        room: In px; the years stand along its lower edge.
        probs: (A,) probability of each whole year from 0 on.
        ink: Of the curve.
        axis: Colour and font of the years.
    """
    colour, font = axis
    high = QFontMetricsF(font).height()
    plot = room.adjusted(0, 0, 0, -high * 1.15)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(colour, 1))
    painter.drawLine(plot.bottomLeft(), plot.bottomRight())
    painter.setFont(font)
    roomy = plot.width() > 14 * high
    for years in _TICKS_YEARS if roomy else _FEW_TICKS_YEARS:
        x = plot.left() + plot.width() * years / _LAST_YEARS
        painter.drawLine(QPointF(x, plot.bottom()), QPointF(x, plot.bottom() + high * 0.2))
        label = QRectF(x - 2 * high, plot.bottom() + high * 0.15, 4 * high, high)
        label.moveLeft(min(max(label.left(), room.left() - 1.6 * high), room.right() - 2.9 * high))
        painter.drawText(label, Qt.AlignmentFlag.AlignCenter, str(years))
    path = _path(plot, probs)
    shade = QColor(ink)
    shade.setAlpha(90)
    painter.fillPath(path, shade)
    painter.strokePath(path, QPen(ink, max(2.0, room.height() / 50)))


def _path(plot: QRectF, probs: Doubles) -> QPainterPath:
    """The curve as a share of its own peak, closed along the axis."""
    peak = max(float(probs.max()), 1e-9)
    path = QPainterPath(plot.bottomLeft())
    for years, prob in enumerate(probs[: int(_LAST_YEARS) + 1].tolist()):
        x = plot.left() + plot.width() * years / _LAST_YEARS
        path.lineTo(x, plot.bottom() - plot.height() * 0.96 * prob / peak)
    path.lineTo(plot.bottomRight())
    path.closeSubpath()
    return path
