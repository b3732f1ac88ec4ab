"""What the program is, and on which terms it and its models may be used."""

from html import escape
from pathlib import Path

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QDialog, QLabel, QPushButton, QVBoxLayout, QWidget

from app.versions import program_version
from app.window.logo import logo

_LOGO_PX, _WIDTH_PX = 56, 480


class About(QDialog):
    """A small window with version, licence, the model's terms, and where the notices are."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """Build it."""
        super().__init__(parent)
        from engine.models.shipped import FOLDER

        tr = self.tr
        self.setWindowTitle(tr("About agescope"))
        sign = QLabel()
        sign.setPixmap(logo(_LOGO_PX, self.devicePixelRatioF()))
        words = (
            f"<b>agescope {escape(program_version())}</b>",
            tr(
                "Free software under the GNU General Public License, version 3 or any later one "
                "(GPL-3.0-or-later), without any warranty."
            ),
            tr(
                "<b>The age model is for research and other non-commercial purposes only</b>, by "
                "the terms of the photographs it has learnt from."
            ),
            f"{tr('Licence:')} {_link(FOLDER.parents[1] / 'LICENSE')}",
            f"{tr('Terms and notices of the models:')} {_link(FOLDER)}",
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 16)
        column.setSpacing(12)
        column.addWidget(sign)
        for each in words:
            column.addWidget(_paragraph(each))
        close = QPushButton(tr("Close"))
        close.clicked.connect(self.reject)
        column.addWidget(close, 0, Qt.AlignmentFlag.AlignRight)


def show_about(window: QWidget) -> None:
    """Show it over a window."""
    about = About(window)
    about.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    about.open()


def _link(path: Path) -> str:
    return f'<a href="{path.as_uri()}">{escape(str(path))}</a>'


def _paragraph(words: str) -> QLabel:
    label = QLabel(words)
    label.setWordWrap(True)
    label.setMinimumWidth(_WIDTH_PX)
    label.setOpenExternalLinks(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextBrowserInteraction)
    return label
