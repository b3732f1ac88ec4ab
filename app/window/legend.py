"""What the colours mean."""

from PyQt6.QtCore import QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QPainter, QPaintEvent, QPalette
from PyQt6.QtWidgets import QSizePolicy, QWidget

from engine.sinks.palette import BANDS

_COLUMNS, _ROW_PX, _MARGIN_PX, _SWATCH_PX = 4, 22, 16, 11


class Legend(QWidget):
    """The age bands and their colours, in rows."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """Take the bands of the palette."""
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        names = ", ".join(band.name for band in BANDS)
        self.setAccessibleName(self.tr("Age bands: {}").format(names))

    def sizeHint(self) -> QSize:
        """As high as its rows."""
        rows = -(-len(BANDS) // _COLUMNS)
        return QSize(0, rows * _ROW_PX + 20)

    def paintEvent(self, _event: QPaintEvent | None) -> None:
        """Paint swatches and names."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        column_px = (self.width() - 2 * _MARGIN_PX) / _COLUMNS
        for place, band in enumerate(BANDS):
            left = _MARGIN_PX + place % _COLUMNS * column_px
            top = 8 + place // _COLUMNS * _ROW_PX
            swatch = QRectF(left, top + (_ROW_PX - _SWATCH_PX) / 2, _SWATCH_PX, _SWATCH_PX)
            painter.setPen(self.palette().color(QPalette.ColorRole.Mid))
            painter.setBrush(QColor(*band.colour))
            painter.drawRoundedRect(swatch, 3, 3)
            painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
            words = QRectF(left + _SWATCH_PX + 6, top, column_px - _SWATCH_PX - 6, _ROW_PX)
            painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, band.name)
        painter.end()
