"""Looks whether a model file is the one that its folder's list of SHA-256 digests names."""

from pathlib import Path

from engine.errors import ModelError
from engine.models.model import file_sha256

LIST = "SHA256SUMS"


def verify(path: Path) -> None:
    """Compare a file with the `SHA256SUMS` beside it, before any runtime reads the file.

    A folder without a list, or a file that the list does not name, is the user's own and is taken
    as it is. A missing file is left for the runtime to tell.

    Raises:
        ModelError: The file is another than the listed one, or the list cannot be read.
    """
    try:
        digests = _digests(path.parent / LIST)
        expected = digests.get(path.name)
        if expected is None or not path.is_file() or file_sha256(path) == expected:
            return
    except (OSError, UnicodeDecodeError, ValueError) as error:
        raise ModelError(f"cannot compare {path.name} with {LIST}: {error}.") from error
    raise ModelError(
        f"{path.name} is damaged or was exchanged: its SHA-256 is not the one in {LIST}. "
        "Install the program again; after a training of your own, write the list anew."
    )


def _digests(path: Path) -> dict[str, str]:
    """File names and hex digests, as `sha256sum` writes them; none without the list."""
    if not path.is_file():
        return {}
    pairs = (line.split(maxsplit=1) for line in path.read_text().splitlines() if line.strip())
    return {name.strip().lstrip("*"): digest for digest, name in pairs}
