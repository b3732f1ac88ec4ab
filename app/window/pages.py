"""The pages of the window and the rail to choose among them."""

from collections.abc import Callable

from PyQt6.QtCore import QEvent, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QAction, QActionGroup, QIcon
from PyQt6.QtWidgets import QStackedWidget, QToolBar, QToolButton, QWidget

from app.start_window import PAGES
from app.window.icons import icon_of
from app.window.words import translate

_SIGNS = dict(zip(PAGES, ("home", "wall", "audience", "zones", "settings"), strict=True))
_ICON_PX, _BUTTON_PX = 22, 78


def page_names() -> dict[str, str]:
    """What the pages are called, in their order."""
    names = (
        translate("pages", "Start"),
        translate("pages", "Live"),
        translate("pages", "Audience"),
        translate("pages", "Zones"),
        translate("pages", "Settings"),
    )
    return dict(zip(PAGES, names, strict=True))


class Pages(QStackedWidget):
    """Pages by name; each is built when it is first shown."""

    turned = pyqtSignal(str)

    def __init__(self, builders: dict[str, Callable[[], QWidget]]) -> None:
        """Offer pages; none is shown yet."""
        super().__init__()
        self._builders = builders
        self._built: dict[str, QWidget] = {}

    def build(self, name: str) -> None:
        """Build a page without showing it."""
        if name not in self._built:
            self._built[name] = self._builders[name]()
            self.addWidget(self._built[name])

    def turn_to(self, name: str) -> None:
        """Show a page."""
        self.build(name)
        self.setCurrentWidget(self._built[name])
        self.turned.emit(name)

    @property
    def shown(self) -> str:
        """Name of the page that is shown."""
        return next((k for k, page in self._built.items() if page is self.currentWidget()), "")


class Rail(QToolBar):
    """One button for each page, at the left border."""

    chosen = pyqtSignal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        """Build the buttons."""
        super().__init__(parent)
        self.setObjectName("rail")
        self.setWindowTitle(self.tr("Pages"))
        self.setOrientation(Qt.Orientation.Vertical)
        self.setMovable(False)
        self.setFloatable(False)
        self.setIconSize(QSize(_ICON_PX, _ICON_PX))
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self._group = QActionGroup(self)
        self._actions: dict[str, QAction] = {}
        for name, words in page_names().items():
            action = QAction(QIcon(), words, self._group)
            action.setCheckable(True)
            action.triggered.connect(lambda _=False, name=name: self.chosen.emit(name))
            self.addAction(action)
            button = self.widgetForAction(action)
            if isinstance(button, QToolButton):
                button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
                button.setAccessibleName(words)
                button.setMinimumWidth(_BUTTON_PX)
            self._actions[name] = action
        self._tint()

    def mark(self, name: str) -> None:
        """Show which page is shown."""
        self._actions[name].setChecked(True)

    def changeEvent(self, event: QEvent | None) -> None:
        """Follow the theme."""
        super().changeEvent(event)
        if event and event.type() == QEvent.Type.PaletteChange:
            self._tint()

    def _tint(self) -> None:
        for name, action in getattr(self, "_actions", {}).items():
            action.setIcon(icon_of(_SIGNS[name], self.palette(), _ICON_PX))
