"""The page of everything that can be set: settings, cameras, models."""

from pathlib import Path

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QTabWidget, QVBoxLayout, QWidget

from app.window.preferences import Preferences
from app.window.settings.cameras_tab import CamerasTab
from app.window.settings.models_tab import ModelsTab
from app.window.settings.settings_list import SettingsList
from app.window.tile import SessionMaker


class SettingsPage(QWidget):
    """Tabs.

    Attributes:
        list: All settings.
        cameras: The cameras of a file.
        models: The models.
    """

    def __init__(
        self,
        preferences: Preferences,
        sessions: SessionMaker,
        cameras_file: Path,
        parent: QWidget | None = None,
    ) -> None:
        """Build the tabs."""
        super().__init__(parent)
        self.list, self.tabs = SettingsList(preferences), QTabWidget()
        self.cameras = CamerasTab(cameras_file, sessions)
        self.models = ModelsTab(lambda: sessions.runtime, lambda: preferences.engine.runtime)
        self.tabs.setDocumentMode(True)
        self.tabs.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # its bar has it
        bar = self.tabs.tabBar()
        assert bar is not None
        bar.setAccessibleName(self.tr("Settings"))
        self.tabs.addTab(self.list, self.tr("Settings"))
        self.tabs.addTab(self.cameras, self.tr("Cameras"))
        self.tabs.addTab(self.models, self.tr("Models"))
        self.setFocusProxy(self.list.search)
        column = QVBoxLayout(self)
        column.addWidget(self.tabs)
