"""Every setting of the engine as a TOML file to start from, made from the settings themselves."""

import json
from enum import Enum
from typing import Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from engine.settings import Settings

_HEAD = """\
# Settings of agescope, each as it is by default. Keep the lines that you change and give the file
# with --settings FILE. What a command is told by an option goes before what stands here.
"""
_BOUNDS = {"ge": "from", "gt": "more than", "le": "to", "lt": "less than"}


def example() -> str:
    """All sections with defaults, and for each setting what it means, its unit and its range."""
    usual = Settings()
    sections = [_section(name, getattr(usual, name)) for name in Settings.model_fields]
    return "\n".join([_HEAD, *sections])


def _section(name: str, values: BaseModel) -> str:
    lines = [f"[{name}]\n"]
    for key, info in type(values).model_fields.items():
        told = (info.description, _choices(info), _range(info))
        lines.append(f"# {'; '.join(part for part in told if part)}\n")
        lines.append(f"{key} = {_toml(getattr(values, key))}\n")
    return "".join(lines)


def _choices(info: FieldInfo) -> str:
    kind = info.annotation
    if get_origin(kind) is Literal:
        return " or ".join(map(_toml, get_args(kind)))
    if isinstance(kind, type) and issubclass(kind, Enum):
        return " or ".join(map(_toml, kind))
    return ""


def _range(info: FieldInfo) -> str:
    extra = info.json_schema_extra
    bounds = [
        f"{word} {getattr(bound, key)}"
        for key, word in _BOUNDS.items()
        for bound in info.metadata
        if hasattr(bound, key)
    ]
    unit = [str(extra["unit"])] if isinstance(extra, dict) and "unit" in extra else []
    return " ".join([*bounds, *unit])


def _toml(value: object) -> str:
    """Numbers, words and yes or no are written alike in JSON and TOML."""
    return json.dumps(value.value if isinstance(value, Enum) else value)
