"""Everything the window can do, in one registry: menus, keys and key map are made from it."""

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
        on: Whether it is on at first.
        apart: A line stands above it in the menu.
    """

    name: str
    menu: str
    text: str
    keys: tuple[str, ...]
    do: Callable[..., object]
    switch: bool = False
    on: bool = False
    apart: bool = False


def add_actions(window: QMainWindow, deeds: Sequence[Deed]) -> dict[str, QAction]:
    """Put deeds into the window's menus; their keys work where the menus are hidden, too.

    Returns:
        The actions by name, in order; the data of each is the plain name of its menu.
    """
    bar = window.menuBar()
    assert bar is not None
    menus = {name: bar.addMenu(name) for name in dict.fromkeys(deed.menu for deed in deeds)}
    actions: dict[str, QAction] = {}
    for deed in deeds:
        action = QAction(deed.text, window)
        action.setObjectName(deed.name)
        action.setData(deed.menu.replace("&", ""))
        action.setShortcuts([QKeySequence(key) for key in deed.keys])
        action.setCheckable(deed.switch)
        # A plain signal hands its "checked" to everything that can take an argument.
        if deed.switch:
            action.setChecked(deed.on)
            action.toggled.connect(deed.do)
        else:
            action.triggered.connect(lambda _checked, do=deed.do: do())
        menu = menus[deed.menu]
        assert menu is not None
        if deed.apart:
            menu.addSeparator()
        menu.addAction(action)
        window.addAction(action)
        actions[deed.name] = action
    return actions
