"""What a page shows instead of its contents while there is nothing to show."""

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget


class Empty(QWidget):
    """Says that no source is open, and offers to choose one."""

    choose = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        """Build it."""
        super().__init__(parent)
        title, text = QLabel(self.tr("No source is open")), QLabel()
        font = title.font()
        font.setPointSizeF(font.pointSizeF() * 1.25)
        font.setBold(True)
        title.setFont(font)
        text.setText(self.tr("Files, folders and links can also be dropped here."))
        text.setObjectName("faint")
        text.setWordWrap(True)
        button = QPushButton(self.tr("Choose a source"))
        button.clicked.connect(self.choose)
        self.setFocusProxy(button)
        column = QVBoxLayout(self)
        column.setSpacing(10)
        column.addStretch(4)
        for label in (title, text):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            column.addWidget(label)
        column.addSpacing(6)
        column.addWidget(button, 0, Qt.AlignmentFlag.AlignCenter)
        column.addStretch(5)
