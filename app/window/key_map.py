"""Which key does what, made from the actions themselves."""

from collections.abc import Sequence

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QAction, QKeySequence
from PyQt6.QtWidgets import QDialog, QGridLayout, QLabel, QPushButton, QWidget

_BLOCKS = 2
"""Side by side, so that the list fits on a low screen."""


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
        rows = -(-len(actions) // _BLOCKS)
        for place, action in enumerate(actions):
            block, row = divmod(place, rows)
            keys = "  /  ".join(
                key.toString(QKeySequence.SequenceFormat.NativeText) for key in action.shortcuts()
            )
            label = QLabel(f"<b>{keys}</b>")
            grid.addWidget(label, row, 2 * block)
            grid.addWidget(QLabel(action.text().rstrip(" …")), row, 2 * block + 1)
        close = QPushButton(self.tr("Close"))
        close.clicked.connect(self.reject)
        grid.addWidget(close, rows, 2 * _BLOCKS - 1, Qt.AlignmentFlag.AlignRight)
