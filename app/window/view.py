"""Paints the newest picture of one source. Knows neither engine nor files."""

from PyQt6.QtCore import QPointF, QRectF, QSize, QSizeF, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPaintEvent, QPalette, QResizeEvent
from PyQt6.QtWidgets import QSizePolicy, QWidget

from app.window.picture import Picture, fitting

_PILL_INK, _PILL_GROUND = QColor(255, 255, 255), QColor(10, 12, 15, 190)


class VideoView(QWidget):
    """Shows pictures in their own shape, pixel for pixel where they were made for its size."""

    room_changed = pyqtSignal(QSize)
    """The view has now so many screen pixels."""
    double_clicked = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        """Start empty."""
        super().__init__(parent)
        self.picture: Picture | None = None
        self._remark, self._caption = "", ""
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(160, 120)
        self.setAccessibleName(self.tr("Picture"))

    @property
    def room_px(self) -> QSize:
        """Size in screen pixels."""
        return (self.size().toSizeF() * self.devicePixelRatioF()).toSize()

    def show_picture(self, picture: Picture | None) -> None:
        """Show another picture, or none."""
        self.picture = picture
        self.update()

    def write(self, *, remark: str, caption: str) -> None:
        """Write over the picture: a remark below, a caption in the upper left; "" for none."""
        if (remark, caption) != (self._remark, self._caption):
            self._remark, self._caption = remark, caption
            self.update()

    def paintEvent(self, _event: QPaintEvent | None) -> None:
        """Paint."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), self.palette().color(QPalette.ColorRole.Dark))
        if self.picture:
            self._paint_picture(painter, self.picture.image)
        if self._remark:
            size = _pill_size(painter, self._remark)
            left = (self.width() - size.width()) / 2
            _paint_pill(painter, QPointF(left, self.height() - size.height() - 20), self._remark)
        if self._caption:
            _paint_pill(painter, QPointF(10, 10), self._caption)
        painter.end()

    def _paint_picture(self, painter: QPainter, image: QImage) -> None:
        ratio = self.devicePixelRatioF()
        room = self.room_px
        wide, high = fitting((image.width(), image.height()), (room.width(), room.height()))
        left, top = (room.width() - wide) // 2, (room.height() - high) // 2
        target = QRectF(left / ratio, top / ratio, wide / ratio, high / ratio)
        painter.setRenderHint(
            QPainter.RenderHint.SmoothPixmapTransform,
            (wide, high) != (image.width(), image.height()),
        )
        painter.drawImage(target, image)

    def resizeEvent(self, _event: QResizeEvent | None) -> None:
        """Ask for pictures of the new size."""
        self.room_changed.emit(self.room_px)

    def mouseDoubleClickEvent(self, _event: QMouseEvent | None) -> None:
        """Tell of a double click."""
        self.double_clicked.emit()


def _pill_size(painter: QPainter, text: str) -> QSizeF:
    metrics = painter.fontMetrics()
    return QSizeF(metrics.horizontalAdvance(text) + 32, metrics.height() + 14)


def _paint_pill(painter: QPainter, at: QPointF, text: str) -> None:
    pill = QRectF(at, _pill_size(painter, text))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(_PILL_GROUND)
    painter.drawRoundedRect(pill, pill.height() / 2, pill.height() / 2)
    painter.setPen(_PILL_INK)
    painter.drawText(pill, Qt.AlignmentFlag.AlignCenter, text)
