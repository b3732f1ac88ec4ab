"""On which line of a TOML file something stands. Knows no cameras."""

import re

Place = tuple[str | int, ...]
"""Keys and list positions from the top, as in `("camera", 0, "zone", 2, "points")`."""

_STRING = re.compile(r'"(?:[^"\\]|\\.)*"|\'[^\']*\'')
_HEADER = re.compile(r"\s*(\[\[?)\s*([\w.\-\s]+?)\s*\]\]?\s*")
_KEY = re.compile(r"\s*(?:\"([^\"]*)\"|'([^']*)'|([\w.\-]+))\s*=(.*)", re.DOTALL)
_FENCE = re.compile(r'"""|\'\'\'')


class Lines:
    """Finds the lines of tables and keys. Inline tables count as part of their key."""

    def __init__(self, text: str) -> None:
        """Read through a text that is valid TOML."""
        self._found: dict[Place, int] = {}
        self._counts: dict[Place, int] = {}
        self._table: Place = ()
        self._depth = 0
        self._fence = ""
        for number, line in enumerate(text.splitlines(), 1):
            self._read(self._outside_fences(line), number)

    def of(self, place: Place) -> int:
        """Line of a place from 1, or of the nearest thing around it that has a line."""
        for length in range(len(place), 0, -1):
            if place[:length] in self._found:
                return self._found[place[:length]]
        return 1

    def _outside_fences(self, line: str) -> str:
        """A line without what lies inside multi-line strings."""
        kept = ""
        while line:
            fence = re.search(self._fence, line) if self._fence else _FENCE.search(line)
            if fence is None:
                return kept if self._fence else kept + line
            kept += "" if self._fence else line[: fence.start()]
            self._fence = "" if self._fence else fence[0]
            line = line[fence.end() :]
        return kept

    def _read(self, line: str, number: int) -> None:
        bare = _STRING.sub('""', line).split("#")[0]
        if self._depth > 0:
            self._depth += _opened(bare)
        elif header := _HEADER.fullmatch(bare):
            self._open_table(header, number)
        elif key := _KEY.match(line):
            names = [key[1] or key[2]] if key[3] is None else key[3].split(".")
            self._found.setdefault((*self._table, *names), number)
            self._depth = _opened(_STRING.sub('""', key[4]).split("#")[0])

    def _open_table(self, header: re.Match[str], number: int) -> None:
        place: Place = ()
        names = [name.strip() for name in header[2].split(".")]
        for name in names[:-1]:
            place = (*place, name)
            if place in self._counts:
                place = (*place, self._counts[place])
        place = (*place, names[-1])
        if header[1] == "[[":
            self._counts[place] = self._counts.get(place, -1) + 1
            place = (*place, self._counts[place])
        self._table = place
        self._found.setdefault(place, number)


def _opened(bare: str) -> int:
    return sum(bare.count(c) for c in "[{") - sum(bare.count(c) for c in "]}")
