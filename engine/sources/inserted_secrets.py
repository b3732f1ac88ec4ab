"""The secrets that were put into addresses, known from then on so that nothing shows them."""

import re
from collections.abc import Mapping
from threading import Lock
from urllib.parse import quote

REFERENCE = re.compile(r"\$\{([^}]*)\}")
_SHORTEST = 4  # a shorter one is found in half of all words, and would make a log unreadable


class InsertedSecrets:
    """Finds secrets in texts, wherever they stand and however they are written."""

    def __init__(self) -> None:
        """Know none."""
        self._lock = Lock()
        self.references: Mapping[str, str] = {}
        """What stands for each secret in a text that is shown; both may be sent to a process."""
        self._pattern = REFERENCE

    def add(self, references: Mapping[str, str]) -> None:
        """Know these too."""
        with self._lock:
            known = {**references, **self.references}
            if len(known) > len(self.references):
                longest_first = sorted(known, key=len, reverse=True)
                # References are passed over whole: a name may hold a secret's word, as may a text
                # that is hidden twice.
                words = [*map(re.escape, longest_first), REFERENCE.pattern]
                self.references = known  # first: what the pattern finds must be in it
                self._pattern = re.compile("|".join(words))

    def hidden(self, text: str) -> str:
        """The text with `${NAME}` where the secret of that name stood."""
        return self._pattern.sub(lambda found: self.references.get(found[0], found[0]), text)


INSERTED = InsertedSecrets()
"""Of this process."""


def forms_of(secret: str, reference: str) -> dict[str, str]:
    """What `InsertedSecrets.add` takes for a secret, as it is and percent-encoded.

    Args:
        secret: The value; of a whole address its scheme may be shown.
        reference: What stood for it between `${` and `}`.
    """
    # Without what would mean something in an address, such as the colon of a keyring entry.
    shown = "${" + re.sub(r"[^\w.-]", "-", reference) + "}"
    forms = {secret.rpartition("://")[2], quote(secret), quote(secret, safe="")}
    return {form: shown for form in forms if len(form) >= _SHORTEST}
