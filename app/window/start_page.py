"""The page of a window that has no source yet: every way to choose one."""

from collections.abc import Sequence

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from app.window.address_test import AddressTest, Preview, Prober
from app.window.choice import Choice
from app.window.keeping import Keeping
from app.window.logo import logo
from app.window.memory import Memory
from app.window.privacy_card import PrivacyCard
from app.window.remembered import Remembered
from app.window.wanted import DEMO, Wanted

_WIDTH_PX, _LOGO_PX, _MARGIN_PX = 720, 64, 16
_NAMED = 4


class StartPage(QScrollArea):
    """Offers files, folders, a camera, a stream, a demonstration and what was shown before."""

    chosen = pyqtSignal(list)
    """Addresses of sources, or words of the memory."""
    wants_files = pyqtSignal()
    wants_folder = pyqtSignal()

    def __init__(self, prober: Prober, memory: Memory, parent: QWidget | None = None) -> None:
        """Build the page."""
        super().__init__(parent)
        self._memory, self._keeping = memory, Keeping(memory)
        self.address, self._go = QLineEdit(), QPushButton(self.tr("Connect"))
        self.address.setPlaceholderText(self.tr("Address of a stream: rtsp://… or http://…"))
        self.address.setAccessibleName(self.tr("Address of a stream"))
        self.address.returnPressed.connect(self._connect)
        self.address.textChanged.connect(self._take_text)
        self._go.clicked.connect(self._connect)
        self._go.setEnabled(False)
        self._test = AddressTest(prober, self)
        self.preview = Preview(self._test)
        self.privacy = PrivacyCard()
        self.privacy.read.connect(self._put_privacy_away)
        self.privacy.setVisible(memory.lasting and not memory.told_about_privacy)
        self.recent = QWidget()
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # it scrolls to whatever has the focus
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._lay_out()
        self.refresh()

    def _lay_out(self) -> None:
        column = QVBoxLayout()
        column.setSpacing(12)
        column.setContentsMargins(_MARGIN_PX, _MARGIN_PX, _MARGIN_PX, _MARGIN_PX)
        column.addStretch(4)
        column.addLayout(self._heading())
        column.addSpacing(8)
        column.addWidget(self.privacy)
        column.addLayout(self._ways())
        column.addLayout(self._stream())
        column.addWidget(self.preview)
        column.addWidget(self.recent)
        column.addSpacing(2)
        column.addWidget(_faint(self.tr("Files, folders and links can also be dropped here.")))
        column.addWidget(
            _faint(self.tr("Everything stays on this computer, and nothing is recorded."))
        )
        column.addStretch(5)
        middle, page = QWidget(), QWidget()
        middle.setMaximumWidth(_WIDTH_PX)
        middle.setLayout(column)
        row = QHBoxLayout(page)
        row.setContentsMargins(0, 0, 0, 0)
        row.addStretch(1)
        row.addWidget(middle, 100)
        row.addStretch(1)
        self.setWidget(page)

    def refresh(self) -> None:
        """Offer again what was shown before."""
        layout = self.recent.layout()
        if layout is None:
            layout = QVBoxLayout(self.recent)
            layout.setContentsMargins(0, 0, 0, 0)
            layout.setSpacing(6)
        while (item := layout.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        last, recent = self._memory.last(), self._memory.recent()
        if len(last) > 1:
            layout.addWidget(self._resume(last))
        if recent:
            layout.addWidget(_heading(self.tr("Recent")))
        for word in recent[: _NAMED if self.privacy.isHidden() else 2]:
            layout.addWidget(self._entry(word))
        self.recent.setVisible(bool(recent))

    def test_again(self) -> None:
        """Try the typed address anew: what was found shows, or hides, the faces it should not."""
        if not self.preview.isHidden():
            self.preview.forget()
            self._take_text(self.address.text())

    def _resume(self, last: Sequence[str]) -> Choice:
        names = [Remembered.read(word).name for word in last]
        more = "" if len(names) <= _NAMED else " …"
        title = self.tr("Go on with the {} sources of last time").format(len(last))
        again = Choice("again", title, ", ".join(names[:_NAMED]) + more)
        again.clicked.connect(lambda: self.chosen.emit(list(last)))
        return again

    def _entry(self, word: str) -> QPushButton:
        source = Remembered.read(word)
        words = f"{source.name}   —   {source.shown}"
        elide = Qt.TextElideMode.ElideMiddle
        words = self.fontMetrics().elidedText(words, elide, _WIDTH_PX - 4 * _MARGIN_PX)
        entry = QPushButton(words.replace("&", "&&"))  # a single one would underline a letter
        entry.setObjectName("entry")
        entry.setAccessibleName(self.tr("Show {} again").format(source.name))
        entry.clicked.connect(lambda: self.chosen.emit([word]))
        return entry

    def _heading(self) -> QHBoxLayout:
        sign, title = QLabel(), QLabel("agescope")
        sign.setPixmap(logo(_LOGO_PX, self.devicePixelRatioF()))
        font = title.font()
        font.setPointSizeF(font.pointSizeF() * 2.4)
        font.setBold(True)
        title.setFont(font)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addStretch()
        words.addWidget(title)
        words.addWidget(_faint(self.tr("How old people in a video look, and how sure that is")))
        words.addStretch()
        heading = QHBoxLayout()
        heading.setSpacing(20)
        heading.addStretch()
        heading.addWidget(sign)
        heading.addLayout(words)
        heading.addStretch()
        return heading

    def _ways(self) -> QGridLayout:
        tr = self.tr
        files = Choice("film", tr("Videos or pictures …"), tr("MP4, MKV, GIF, JPEG and others"))
        folder = Choice("folder", tr("Folder …"), tr("Its videos or its pictures"))
        camera = Choice("camera", tr("Camera"), tr("The first one of this computer"))
        demo = Choice("play", tr("Demonstration"), tr("A made-up scene; needs no camera"))
        files.clicked.connect(self.wants_files)
        folder.clicked.connect(self.wants_folder)
        camera.clicked.connect(lambda: self.chosen.emit(["0"]))
        demo.clicked.connect(lambda: self.chosen.emit([DEMO]))
        grid = QGridLayout()
        grid.setSpacing(12)
        for column in (0, 1):
            grid.setColumnStretch(column, 1)
            grid.setColumnMinimumWidth(column, 1)
        for place, choice in enumerate((files, folder, camera, demo)):
            grid.addWidget(choice, place // 2, place % 2)
        return grid

    def _stream(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self.address, 1)
        row.addWidget(self._go)
        return row

    def _take_text(self, text: str) -> None:
        address = text.strip()
        self._go.setEnabled(bool(address))
        wanted = Wanted.at(address)
        self._test.type(self._keeping.recall(wanted) if wanted.live else None)
        if not address:
            self.preview.forget()

    def _connect(self) -> None:
        if address := self.address.text().strip():
            self._test.type(None)
            self.preview.forget()
            self.chosen.emit([address])

    def _put_privacy_away(self) -> None:
        self._memory.tell_about_privacy()
        self.privacy.hide()
        self.refresh()
        self.address.setFocus()


def _faint(text: str) -> QLabel:
    label = QLabel(text)
    label.setObjectName("faint")
    label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
    return label


def _heading(text: str) -> QLabel:
    label = QLabel(text)
    label.setObjectName("heading")
    return label
