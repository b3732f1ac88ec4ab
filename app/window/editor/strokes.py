"""Paints zones that are being edited: lines with an arrow to their "in" side, blackouts black."""

from math import hypot

from PyQt6.QtCore import QLineF, QPointF, QRect, QRectF, Qt
from PyQt6.QtGui import QBrush, QColor, QPainter, QPalette, QPen, QPolygonF

from app.window.editor.drawing import Drawing, Point

_COLOURS = {"area": QColor("#56b4e9"), "line": QColor("#e69f00"), "blackout": QColor("#f0f0f0")}
_WRONG = QColor("#ff5a4d")
_HANDLE_PX, _ARROW_PX, _CROSS_PX = 5.0, 26.0, 12.0


class Strokes:
    """Paints with one painter, over one picture."""

    def __init__(self, painter: QPainter, target: QRectF, palette: QPalette) -> None:
        """Paint over a picture that lies at `target`."""
        self._painter, self._target, self._palette = painter, target, palette
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)

    def draw(self, drawing: Drawing, *, chosen: bool, corner: int | None) -> None:
        """Paint a zone; the chosen one with its corners."""
        colour = _WRONG if drawing.problem else _COLOURS[drawing.kind]
        spots = [self._spot(point) for point in drawing.points]
        self._outline(spots, drawing.kind, colour, 3.0 if chosen else 1.8)
        if drawing.kind == "line" and len(spots) == 2:
            self._arrow(spots[0], spots[1])
        self._label(drawing.name, min(spots, key=lambda spot: spot.y()))
        for place, spot in enumerate(spots if chosen else []):
            size = _HANDLE_PX * (1.6 if place == corner else 1.0)
            self._painter.setPen(QPen(QColor(0, 0, 0, 200), 1))
            self._painter.setBrush(QColor("white") if place != corner else colour)
            self._painter.drawEllipse(spot, size, size)

    def draw_pending(self, kind: str, points: tuple[Point, ...], cursor: Point) -> None:
        """Paint what is being drawn, and where its next point would be."""
        spots = [self._spot(point) for point in (*points, cursor)]
        self._painter.setBrush(Qt.BrushStyle.NoBrush)
        for ink in (QPen(QColor(0, 0, 0, 160), 4), QPen(_COLOURS[kind], 2, Qt.PenStyle.DashLine)):
            self._painter.setPen(ink)
            self._painter.drawPolyline(QPolygonF(spots))
        for spot in spots[:-1]:
            self._painter.setBrush(_COLOURS[kind])
            self._painter.drawEllipse(spot, _HANDLE_PX, _HANDLE_PX)
        for ink in (QPen(QColor(0, 0, 0, 200), 4), QPen(QColor("white"), 1.5)):
            self._painter.setPen(ink)
            for dx, dy in ((_CROSS_PX, 0), (0, _CROSS_PX)):
                arm = QPointF(dx, dy)
                self._painter.drawLine(QLineF(spots[-1] - arm, spots[-1] + arm))

    def draw_focus(self, rect: QRect) -> None:
        """Show that keys go here."""
        self._painter.setBrush(Qt.BrushStyle.NoBrush)
        self._painter.setPen(QPen(self._palette.color(QPalette.ColorRole.Accent), 2))
        self._painter.drawRect(rect.adjusted(1, 1, -1, -1))

    def _spot(self, point: Point) -> QPointF:
        target = self._target
        x, y = point[0] * target.width(), point[1] * target.height()
        return QPointF(target.left() + x, target.top() + y)

    def _outline(self, spots: list[QPointF], kind: str, colour: QColor, width: float) -> None:
        fill = QColor(colour)
        fill.setAlpha(40)
        if kind == "blackout":
            fill = QColor(0, 0, 0, 150)
        for ink in (QPen(QColor(0, 0, 0, 150), width + 2), QPen(colour, width)):
            self._painter.setPen(ink)
            if kind == "line":
                self._painter.drawPolyline(QPolygonF(spots))
            else:
                self._painter.setBrush(QBrush(fill))
                self._painter.drawPolygon(QPolygonF(spots))
                self._painter.setBrush(Qt.BrushStyle.NoBrush)

    def _arrow(self, start: QPointF, end: QPointF) -> None:
        """From the middle to the right of start → end: who crosses that way comes in."""
        along = end - start
        length = max(1.0, hypot(along.x(), along.y()))
        ahead = QPointF(-along.y(), along.x()) / length
        side = along / length * 6
        middle = (start + end) / 2
        tip = middle + ahead * _ARROW_PX
        back = tip - ahead * 9
        self._painter.drawLine(QLineF(middle, back))
        self._painter.setBrush(_COLOURS["line"])
        self._painter.drawPolygon(QPolygonF([tip, back + side, back - side]))
        self._painter.setBrush(Qt.BrushStyle.NoBrush)

    def _label(self, text: str, at: QPointF) -> None:
        metrics = self._painter.fontMetrics()
        size = metrics.size(0, text)
        plate = QRectF(at.x() + 8, at.y() + 6, size.width() + 12, size.height() + 4)
        target = self._target
        plate.moveLeft(max(target.left(), min(plate.left(), target.right() - plate.width())))
        plate.moveTop(max(target.top(), min(plate.top(), target.bottom() - plate.height())))
        self._painter.setPen(Qt.PenStyle.NoPen)
        self._painter.setBrush(QColor(10, 12, 15, 190))
        self._painter.drawRoundedRect(plate, 5, 5)
        self._painter.setPen(QColor("white"))
        self._painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, text)
