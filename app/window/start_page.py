"""The page of a window that has no source yet: every way to choose one."""

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.window.choice import Choice
from app.window.logo import logo
from app.window.sessions import DEMO

_WIDTH_PX, _LOGO_PX = 680, 76


class StartPage(QWidget):
    """Offers files, folders, a camera, a stream and a demonstration."""

    chosen = pyqtSignal(str)
    """The address of a source."""
    wants_files = pyqtSignal()
    wants_folder = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        """Build the page."""
        super().__init__(parent)
        self.address, self._go = QLineEdit(), QPushButton(self.tr("Connect"))
        self.address.setPlaceholderText(self.tr("Address of a stream: rtsp://… or http://…"))
        self.address.setAccessibleName(self.tr("Address of a stream"))
        self.address.returnPressed.connect(self._connect)
        self.address.textChanged.connect(lambda text: self._go.setEnabled(bool(text.strip())))
        self._go.clicked.connect(self._connect)
        self._go.setEnabled(False)
        self._lay_out()

    def _lay_out(self) -> None:
        column = QVBoxLayout()
        column.setSpacing(14)
        column.addStretch(4)
        column.addLayout(self._heading())
        column.addSpacing(18)
        column.addLayout(self._ways())
        column.addLayout(self._stream())
        column.addSpacing(10)
        column.addWidget(_faint(self.tr("Files, folders and links can also be dropped here.")))
        column.addWidget(
            _faint(self.tr("Everything stays on this computer, and nothing is recorded."))
        )
        column.addStretch(5)
        middle = QWidget()
        middle.setMaximumWidth(_WIDTH_PX)
        middle.setLayout(column)
        row = QHBoxLayout(self)
        row.addStretch(1)
        row.addWidget(middle, 100)
        row.addStretch(1)

    def _heading(self) -> QHBoxLayout:
        sign, title = QLabel(), QLabel("agescope")
        sign.setPixmap(logo(_LOGO_PX, self.devicePixelRatioF()))
        font = title.font()
        font.setPointSizeF(font.pointSizeF() * 2.6)
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
        folder = Choice("folder", tr("Folder of pictures …"), tr("Shown one after the other"))
        camera = Choice("camera", tr("Camera"), tr("The first one of this computer"))
        demo = Choice("play", tr("Demonstration"), tr("A made-up scene; needs no camera"))
        files.clicked.connect(self.wants_files)
        folder.clicked.connect(self.wants_folder)
        camera.clicked.connect(lambda: self.chosen.emit("0"))
        demo.clicked.connect(lambda: self.chosen.emit(DEMO))
        grid = QGridLayout()
        grid.setSpacing(14)
        for place, choice in enumerate((files, folder, camera, demo)):
            grid.addWidget(choice, place // 2, place % 2)
        return grid

    def _stream(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(14)
        row.addWidget(self.address, 1)
        row.addWidget(self._go)
        return row

    def _connect(self) -> None:
        if address := self.address.text().strip():
            self.chosen.emit(address)


def _faint(text: str) -> QLabel:
    label = QLabel(text)
    label.setObjectName("faint")
    label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
    return label
