"""Signs from `assets/icons`, in the colours of the theme and crisp on every screen."""

from functools import lru_cache
from pathlib import Path

from PyQt6.QtCore import QByteArray, QRectF, Qt
from PyQt6.QtGui import QColor, QIcon, QPainter, QPalette, QPixmap
from PyQt6.QtSvg import QSvgRenderer

_FOLDER = Path(__file__).resolve().parents[2] / "assets" / "icons"
_DENSITIES = (1.0, 2.0)


def icon_of(sign: str, palette: QPalette, side_px: int = 20) -> QIcon:
    """A sign as an icon in the colour of text; checked it has the accent."""
    text, faint = (
        palette.color(QPalette.ColorRole.Text),
        palette.color(QPalette.ColorGroup.Disabled, QPalette.ColorRole.Text),
    )
    accent = palette.color(QPalette.ColorRole.Accent)
    return _icon(sign, text.name(), faint.name(), accent.name(), side_px)


@lru_cache(maxsize=256)
def _icon(sign: str, text: str, faint: str, accent: str, side_px: int) -> QIcon:
    icon = QIcon()
    for density in _DENSITIES:
        icon.addPixmap(tinted(sign, QColor(text), side_px, density))
        icon.addPixmap(tinted(sign, QColor(faint), side_px, density), QIcon.Mode.Disabled)
        checked = tinted(sign, QColor(accent), side_px, density)
        icon.addPixmap(checked, QIcon.Mode.Normal, QIcon.State.On)
    return icon


def tinted(sign: str, colour: QColor, side_px: int, ratio: float) -> QPixmap:
    """A sign whose `currentColor` is `colour`, crisp at `ratio` device pixels."""
    svg = (_FOLDER / f"{sign}.svg").read_text().replace("currentColor", colour.name())
    pixmap = QPixmap(round(side_px * ratio), round(side_px * ratio))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    QSvgRenderer(QByteArray(svg.encode())).render(painter, QRectF(0, 0, side_px, side_px))
    painter.end()
    return pixmap
