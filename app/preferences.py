"""Settings from TOML files and command-line options."""

import os
import sys
import tomllib
from pathlib import Path

from pydantic import ValidationError

from engine.errors import SettingsError
from engine.settings import Settings
from engine.values.text import as_written


def config_folder() -> Path:
    """Where this user's settings are."""
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", Path.home())) / "agescope"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Preferences" / "agescope"
    return Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "agescope"


def user_settings_file() -> Path:
    """The settings that the window reads and writes when no other file is named."""
    return config_folder() / "settings.toml"


def read_settings(
    path: Path | None,
    *,
    detector: str | None = None,
    smallest_face_px: int | None = None,
    runtime: str | None = None,
    require_gpu: bool | None = None,
    hwaccel: str | None = None,
    effort: str | None = None,
) -> Settings:
    """Settings of a file, or the defaults, with the command line's options on top.

    An option that is None was not given: what the file says holds, or else the default.

    Args:
        path: TOML file with sections like `[detect]`, or None.
        detector: Which detector.
        smallest_face_px: Smallest face to find.
        runtime: What runs the models.
        require_gpu: Fail without a GPU.
        hwaccel: What decodes live video.
        effort: How much attention frames and faces get.

    Raises:
        SettingsError: The file cannot be read, or a setting is unknown or out of range.
    """
    found = _read(path) if path is not None else {}
    _put(found, "detect", {"detector": detector, "smallest_face_px": smallest_face_px})
    _put(found, "runtime", {"name": runtime, "require_gpu": require_gpu})
    _put(found, "stream", {"hwaccel": hwaccel})
    _put(found, "schedule", {"effort": effort})
    try:
        return Settings.model_validate(found)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        given = "" if first["type"] == "extra_forbidden" else f"; got {as_written(first['input'])}"
        raise SettingsError(f"setting {place}: {first['msg']}{given}") from error


def _put(found: dict[str, object], name: str, options: dict[str, object]) -> None:
    """Put the options that were given over a section of a file."""
    section = found.setdefault(name, {})
    if not isinstance(section, dict):
        raise SettingsError(f"'{name}' in the settings file must be a section, [{name}]")
    section.update({key: value for key, value in options.items() if value is not None})


def _read(path: Path) -> dict[str, object]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise SettingsError(f"settings file {path} cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise SettingsError(f"settings file {path} is no valid TOML: {error}") from error
