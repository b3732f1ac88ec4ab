import json
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.cameras_file import CamerasFile, CamerasFileError, cameras_schema, parse_cameras
from engine.errors import SettingsError
from engine.notify.outlets import Outlets
from engine.zones.events import Underway
from tests.engine.notify.events import minute, visit, zone_event
from tests.engine.notify.web import WebServer, eventually, web_server

CAMERA = '[[camera]]\nname = "door"\nsource = "0"\n'
SECRET = "0123456789abcdef"


def read(text: str) -> CamerasFile:
    return parse_cameras(CAMERA + text, Path("c.toml"))


def hook(url: str, more: str = "", name: str = "hook") -> str:
    secret = f'secret = "{SECRET}"\nallow_private = true\n'
    return f'[[webhook]]\nname = "{name}"\nurl = "{url}"\n{secret}{more}'


@pytest.fixture
def web() -> Iterator[WebServer]:
    with web_server() as server:
        yield server


@pytest.fixture
def outlets() -> Iterator[Outlets]:
    outlets = Outlets()
    yield outlets
    outlets.close()


def kinds(web: WebServer) -> list[str]:
    return [json.loads(body)["event"] for _, body in web.received]


def test_every_receiver_gets_what_it_wants(web: WebServer, outlets: Outlets) -> None:
    with web_server() as other:
        outlets.apply(read(hook(web.url) + hook(other.url, 'events = ["zone"]\n', "other")))
        for event in (visit(), zone_event(), minute(), Underway(visit())):
            outlets.put(event)
        eventually(lambda: len(web.received) == 2 and len(other.received) == 1)
        assert (kinds(web), kinds(other)) == (["visit", "zone"], ["zone"])


def test_a_change_of_the_file_keeps_what_did_not_change(web: WebServer, outlets: Outlets) -> None:
    outlets.apply(read(hook(web.url)))
    outlets.put(visit())
    eventually(lambda: len(web.received) == 1)
    with web_server() as other:
        outlets.apply(read(hook(web.url) + hook(other.url, name="other")))
        outlets.put(zone_event())
        eventually(lambda: len(web.received) == 2 and len(other.received) == 1)
        assert outlets.statuses["webhook hook"].sent == 2
        outlets.apply(read(""))
        outlets.put(zone_event())
        assert outlets.statuses == {}


def test_a_change_that_cannot_be_used_changes_nothing(
    web: WebServer, outlets: Outlets, monkeypatch: pytest.MonkeyPatch
) -> None:
    outlets.apply(read(hook(web.url)))
    monkeypatch.setenv("HOOK", SECRET)
    changed = read(hook("http://127.0.0.1:1/").replace(SECRET, "${HOOK}"))
    monkeypatch.delenv("HOOK")
    with pytest.raises(SettingsError):
        outlets.apply(changed)
    assert list(outlets.statuses) == ["webhook hook"]


@pytest.mark.parametrize(
    ("text", "line", "told"),
    [
        ("[mqtt]\n", 4, "'broker' is missing"),
        ('[mqtt]\nbroker = "http://h"\n', 4, "mqtt is no whole address"),
        ('[mqtt]\nbroker = "mqtt://h"\ntopic = "a/#"\n', 6, "'topic'"),
        ('[mqtt]\nbroker = "mqtt://h"\nevents = ["minute"]\n', 6, "'events'"),
        ('[mqtt]\nbroker = "mqtt://h"\nqos = 2\n', 6, "unknown key 'qos'"),
        ('[mqtt]\nbroker = "mqtt://u:${NOT_THERE}@h"\n', 4, "NOT_THERE"),
        ('[[webhook]]\nname = "x"\nurl = "https://h"\n', 4, "webhook 'x': 'secret' is missing"),
        (hook("ftp://h"), 4, "webhook hook is no whole address"),
        (hook("https://h") + hook("https://i"), 10, "webhook 'hook' is there twice"),
    ],
)
def test_a_problem_is_told_with_its_line(text: str, line: int, told: str) -> None:
    with pytest.raises(CamerasFileError) as raised:
        read(text)
    assert {(p.line, told in p.message) for p in raised.value.problems} == {(line, True)}


def test_no_secret_is_shown() -> None:
    text = '[mqtt]\nbroker = "mqtt://me:hush-hush@h"\n' + hook("https://me:hush-hush@h/?token=hush")
    tables = read(text)
    assert tables.mqtt is not None
    shown = (repr(tables), tables.mqtt.shown, tables.webhooks[0].shown)
    assert not any("hush" in text or SECRET in text for text in shown)
    with pytest.raises(CamerasFileError) as raised:
        read('[mqtt]\nbroker = ["hush"]\n[[webhook]]\nurl = 3\nsecret = ["hush"]\n')
    assert "hush" not in str(raised.value)


def test_the_schema_knows_both() -> None:
    properties = cameras_schema()["properties"]
    assert isinstance(properties, dict)
    assert {"camera", "mqtt", "webhook"} == set(properties)


def test_receivers_that_hang_hold_up_the_end_together_and_not_one_after_another(
    web: WebServer, outlets: Outlets, caplog: pytest.LogCaptureFixture
) -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=50) as mute:
        port = mute.getsockname()[1]
        dead = "".join(hook(f"http://127.0.0.1:{port}/", name=f"dead {n}") for n in range(6))
        outlets.apply(read(dead + hook(web.url)))
        outlets.put(visit())
        eventually(lambda: len(web.received) == 1)
        for _ in range(5):
            outlets.put(visit())
        began_s = time.monotonic()
        outlets.close()
        assert time.monotonic() - began_s < 1.5
    assert len(web.received) == 6
    told = [r.message for r in caplog.records if "not delivered" in r.message]
    assert told == [f"webhook dead {n}: 6 messages were not delivered" for n in range(6)]
    # With the port gone they fail, and say so: before the next test, which would not expect it.
    eventually(lambda: not any("dead" in thread.name for thread in threading.enumerate()))
