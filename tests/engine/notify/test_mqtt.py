import json
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import groupby
from pathlib import Path
from threading import Thread

import pytest
from paho.mqtt import client as paho

from engine.backoff import Backoff
from engine.cameras_file_outlets import Mqtt, OutletTables
from engine.errors import SinkError
from engine.notify.delivery import Delivery
from engine.notify.message import Message, message_of
from engine.notify.mqtt import OFFLINE, ONLINE, MqttReceiver
from engine.notify.outlets import Outlets
from tests.engine.notify.events import visit, zone_event
from tests.engine.notify.line import Line
from tests.engine.notify.web import eventually

MOSQUITTO = shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")
OPEN = "allow_anonymous true\n"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@contextmanager
def broker(folder: Path, port: int, rules: str = OPEN) -> Iterator[subprocess.Popen[bytes]]:
    """A real broker on loopback."""
    if MOSQUITTO is None:
        pytest.skip("the MQTT broker mosquitto is not installed")
    config = folder / "mosquitto.conf"
    config.write_text(f"listener {port} 127.0.0.1\npersistence false\nuser root\n{rules}")
    process = subprocess.Popen([MOSQUITTO, "-c", config], stderr=subprocess.DEVNULL)
    try:
        eventually(lambda: answers(port))
        yield process
    finally:
        process.kill()
        process.wait()


def answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 0.2).close()
    except OSError:
        return False
    return True


@contextmanager
def hearing(port: int) -> Iterator[list[tuple[str, bytes]]]:
    """All messages of the broker, as another program gets them."""
    heard: list[tuple[str, bytes]] = []
    subscribed: list[int] = []
    other = paho.Client(paho.CallbackAPIVersion.VERSION2)
    other.on_message = lambda _c, _d, message: heard.append((message.topic, message.payload))
    other.on_subscribe = lambda *_: subscribed.append(1)
    other.connect("127.0.0.1", port)
    other.subscribe("#", qos=1)
    other.loop_start()
    try:
        eventually(lambda: subscribed)
        yield heard
    finally:
        other.disconnect()
        other.loop_stop()


def statuses(heard: list[tuple[str, bytes]]) -> list[bytes]:
    """Each change of the status; what was sent at least once may have come twice."""
    told = [body for topic, body in heard if topic == "agescope/status"]
    return [body for body, _ in groupby(told)]


def message(event: object = None) -> Message:
    made = message_of(event or visit())  # type: ignore[arg-type] - an event
    assert made is not None
    return made


def receiver(port: int, login: str = "", timeout_s: float = 5.0) -> MqttReceiver:
    return MqttReceiver(Mqtt(broker=f"mqtt://{login}127.0.0.1:{port}"), timeout_s=timeout_s)


def quick() -> Backoff:
    return Backoff(lambda low, high: 0.02 * (low + high))


def test_messages_arrive_under_their_topics(tmp_path: Path) -> None:
    port = free_port()
    with broker(tmp_path, port), hearing(port) as heard:
        outlet = receiver(port)
        outlet.send(message(visit(camera="door (1+2)")))
        outlet.send(message(zone_event()))
        outlet.close()
        eventually(lambda: len(heard) == 4)
    topics = {topic: body for topic, body in heard if "status" not in topic}
    assert set(topics) == {"agescope/door (1_2)/visit", "agescope/door/zone"}
    assert json.loads(topics["agescope/door/zone"])["action"] == "entered"
    assert [body for topic, body in heard if "status" in topic] == [ONLINE, OFFLINE]


def test_everything_arrives_after_the_broker_was_away(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    port = free_port()
    with broker(tmp_path, port):
        delivery = Delivery("broker", receiver(port, timeout_s=2.0), backoff=quick)
        delivery.put(message(visit(1)))
        eventually(lambda: delivery.status.sent == 1)
    for number in range(2, 12):
        delivery.put(message(visit(number)))
    eventually(lambda: delivery.status.problem)
    with broker(tmp_path, port), hearing(port) as heard:
        eventually(lambda: delivery.status.sent == 11)
        delivery.put(message(visit(12)))
        eventually(lambda: any(b'"track_id": 12,' in body for _, body in heard))
        delivery.close()
    assert delivery.status.lost == 0
    assert [r.levelname for r in caplog.records if "tried again" in r.message] == ["WARNING"]


def test_the_status_is_online_before_anybody_came_and_after_a_broker_was_away(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    port = free_port()
    delivery = Delivery("broker", receiver(port, timeout_s=2.0), backoff=quick)
    eventually(lambda: "cannot be reached" in delivery.status.problem)
    for _ in range(2):
        with broker(tmp_path, port), hearing(port) as heard:
            eventually(lambda heard=heard: statuses(heard) == [ONLINE])
            eventually(lambda: not delivery.status.problem)
        eventually(lambda: delivery.status.problem)
    delivery.close()
    warned = [r.levelname for r in caplog.records if "tried again" in r.message]
    assert warned == ["WARNING"] * 3


@pytest.mark.parametrize("noticed", [True, False], ids=["noticed", "half-dead"])
def test_the_status_is_online_after_the_network_was_away(
    tmp_path: Path, noticed: bool, caplog: pytest.LogCaptureFixture
) -> None:
    port = free_port()
    with broker(tmp_path, port), hearing(port) as heard, Line(port) as line:
        delivery = Delivery("broker", receiver(line.port), backoff=quick)
        eventually(lambda: statuses(heard) == [ONLINE])
        (line.cut if noticed else line.cut_near)()
        eventually(lambda: statuses(heard) == [ONLINE, OFFLINE, ONLINE])
        delivery.put(message(visit(1)))
        eventually(lambda: delivery.status.sent == 1)
        time.sleep(0.5)
        assert statuses(heard) == [ONLINE, OFFLINE, ONLINE]
        delivery.close()
        eventually(lambda: statuses(heard)[3:] == [OFFLINE])
    told = [record.message for record in caplog.records if record.levelname == "WARNING"]
    assert told == ["broker: the connection was lost. It is tried again."]


def test_a_broker_that_throws_out_whom_it_lets_in_is_not_stormed(
    caplog: pytest.LogCaptureFixture,
) -> None:
    came: list[float] = []

    def throw_out() -> None:
        with suppress(OSError):
            while True:
                client, _ = server.accept()
                came.append(time.monotonic())
                client.recv(1024)
                client.sendall(b"\x20\x02\x00\x00")  # CONNACK: accepted
                client.close()

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = Thread(target=throw_out)
        thread.start()
        delivery = Delivery(
            "broker",
            receiver(server.getsockname()[1]),
            backoff=lambda: Backoff(lambda _, high: high),
        )
        eventually(lambda: len(came) == 4)
        delivery.close()
        server.shutdown(socket.SHUT_RDWR)
        thread.join()
    assert came[3] - came[0] > 3.0  # after 0.5 s, 1 s and 2 s
    assert caplog.records


def test_a_connection_that_comes_back_by_itself_says_so(tmp_path: Path) -> None:
    port = free_port()
    with broker(tmp_path, port), hearing(port) as heard, Line(port) as line:
        outlet = receiver(line.port)
        outlet.open()
        eventually(lambda: statuses(heard) == [ONLINE])
        line.cut()
        eventually(lambda: statuses(heard) == [ONLINE, OFFLINE, ONLINE])
        outlet.close()


def test_a_changed_table_leaves_the_status_online(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    say_goodbye = MqttReceiver.close

    def late(outlet: MqttReceiver) -> None:
        time.sleep(0.5)
        say_goodbye(outlet)

    monkeypatch.setattr(MqttReceiver, "close", late)
    port = free_port()
    table = Mqtt(broker=f"mqtt://127.0.0.1:{port}")
    outlets = Outlets()
    with broker(tmp_path, port), hearing(port) as heard:
        outlets.apply(OutletTables(mqtt=table))
        eventually(lambda: statuses(heard) == [ONLINE])
        outlets.apply(OutletTables(mqtt=table.model_copy(update={"events": ("visit",)})))
        eventually(lambda: statuses(heard) == [ONLINE, OFFLINE, ONLINE])
        outlets.close()
        eventually(lambda: statuses(heard)[3:] == [OFFLINE])


def test_a_wrong_password_is_told_and_waits(tmp_path: Path) -> None:
    port = free_port()
    with (
        broker(tmp_path, port, "allow_anonymous false\n"),
        pytest.raises(SinkError, match="lets nobody in") as raised,
    ):
        receiver(port, "me:wrong-word@").send(message())
    assert "wrong-word" not in str(raised.value)


def test_a_broker_that_says_nothing_is_given_up_in_time() -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        began_s = time.monotonic()
        with pytest.raises(SinkError):
            receiver(mute.getsockname()[1], timeout_s=0.5).send(message())
        assert time.monotonic() - began_s < 5


def test_without_the_extra_it_is_named() -> None:
    code = (
        "import sys; sys.modules['paho'] = None\n"
        "from engine.cameras_file_outlets import Mqtt\n"
        "from engine.notify.mqtt import MqttReceiver\n"
        "MqttReceiver(Mqtt(broker='mqtt://127.0.0.1'))"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert "SettingsError" in ended.stderr
    assert "pip install -e '.[mqtt]'" in ended.stderr
