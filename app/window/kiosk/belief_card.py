"""What one visitor is told: an age in large type, and the belief as a curve that moves."""

import numpy as np
from PyQt6.QtCore import QRectF, Qt
from PyQt6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPaintEvent, QPalette, QPen
from PyQt6.QtWidgets import QSizePolicy, QWidget

from app.window.kiosk.curve import paint_curve
from app.window.kiosk.look import SMALL, TEXT, TITLE, nearer, type_of, unit_px
from engine.sinks.palette import DASH
from engine.values.age import Doubles
from engine.values.result import AgeBelief, Status

_ABOVE, _LARGE, _BELOW = TEXT * 0.85, TITLE * 1.15, TEXT * 0.75
_CURVE = 0.4
"""Share of a wide card that its curve has at least."""
_WIDEST_YEARS = f"88{DASH}100"
_INTERVAL = 0.9
_ARRIVED = 1e-4
"""Largest difference of probabilities that nobody sees any more."""


class BeliefCard(QWidget):
    """The belief about one visitor.

    Attributes:
        still: The curve jumps instead of flowing.
    """

    def __init__(self, parent: QWidget | None = None, *, still: bool = False) -> None:
        """Start empty."""
        super().__init__(parent)
        self.still = still
        self.colour = QColor(Qt.GlobalColor.white)
        self._belief: AgeBelief | None = None
        self._probs: Doubles | None = None
        self._words = ("", "", "")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    @property
    def words(self) -> tuple[str, str, str]:
        """What stands above, large and below."""
        return self._words

    def show_belief(self, belief: AgeBelief, colour: QColor, *, anew: bool) -> None:
        """Show a belief; `anew` when it is about another visitor than before."""
        self._belief, self.colour = belief, colour
        if anew:
            self._probs = None
        words = self._words_about(belief)
        if words != self._words:
            self._words = words
            self.setAccessibleName(" ".join(filter(None, words)))
        self.update()

    def forget(self) -> None:
        """Keep nothing of the last visitor."""
        self._belief = self._probs = None
        self._words = ("", "", "")
        self.setAccessibleName("")

    def advance(self, step_s: float) -> None:
        """Let the curve flow on for so many seconds."""
        if self._belief is None or self._belief.status is Status.INSUFFICIENT:
            return
        target = self._belief.distribution.probs.astype(np.float64)
        if self._probs is None:
            self._probs = np.full(len(target), target.mean())
        way = target - self._probs
        if np.abs(way).max() > _ARRIVED:
            self._probs = self._probs + nearer(step_s, still=self.still) * way
            self.update()

    def _words_about(self, belief: AgeBelief) -> tuple[str, str, str]:
        low, high = (round(float(end)) for end in belief.distribution.interval(_INTERVAL))
        years = str(round(float(belief.distribution.median())))
        return self._said(belief.status, years, f"{low}{DASH}{high}")

    def _said(self, status: Status, years: str, between: str) -> tuple[str, str, str]:
        if status is Status.INSUFFICIENT:
            return self.tr("Hello!"), "\N{HORIZONTAL ELLIPSIS}", self.tr("Let me have a look")
        if status is Status.STABLE:
            below = self.tr("most likely {}").format(between)
        else:
            below = self.tr("{}, still looking").format(between)
        return self.tr("You look about"), years, below

    def paintEvent(self, _event: QPaintEvent | None) -> None:
        """Paint."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_plate(painter)
        words, plot = self._rooms()
        self._paint_words(painter, words)
        if self._probs is not None:
            faint = self.palette().color(QPalette.ColorRole.PlaceholderText)
            paint_curve(painter, plot, self._probs, self.colour, (faint, type_of(self, SMALL)))
        painter.end()

    def _paint_plate(self, painter: QPainter) -> None:
        plate = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        corner = 0.02 * unit_px(self)
        painter.setPen(QPen(self.palette().color(QPalette.ColorRole.Mid), 1))
        painter.setBrush(self.palette().color(QPalette.ColorRole.Window))
        painter.drawRoundedRect(plate, corner, corner)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.colour)
        bar = QRectF(plate.left(), plate.top() + corner, 0.009 * unit_px(self), 0)
        bar.setBottom(plate.bottom() - corner)
        painter.drawRoundedRect(bar, bar.width() / 2, bar.width() / 2)

    def _paint_words(self, painter: QPainter, room: QRectF) -> None:
        painter.setPen(self.palette().color(QPalette.ColorRole.WindowText))
        flag = Qt.AlignmentFlag
        places = (flag.AlignTop, flag.AlignVCenter, flag.AlignBottom)
        for place, text, font in zip(places, self._words, self._fonts(room), strict=True):
            painter.setFont(font)
            painter.drawText(room, flag.AlignLeft | place, text)

    def _fonts(self, room: QRectF) -> tuple[QFont, QFont, QFont]:
        """Of what stands above, large and below; the lines are made smaller where they must be."""
        above, below = type_of(self, _ABOVE), type_of(self, _BELOW)
        shrink = min(1.0, room.width() / self._widest())
        for font in (above, below):
            font.setPixelSize(max(1, int(shrink * font.pixelSize())))
        return above, type_of(self, _LARGE, bold=True), below

    def _widest(self) -> float:
        """Px of the longest line in this language: what is said next must not move the curve."""
        above, below = (QFontMetricsF(type_of(self, share)) for share in (_ABOVE, _BELOW))
        said = [self._said(status, "", _WIDEST_YEARS) for status in Status]
        return max(
            max(above.horizontalAdvance(first), below.horizontalAdvance(last))
            for first, _, last in said
        )

    def _rooms(self) -> tuple[QRectF, QRectF]:
        """Room for the words and room for the curve: beside them in a wide card, else below."""
        pad, text_high = 0.022 * unit_px(self), 0.18 * unit_px(self)
        room = QRectF(self.rect()).adjusted(1.6 * pad, pad, -pad, -pad)
        if room.width() > 2.2 * room.height():
            wide = min(self._widest(), (1 - _CURVE) * room.width() - pad)
            words = QRectF(room.left(), room.center().y() - text_high / 2, wide, text_high)
            return words, room.adjusted(wide + pad, 0.04 * room.height(), 0, 0)
        high = min(text_high, 0.62 * room.height())
        words = QRectF(room.left(), room.top(), room.width(), high)
        return words, room.adjusted(0, high + 0.4 * pad, 0, 0)
