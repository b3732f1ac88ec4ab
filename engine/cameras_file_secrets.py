"""Secrets in addresses: filled in where a camera is opened, never written down or shown."""

import os
import re
from urllib.parse import quote, urlsplit

from engine.errors import SettingsError, SourceError, installing
from engine.sources.address import check_address as check_source
from engine.sources.inserted_secrets import INSERTED, REFERENCE, forms_of

_KEYRING = "keyring:"
_SCHEMES = ("rtsp", "rtsps", "http", "https")
_MADE_HERE = ("synthetic", "screen")
_NOT_WHOLE = "is no whole address; expected one like rtsp://host:554/path"


def fill_in(text: str) -> str:
    """Replace every `${NAME}` by that environment variable and `${keyring:SERVICE/USER}`.

    Between `://` and `@` a secret is percent-encoded, so that it may hold any character. From now
    on `mask_address` knows the secrets of a network address. In a path of this machine a variable
    is a place such as `${HOME}`, which every second message would be about.

    Raises:
        SettingsError: A secret is not there.
    """
    forms: dict[str, str] = {}

    def value_of(found: re.Match[str]) -> str:
        secret = _secret(found[1])
        forms.update(forms_of(secret, found[1]))
        before, after = text[: found.start()], text[found.end() :]
        in_login = "://" in before and "/" not in before.split("://", 1)[1] and "@" in after
        return quote(secret, safe="") if in_login else secret

    filled = REFERENCE.sub(value_of, text)
    if "://" in filled:
        INSERTED.add(forms)
    return filled


def check_address(address: str) -> None:
    """Refuse an address that can be none on any machine before anything tries to open it.

    Raises:
        SettingsError: It is no address; the message does not hold it.
    """
    if not address.isprintable():
        raise SettingsError("has a control character in it; remove it.")
    scheme, has_scheme, _ = address.partition("://")
    if not has_scheme:
        _check_without_slashes(address)
        return
    if scheme.lower() not in _SCHEMES:
        kinds = ", ".join(f"{scheme}://" for scheme in _SCHEMES)
        raise SettingsError(f"begins with {scheme:.20}://; streams begin with {kinds}.")
    try:
        parts = urlsplit(address)
        whole = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        whole = False
    if not whole or " " in address:
        raise SettingsError(
            f"{_NOT_WHOLE}. Write [ ] / @ : # ? of a password as %5B %5D and so on."
        )


def _check_without_slashes(address: str) -> None:
    """Look at the options of a scene or screen, and for a stream that lacks a slash."""
    scheme = address.partition(":")[0]
    if scheme.lower() in _SCHEMES and scheme != address:
        raise SettingsError(f"{_NOT_WHOLE}.")
    if scheme in _MADE_HERE:
        try:
            check_source(address)
        except SourceError as error:
            raise SettingsError(str(error)) from error


def _secret(reference: str) -> str:
    if reference.startswith(_KEYRING):
        return _from_keyring(reference.removeprefix(_KEYRING))
    value = os.environ.get(reference)
    if value is None:
        raise SettingsError(
            f"needs the environment variable {reference}, which is not set. Set it before the "
            "start, or name a keyring entry as ${keyring:SERVICE/USER}."
        )
    return value


def _from_keyring(entry: str) -> str:
    service, _, user = entry.rpartition("/")
    try:
        import keyring
        from keyring.errors import KeyringError
    except ImportError:
        raise SettingsError(
            f"names a keyring entry, which needs a package more: {installing('keyring')}"
        ) from None
    try:
        value = keyring.get_password(service, user)
    except KeyringError as error:
        raise SettingsError(f"cannot read the keyring entry {entry}: {error}.") from error
    if value is None:
        raise SettingsError(
            f"names the keyring entry {entry}, which is not there. Add it with: "
            f"keyring set {service} {user}"
        )
    return value
