"""Tries an address while it is typed, and shows what is there."""

from dataclasses import dataclass
from threading import Thread
from typing import Protocol

from PyQt6.QtCore import QObject, Qt, QTimer, pyqtSignal
from PyQt6.QtGui import QImage, QPixmap
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QLabel, QWidget

from app.window.wanted import Wanted
from engine.errors import AgescopeError
from engine.mailbox import Mailbox
from engine.values.frame import Image

_TYPING_MS = 700
_PREVIEW_WH = (208, 117)


@dataclass(frozen=True, slots=True, eq=False)
class Finding:
    """What was found at an address.

    Attributes:
        test: Number of the test.
        image: (H, W, 3) uint8 RGB, its first picture; None where there is none.
        words: Size and rate, or why there is no picture.
    """

    test: int
    image: Image | None
    words: str


class Prober(Protocol):
    """What is needed to try an address."""

    def probe(self, wanted: Wanted) -> tuple[Image, str]:
        """The first picture of a source, and what it is; raises SourceError. Takes seconds."""
        ...


class AddressTest(QObject):
    """Tries the newest address, in a thread, once nobody has typed for a moment."""

    began = pyqtSignal()
    found = pyqtSignal()
    """Something new can be taken."""

    def __init__(self, prober: Prober, parent: QObject | None = None) -> None:
        """Start with nothing to try."""
        super().__init__(parent)
        self._prober = prober
        self._wanted: Wanted | None = None
        self._test = 0
        self._findings: Mailbox[Finding] = Mailbox()
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_TYPING_MS)
        self._pause.timeout.connect(self._begin)

    def type(self, wanted: Wanted | None) -> None:
        """The source is now this one; None to try none. What is under way is not waited for."""
        self._wanted = wanted
        self._test += 1
        if wanted:
            self._pause.start()
        else:
            self._pause.stop()

    def take(self) -> Finding | None:
        """What was found at the address since it was typed."""
        finding = self._findings.get()
        return finding if finding and finding.test == self._test else None

    def _begin(self) -> None:
        self.began.emit()
        # Opening a dead address cannot be interrupted, and must not hold up the program's end.
        now = (self._wanted, self._test)
        Thread(target=self._try, args=now, name="try address", daemon=True).start()

    def _try(self, wanted: Wanted, test: int) -> None:
        try:
            finding = Finding(test, *self._prober.probe(wanted))
        except AgescopeError as error:
            finding = Finding(test, None, str(error))
        if test != self._test:  # it would push out what a later test has found
            return
        self._findings.put(finding)
        try:
            self.found.emit()
        except RuntimeError:  # the window was closed meanwhile
            return


class Preview(QFrame):
    """The first picture of an address and what is known of it, or what is wrong with it."""

    def __init__(self, test: AddressTest, parent: QWidget | None = None) -> None:
        """Show what a test finds; hidden until then."""
        super().__init__(parent)
        self._test = test
        self.setObjectName("card")
        self.picture, self.words = QLabel(), QLabel()
        self.words.setWordWrap(True)
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 12, 14, 12)
        row.setSpacing(16)
        row.addWidget(self.picture)
        row.addWidget(self.words, 1)
        test.began.connect(self._show_busy)
        test.found.connect(self._show_found)
        self.hide()

    def forget(self) -> None:
        """Show nothing, and keep no picture."""
        self.picture.clear()
        self.hide()

    def _show_busy(self) -> None:
        self.picture.clear()
        self.picture.hide()
        self.words.setText(self.tr("Looking whether somebody answers …"))
        self.show()

    def _show_found(self) -> None:
        finding = self._test.take()
        if finding is None:
            return
        self.picture.setVisible(finding.image is not None)
        if finding.image is not None:
            self.picture.setPixmap(self._pixmap(finding.image))
        self.words.setText(finding.words)

    def _pixmap(self, pixels: Image) -> QPixmap:
        height, width = pixels.shape[:2]
        image = QImage(pixels.tobytes(), width, height, 3 * width, QImage.Format.Format_RGB888)
        ratio = self.devicePixelRatioF()
        wide, high = (round(side * ratio) for side in _PREVIEW_WH)
        keep, smooth = (
            Qt.AspectRatioMode.KeepAspectRatio,
            Qt.TransformationMode.SmoothTransformation,
        )
        pixmap = QPixmap.fromImage(image).scaled(wide, high, keep, smooth)
        pixmap.setDevicePixelRatio(ratio)
        return pixmap
