"""A large button with a sign, a title and a remark."""

from pathlib import Path

from PyQt6.QtCore import QByteArray, QEvent, QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QPainter, QPalette, QPixmap
from PyQt6.QtSvg import QSvgRenderer
from PyQt6.QtWidgets import QGridLayout, QLabel, QPushButton, QWidget

_ICONS = Path(__file__).resolve().parents[2] / "assets" / "icons"
_SIGN_PX, _HEIGHT_PX = 30, 72


class Choice(QPushButton):
    """One of several things to begin with."""

    def __init__(self, sign: str, title: str, remark: str, parent: QWidget | None = None) -> None:
        """Build the button.

        Args:
            sign: Name of a file in `assets/icons`.
            title: What it does.
            remark: More about it.
            parent: Its parent.
        """
        super().__init__(parent)
        self._svg = (_ICONS / f"{sign}.svg").read_text()
        self._sign, head, tail = QLabel(), QLabel(title), QLabel(remark)
        font = head.font()
        font.setBold(True)
        head.setFont(font)
        tail.setObjectName("faint")
        self.setAccessibleName(title)
        self.setAccessibleDescription(remark)
        self.setMinimumHeight(_HEIGHT_PX)
        grid = QGridLayout(self)
        grid.setContentsMargins(18, 12, 18, 12)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(2)
        grid.addWidget(self._sign, 0, 0, 2, 1)
        grid.addWidget(head, 0, 1, Qt.AlignmentFlag.AlignBottom)
        grid.addWidget(tail, 1, 1, Qt.AlignmentFlag.AlignTop)
        grid.setColumnStretch(1, 1)
        for label in (self._sign, head, tail):
            label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._tint()

    def sizeHint(self) -> QSize:
        """As large as what is in it; a plain button would only count its own text."""
        layout = self.layout()
        return layout.sizeHint() if layout else super().sizeHint()

    def changeEvent(self, event: QEvent | None) -> None:
        """Follow the theme."""
        if event and event.type() == QEvent.Type.PaletteChange:
            self._tint()
        super().changeEvent(event)

    def _tint(self) -> None:
        colour = self.palette().color(QPalette.ColorRole.Accent)
        self._sign.setPixmap(tinted(self._svg, colour, _SIGN_PX, self.devicePixelRatioF()))


def tinted(svg: str, colour: QColor, side_px: int, ratio: float) -> QPixmap:
    """A picture of an SVG whose `currentColor` is `colour`, crisp at `ratio` device pixels."""
    pixmap = QPixmap(round(side_px * ratio), round(side_px * ratio))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    renderer = QSvgRenderer(QByteArray(svg.replace("currentColor", colour.name()).encode()))
    renderer.render(painter, QRectF(0, 0, side_px, side_px))
    painter.end()
    return pixmap
