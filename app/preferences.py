"""Settings from TOML files and command-line options."""

import tomllib
from pathlib import Path

from pydantic import ValidationError

from engine.errors import SettingsError
from engine.settings import Settings


def read_settings(path: Path | None, *, detector: str, smallest_face_px: int) -> Settings:
    """Settings of a file, or the defaults, with the command line's options on top.

    Args:
        path: TOML file with sections like `[detect]`, or None.
        detector: Which detector.
        smallest_face_px: Smallest face to find.

    Raises:
        SettingsError: The file cannot be read, or a setting is unknown or out of range.
    """
    found = _read(path) if path is not None else {}
    section = found.setdefault("detect", {})
    if not isinstance(section, dict):
        raise SettingsError(f"{path}: 'detect' must be a section, [detect]")
    defaults = Settings().detect
    if detector != defaults.detector:
        section["detector"] = detector
    if smallest_face_px != defaults.smallest_face_px:
        section["smallest_face_px"] = smallest_face_px
    try:
        return Settings.model_validate(found)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        given = "" if first["type"] == "extra_forbidden" else f"; got {first['input']!r}"
        raise SettingsError(f"setting {place}: {first['msg']}{given}") from error


def _read(path: Path) -> dict[str, object]:
    try:
        return tomllib.loads(path.read_text())
    except OSError as error:
        raise SettingsError(f"settings file {path} cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"settings file {path} is no valid TOML: {error}") from error
