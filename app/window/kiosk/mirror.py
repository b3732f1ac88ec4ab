"""The mirror: paints reflections, with a bracket around every visitor's face."""

from PyQt6.QtCore import QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPen, QResizeEvent
from PyQt6.QtWidgets import QSizePolicy, QWidget

from app.window.kiosk.reflection import Reflection, Visitor

_ARM = 0.28
_SHADE = QColor(0, 0, 0, 150)


class Mirror(QWidget):
    """Shows the newest reflection over its whole area."""

    room_changed = pyqtSignal(QSize)
    """The mirror has now so many screen pixels."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """Start dark."""
        super().__init__(parent)
        self._reflection: Reflection | None = None
        self._colours: dict[int, QColor] = {}
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(self.tr("Mirror picture of the camera"))

    @property
    def room_px(self) -> QSize:
        """Size in screen pixels."""
        return (self.size().toSizeF() * self.devicePixelRatioF()).toSize()

    def show_reflection(
        self, reflection: Reflection | None, colours: dict[int, QColor] | None = None
    ) -> None:
        """Show a reflection, faces marked in the colours of their tracks; None goes dark."""
        self._reflection, self._colours = reflection, colours or {}
        self.update()

    def resizeEvent(self, _event: QResizeEvent | None) -> None:
        """Ask for reflections of the new size."""
        self.room_changed.emit(self.room_px)

    def paintEvent(self, _event: QPaintEvent | None) -> None:
        """Paint."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), Qt.GlobalColor.black)
        if self._reflection is not None:
            painter.drawImage(QRectF(self.rect()), self._reflection.image)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            for visitor in self._reflection.visitors:
                self._paint_bracket(painter, visitor, self._reflection)
        painter.end()

    def _paint_bracket(self, painter: QPainter, visitor: Visitor, shown: Reflection) -> None:
        colour = self._colours.get(visitor.track_id)
        if colour is None:
            return
        across = self.width() / shown.image.width()
        down = self.height() / shown.image.height()
        box = visitor.box
        face = QRectF(
            box.x() * across, box.y() * down, box.width() * across, box.height() * down
        ).adjusted(-6, -6, 6, 6)
        width = max(3.0, self.height() / 180)
        path = corners_of(face)
        for ink, thickness in ((_SHADE, width + 3), (colour, width)):
            pen = QPen(ink, thickness, cap=Qt.PenCapStyle.RoundCap, join=Qt.PenJoinStyle.RoundJoin)
            painter.strokePath(path, pen)


def corners_of(box: QRectF) -> QPainterPath:
    """The four corners of a box, as a view-finder draws them."""
    path, arm = QPainterPath(), _ARM * min(box.width(), box.height())
    for corner, x, y in (
        (box.topLeft(), 1, 1),
        (box.topRight(), -1, 1),
        (box.bottomRight(), -1, -1),
        (box.bottomLeft(), 1, -1),
    ):
        path.moveTo(corner.x(), corner.y() + y * arm)
        path.lineTo(corner)
        path.lineTo(corner.x() + x * arm, corner.y())
    return path
