"""What is shown while visitors are near: the mirror, and a card for each of them."""

from PyQt6.QtCore import QRect, Qt
from PyQt6.QtGui import QColor, QResizeEvent
from PyQt6.QtWidgets import QLabel, QWidget

from app.window.kiosk.belief_card import BeliefCard
from app.window.kiosk.look import SMALL, TITLE, VISITOR_COLOURS, type_of, unit_px
from app.window.kiosk.mirror import Mirror
from app.window.kiosk.reflection import Reflection

_CARDS_HIGH = 0.40
_UPRIGHT_MIRROR, _UPRIGHT_WIDE_MIRROR = 0.56, 0.34
"""Of an upright screen; the second, for more than one visitor, shows them beside each other."""


class GreetPage(QWidget):
    """Greets up to four visitors; their cards stand in the order they stand in the mirror."""

    def __init__(self, note: str, parent: QWidget | None = None, *, still: bool = False) -> None:
        """Build it; `note` stands at its foot; where it is `still` the curves jump."""
        super().__init__(parent)
        self.mirror = Mirror(self)
        self.cards = [BeliefCard(self, still=still) for _ in VISITOR_COLOURS]
        self._hello, self._note = QLabel(self), QLabel(note, self)
        self._note.setObjectName("faint")
        self._hello.setObjectName("card")
        self._note.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._note.setWordWrap(True)
        self._shown: list[int] = []
        self._slots: dict[int, int] = {}

    def show_reflection(self, reflection: Reflection) -> None:
        """Show the newest reflection and what is believed of who is in it."""
        visitors = reflection.visitors
        self._give_colours([visitor.track_id for visitor in visitors])
        colours = {track_id: VISITOR_COLOURS[slot] for track_id, slot in self._slots.items()}
        self.mirror.show_reflection(reflection, colours)
        ids = [visitor.track_id for visitor in visitors]
        for place, visitor in enumerate(visitors):
            anew = self._shown[place : place + 1] != [visitor.track_id]
            colour: QColor = colours[visitor.track_id]
            self.cards[place].show_belief(visitor.belief, colour, anew=anew)
        if len(ids) != len(self._shown):
            self._hello.setText(self._greeting(len(ids)))
            self._shown = ids
            self._arrange()
        self._shown = ids

    def advance(self, step_s: float) -> None:
        """Let the curves flow on."""
        for card in self.cards[: len(self._shown)]:
            card.advance(step_s)

    def forget(self) -> None:
        """Drop the picture and the beliefs of the last visitors."""
        self.mirror.show_reflection(None)
        for card in self.cards:
            card.forget()
        self._shown, self._slots = [], {}

    def fit(self) -> None:
        """Set type and places for the size of the screen."""
        self._hello.setFont(type_of(self, TITLE, bold=True))
        self._note.setFont(type_of(self, SMALL))
        self._arrange()

    def resizeEvent(self, _event: QResizeEvent | None) -> None:
        """Place everything anew."""
        self.fit()

    def _give_colours(self, ids: list[int]) -> None:
        self._slots = {k: slot for k, slot in self._slots.items() if k in ids}
        for track_id in ids:
            if track_id not in self._slots:
                taken = self._slots.values()
                free = (slot for slot in range(len(VISITOR_COLOURS)) if slot not in taken)
                self._slots[track_id] = next(free)

    def _greeting(self, people: int) -> str:
        many = [
            self.tr("Hello, you two!"),
            self.tr("Hello, you three!"),
            self.tr("Hello, you four!"),
        ]
        return many[people - 2] if people > 1 else self.tr("Hello!")

    def _arrange(self) -> None:
        """Mirror above, cards below in one row; on upright screens in rows of two."""
        width, height, pad = self.width(), self.height(), round(0.022 * unit_px(self))
        note_high = self._note.heightForWidth(width - 2 * pad)
        upright, count = height > width, len(self._shown)
        top = round(height * self._mirror_share(count, upright=upright)) + pad
        self.mirror.setGeometry(0, 0, width, top - pad)
        columns = max(1, min(count, 2 if upright else 4))
        rows = max(1, -(-count // columns))
        foot = height - note_high - round(1.5 * pad)
        highest = round((0.75 if upright else 0.5) * unit_px(self))
        high = min((foot - top - pad * (rows - 1)) // rows, highest)
        wide = min((width - pad * (columns + 1)) // columns, round(0.8 * unit_px(self)))
        left = (width - columns * wide - (columns - 1) * pad) // 2
        for place, card in enumerate(self.cards):
            row, column = divmod(place, columns)
            x, y = left + column * (wide + pad), top + row * (high + pad)
            card.setGeometry(QRect(x, y, wide, high))
            card.setVisible(place < count)
        self._note.setGeometry(pad, height - note_high - pad // 2, width - 2 * pad, note_high)
        self._place_hello(pad)

    def _mirror_share(self, visitors: int, *, upright: bool) -> float:
        if not upright:
            return 1 - _CARDS_HIGH
        return _UPRIGHT_MIRROR if visitors <= 1 else _UPRIGHT_WIDE_MIRROR

    def _place_hello(self, pad: int) -> None:
        self._hello.setContentsMargins(pad, pad // 3, pad, pad // 3)
        self._hello.adjustSize()
        self._hello.move(pad, self.mirror.height() - self._hello.height() - pad)
        self._hello.setVisible(bool(self._shown))
