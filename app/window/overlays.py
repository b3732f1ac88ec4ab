"""The switches of what is drawn over the pictures."""

from collections.abc import Callable
from dataclasses import fields, replace
from functools import partial

from app.window.actions import Deed
from app.window.memory import Memory
from app.window.words import translate
from engine.sinks.shown import Shown

_KEYS = {
    "boxes": "B",
    "ages": "A",
    "ids": "I",
    "curves": "C",
    "quality": "U",
    "landmarks": "L",
    "trails": "T",
    "zones": "Z",
    "legend": "G",
}


def _names() -> dict[str, str]:
    return {
        "boxes": translate("overlays", "Boxes"),
        "ages": translate("overlays", "Ages"),
        "ids": translate("overlays", "Numbers"),
        "curves": translate("overlays", "Age curves"),
        "quality": translate("overlays", "Quality"),
        "landmarks": translate("overlays", "Landmarks"),
        "trails": translate("overlays", "Trails"),
        "zones": translate("overlays", "Zones"),
        "legend": translate("overlays", "Legend in the picture"),
    }


class Overlays:
    """Remembers the switches and tells of every change.

    Attributes:
        shown: What is drawn now.
    """

    def __init__(self, memory: Memory, tell: Callable[[Shown], object]) -> None:
        """Set the switches as they were last time; `tell` is called whenever one changes."""
        self._memory, self._tell = memory, tell
        usual = Shown()
        self.shown = Shown(**{name: memory.switch(name, getattr(usual, name)) for name in _KEYS})
        assert set(_KEYS) == {field.name for field in fields(Shown)}

    def deeds(self, menu: str) -> list[Deed]:
        """A switch for each of the things."""
        return [
            Deed(
                name=name,
                menu=menu,
                text=words,
                keys=(_KEYS[name],),
                do=partial(self._switch, name),
                switch=True,
                on=getattr(self.shown, name),
            )
            for name, words in _names().items()
        ]

    def _switch(self, name: str, on: bool) -> None:
        self._memory.set_switch(name, on)
        self.shown = replace(self.shown, **{name: on})
        self._tell(self.shown)
