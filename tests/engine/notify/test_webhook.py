import base64
import hashlib
import hmac
import json
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.backoff import Backoff
from engine.cameras_file_outlets import Webhook
from engine.errors import SettingsError, SinkError
from engine.notify.delivery import Delivery, RefusedError
from engine.notify.message import Message, message_of
from engine.notify.webhook import SIGNATURE, WebhookReceiver, allowed_addresses, signature
from tests.engine.notify.events import visit
from tests.engine.notify.web import WebServer, eventually, web_server

SECRET = "0123456789abcdef"
PRIVATE = [
    *("127.0.0.1", "10.1.2.3", "192.168.1.1", "169.254.169.254", "0.0.0.0", "100.64.0.1"),
    *("224.0.0.1", "localhost", "::1", "fe80::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1"),
]


def quick() -> Backoff:
    """Waits a hundredth of what it would."""
    return Backoff(lambda low, high: 0.01 * (low + high))


def message(number: int = 1) -> Message:
    made = message_of(visit(number))
    assert made is not None
    return made


def receiver(url: str, **options: float) -> WebhookReceiver:
    return WebhookReceiver(
        Webhook(name="hook", url=url, secret=SECRET, allow_private=True), **options
    )


@pytest.fixture
def web() -> Iterator[WebServer]:
    with web_server() as server:
        yield server


def test_a_message_arrives_signed(web: WebServer) -> None:
    receiver(web.url).send(message())
    headers, body = web.received[0]
    stamp, digest = (part.split("=")[1] for part in headers[SIGNATURE].split(","))
    expected = hmac.new(SECRET.encode(), f"{stamp}.".encode() + body, hashlib.sha256)
    assert hmac.compare_digest(digest, expected.hexdigest())
    assert abs(int(stamp) - time.time()) < 60
    assert json.loads(body)["event"] == "visit"


def test_user_and_password_of_the_address_are_sent_and_not_shown(
    web: WebServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOOK_PASSWORD", "p@ss:w/rd")
    url = web.url.replace("://", "://bob%40home:${HOOK_PASSWORD}@")
    hook = Webhook(name="hook", url=url, secret=SECRET, allow_private=True)
    WebhookReceiver(hook).send(message())
    login = base64.b64encode(b"bob@home:p@ss:w/rd").decode()
    assert web.received[0][0]["Authorization"] == f"Basic {login}"
    assert "bob" not in f"{hook} {hook.shown}"
    receiver(web.url).send(message())
    assert "Authorization" not in web.received[1][0]


def test_a_server_that_lets_nobody_in_is_told_and_loses_nothing(
    web: WebServer, caplog: pytest.LogCaptureFixture
) -> None:
    web.answers = [401] * 8
    delivery = Delivery("hook", receiver(web.url), backoff=quick)
    for number in range(3):
        delivery.put(message(number))
    eventually(lambda: "answers 401" in delivery.status.problem)
    eventually(lambda: delivery.status.sent == 3)
    assert (delivery.status.lost, delivery.status.problem) == (0, "")
    delivery.close()
    assert "answers 401" in caplog.text


def test_the_signature_is_that_of_rfc_4231() -> None:
    """Test case 2 of the RFC signs `what do ya want for nothing?` with `Jefe`."""
    digest = hmac.new(b"Jefe", b"what do ya want for nothing?", hashlib.sha256).hexdigest()
    assert digest == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    own = hmac.new(b"Jefe", b"7.body", hashlib.sha256).hexdigest()
    assert signature(b"Jefe", b"body", 7) == f"t=7,v1={own}"


@pytest.mark.parametrize("status", [401, 403, 408, 429, 500, 503])
def test_a_server_in_trouble_gets_the_message_again(web: WebServer, status: int) -> None:
    web.answers = [status]
    with pytest.raises(SinkError, match=str(status)) as raised:
        receiver(web.url).send(message())
    assert not isinstance(raised.value, RefusedError)


@pytest.mark.parametrize("status", [302, 400, 404, 410])
def test_a_server_that_does_not_want_it_is_not_asked_again(web: WebServer, status: int) -> None:
    web.answers = [status]
    with pytest.raises(RefusedError, match=str(status)):
        receiver(web.url).send(message())
    assert web.received == []


def test_a_slow_server_is_given_up_in_time(web: WebServer) -> None:
    web.hangs.set()
    began_s = time.monotonic()
    with pytest.raises(SinkError, match="reached"):
        receiver(web.url, timeout_s=0.3).send(message())
    assert time.monotonic() - began_s < 3


def test_everything_arrives_in_order_after_the_server_was_away(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    delivery = Delivery("hook", receiver(f"http://127.0.0.1:{port}/"), backoff=quick)
    sent = [message(number) for number in range(20)]
    for one in sent:
        delivery.put(one)
    eventually(lambda: delivery.status.problem)
    with web_server(port, [503, 500]) as web:
        eventually(lambda: delivery.status.sent == 20)
        assert [json.loads(body)["id"] for _, body in web.received] == [m.key for m in sent]
        assert delivery.status.problem == ""
        delivery.close()
    assert [r.levelname for r in caplog.records if "tried again" in r.message] == ["WARNING"]


def test_a_refused_message_does_not_stop_the_others(
    web: WebServer, caplog: pytest.LogCaptureFixture
) -> None:
    web.answers = [400]
    delivery = Delivery("hook", receiver(web.url), backoff=quick)
    delivery.put(message(1))
    delivery.put(message(2))
    eventually(lambda: delivery.status.sent == 1)
    assert delivery.status.lost == 1
    assert "refuses" in caplog.text
    delivery.close()


def test_a_message_at_which_the_server_always_fails_lets_the_others_pass(
    web: WebServer, caplog: pytest.LogCaptureFixture
) -> None:
    poison, *others = (message(number) for number in range(4))
    web.fails_at = poison.body
    delivery = Delivery("hook", receiver(web.url), backoff=quick)
    for one in (poison, *others):
        delivery.put(one)
    eventually(lambda: delivery.status.sent == 3)
    assert [json.loads(body)["id"] for _, body in web.received] == [m.key for m in others]
    assert (delivery.status.waiting, delivery.status.lost) == (1, 0)
    assert "answers 500" in caplog.text
    web.fails_at = b""
    eventually(lambda: delivery.status.sent == 4)
    delivery.close()


def test_a_dead_server_costs_bounded_memory_and_the_oldest(
    caplog: pytest.LogCaptureFixture,
) -> None:
    delivery = Delivery("hook", receiver("http://127.0.0.1:1/"), most_waiting=10)
    for number in range(100):
        delivery.put(message(number))
    assert (delivery.status.waiting, delivery.status.lost) == (10, 90)
    eventually(lambda: delivery.status.problem)
    began_s = time.monotonic()
    delivery.close()
    assert time.monotonic() - began_s < 2
    assert "10 messages were not delivered" in caplog.text


def test_a_hanging_server_does_not_hold_up_the_end(
    web: WebServer, caplog: pytest.LogCaptureFixture
) -> None:
    web.hangs.set()
    delivery = Delivery("hook", receiver(web.url))
    delivery.put(message())
    began_s = time.monotonic()
    delivery.close()
    assert time.monotonic() - began_s < 2
    assert "not delivered" in caplog.text


def test_what_waits_is_delivered_before_the_end(web: WebServer) -> None:
    delivery = Delivery("hook", receiver(web.url))
    for number in range(5):
        delivery.put(message(number))
    delivery.close()
    assert len(web.received) == 5


@pytest.mark.parametrize("host", PRIVATE)
def test_private_networks_are_refused_unless_allowed(host: str) -> None:
    with pytest.raises(SinkError, match="private"):
        allowed_addresses(host, 443, private=False)
    assert allowed_addresses(host, 443, private=True)


def test_a_public_address_is_allowed() -> None:
    assert allowed_addresses("1.1.1.1", 443, private=False) == ["1.1.1.1"]


@pytest.mark.parametrize(
    ("url", "secret"),
    [
        ("http://example.org/", SECRET),
        ("ftp://example.org/", SECRET),
        ("https://", SECRET),
        ("https://example.org:99999/", SECRET),
        ("https://exa mple.org/", SECRET),
        ("https://example.org/\r\nX: y", SECRET),
        ("https://example.org/", "short"),
        ("https://example.org/", "${SURELY_NOT_THERE}"),
    ],
)
def test_what_cannot_be_a_webhook_is_refused_before_it_is_used(url: str, secret: str) -> None:
    with pytest.raises(SettingsError) as raised:
        Webhook(name="hook", url=url, secret=secret).check()
    assert url.partition("://")[2] not in str(raised.value) or url == "https://"


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
def test_a_server_that_cannot_prove_its_name_gets_nothing(
    web: WebServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    make = f"openssl req -x509 -newkey rsa:2048 -nodes -days 2 -keyout {key} -out {certificate}"
    name = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    subprocess.run([*make.split(), *name], check=True, capture_output=True)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate, key)
    web.socket = tls.wrap_socket(web.socket, server_side=True)
    port = web.server_address[1]
    with pytest.raises(SinkError, match="certificate"):
        receiver(f"https://localhost:{port}/").send(message())
    assert web.received == []
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with pytest.raises(SinkError, match="certificate"):
        receiver(f"https://127.0.0.1:{port}/").send(message())
    receiver(f"https://localhost:{port}/").send(message())
    assert len(web.received) == 1
