"""Paints the newest picture of one source. Knows neither engine nor files."""

from PyQt6.QtCore import QPointF, QRect, QRectF, QSize, QSizeF, Qt, pyqtSignal
from PyQt6.QtGui import (
    QColor,
    QFontMetrics,
    QHideEvent,
    QImage,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
    QResizeEvent,
    QShowEvent,
)
from PyQt6.QtWidgets import QSizePolicy, QWidget

from app.window.picture import Picture, fitting

_PILL_INK, _PILL_GROUND = QColor(255, 255, 255), QColor(10, 12, 15, 190)
_PIN_GAP_PX = 5.0
_BESIDE_PX = 52
"""Of the width of a view nothing is written on."""
_MOST_LINES, _CORNER_PX = 3, 10
_READABLE_NAME_PX, _SHORT_NAME_PX = 160, 72
"""Parts of a long name that are kept beside all the rest, and beside the state alone: they tell its
source from the others."""
BETWEEN = " · "
"""Stands between the parts of a caption."""


class VideoView(QWidget):
    """Shows pictures in their own shape, pixel for pixel where they were made for its size.

    Attributes:
        picture: The newest one.
        pinned: Track id of the face with a ring around it, or None.
        marked: A frame is drawn around the view: it is the chosen one.
    """

    room_changed = pyqtSignal(QSize)
    """The view has now so many screen pixels."""
    double_clicked = pyqtSignal()
    face_clicked = pyqtSignal(object)
    """Track id of the face, None beside all faces."""
    seen_changed = pyqtSignal(bool)
    """It can be seen, or no longer."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """Start empty."""
        super().__init__(parent)
        self.picture: Picture | None = None
        self.pinned: int | None = None
        self.marked = False
        self._remark, self._name, self._caption = "", "", ""
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(120, 90)
        self.setAccessibleName(self.tr("Picture"))

    @property
    def room_px(self) -> QSize:
        """Size in screen pixels."""
        return (self.size().toSizeF() * self.devicePixelRatioF()).toSize()

    @property
    def free(self) -> QRect:
        """What the caption leaves, in the view's own pixels."""
        high = _CORNER_PX + _pill_size(self.fontMetrics(), [self._caption]).height()
        return self.rect().adjusted(0, round(high) if self._caption else 0, 0, 0)

    def show_picture(self, picture: Picture | None) -> None:
        """Show another picture, or none."""
        self.picture = picture
        self.update()

    def pin(self, track_id: int | None) -> None:
        """Draw a ring around a face, or around none."""
        if track_id != self.pinned:
            self.pinned = track_id
            self.update()

    def mark(self, marked: bool) -> None:
        """Draw a frame around the view, or none."""
        if marked != self.marked:
            self.marked = marked
            self.update()

    def write(self, *, remark: str, caption: str, name: str = "") -> None:
        """Write over the picture; "" for nothing.

        Args:
            remark: Below, in the middle.
            caption: In the upper left.
            name: What the caption begins with. Where there is too little room the last parts of the
                caption give way first, then the middle of the name.
        """
        if (remark, caption, name) != (self._remark, self._caption, self._name):
            self._remark, self._caption, self._name = remark, caption, name
            self.update()

    def paintEvent(self, _event: QPaintEvent | None) -> None:
        """Paint."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), self.palette().color(QPalette.ColorRole.Dark))
        if self.picture:
            self._paint_picture(painter, self.picture.image)
            self._paint_pin(painter, self.picture)
        if self._remark:
            lines = lines_of(painter.fontMetrics(), self._remark, self.width() - _BESIDE_PX)
            size = _pill_size(painter.fontMetrics(), lines)
            left = (self.width() - size.width()) / 2
            _paint_pill(painter, QPointF(left, self.height() - size.height() - 20), lines)
        if self._caption:
            _paint_pill(painter, QPointF(_CORNER_PX, _CORNER_PX), [self._headline(painter)])
        if self.marked:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(self.palette().color(QPalette.ColorRole.Accent), 3))
            painter.drawRect(self.rect().adjusted(1, 1, -2, -2))
        painter.end()

    def _headline(self, painter: QPainter) -> str:
        """The caption, as far as there is room."""
        metrics, room = painter.fontMetrics(), self.width() - _BESIDE_PX
        first, *parts = self._caption.removeprefix(self._name).split(BETWEEN)
        whole = metrics.horizontalAdvance(self._name)
        while parts:
            least = _READABLE_NAME_PX if len(parts) > 1 else _SHORT_NAME_PX
            if room - metrics.horizontalAdvance(_tail(parts)) >= min(whole, least):
                break
            parts.pop()
        tail = first + _tail(parts)
        left = room - metrics.horizontalAdvance(tail)
        name = metrics.elidedText(self._name, Qt.TextElideMode.ElideMiddle, left)
        return metrics.elidedText(name + tail, Qt.TextElideMode.ElideRight, room)

    def _target(self, image: QImage) -> QRectF:
        """Where the picture lies, in the view's own pixels."""
        ratio, room = self.devicePixelRatioF(), self.room_px
        wide, high = fitting((image.width(), image.height()), (room.width(), room.height()))
        left, top = (room.width() - wide) // 2, (room.height() - high) // 2
        return QRectF(left / ratio, top / ratio, wide / ratio, high / ratio)

    def _paint_picture(self, painter: QPainter, image: QImage) -> None:
        target = self._target(image)
        size = (target.size() * self.devicePixelRatioF()).toSize()
        smooth = size != image.size()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
        painter.drawImage(target, image)

    def _paint_pin(self, painter: QPainter, picture: Picture) -> None:
        rows = [row for row, k in enumerate(picture.faces.track_ids) if int(k) == self.pinned]
        if not rows:
            return
        target = self._target(picture.image)
        scale = target.width() / picture.image.width()
        x1, y1, x2, y2 = (float(value) * scale for value in picture.faces.boxes[rows[0]])
        ring = QRectF(x1, y1, x2 - x1, y2 - y1).translated(target.topLeft())
        gap = _PIN_GAP_PX
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(self.palette().color(QPalette.ColorRole.Accent), 3))
        painter.drawRoundedRect(ring.adjusted(-gap, -gap, gap, gap), 10, 10)

    def resizeEvent(self, _event: QResizeEvent | None) -> None:
        """Ask for pictures of the new size."""
        self.room_changed.emit(self.room_px)

    def showEvent(self, _event: QShowEvent | None) -> None:
        """Tell that somebody may look."""
        self.seen_changed.emit(True)

    def hideEvent(self, _event: QHideEvent | None) -> None:
        """Tell that nobody looks."""
        self.seen_changed.emit(False)

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        """Tell which face was clicked."""
        if event is None or event.button() is not Qt.MouseButton.LeftButton:
            return
        self.face_clicked.emit(self._face_at(event.position()))
        event.ignore()  # the tile takes the focus

    def _face_at(self, place: QPointF) -> int | None:
        if self.picture is None:
            return None
        target = self._target(self.picture.image)
        scale = self.picture.image.width() / target.width()
        inside = (place - target.topLeft()) * scale
        return self.picture.face_at(inside.x(), inside.y())

    def mouseDoubleClickEvent(self, _event: QMouseEvent | None) -> None:
        """Tell of a double click."""
        self.double_clicked.emit()


def _tail(parts: list[str]) -> str:
    return "".join(BETWEEN + part for part in parts)


def lines_of(metrics: QFontMetrics, text: str, room_px: int) -> list[str]:
    """Break a remark between words into at most three lines; what is too long ends in "…"."""
    first, *words = text.split()
    lines = [first]
    for word in words:
        longer = f"{lines[-1]} {word}"
        if metrics.horizontalAdvance(longer) <= room_px or len(lines) == _MOST_LINES:
            lines[-1] = longer
        else:
            lines.append(word)
    bare = [line.strip(BETWEEN) for line in lines]
    return [metrics.elidedText(line, Qt.TextElideMode.ElideRight, room_px) for line in bare]


def _pill_size(metrics: QFontMetrics, lines: list[str]) -> QSizeF:
    widest = max(metrics.horizontalAdvance(line) for line in lines)
    return QSizeF(widest + 32, metrics.height() * len(lines) + 14)


def _paint_pill(painter: QPainter, at: QPointF, lines: list[str]) -> None:
    pill = QRectF(at, _pill_size(painter.fontMetrics(), lines))
    radius = _pill_size(painter.fontMetrics(), lines[:1]).height() / 2
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(_PILL_GROUND)
    painter.drawRoundedRect(pill, radius, radius)
    painter.setPen(_PILL_INK)
    painter.drawText(pill, Qt.AlignmentFlag.AlignCenter, "\n".join(lines))
