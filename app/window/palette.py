"""The command palette: everything the window can do, found by typing."""

from collections.abc import Sequence

from PyQt6.QtCore import QEvent, QModelIndex, QObject, Qt
from PyQt6.QtGui import QAction, QKeyEvent, QKeySequence, QPainter, QPalette
from PyQt6.QtWidgets import (
    QDialog,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

_WIDTH_PX, _ROWS, _MARGIN_PX = 520, 12, 10
_ACTION, _KEYS = Qt.ItemDataRole.UserRole, Qt.ItemDataRole.UserRole + 1
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
        self.list.setItemDelegate(_KeysAtTheRight(self.list))
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
            said, keys = _words_of(action), _keys_of(action)
            if all(word in f"{said} {keys}".lower() for word in words):
                item = QListWidgetItem(said)
                item.setData(_ACTION, action)
                item.setData(_KEYS, keys)
                item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{said} {keys}".rstrip())
                self.list.addItem(item)
        self.list.setCurrentRow(0)

    def _do(self) -> None:
        item = self.list.currentItem()
        if item is not None:
            action: QAction = item.data(_ACTION)
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


class _KeysAtTheRight(QStyledItemDelegate):
    """Writes the keys of a command where they stand below each other."""

    def paint(
        self, painter: QPainter | None, option: QStyleOptionViewItem, index: QModelIndex
    ) -> None:
        """Draw one command."""
        super().paint(painter, option, index)
        if painter is None:
            return
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        role = QPalette.ColorRole.HighlightedText if chosen else QPalette.ColorRole.PlaceholderText
        painter.save()
        painter.setPen(option.palette.color(role))
        room = option.rect.adjusted(_MARGIN_PX, 0, -_MARGIN_PX, 0)
        where = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(room, where, index.data(_KEYS))
        painter.restore()


def _words_of(action: QAction) -> str:
    text = action.text().replace("&", "").rstrip(" …")
    on = " ✓" if action.isCheckable() and action.isChecked() else ""
    return f"{action.data()}  \u203a  {text}{on}"


def _keys_of(action: QAction) -> str:
    return action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
