"""A strip along a recording: where people were present, where it plays, and what is looped."""

from PyQt6.QtCore import QPointF, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import (
    QColor,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
)
from PyQt6.QtWidgets import QSizePolicy, QWidget

from app.window.words import clock
from engine.analysed import UNSEEN, Counts

_HEIGHT_PX, _MARGIN_PX = 34, 7
_LEAST = 3
"""So many people at least make a full bar."""
_NEAR_S, _FAR_S = 1.0, 10.0
_STEPS_S = {
    Qt.Key.Key_Left: -_NEAR_S,
    Qt.Key.Key_Right: _NEAR_S,
    Qt.Key.Key_PageDown: -_FAR_S,
    Qt.Key.Key_PageUp: _FAR_S,
}


class Timeline(QWidget):
    """Click, drag or press arrows to go somewhere."""

    sought = pyqtSignal(float)
    """Go to this media second."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """Start without a recording."""
        super().__init__(parent)
        self._length_s, self._position_s = 0.0, 0.0
        self._loop_s: tuple[float, float] | None = None
        self._counts: Counts | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(80)
        self.setAccessibleName(self.tr("Place in the recording"))
        self.setToolTip(self.tr("Blue: people were present. Grey: not looked at yet."))

    def sizeHint(self) -> QSize:
        """As high as a button."""
        return QSize(200, _HEIGHT_PX)

    def show_place(
        self,
        position_s: float,
        length_s: float,
        loop_s: tuple[float, float] | None,
        counts: Counts | None,
    ) -> None:
        """Show where it plays."""
        self._position_s, self._length_s = position_s, length_s
        self._loop_s, self._counts = loop_s, counts
        place = f"{clock(position_s)} / {clock(length_s)}"
        if place != self.accessibleDescription():
            self.setAccessibleDescription(place)
        self.update()

    def paintEvent(self, _event: QPaintEvent | None) -> None:
        """Paint the strip."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colours, role = self.palette(), QPalette.ColorRole
        strip = self._strip()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colours.color(role.Mid))
        painter.drawRoundedRect(strip, 4, 4)
        self._paint_counts(painter, strip)
        if self._loop_s:
            first, last = (self._x(at_s) for at_s in self._loop_s)
            shade = QColor(colours.color(role.Accent))
            shade.setAlpha(70)
            painter.fillRect(QRectF(first, 0, last - first, self.height()), shade)
        painter.setPen(QPen(colours.color(role.Text), 2))
        x = self._x(self._position_s)
        painter.drawLine(QPointF(x, 2), QPointF(x, self.height() - 2))
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(colours.color(role.Accent), 2))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 5, 5)
        painter.end()

    def _paint_counts(self, painter: QPainter, strip: QRectF) -> None:
        counts = self._counts
        if counts is None:
            return
        part_px = strip.width() / len(counts)
        most = max(int(counts.max()), _LEAST)
        accent, ground = QColor("#56b4e9"), self.palette().color(QPalette.ColorRole.Base)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        for part, people in enumerate(counts.tolist()):
            if people == UNSEEN:
                continue
            left = strip.left() + part * part_px
            column = QRectF(left, strip.top(), part_px + 0.5, strip.height())
            painter.fillRect(column, ground)
            if people:
                column.setTop(strip.bottom() - strip.height() * (0.25 + 0.75 * people / most))
                painter.fillRect(column, accent)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)

    def _strip(self) -> QRectF:
        return QRectF(self.rect()).adjusted(_MARGIN_PX, _MARGIN_PX, -_MARGIN_PX, -_MARGIN_PX)

    def _x(self, time_s: float) -> float:
        strip = self._strip()
        return strip.left() + strip.width() * min(time_s / max(self._length_s, 1e-3), 1.0)

    def _seek(self, event: QMouseEvent | None) -> None:
        if event is None or not event.buttons() & Qt.MouseButton.LeftButton:
            return
        strip = self._strip()
        share = (event.position().x() - strip.left()) / max(strip.width(), 1.0)
        self.sought.emit(min(max(share, 0.0), 1.0) * self._length_s)

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        """Go where it was clicked."""
        self._seek(event)

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        """Follow the pointer."""
        self._seek(event)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Arrows go a second, page keys ten, Home and End to the ends."""
        key = Qt.Key(event.key()) if event else None
        if key in _STEPS_S:
            self.sought.emit(min(max(0.0, self._position_s + _STEPS_S[key]), self._length_s))
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self.sought.emit(0.0 if key is Qt.Key.Key_Home else self._length_s)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent | None) -> None:
        """Show the focus."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent | None) -> None:
        """Show it no longer."""
        super().focusOutEvent(event)
        self.update()
