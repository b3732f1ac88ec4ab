"""A pad of digits for touch screen, mouse and keyboard."""

from math import ceil
from time import monotonic

from PyQt6.QtCore import Qt, QTimer, pyqtSignal
from PyQt6.QtGui import QColor, QHideEvent, QKeyEvent, QPainter, QPaintEvent
from PyQt6.QtWidgets import QFrame, QGridLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.window.kiosk.look import TEXT, type_of, unit_px
from app.window.kiosk.pin import Pin

_IDLE_MS, _TELL_MS = 20_000, 250
_VEIL = QColor(0, 0, 0, 170)
_DOT, _RING = "\N{BLACK CIRCLE}", "\N{WHITE CIRCLE}"
_ERASE, _CANCEL = "\N{ERASE TO THE LEFT}", "\N{MULTIPLICATION SIGN}"


class PinPad(QWidget):
    """Lies over the whole window; goes away by itself when nobody types."""

    right = pyqtSignal()
    """The right number was typed."""

    def __init__(self, pin: Pin, parent: QWidget) -> None:
        """Build it, hidden."""
        super().__init__(parent)
        self._pin, self._typed = pin, ""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("Number to leave the kiosk"))
        self._idle = QTimer(self)
        self._idle.setSingleShot(True)
        self._idle.setInterval(_IDLE_MS)
        self._idle.timeout.connect(self.hide)
        self._clock = QTimer(self)
        self._clock.setInterval(_TELL_MS)
        self._clock.timeout.connect(self._tell)
        self._said, self._dots = QLabel(), QLabel()
        self._buttons: list[QPushButton] = []
        self._card = QFrame(self)
        self._card.setObjectName("card")
        column = QVBoxLayout(self._card)
        for label in (self._said, self._dots):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            column.addWidget(label)
        column.addLayout(self._keys())
        self.hide()

    def _keys(self) -> QGridLayout:
        grid = QGridLayout()
        for place, digit in enumerate("123456789"):
            grid.addWidget(self._key(digit), *divmod(place, 3))
        erase = self._key(_ERASE)
        erase.setAccessibleName(self.tr("Delete"))
        cancel = self._key(_CANCEL)
        cancel.setAccessibleName(self.tr("Cancel"))
        for column, key in enumerate((erase, self._key("0"), cancel)):
            grid.addWidget(key, 3, column)
        return grid

    def _key(self, sign: str) -> QPushButton:
        key = QPushButton(sign)
        key.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        key.setAutoDefault(False)
        key.clicked.connect(lambda: self._press(sign))
        self._buttons.append(key)
        return key

    def ask(self) -> None:
        """Show the pad, empty."""
        self._typed = ""
        self._tell()
        self.fit()
        self.show()
        self.raise_()
        self.setFocus()
        self._idle.start()
        self._clock.start()

    def hideEvent(self, _event: QHideEvent | None) -> None:
        """Nobody looks at the clock any more."""
        self._clock.stop()

    def fit(self) -> None:
        """Take the whole window, with type of its size."""
        parent = self.parentWidget()
        assert parent is not None
        self.setGeometry(parent.rect())
        font = type_of(self, TEXT)
        for part in (self._said, self._dots, *self._buttons):
            part.setFont(font)
        side = round(0.11 * unit_px(self))
        for button in self._buttons:
            button.setFixedSize(side, side)
        self._place_card()

    def _place_card(self) -> None:
        grid = self._card.layout()
        assert grid is not None
        grid.activate()  # else the card takes the size of the keys of before
        self._card.adjustSize()
        self._card.move(self.rect().center() - self._card.rect().center())

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Take digits, Backspace and Escape."""
        if event is None:
            return
        if event.key() == Qt.Key.Key_Escape:
            self.hide()
        elif event.key() == Qt.Key.Key_Backspace:
            self._press(_ERASE)
        elif event.text().isdecimal() and event.text().isascii():
            self._press(event.text())

    def _press(self, sign: str) -> None:
        self._idle.start()
        if sign == _CANCEL:
            self.hide()
            return
        if sign == _ERASE:
            self._typed = self._typed[:-1]
        elif self._pin.locked_s(monotonic()) == 0:
            self._typed += sign
        if len(self._typed) >= len(self._pin):
            typed, self._typed = self._typed, ""
            if self._pin.opens(typed, monotonic()):
                self.hide()
                self.right.emit()
                return
        self._tell()

    def _tell(self) -> None:
        locked_s = self._pin.locked_s(monotonic())
        if locked_s > 0:
            self._said.setText(self.tr("Locked for {:.0f} s").format(ceil(locked_s)))
        else:
            self._said.setText(self.tr("Number to leave"))
        for key in self._buttons:
            key.setEnabled(locked_s == 0 or key.text() == _CANCEL)
        empty = len(self._pin) - len(self._typed)
        self._dots.setText(" ".join(_DOT * len(self._typed) + _RING * empty))
        self._place_card()

    def paintEvent(self, _event: QPaintEvent | None) -> None:
        """Darken what lies below."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), _VEIL)
        painter.end()
