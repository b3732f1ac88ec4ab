"""TOML files of settings that a program writes: comments and unknown keys stay."""

import tomllib
from pathlib import Path
from typing import TypeVar

import tomlkit
from pydantic import BaseModel

from app.cameras_document import write_whole
from engine.errors import SettingsError

Model = TypeVar("Model", bound=BaseModel)


def read_model(path: Path, kind: type[Model]) -> Model:
    """Settings of a file; those of a file that is missing are the defaults.

    Raises:
        SettingsError: It cannot be understood.
    """
    try:
        return kind.model_validate(tomllib.loads(path.read_text(encoding="utf-8-sig")))
    except FileNotFoundError:
        return kind()
    except (OSError, ValueError) as error:
        raise SettingsError(f"settings file {path} cannot be used: {error}") from error


def write_changed(path: Path, before: Model, after: Model) -> None:
    """Write into a file the settings that were changed; a default only over what stands there.

    What else is in use may come from the command line, or the file have been edited meanwhile.

    Args:
        path: Made where it is missing.
        before: Sections of fields.
        after: The same, changed.

    Raises:
        SettingsError: It cannot be written, or what is there is no TOML.
    """
    try:
        text = path.read_text(encoding="utf-8-sig") if path.exists() else ""
        document = tomlkit.parse(text)
    except (OSError, ValueError) as error:
        raise SettingsError(f"settings file {path} cannot be changed: {error}") from error
    old, usual = before.model_dump(mode="json"), type(after)().model_dump(mode="json")
    for section, values in after.model_dump(mode="json").items():
        for name, value in values.items():
            table = document.get(section)
            known = table is not None and name in table
            if value == old[section][name] or (value == usual[section][name] and not known):
                continue
            if table is None:
                table = tomlkit.table()
                document[section] = table
            table[name] = value
    write_whole(path, tomlkit.dumps(document))
