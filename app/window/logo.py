"""The sign of the program: an age as a curve. Drawn, so that it is crisp at every size."""

from math import exp

from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QIcon, QPainter, QPainterPath, QPen, QPixmap

_GROUND, _CURVE, _MEDIAN = "#12161b", "#56b4e9", "#f0e442"
_SIZES_PX = (16, 32, 64, 128)


def logo(side_px: int, ratio: float = 1.0) -> QPixmap:
    """The sign, `side_px` wide, for a screen with `ratio` device pixels a pixel."""
    pixmap = QPixmap(round(side_px * ratio), round(side_px * ratio))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(side_px, side_px)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(_GROUND))
    painter.drawRoundedRect(QRectF(0, 0, 1, 1), 0.22, 0.22)
    painter.setPen(QPen(QColor(_MEDIAN), 0.045))
    painter.drawLine(QPointF(0.45, 0.28), QPointF(0.45, 0.76))
    shade = QColor(_CURVE)
    shade.setAlpha(90)
    painter.setBrush(shade)
    painter.setPen(QPen(QColor(_CURVE), 0.06, cap=Qt.PenCapStyle.RoundCap))
    painter.drawPath(_curve())
    painter.end()
    return pixmap


def icon() -> QIcon:
    """The sign as the icon of the window."""
    result = QIcon()
    for side_px in _SIZES_PX:
        result.addPixmap(logo(side_px))
    return result


def _curve() -> QPainterPath:
    path = QPainterPath(QPointF(0.12, 0.76))
    for step in range(1, 39):
        x = 0.12 + 0.02 * step
        path.lineTo(x, 0.76 - 0.5 * exp(-0.5 * ((x - 0.45) / 0.12) ** 2))
    return path
