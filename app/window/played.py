"""Which parts of a recording were played: who is met there again is not counted again. No Qt."""

from threading import Lock

from app.window.presence import Person


class Played:
    """The parts that were played, from the first start of a recording on; for several threads.

    Track ids tell nobody apart here: they begin anew with each start.
    """

    def __init__(self) -> None:
        """Start with nothing."""
        self._parts: list[tuple[float, float]] = []
        self._lock = Lock()

    def add(self, first_s: float, last_s: float) -> None:
        """Note a part, by the media seconds of its first and last frame."""
        with self._lock:
            touching = [p for p in self._parts if p[0] <= last_s and first_s <= p[1]]
            self._parts = [p for p in self._parts if p not in touching]
            firsts, lasts = zip((first_s, last_s), *touching, strict=True)
            self._parts.append((min(firsts), max(lasts)))

    def met(self, person: Person) -> bool:
        """Whether somebody was in view in such a part."""
        with self._lock:
            return any(p[0] <= person.last_s and person.since_s <= p[1] for p in self._parts)
