"""A window to add or change one camera of a cameras file."""

from collections.abc import Callable

from pydantic import ValidationError
from PyQt6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QWidget,
)

from app.window.address_test import AddressTest, Preview, Prober
from app.window.wanted import Wanted
from app.window.words import translate
from engine.cameras_file import Camera
from engine.errors import SettingsError
from engine.settings import Effort

_TRANSPORTS = ("tcp", "udp")
_WIDTH_PX = 560


class CameraDialog(QDialog):
    """Stays open until what is typed makes a valid camera that could be saved."""

    def __init__(
        self,
        camera: Camera | None,
        save: Callable[[Camera], None],
        prober: Prober,
        parent: QWidget | None = None,
    ) -> None:
        """Show a camera, or None for a new one; `save` raises SettingsError."""
        super().__init__(parent)
        self.setWindowTitle(self.tr("Change a camera") if camera else self.tr("Add a camera"))
        self.setMinimumWidth(_WIDTH_PX)
        self._before, self._save = camera, save
        self.name, self.source = QLineEdit(), QLineEdit()
        self.enabled, self.transport, self.effort = QCheckBox(), QComboBox(), QComboBox()
        self.fps_cap, self.priority = QDoubleSpinBox(), QSpinBox()
        self._test, self.problem = AddressTest(prober, self), QLabel()
        self.preview = Preview(self._test)
        self.problem.setWordWrap(True)
        self.problem.setObjectName("problem")
        self._prepare()
        self._lay_out()
        self._show(camera or Camera(name="camera", source="0"))

    def _prepare(self) -> None:
        self.transport.addItems(_TRANSPORTS)
        self.effort.addItems([translate("settings", effort.value) for effort in Effort])
        self.fps_cap.setRange(0, 240)
        self.fps_cap.setDecimals(1)
        self.fps_cap.setSpecialValueText(self.tr("no bound"))
        self.priority.setRange(0, 9)
        self.source.setPlaceholderText(self.tr("Address, camera number, or file"))

    def _lay_out(self) -> None:
        form, hint = QFormLayout(self), QLabel()
        hint.setText(
            self.tr(
                "${NAME} is taken from the environment, ${keyring:SERVICE/USER} from the keyring: "
                "a password need not stand in the file."
            )
        )
        hint.setWordWrap(True)
        hint.setObjectName("faint")
        test = QPushButton(self.tr("Test"))
        test.clicked.connect(self._try)
        form.addRow(self.tr("Name"), self.name)
        form.addRow(self.tr("Source"), self.source)
        form.addRow("", hint)
        form.addRow("", test)
        form.addRow("", self.preview)
        form.addRow(self.tr("Enabled"), self.enabled)
        form.addRow(self.tr("Transport"), self.transport)
        form.addRow(self.tr("Effort"), self.effort)
        form.addRow(self.tr("Frames a second at most"), self.fps_cap)
        form.addRow(self.tr("Priority"), self.priority)
        form.addRow(self.problem)
        kinds = QDialogButtonBox.StandardButton
        buttons = QDialogButtonBox(kinds.Save | kinds.Cancel)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        form.addRow(buttons)

    def _show(self, camera: Camera) -> None:
        self.name.setText(camera.name)
        self.source.setText(camera.source)
        self.enabled.setChecked(camera.enabled)
        self.transport.setCurrentText(camera.transport)
        self.effort.setCurrentIndex([effort.value for effort in Effort].index(camera.effort))
        self.fps_cap.setValue(camera.fps_cap)
        self.priority.setValue(camera.priority)

    def camera(self) -> Camera:
        """The camera as it is typed.

        Raises:
            ValidationError: It is none.
        """
        return Camera.model_validate(
            {
                "name": self.name.text().strip(),
                "source": self.source.text().strip(),
                "enabled": self.enabled.isChecked(),
                "transport": self.transport.currentText(),
                "effort": list(Effort)[self.effort.currentIndex()].value,
                "fps_cap": self.fps_cap.value(),
                "priority": self.priority.value(),
                "zone": self._before.zones if self._before else (),
            }
        )

    def _try(self) -> None:
        try:
            self._test.type(Wanted.of_camera(self.camera(), None))
            self.problem.clear()
        except (ValidationError, SettingsError) as error:
            self.problem.setText(_said(error))

    def accept(self) -> None:
        """Save, or say what is wrong."""
        try:
            self._save(self.camera())
        except (ValidationError, SettingsError) as error:
            self.problem.setText(_said(error))
        else:
            super().accept()


def _said(error: ValidationError | SettingsError) -> str:
    """In words; never the value of a source, which may hold a password."""
    if isinstance(error, SettingsError):
        return str(error)
    first = error.errors(include_url=False, include_input=False)[0]
    place = ".".join(str(part) for part in first["loc"])
    return f"{place}: {first['msg'].removeprefix('Value error, ')}"
