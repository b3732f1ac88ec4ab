"""All settings, made from their models: searched, changed, reset."""

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import (
    QCheckBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from app.window.preferences import Preferences
from app.window.settings.row import SettingRow
from app.window.settings.setting import Setting, raw_heading, settings_of
from app.window.words import translate
from app.window_settings import WindowSettings
from engine.settings import Settings

_WIDTH_PX = 760
_NEXT_START = ("runtime",)
_ELSEWHERE = ("store",)


class SettingsList(QWidget):
    """A row for each setting; a line below says what is still to be done.

    Attributes:
        rows: By section and name.
        search: What the rows must have in them.
    """

    wants_restart = pyqtSignal()
    """The running sources shall start again with the settings of now."""

    def __init__(self, preferences: Preferences, parent: QWidget | None = None) -> None:
        """Build the rows."""
        super().__init__(parent)
        self._preferences = preferences
        self.rows: dict[tuple[str, str], SettingRow] = {}
        self._heads: dict[str, QLabel] = {}
        self._used = preferences.engine
        self.search, self.only_changed = QLineEdit(), QCheckBox(self.tr("Only what is changed"))
        self._nothing, self.due = QLabel(self.tr("No setting has these words.")), QLabel()
        self.restart = QPushButton(self.tr("Start the sources again"))
        self.restart.clicked.connect(self._restart)
        self.search.setPlaceholderText(self.tr("Search settings"))
        self.search.setAccessibleName(self.tr("Search settings"))
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._filter)
        self.only_changed.toggled.connect(self._filter)
        self._lay_out()
        preferences.engine_changed.connect(self.refresh)
        preferences.window_changed.connect(self.refresh)
        self.refresh()

    def _lay_out(self) -> None:
        middle = QWidget()
        middle.setMaximumWidth(_WIDTH_PX)
        column = QVBoxLayout(middle)
        column.setContentsMargins(16, 0, 16, 16)
        for model in (WindowSettings, Settings):
            for setting in settings_of(model):
                self._add(setting, column)
        column.addWidget(self._nothing)
        column.addStretch()
        page, area = QWidget(), QScrollArea()
        row = QHBoxLayout(page)
        row.addStretch(1)
        row.addWidget(middle, 100)
        row.addStretch(1)
        area.setWidget(page)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # it scrolls to whatever has the focus
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        top, bottom, outer = QHBoxLayout(), QHBoxLayout(), QVBoxLayout(self)
        top.addWidget(self.search, 1)
        top.addWidget(self.only_changed)
        self.due.setWordWrap(True)
        bottom.addWidget(self.due, 1)
        bottom.addWidget(self.restart)
        outer.addLayout(top)
        outer.addWidget(area, 1)
        outer.addLayout(bottom)

    def _add(self, setting: Setting, column: QVBoxLayout) -> None:
        if setting.section not in self._heads:
            words = raw_heading(setting.model, setting.section)
            head = QLabel(translate("settings", words))
            head.setObjectName("heading")
            head.setContentsMargins(0, 14, 0, 0)
            self._heads[setting.section] = head
            column.addWidget(head)
        row = SettingRow(setting)
        row.edited.connect(self._take)
        self.rows[setting.section, setting.name] = row
        column.addWidget(row)

    def _take(self, setting: Setting, value: object) -> None:
        self._preferences.set(setting, value)
        self.rows[setting.section, setting.name].show_value(self._preferences.value(setting))

    def refresh(self) -> None:
        """Show what the settings are now."""
        for row in self.rows.values():
            row.show_value(self._preferences.value(row.setting))
        self._filter()
        self._tell_what_is_due()

    def _filter(self) -> None:
        words = self.search.text()
        shown = set()
        for (section, _), row in self.rows.items():
            fits = row.setting.matches(words)
            row.setVisible(fits and (row.different or not self.only_changed.isChecked()))
            if not row.isHidden():
                shown.add(section)
        for section, head in self._heads.items():
            head.setVisible(section in shown)
        self._nothing.setVisible(not shown)

    def _tell_what_is_due(self) -> None:
        now, before = self._preferences.engine, self._used
        sections = [name for name in Settings.model_fields if _differ(now, before, name)]
        said = []
        if any(name in _NEXT_START for name in sections):
            said.append(self.tr("What runs the models changes with the program's next start."))
        waiting = [n for n in sections if n not in (*_NEXT_START, *_ELSEWHERE)]
        if waiting:
            said.append(self.tr("Sources that run take the changes when they start again."))
        self.due.setText(" ".join(said))
        self.restart.setVisible(bool(waiting))

    def _restart(self) -> None:
        runtime = {name: getattr(self._used, name) for name in _NEXT_START}
        self._used = self._preferences.engine.model_copy(update=runtime)
        self.wants_restart.emit()
        self._tell_what_is_due()


def _differ(now: Settings, before: Settings, section: str) -> bool:
    return bool(getattr(now, section) != getattr(before, section))
