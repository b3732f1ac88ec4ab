"""The menus and keys of the window, from a table of what it can do."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PyQt6.QtGui import QAction, QKeySequence
from PyQt6.QtWidgets import QMainWindow


@dataclass(frozen=True, slots=True)
class Deed:
    """Something the window can do.

    Attributes:
        name: What the program calls it.
        menu: The menu it stands in.
        text: What it is called.
        keys: What to press, any of them; the first is shown in the menu.
        do: Does it; gets whether it is switched on, if `switch`.
        switch: It can be on or off.
    """

    name: str
    menu: str
    text: str
    keys: tuple[str, ...]
    do: Callable[..., object]
    switch: bool = False


def add_actions(window: QMainWindow, deeds: Sequence[Deed]) -> dict[str, QAction]:
    """Put deeds into the window's menus; their keys work where the menus are hidden, too.

    Returns:
        The actions by name, in order.
    """
    bar = window.menuBar()
    assert bar is not None
    menus = {name: bar.addMenu(name) for name in dict.fromkeys(deed.menu for deed in deeds)}
    actions: dict[str, QAction] = {}
    for deed in deeds:
        action = QAction(deed.text, window)
        action.setShortcuts([QKeySequence(key) for key in deed.keys])
        action.setCheckable(deed.switch)
        # A plain signal hands its "checked" to everything that can take an argument.
        if deed.switch:
            action.toggled.connect(deed.do)
        else:
            action.triggered.connect(lambda _checked, do=deed.do: do())
        menu = menus[deed.menu]
        assert menu is not None
        menu.addAction(action)
        window.addAction(action)
        actions[deed.name] = action
    return actions
