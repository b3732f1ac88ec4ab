"""Which key does what, made from the actions themselves."""

from collections.abc import Sequence

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QAction, QKeySequence
from PyQt6.QtWidgets import QDialog, QGridLayout, QLabel, QPushButton, QWidget


class KeyMap(QDialog):
    """A small window with every action and its keys."""

    def __init__(self, actions: Sequence[QAction], parent: QWidget | None = None) -> None:
        """List the actions in their order."""
        super().__init__(parent)
        self.setWindowTitle(self.tr("Keys"))
        grid = QGridLayout(self)
        grid.setContentsMargins(24, 20, 24, 16)
        grid.setHorizontalSpacing(28)
        grid.setVerticalSpacing(8)
        for row, action in enumerate(actions):
            keys = "  or  ".join(
                key.toString(QKeySequence.SequenceFormat.NativeText) for key in action.shortcuts()
            )
            label = QLabel(f"<b>{keys}</b>")
            grid.addWidget(label, row, 0)
            grid.addWidget(QLabel(action.text().rstrip(" …")), row, 1)
        close = QPushButton(self.tr("Close"))
        close.clicked.connect(self.reject)
        grid.addWidget(close, len(actions), 1, Qt.AlignmentFlag.AlignRight)
