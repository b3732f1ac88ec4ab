"""What makes a source fail in a way nobody foresaw, in whichever process it is begun."""

from collections.abc import Iterator, Mapping


class Faulty(Mapping[str, str]):
    """Secrets of a task that cannot be gone through; the fault names a word."""

    def __init__(self, word: str, error: type[Exception] = RuntimeError) -> None:
        self._word, self._error = word, error

    def __iter__(self) -> Iterator[str]:
        raise self._error(f"cannot use {self._word}")

    def __getitem__(self, key: str) -> str:
        raise KeyError(key)

    def __len__(self) -> int:
        return 1
