"""The options behind the `?` of an address, each checked."""

import re
from collections.abc import Callable
from typing import TypeVar

from engine.errors import SourceError

_SIZE = re.compile(r"(\d{1,5})x(\d{1,5})")
_T = TypeVar("_T")
_Size = TypeVar("_Size", tuple[int, int], None)
_Number = TypeVar("_Number", int, float)


class Query:
    """Options such as `people=5&seconds=20`. Ask for every known one, then call `finish`."""

    def __init__(self, address: str) -> None:
        """Take an address apart.

        Raises:
            SourceError: An option has no value or is given twice.
        """
        self._scheme, _, query = address.partition(":")
        self._given: dict[str, str] = {}
        self._known: list[str] = []
        for part in filter(None, query.removeprefix("?").split("&")):
            name, equals, value = part.partition("=")
            if not equals or not value or name in self._given:
                raise SourceError(
                    f"{self._scheme}: cannot read {part!r}; options are written once each, "
                    f"as {self._scheme}:?name=value&name=value"
                )
            self._given[name] = value

    def text(self, name: str, default: str) -> str:
        """An option as it is written."""
        return self._take(name, default, str, "text")

    def choice(self, name: str, default: str, allowed: tuple[str, ...]) -> str:
        """An option that is one of a few words."""

        def read(text: str) -> str:
            if text not in allowed:
                raise ValueError
            return text

        return self._take(name, default, read, " or ".join(allowed))

    def integer(self, name: str, default: int, *, lowest: int, highest: int) -> int:
        """A whole number in a range."""

        def read(text: str) -> int:
            return _within(int(text), lowest, highest)

        return self._take(name, default, read, f"a whole number from {lowest} to {highest}")

    def number(self, name: str, default: float, *, lowest: float, highest: float) -> float:
        """A number in a range."""

        def read(text: str) -> float:
            return _within(float(text), lowest, highest)

        return self._take(name, default, read, f"a number from {lowest:g} to {highest:g}")

    def size(self, name: str, default: _Size) -> tuple[int, int] | _Size:
        """Width and height in px, each from 64 to 8192."""

        def read(text: str) -> tuple[int, int]:
            found = _SIZE.fullmatch(text)
            if not found:
                raise ValueError
            return _within(int(found[1]), 64, 8192), _within(int(found[2]), 64, 8192)

        return self._take(name, default, read, "a size such as 1280x720, sides from 64 to 8192")

    def finish(self) -> None:
        """Refuse options that nobody asked for.

        Raises:
            SourceError: There is one.
        """
        unknown = [name for name in self._given if name not in self._known]
        if unknown:
            raise SourceError(
                f"{self._scheme}: has no option {unknown[0]!r}; it knows {', '.join(self._known)}"
            )

    def _take(self, name: str, default: _T, read: Callable[[str], _T], expected: str) -> _T:
        self._known.append(name)
        if name not in self._given:
            return default
        try:
            return read(self._given[name])
        except ValueError:
            raise SourceError(
                f"{self._scheme}: {name} must be {expected}; got {self._given[name]!r}"
            ) from None


def _within(value: _Number, lowest: float, highest: float) -> _Number:
    if not lowest <= value <= highest:
        raise ValueError
    return value
