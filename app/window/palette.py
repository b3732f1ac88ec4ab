"""The command palette: everything the window can do, found by typing."""

from collections.abc import Sequence

from PyQt6.QtCore import QEvent, QObject, Qt
from PyQt6.QtGui import QAction, QKeyEvent, QKeySequence
from PyQt6.QtWidgets import QDialog, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

_WIDTH_PX, _ROWS = 520, 12
_MOVES = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


class Palette(QDialog):
    """Lists actions that have all typed words in them; Enter does the chosen one."""

    def __init__(self, actions: Sequence[QAction], parent: QWidget | None = None) -> None:
        """Offer the actions that are possible now, in their order."""
        super().__init__(parent)
        self._actions = [action for action in actions if action.isEnabled()]
        self.search, self.list = QLineEdit(), QListWidget()
        self.setWindowTitle(self.tr("Commands"))
        self.search.setPlaceholderText(self.tr("What shall be done?"))
        self.search.setAccessibleName(self.tr("Command"))
        self.list.setAccessibleName(self.tr("Commands"))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        column = QVBoxLayout(self)
        column.addWidget(self.search)
        column.addWidget(self.list)
        line_px = self.fontMetrics().height() + 10
        self.resize(_WIDTH_PX, (_ROWS + 2) * line_px)
        self.search.textChanged.connect(self._filter)
        self.search.returnPressed.connect(self._do)
        self.search.installEventFilter(self)
        self.list.itemClicked.connect(self._do)
        self._filter("")

    def _filter(self, text: str) -> None:
        words = text.lower().split()
        self.list.clear()
        for action in self._actions:
            said = _words_of(action)
            if all(word in said.lower() for word in words):
                item = QListWidgetItem(said)
                item.setData(Qt.ItemDataRole.UserRole, action)
                self.list.addItem(item)
        self.list.setCurrentRow(0)

    def _do(self) -> None:
        item = self.list.currentItem()
        if item is not None:
            action: QAction = item.data(Qt.ItemDataRole.UserRole)
            self.accept()
            action.trigger()

    def eventFilter(self, _watched: QObject | None, event: QEvent | None) -> bool:
        """Move through the list while typing."""
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return False
        if event.key() not in _MOVES:
            return False
        self.list.keyPressEvent(event)
        return True


def _words_of(action: QAction) -> str:
    keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
    text = action.text().replace("&", "").rstrip(" …")
    on = " ✓" if action.isCheckable() and action.isChecked() else ""
    return f"{action.data()}  \u203a  {text}{on}   {keys}".rstrip()
