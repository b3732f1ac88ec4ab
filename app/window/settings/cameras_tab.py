"""The cameras of a cameras file: added, changed, tested, put in order, removed."""

from collections.abc import Callable
from pathlib import Path

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QShowEvent
from PyQt6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.cameras_document import CamerasDocument
from app.window.address_test import Prober
from app.window.settings.camera_dialog import CameraDialog
from app.window.wanted import Wanted
from app.window.words import translate
from engine.cameras_file import Camera
from engine.errors import SettingsError


def silence() -> str:
    """Why the receivers of a cameras file hear nothing of the window."""
    return translate(
        "cameras",
        "The window sends nothing to the broker and webhooks of this file: every visit would "
        "arrive twice where “monitor” runs as well. Start “monitor” to send.",
    )


class CamerasTab(QWidget):
    """Lists the cameras of one file; every change is written at once.

    Attributes:
        path: The file; it need not exist yet.
        list: The cameras.
        silent: Tells that the window sends nothing to the file's receivers, where it has some.
    """

    told = pyqtSignal(str)
    wants_cameras = pyqtSignal(list)
    """The enabled cameras shall be shown; as `Wanted`."""

    def __init__(self, path: Path, prober: Prober, parent: QWidget | None = None) -> None:
        """Show the cameras of a file."""
        super().__init__(parent)
        self.path, self._prober = path, prober
        self._cameras: tuple[Camera, ...] = ()
        self.list, self.file, self._empty = QListWidget(), QLabel(), QLabel()
        self.buttons: dict[str, QPushButton] = {}
        self.list.setAccessibleName(self.tr("Cameras"))
        self.list.currentRowChanged.connect(self._enable)
        self.list.itemActivated.connect(self.change)
        self.file.setObjectName("faint")
        self.file.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._empty.setText(self.tr("No camera yet. Add one."))
        self.silent = QLabel(silence())
        self.silent.setWordWrap(True)
        self._lay_out()
        self.refresh()

    def _lay_out(self) -> None:
        names = {
            "add": (self.tr("Add …"), self.add),
            "change": (self.tr("Change …"), self.change),
            "remove": (self.tr("Remove"), self.remove),
            "up": (self.tr("Up"), lambda: self.move_camera(-1)),
            "down": (self.tr("Down"), lambda: self.move_camera(1)),
            "open": (self.tr("Open these cameras"), self._open),
            "file": (self.tr("Choose another file …"), self._ask_for_file),
        }
        side, row, column = QVBoxLayout(), QHBoxLayout(), QVBoxLayout(self)
        for name, (words, do) in names.items():
            button = self.buttons[name] = QPushButton(words)
            button.clicked.connect(lambda _checked, do=do: do())
            side.addWidget(button)
        side.addStretch()
        row.addWidget(self.list, 1)
        row.addLayout(side)
        column.addWidget(self.file)
        column.addWidget(self._empty)
        column.addWidget(self.silent)
        column.addLayout(row, 1)

    def showEvent(self, event: QShowEvent | None) -> None:
        """Read the file: somebody else may have changed it."""
        super().showEvent(event)
        self.refresh()

    def refresh(self) -> None:
        """Read the file again."""
        self.file.setText(self.tr("Cameras file: {}").format(self.path))
        receivers = 0
        try:
            document = CamerasDocument(self.path)
            self._cameras, receivers = document.cameras(), document.receivers
        except SettingsError as error:
            self._cameras = ()
            self.told.emit(str(error))
        self.silent.setVisible(receivers > 0)
        chosen = self.list.currentRow()
        self.list.clear()
        for camera in self._cameras:
            off = "" if camera.enabled else f"   ({self.tr('off')})"
            self.list.addItem(QListWidgetItem(f"{camera.name}   —   {camera.shown}{off}"))
        self.list.setCurrentRow(min(chosen, len(self._cameras) - 1))
        self._empty.setVisible(not self._cameras)
        self._enable()

    def _enable(self) -> None:
        row, count = self.list.currentRow(), len(self._cameras)
        possible = {
            "change": row >= 0,
            "remove": row >= 0 and count > 1,
            "up": row > 0,
            "down": 0 <= row < count - 1,
            "open": any(camera.enabled for camera in self._cameras),
        }
        for name, can in possible.items():
            self.buttons[name].setEnabled(can)

    def _chosen(self) -> Camera | None:
        row = self.list.currentRow()
        return self._cameras[row] if 0 <= row < len(self._cameras) else None

    def add(self) -> None:
        """Ask for a new camera."""
        self._ask(None)

    def change(self) -> None:
        """Ask how the chosen camera shall be."""
        if (camera := self._chosen()) is not None:
            self._ask(camera)

    def _ask(self, camera: Camera | None) -> None:
        def save(typed: Camera) -> None:
            self._edit(lambda document: document.put(typed, camera))

        dialog = CameraDialog(camera, save, self._prober, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def remove(self) -> None:
        """Take the chosen camera out of the file."""
        if (camera := self._chosen()) is not None:
            self._edit_or_tell(lambda document: document.remove(camera.name))

    def move_camera(self, by: int) -> None:
        """Move the chosen camera up (-1) or down (1)."""
        if (camera := self._chosen()) is not None:
            self._edit_or_tell(lambda document: document.move(camera.name, by))
            names = [each.name for each in self._cameras]
            self.list.setCurrentRow(names.index(camera.name))

    def _edit(self, do: Callable[[CamerasDocument], None]) -> None:
        document = CamerasDocument(self.path)
        do(document)
        document.save()
        self.refresh()
        self.told.emit(self.tr("Saved. Cameras run as they are now when they are opened again."))

    def _edit_or_tell(self, do: Callable[[CamerasDocument], None]) -> None:
        try:
            self._edit(do)
        except SettingsError as error:
            self.told.emit(self.tr("Not saved: {}").format(error))

    def _open(self) -> None:
        try:
            wanted = [Wanted.of_camera(c, self.path) for c in self._cameras if c.enabled]
        except SettingsError as error:
            self.told.emit(str(error))
        else:
            self.wants_cameras.emit(wanted)

    def _ask_for_file(self) -> None:
        dialog = QFileDialog(self, self.tr("Cameras file"))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setNameFilter("TOML (*.toml)")
        dialog.fileSelected.connect(self.show_file)
        dialog.open()

    def show_file(self, name: str) -> None:
        """Show the cameras of another file."""
        self.path = Path(name)
        self.refresh()
