"""The settings while the window runs: every change is told, kept and can be undone."""

from pathlib import Path

from pydantic import BaseModel, ValidationError
from PyQt6.QtCore import QObject, pyqtSignal
from PyQt6.QtGui import QUndoStack

from app.settings_file import Model, write_changed
from app.window.settings.setting import Setting, changed, setting_named, value_of
from app.window.snapshots import Snapshot
from app.window.words import translate
from app.window_settings import RecordSettings, WindowSettings
from engine.errors import SettingsError
from engine.settings import CHALLENGE_TOO_LOW, Settings


class Preferences(QObject):
    """Settings of the engine and of the window.

    Attributes:
        engine: Those of the engine.
        window: Those of the window.
        undo: What was changed.
        cameras_file: The file of cameras that is shown; it need not exist.
        always_blurs: No face is ever shown, whatever the settings of the window say.
    """

    engine_changed = pyqtSignal()
    window_changed = pyqtSignal()
    failed = pyqtSignal(str)
    """They could not be changed or kept; why."""

    def __init__(
        self,
        engine: Settings | None = None,
        window: WindowSettings | None = None,
        *,
        engine_file: Path | None = None,
        window_file: Path | None = None,
        always_blurs: bool = False,
    ) -> None:
        """Begin with these; changes are written to the files, None to keep them nowhere."""
        super().__init__()
        self.engine, self.window = engine or Settings(), window or WindowSettings()
        self.undo, self.always_blurs = QUndoStack(self), always_blurs
        self.cameras_file = Path("cameras.toml")
        self._engine_file, self._window_file = engine_file, window_file

    @property
    def blurs(self) -> bool:
        """Whether the window shows no face."""
        return self.always_blurs or self.window.look.blur_faces

    @property
    def record(self) -> RecordSettings:
        """How to record; no face that is not shown."""
        chosen = self.window.record
        return chosen.model_copy(update={"blur": True}) if self.blurs else chosen

    def blur_faces(self, on: bool) -> None:
        """Show no face from now on, or all again; can be undone."""
        if not self.always_blurs:
            self.set(setting_named(WindowSettings, "look", "blur_faces"), on)

    def value(self, setting: Setting) -> object:
        """What a setting is now."""
        return value_of(self._model_of(setting), setting)

    def set(self, setting: Setting, value: object) -> None:
        """Change a setting, or tell why it cannot have this value; can be undone."""
        before = self._model_of(setting)
        try:
            after = changed(before, setting, value)
        except ValidationError as error:
            words = translate("preferences", "{} stays as it is: {}")
            self.failed.emit(words.format(setting.title, _reason(error)))
            return
        if after != before:
            self.undo.push(Snapshot(setting.title, before, after, self._put))

    def _model_of(self, setting: Setting) -> BaseModel:
        return self.engine if isinstance(self.engine, setting.model) else self.window

    def _put(self, model: BaseModel) -> None:
        if isinstance(model, Settings):
            self._write(self._engine_file, self.engine, model)
            self.engine = model
            self.engine_changed.emit()
        elif isinstance(model, WindowSettings):
            self._write(self._window_file, self.window, model)
            self.window = model
            self.window_changed.emit()

    def _write(self, file: Path | None, before: Model, after: Model) -> None:
        try:
            if file is not None:
                write_changed(file, before, after)
        except SettingsError as error:
            self.failed.emit(str(error))


def _reason(error: ValidationError) -> str:
    first = error.errors(include_url=False)[0]
    if first["type"] == "challenge":
        return translate("settings", CHALLENGE_TOO_LOW).format(**first["ctx"])
    return first["msg"]
