"""A card over the picture: something is under way, or something went wrong and what to do."""

from html import escape
from typing import NamedTuple

from PyQt6.QtCore import QSize, Qt, pyqtSignal
from PyQt6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QLabel,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

_WIDTH_PX = 380


class _Form(NamedTuple):
    """How a card is laid out: room beside, above and between its parts, and what it leaves out."""

    beside_px: int
    above_px: int
    between_px: int
    with_text: bool


_USUAL, _SHORTEST = _Form(24, 20, 10, True), _Form(8, 3, 2, False)
_FORMS = _USUAL, _Form(8, 6, 4, True), _Form(8, 6, 4, False), _SHORTEST
"""The roomiest first; the title of the last is on one line."""
_SMALL_BUTTONS = "QPushButton { padding: 3px 8px; } QPushButton:focus { padding: 2px 7px; }"


class Notice(QFrame):
    """Hidden until it has something to say."""

    try_again = pyqtSignal()
    give_up = pyqtSignal()
    """The source that failed is not wanted any longer."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """Build the card."""
        super().__init__(parent)
        self.setObjectName("card")
        self._said = "", "", False
        self._room = QSize()
        self._title, self._text, self._busy = QLabel(), QLabel(), QProgressBar()
        self._text.setObjectName("faint")
        for label in (self._title, self._text):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._busy.setMaximum(0)
        self._busy.setTextVisible(False)
        self._again, self._give_up = QPushButton(self.tr("Try again")), QPushButton()
        self._again.clicked.connect(self.try_again)
        self._give_up.clicked.connect(self.give_up)
        self._buttons = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._column = QVBoxLayout(self)
        for button in (self._again, self._give_up):
            self._buttons.addWidget(button)
        for widget in (self._title, self._text, self._busy):
            self._column.addWidget(widget)
        self._column.addLayout(self._buttons)
        self._column.setAlignment(self._buttons, Qt.AlignmentFlag.AlignLeft)
        self.stand_alone(True)
        self.hide()

    def stand_alone(self, alone: bool) -> None:
        """Offer another source in place of the only one, or to close one of several."""
        self._give_up.setText(self.tr("Choose another source") if alone else self.tr("Close"))
        self._room = QSize()

    def fit(self, room: QSize) -> None:
        """Be as wide as usual and as high as the words need; where there is less room, say less."""
        if room == self._room:
            return
        self._room = room
        wide = min(_WIDTH_PX, room.width())
        for form in _FORMS:
            self._take_form(form, wide)
            high = self.heightForWidth(wide)
            if self.minimumSizeHint().width() <= wide and high <= room.height():
                break
        self.setFixedSize(wide, min(high, room.height()))
        self._column.activate()  # its forms were tried; where the size stays, nothing else does it

    def _take_form(self, form: _Form, wide_px: int) -> None:
        title, text, _ = self._said
        small = form is not _USUAL
        beside, above = form.beside_px, form.above_px
        self._column.setContentsMargins(beside, above, beside, above)
        self._column.setSpacing(form.between_px)
        self._buttons.setContentsMargins(0, 0 if small else 6, 0, 0)
        self._buttons.setSpacing(min(6, form.between_px))
        font = self.font()
        font.setPointSizeF(font.pointSizeF() * (1 if small else 1.25))
        font.setBold(True)
        self._title.setFont(font)
        room_px = wide_px - 2 * beside - 2  # the card has a border
        if form is _SHORTEST:
            metrics = self._title.fontMetrics()
            title = metrics.elidedText(title, Qt.TextElideMode.ElideRight, room_px)
        self._title.setText(title)
        self._text.setVisible(bool(text) and form.with_text)
        left_out = "" if form.with_text else self.accessibleName()
        self.setToolTip(left_out and f"<p>{escape(left_out)}</p>")
        self.setStyleSheet(_SMALL_BUTTONS if small else "")
        widths = [button.sizeHint().width() for button in (self._again, self._give_up)]
        fit = sum(widths) + self._buttons.spacing() <= room_px
        across, down = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
        self._buttons.setDirection(across if fit else down)

    def show_busy(self, title: str, text: str = "") -> None:
        """Tell what is under way."""
        self._say(title, text, failed=False)

    def show_failure(self, title: str, text: str) -> None:
        """Tell what went wrong and what to do, and offer ways out."""
        self._say(title, text, failed=True)

    def _say(self, title: str, text: str, *, failed: bool) -> None:
        if (title, text, failed) != self._said:
            self._said = title, text, failed
            self._room = QSize()
            self._text.setText(text)
            self._busy.setVisible(not failed)
            self._again.setVisible(failed)
            self._give_up.setVisible(failed)
            self.setAccessibleName(f"{title} {text}")
        self.show()
