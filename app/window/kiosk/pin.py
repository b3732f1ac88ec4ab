"""The number that lets staff leave the kiosk. Knows no Qt."""

from hmac import compare_digest

_TRIES, _LOCKED_S = 5, 30.0


class Pin:
    """Compares numbers; after five wrong ones in a row it takes none for half a minute."""

    def __init__(self, digits: str) -> None:
        """Keep the right digits."""
        self._digits = digits
        self._wrong = 0
        self._locked_until_s = 0.0

    def __len__(self) -> int:
        return len(self._digits)

    def locked_s(self, now_s: float) -> float:
        """Seconds until a number is taken again; 0 for at once."""
        return max(0.0, self._locked_until_s - now_s)

    def opens(self, digits: str, now_s: float) -> bool:
        """Whether these are the right digits; while locked none are."""
        if self.locked_s(now_s) > 0:
            return False
        if compare_digest(digits.encode(), self._digits.encode()):
            self._wrong = 0
            return True
        self._wrong += 1
        if self._wrong >= _TRIES:
            self._wrong, self._locked_until_s = 0, now_s + _LOCKED_S
        return False
