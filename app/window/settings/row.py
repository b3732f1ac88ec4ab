"""One setting on the page: name, editor, unit, reset, and what it does."""

from PyQt6.QtCore import QEvent, QObject, Qt, pyqtSignal
from PyQt6.QtWidgets import (
    QAbstractSpinBox,
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QGridLayout,
    QLabel,
    QLineEdit,
    QSpinBox,
    QToolButton,
    QWidget,
)

from app.window.settings.setting import Setting
from app.window.words import translate

_EDITOR_PX = 200
_MOST = 2**31 - 1
_TONGUES = {"en": "English", "de": "Deutsch"}
"""Languages call themselves what they are called in themselves."""


class SettingRow(QWidget):
    """Shows a setting and tells of the values that are chosen.

    Attributes:
        setting: Which one.
        editor: The widget to change it with.
    """

    edited = pyqtSignal(object, object)
    """The setting and its new value."""

    def __init__(self, setting: Setting, parent: QWidget | None = None) -> None:
        """Build the row."""
        super().__init__(parent)
        self.setting, self.editor = setting, _editor(setting)
        self._name, self._unit, self._reset = QLabel(setting.title), QLabel(), _reset()
        self._unit.setText(translate("settings", setting.unit) if setting.unit else "")
        words = QLabel(setting.explanation)
        words.setWordWrap(True)
        words.setObjectName("faint")
        self._name.setBuddy(self.editor)
        self._reset.clicked.connect(lambda: self.edited.emit(setting, setting.default))
        self.editor.setAccessibleName(setting.title)
        self.editor.setAccessibleDescription(setting.explanation)
        self.editor.setFixedWidth(_EDITOR_PX)
        self.editor.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.editor.installEventFilter(self)
        self._listen()
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 6, 0, 6)
        grid.setColumnStretch(0, 1)
        for column, part in enumerate((self._name, self.editor, self._unit, self._reset)):
            grid.addWidget(part, 0, column)
        self._unit.setMinimumWidth(self.fontMetrics().horizontalAdvance("days "))
        grid.addWidget(words, 1, 0, 1, 4)

    def show_value(self, value: object) -> None:
        """Show what the setting is now."""
        self.editor.blockSignals(True)
        match self.editor:
            case QCheckBox() as box:
                box.setChecked(bool(value))
            case QComboBox() as combo:
                combo.setCurrentIndex(self.setting.choices.index(str(value)))
            case QSpinBox() | QDoubleSpinBox() as spin:
                spin.setValue(value)  # type: ignore[arg-type]  # int and float as the field has it
            case QLineEdit() as line if line.text() != value:
                line.setText(str(value))
        self.editor.blockSignals(False)
        different = value != self.setting.default
        self._reset.setEnabled(different)
        self._name.setText(f"{self.setting.title} •" if different else self.setting.title)

    @property
    def different(self) -> bool:
        """Whether it is other than by default."""
        return self._reset.isEnabled()

    def _listen(self) -> None:
        match self.editor:
            case QCheckBox() as box:
                box.toggled.connect(self._tell)
            case QComboBox() as combo:
                combo.activated.connect(lambda at: self._tell(self.setting.choices[at]))
            case QSpinBox() | QDoubleSpinBox() as spin:
                spin.setKeyboardTracking(False)
                spin.valueChanged.connect(self._tell)
            case QLineEdit() as line:
                line.editingFinished.connect(lambda: self._tell(line.text().strip()))

    def _tell(self, value: object) -> None:
        self.edited.emit(self.setting, value)

    def eventFilter(self, _watched: QObject | None, event: QEvent | None) -> bool:
        """Leave the wheel to the page: nobody means to change what the page scrolls past."""
        if event and event.type() == QEvent.Type.Wheel and not self.editor.hasFocus():
            event.ignore()
            return True
        return False


def _editor(setting: Setting) -> QWidget:
    if setting.choices:
        combo = QComboBox()
        names = [_TONGUES.get(name) or translate("settings", name) for name in setting.choices]
        combo.addItems(names)
        return combo
    if isinstance(setting.default, bool):
        return QCheckBox(translate("settings", "On"))
    if isinstance(setting.default, int):
        whole = QSpinBox()
        whole.setRange(int(setting.low or 0), int(_MOST if setting.high is None else setting.high))
        whole.setStepType(QAbstractSpinBox.StepType.AdaptiveDecimalStepType)
        return whole
    if isinstance(setting.default, float):
        real = QDoubleSpinBox()
        low, high = setting.low or 0.0, _MOST if setting.high is None else setting.high
        real.setDecimals(setting.decimals)
        real.setRange(low, high)
        real.setStepType(QAbstractSpinBox.StepType.AdaptiveDecimalStepType)
        return real
    return QLineEdit()


def _reset() -> QToolButton:
    button = QToolButton()
    button.setText("↺")
    button.setToolTip(translate("settings", "As by default"))
    button.setAccessibleName(translate("settings", "As by default"))
    return button
