"""A card over the picture: something is under way, or something went wrong and what to do."""

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

_WIDTH_PX = 380


class Notice(QFrame):
    """Hidden until it has something to say."""

    try_again = pyqtSignal()
    choose_another = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        """Build the card."""
        super().__init__(parent)
        self.setObjectName("card")
        self._title, self._text = QLabel(), QLabel()
        font = self._title.font()
        font.setPointSizeF(font.pointSizeF() * 1.25)
        font.setBold(True)
        self._title.setFont(font)
        self._text.setObjectName("faint")
        for label in (self._title, self._text):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._busy = QProgressBar()
        self._busy.setMaximum(0)
        self._busy.setTextVisible(False)
        self._choices = QWidget()
        self._lay_out()
        self.hide()

    def _lay_out(self) -> None:
        again = QPushButton(self.tr("Try again"))
        again.clicked.connect(self.try_again)
        another = QPushButton(self.tr("Choose another source"))
        another.clicked.connect(self.choose_another)
        buttons = QHBoxLayout(self._choices)
        buttons.setContentsMargins(0, 6, 0, 0)
        buttons.addWidget(again)
        buttons.addWidget(another)
        buttons.addStretch()
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(10)
        for widget in (self._title, self._text, self._busy, self._choices):
            column.addWidget(widget)

    def fit(self, room_px: int) -> None:
        """Be as wide as usual, or as the room allows, and as high as the text needs."""
        self.setFixedWidth(max(120, min(_WIDTH_PX, room_px)))
        layout = self.layout()
        high = layout.heightForWidth(self.width()) if layout else -1
        self.setFixedHeight(high if high > 0 else self.sizeHint().height())

    def show_busy(self, title: str, text: str = "") -> None:
        """Tell what is under way."""
        self._say(title, text, failed=False)

    def show_failure(self, title: str, text: str) -> None:
        """Tell what went wrong and what to do, and offer ways out."""
        self._say(title, text, failed=True)

    def _say(self, title: str, text: str, *, failed: bool) -> None:
        self._title.setText(title)
        self._text.setText(text)
        self._text.setVisible(bool(text))
        self._busy.setVisible(not failed)
        self._choices.setVisible(failed)
        self.setAccessibleName(f"{title} {text}")
        self.show()
