"""One setting of a model: everything that a page needs to show and change it. Knows no widgets."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from PyQt6.QtCore import QLocale

from app.window.words import translate

_UNITS = ("_px", "_s", "_mb", "_mib", "_days")


@dataclass(frozen=True, slots=True)
class Setting:
    """A field of a section of a model.

    Attributes:
        model: Type of the whole model.
        section: Name of the section.
        name: Of the field.
        default: What it is when nobody changes it.
        description: What it does.
        unit: Such as "px", or "".
        low: Smallest value, None where there is none.
        high: Largest value, None where there is none.
        decimals: Of its numbers.
        choices: All values, where there are but a few.
    """

    model: type[BaseModel]
    section: str
    name: str
    default: object
    description: str
    unit: str
    low: float | None
    high: float | None
    decimals: int
    choices: tuple[str, ...]

    @property
    def title(self) -> str:
        """What it is called."""
        return translate("settings", raw_title(self.name))

    @property
    def explanation(self) -> str:
        """What it does, and between which bounds."""
        text = translate("settings", self.description)
        if self.low is None or self.high is None:
            return text
        unit = translate("settings", self.unit) if self.unit else ""
        local = QLocale()
        local.setNumberOptions(QLocale.NumberOption.OmitGroupSeparator)
        low, high = (local.toString(float(bound), "g", 6) for bound in (self.low, self.high))
        span = f"{low} … {high} {unit}".rstrip()
        return f"{text} ({span})"

    def matches(self, words: str) -> bool:
        """Whether all words stand in what is said about it."""
        said = f"{self.section}.{self.name} {self.title} {self.explanation}".lower()
        return all(word in said for word in words.lower().split())


def raw_title(name: str) -> str:
    """The English name of a field: `smallest_face_px` is "Smallest face"."""
    for unit in _UNITS:
        name = name.removesuffix(unit)
    return name.replace("_", " ").capitalize()


def raw_heading(model: type[BaseModel], section: str) -> str:
    """The English heading of a section."""
    kind = model.model_fields[section].annotation
    return (getattr(kind, "__doc__", "") or section).strip().rstrip(".")


def settings_of(model: type[BaseModel]) -> Iterator[Setting]:
    """All settings of a model, section by section."""
    for section, found in model.model_fields.items():
        kind = found.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            for name, field in kind.model_fields.items():
                yield _setting(model, section, name, field)


def setting_named(model: type[BaseModel], section: str, name: str) -> Setting:
    """One setting of a model.

    Raises:
        StopIteration: There is none of that name.
    """
    return next(s for s in settings_of(model) if (s.section, s.name) == (section, name))


def value_of(settings: BaseModel, setting: Setting) -> object:
    """What a setting is in a model."""
    value: object = getattr(getattr(settings, setting.section), setting.name)
    return value


def changed(settings: BaseModel, setting: Setting, value: object) -> BaseModel:
    """The model with another value.

    Raises:
        ValidationError: The value is out of range.
    """
    found = settings.model_dump()
    found[setting.section][setting.name] = value
    return type(settings).model_validate(found)


def _setting(model: type[BaseModel], section: str, name: str, field: FieldInfo) -> Setting:
    extra = field.json_schema_extra
    unit = extra.get("unit", "") if isinstance(extra, dict) else ""
    decimals = _decimals(field)
    least = 10.0**-decimals
    return Setting(
        model,
        section,
        name,
        default=field.default,
        description=field.description or "",
        unit=str(unit),
        low=_bound(field, "ge", "gt", least),
        high=_bound(field, "le", "lt", -least),
        decimals=decimals,
        choices=_choices(field.annotation),
    )


def _decimals(field: FieldInfo) -> int:
    """What is never large has small steps."""
    if isinstance(field.default, int):
        return 0
    most = _bound(field, "le", "lt", 0.0)
    return 4 if most is not None and most < 0.5 else 2


def _bound(field: FieldInfo, closed: str, opened: str, least: float) -> float | None:
    """The outermost value that is allowed: a bound itself, or what is `least` inside of it."""
    for rule in field.metadata:
        if hasattr(rule, closed):
            return float(getattr(rule, closed))
        if hasattr(rule, opened):
            return float(getattr(rule, opened)) + least
    return None


def _choices(kind: object) -> tuple[str, ...]:
    if get_origin(kind) is Literal:
        return tuple(map(str, get_args(kind)))
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return tuple(kind)
    return ()
