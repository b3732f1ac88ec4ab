"""What a first user ought to know about privacy, before anything runs."""

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget


class PrivacyCard(QFrame):
    """Told once."""

    read = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        """Build the card."""
        super().__init__(parent)
        tr = self.tr
        self.setObjectName("card")
        title = QLabel(tr("Before you begin"))
        title.setObjectName("heading")
        points = (
            tr("Everything stays on this computer: no picture is sent anywhere."),
            tr("Nothing is recorded unless you ask for it, and no face is recognised again."),
            tr("An age is an estimate with an interval. It is no proof of anybody's age."),
            tr("Tell people where a camera watches; in many places the law asks for it."),
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 14, 20, 14)
        column.setSpacing(4)
        column.addWidget(title)
        for point in points:
            label = QLabel(f"•  {point}")
            label.setWordWrap(True)
            column.addWidget(label)
        self.accept = QPushButton(tr("Understood"))
        self.accept.clicked.connect(self.read)
        row = QHBoxLayout()
        row.addStretch()
        row.addWidget(self.accept)
        column.addLayout(row)
        self.setAccessibleName(". ".join((title.text(), *points)))
