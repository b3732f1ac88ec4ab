"""Which keys are typed into what has the focus, and so are none of the window's own."""

from PyQt6.QtCore import QEvent, Qt
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtWidgets import QAbstractButton, QComboBox, QListView, QWidget

_HELD = (
    Qt.KeyboardModifier.ControlModifier
    | Qt.KeyboardModifier.AltModifier
    | Qt.KeyboardModifier.MetaModifier
)


def is_typed(event: QEvent, focused: QWidget | None) -> bool:
    """Whether a key that is about to be a shortcut presses a button, or chooses in a list.

    Fields of text see to it themselves. Tables are not searched by typing: a person that was
    clicked in one is looked at by keys.
    """
    if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.ShortcutOverride:
        return False
    if event.key() == Qt.Key.Key_Space:
        return isinstance(focused, QAbstractButton | QComboBox)
    letter = event.text().isprintable() and event.text() and not event.modifiers() & _HELD
    return bool(letter) and isinstance(focused, QComboBox | QListView)
