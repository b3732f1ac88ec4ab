"""A large button with a sign, a title and a remark."""

from PyQt6.QtCore import QEvent, QSize, Qt
from PyQt6.QtGui import QPalette
from PyQt6.QtWidgets import QGridLayout, QLabel, QPushButton, QWidget

from app.window.icons import tinted

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
        self._name = sign
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
        self._sign.setPixmap(tinted(self._name, colour, _SIGN_PX, self.devicePixelRatioF()))
