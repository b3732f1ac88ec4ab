"""Undo by whole values: what was before, and what is after."""

from collections.abc import Callable
from typing import Generic, TypeVar

from PyQt6.QtGui import QUndoCommand

T = TypeVar("T")


class Snapshot(QUndoCommand, Generic[T]):
    """Puts one value or the other."""

    def __init__(self, words: str, before: T, after: T, put: Callable[[T], object]) -> None:
        """Describe a change; it is made when the command is pushed."""
        super().__init__(words)
        self._before, self._after, self._put = before, after, put

    def redo(self) -> None:
        """Make the change."""
        self._put(self._after)

    def undo(self) -> None:
        """Take it back."""
        self._put(self._before)
