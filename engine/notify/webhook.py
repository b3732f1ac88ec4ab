"""Posts messages to a web server, signed, and only to where the user allowed it.

A receiver checks `X-Agescope-Signature: t=UNIX,v1=HEX`, where HEX is the HMAC-SHA256 of
`UNIX + "." + body` with the shared secret, refuses old moments and repetitions of the `id`.
"""

import base64
import hashlib
import hmac
import http.client
import ipaddress
import socket
import ssl
import time
from contextlib import closing, suppress
from urllib.parse import SplitResult, unquote

from engine.cameras_file_outlets import Webhook, endpoint
from engine.cameras_file_secrets import fill_in
from engine.errors import SinkError
from engine.notify.delivery import RefusedError, StumblesError
from engine.notify.message import Message

SIGNATURE = "X-Agescope-Signature"
_TIMEOUT_S = 5.0
_LATER = (408, 425, 429)
_STUMBLES = (401, 403, 500)
"""A wrong password is nobody's message's fault, but a server may also forbid a single message."""


class WebhookReceiver:
    """Posts to one address."""

    def __init__(self, webhook: Webhook, *, timeout_s: float = _TIMEOUT_S) -> None:
        """Fill the secrets in.

        Raises:
            SettingsError: One is missing.
        """
        webhook.check()
        self._parts, self._port = endpoint(fill_in(webhook.url), ("https", "http"))
        self._secret = fill_in(webhook.secret).encode()
        self._allow_private = webhook.allow_private
        self._timeout_s = timeout_s
        self._tls = ssl.create_default_context() if self._parts.scheme == "https" else None

    def open(self) -> None:
        """Each message has a connection of its own."""

    def send(self, message: Message) -> None:
        """Post it over a connection of its own. Answers that point elsewhere are not followed.

        Raises:
            RefusedError: The server does not want it.
            StumblesError: The server answers 500, or lets nobody in.
            SinkError: It cannot be reached now, or may not be.
        """
        try:
            status = self._post(message)
        except (OSError, http.client.HTTPException) as error:
            raise SinkError(f"cannot be reached: {error or type(error).__name__}.") from error
        if status in _STUMBLES:
            raise StumblesError(f"answers {status}.")
        if status in _LATER or status >= 500:
            raise SinkError(f"answers {status}.")
        if not 200 <= status < 300:
            raise RefusedError(f"it answers {status}; expected 2xx.")

    def close(self) -> None:
        """Nothing stays open."""

    def _post(self, message: Message) -> int:
        """The status of the answer; its body is of no interest."""
        parts = self._parts
        assert parts.hostname is not None
        with closing(http.client.HTTPConnection(parts.hostname, self._port)) as connection:
            connection.sock = self._connect(parts.hostname)
            target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            headers = {
                "Content-Type": "application/json",
                "User-Agent": "agescope",
                SIGNATURE: signature(self._secret, message.body, int(time.time())),
                **_login(parts),
            }
            connection.request("POST", target, message.body, headers)
            return connection.getresponse().status

    def _connect(self, host: str) -> socket.socket:
        """Connect to an address that was looked at: the name may mean another a moment later."""
        plain = self._first_to_answer(
            allowed_addresses(host, self._port, private=self._allow_private)
        )
        if self._tls is None:
            return plain
        try:
            return self._tls.wrap_socket(plain, server_hostname=host)
        except BaseException:
            plain.close()
            raise

    def _first_to_answer(self, addresses: list[str]) -> socket.socket:
        """Try all: of a name's addresses those of IPv6 may lead nowhere."""
        for address in addresses[:-1]:
            with suppress(OSError):
                return socket.create_connection((address, self._port), self._timeout_s)
        return socket.create_connection((addresses[-1], self._port), self._timeout_s)


def _login(parts: SplitResult) -> dict[str, str]:
    """The header that tells user and password of an address."""
    if parts.username is None:
        return {}
    login = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
    return {"Authorization": f"Basic {base64.b64encode(login.encode()).decode()}"}


def signature(secret: bytes, body: bytes, at: int) -> str:
    """What proves that a body comes from who knows the secret, and when it was sent.

    Args:
        secret: Shared with the receiver.
        body: The message.
        at: Unix time, s; signed too, so that nobody can send the message again later.
    """
    digest = hmac.new(secret, f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={digest}"


def allowed_addresses(host: str, port: int, *, private: bool) -> list[str]:
    """The IP addresses of a host, at least one, the best first.

    Raises:
        SinkError: Any of its addresses lies in a network that is not allowed.
        OSError: It has none.
    """
    found = [str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    addresses = [ipaddress.ip_address(text.partition("%")[0]) for text in found]
    if not private and not all(_is_public(address) for address in addresses):
        raise SinkError(
            f"{host} lies in a private network, which is refused unless allow_private = true."
        )
    return found


def _is_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        return _is_public(address.ipv4_mapped)
    return address.is_global and not address.is_multicast
