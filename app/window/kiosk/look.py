"""How the kiosk looks: sizes that follow the screen, colours of visitors, calm motion."""

from math import exp

from PyQt6.QtGui import QColor, QFont
from PyQt6.QtWidgets import QWidget

from engine.sinks.palette import BANDS

VISITOR_COLOURS = tuple(QColor(*BANDS[at].colour) for at in (0, 4, 2, 6))
"""Tell up to four visitors apart, whatever their colour vision."""
TITLE, TEXT, SMALL = 0.072, 0.038, 0.026
"""Sizes of type in units of the screen, see `unit_px`."""
_TAU_S = 0.35


def unit_px(widget: QWidget) -> float:
    """What sizes are shares of: the shorter side of the window, upright ones a little more."""
    window = widget.window()
    assert window is not None
    return min(
        window.width() * (1.0 if window.width() > window.height() else 0.95), window.height()
    )


def type_of(widget: QWidget, share: float, *, bold: bool = False) -> QFont:
    """A font whose size is a share of the screen."""
    font = QFont(widget.font())
    font.setPixelSize(max(12, round(share * unit_px(widget))))
    font.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
    return font


def nearer(step_s: float, *, still: bool) -> float:
    """Share of the remaining way that a moving thing goes in so many seconds."""
    return 1.0 if still else 1.0 - exp(-step_s / _TAU_S)
