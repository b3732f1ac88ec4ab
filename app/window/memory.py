"""What the window remembers from one time to the next: places of things, and recent sources.

Addresses that hold a password are never written down.
"""

from collections.abc import Sequence
from pathlib import Path

from PyQt6.QtCore import QByteArray, QSettings, QStandardPaths

from app.window.remembered import Remembered
from app.window.wanted import Wanted

_MOST = 6


class Memory:
    """Kept in an INI file, or only as long as the program runs."""

    def __init__(self, file: Path | None) -> None:
        """Read a file that may not exist yet; None to remember nothing beyond the program's end."""
        self.lasting = file is not None
        self._values: dict[str, object] = {}
        self._file = QSettings(str(file), QSettings.Format.IniFormat) if file else None

    @classmethod
    def of_user(cls) -> "Memory":
        """The one of this user."""
        place = QStandardPaths.StandardLocation.GenericConfigLocation
        return cls(Path(QStandardPaths.writableLocation(place)) / "agescope" / "window.ini")

    def recent(self) -> list[str]:
        """The sources shown lately, the newest first, as `Remembered.read` takes them."""
        return self._words("recent")

    def last(self) -> list[str]:
        """The sources shown together last, in the same way."""
        return self._words("last")

    def note(self, sources: Sequence[Wanted]) -> None:
        """Remember that these sources were shown, except those that hold a secret."""
        open_ones = [Remembered.of(source) for source in sources if not source.secret]
        words, addresses = [each.word for each in open_ones], {each.address for each in open_ones}
        older = [word for word in self.recent() if Remembered.read(word).address not in addresses]
        self._set("recent", [*words, *older][:_MOST])
        self._set("last", words)

    @property
    def told_about_privacy(self) -> bool:
        """The card about privacy was read."""
        return self._get("told_about_privacy") in ("true", True)

    def tell_about_privacy(self) -> None:
        """The card about privacy has been read."""
        self._set("told_about_privacy", True)

    def place(self, name: str) -> QByteArray:
        """Where a window's parts are, as Qt wrote it; empty where nothing is remembered."""
        value = self._get(f"place/{name}")
        return value if isinstance(value, QByteArray) else QByteArray()

    def set_place(self, name: str, place: QByteArray) -> None:
        """Remember where a window's parts are."""
        self._set(f"place/{name}", place)

    def switch(self, name: str, default: bool) -> bool:
        """Whether something is switched on."""
        value = self._get(f"switch/{name}")
        return default if value is None else value in ("true", True)

    def set_switch(self, name: str, on: bool) -> None:
        """Remember whether something is switched on."""
        self._set(f"switch/{name}", on)

    def word(self, name: str) -> str:
        """A text that was remembered; "" where there is none."""
        value = self._get(name)
        return value if isinstance(value, str) else ""

    def set_word(self, name: str, text: str) -> None:
        """Remember a text."""
        self._set(name, text)

    def _words(self, name: str) -> list[str]:
        value = self._get(name)
        if isinstance(value, str):  # a list of one comes back from the file as its only word
            return [value] if value else []
        return [str(word) for word in value] if isinstance(value, list) else []

    def _get(self, name: str) -> object:
        return self._file.value(name) if self._file else self._values.get(name)

    def _set(self, name: str, value: object) -> None:
        if self._file:
            self._file.setValue(name, value)
        else:
            self._values[name] = value
