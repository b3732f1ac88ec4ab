"""Publishes messages through an MQTT broker. Needs the extra `mqtt`."""

import secrets
from threading import Event
from types import ModuleType
from typing import TYPE_CHECKING
from urllib.parse import unquote

from engine.cameras_file_outlets import Mqtt, endpoint
from engine.cameras_file_secrets import fill_in
from engine.errors import SettingsError, SinkError, installing
from engine.notify.message import Message

if TYPE_CHECKING:
    from paho.mqtt.client import Client, ConnectFlags, DisconnectFlags
    from paho.mqtt.properties import Properties
    from paho.mqtt.reasoncodes import ReasonCode

_TIMEOUT_S = 5.0
_KEEP_ALIVE_S = 30
_AT_LEAST_ONCE = 1
ONLINE, OFFLINE = b"online", b"offline"


class MqttReceiver:
    """Publishes at least once each, under TOPIC/CAMERA/visit and TOPIC/CAMERA/zone.

    TOPIC/status is `online` as long as there is a connection, and becomes `offline` when the
    program ends or dies.
    """

    def __init__(self, mqtt: Mqtt, *, timeout_s: float = _TIMEOUT_S) -> None:
        """Fill the secrets in; `open` connects, as does a message.

        Raises:
            SettingsError: One is missing, or the extra is.
        """
        _paho()
        self._parts, self._port = endpoint(fill_in(mqtt.broker), ("mqtt", "mqtts"))
        self._topic = mqtt.topic
        self._timeout_s = timeout_s
        self._client: Client | None = None
        # One name for all connections: one that is dead, which the broker has not noticed, is over
        # for it when the next one comes, and not later, when its `offline` would be the last word.
        self._name = f"agescope-{secrets.token_hex(7)}"

    def open(self) -> None:
        """Connect, unless there is a connection.

        Raises:
            SinkError: The connection was lost, or the broker does not answer or lets nobody in.
        """
        if self._client is not None and not self._client.is_connected():
            self._drop()
            # Not again at once: there are brokers that let a client in and then throw it out.
            raise SinkError("the connection was lost.")
        self._ready()

    def send(self, message: Message) -> None:
        """Publish it and wait until the broker says that it has it.

        Raises:
            SinkError: That did not come in time.
        """
        client = self._ready()
        camera = message.camera.replace("+", "_")  # of a name only this means more in a topic
        topic = f"{self._topic}/{camera}/{message.what}"
        try:
            info = client.publish(topic, message.body, qos=_AT_LEAST_ONCE)
            info.wait_for_publish(self._timeout_s)
            arrived = info.is_published()
        except (RuntimeError, ValueError) as error:  # so it tells of a connection lost meanwhile
            self._drop()
            raise SinkError(f"the connection was lost: {error}.") from error
        if not arrived:
            self._drop()
            raise SinkError(f"the broker did not confirm a message within {self._timeout_s:g} s.")

    def close(self) -> None:
        """Tell the broker that the program ends."""
        if self._client is not None and self._client.is_connected():
            self._client.publish(f"{self._topic}/status", OFFLINE, qos=0, retain=True)
        self._drop()

    def _ready(self) -> "Client":
        client = self._client
        if client is None or not client.is_connected():
            self._drop()
            client = self._client = self._connected()
        return client

    def _connected(self) -> "Client":
        paho = _paho()
        client: Client = paho.Client(paho.CallbackAPIVersion.VERSION2, self._name)
        answer = _Answer(f"{self._topic}/status")
        client.on_connect = answer.on_connect
        client.on_disconnect = answer.on_disconnect
        client.connect_timeout = self._timeout_s
        client.will_set(f"{self._topic}/status", OFFLINE, qos=_AT_LEAST_ONCE, retain=True)
        if self._parts.username is not None:
            password = self._parts.password
            client.username_pw_set(
                unquote(self._parts.username), None if password is None else unquote(password)
            )
        if self._parts.scheme == "mqtts":
            client.tls_set()
        assert self._parts.hostname is not None
        try:
            client.connect(self._parts.hostname, self._port, _KEEP_ALIVE_S)
        except (OSError, ValueError) as error:
            raise SinkError(f"the broker cannot be reached: {error}.") from error
        client.loop_start()
        if not answer.came.wait(self._timeout_s) or answer.refusal:
            client.loop_stop()
            reason = answer.refusal or f"no answer within {self._timeout_s:g} s"
            raise SinkError(f"the broker lets nobody in: {reason}.")
        return client

    def _drop(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            client.disconnect()
            client.loop_stop()


class _Answer:
    """What the broker says to each wish to connect; heard in the client's own thread."""

    def __init__(self, status_topic: str) -> None:
        self._status_topic = status_topic
        self.came = Event()
        self.refusal = ""

    def on_connect(
        self,
        client: "Client",
        _data: object,
        _flags: "ConnectFlags",
        code: "ReasonCode",
        _properties: "Properties | None",
    ) -> None:
        self.refusal = str(code) if code.is_failure else ""
        if not code.is_failure:  # it connects by itself too, after the broker said `offline` of it
            client.publish(self._status_topic, ONLINE, qos=_AT_LEAST_ONCE, retain=True)
        self.came.set()

    def on_disconnect(
        self,
        _client: "Client",
        _data: object,
        _flags: "DisconnectFlags",
        code: "ReasonCode",
        _properties: "Properties | None",
    ) -> None:
        if not self.came.is_set():
            self.refusal = str(code)
            self.came.set()


def _paho() -> ModuleType:
    try:
        from paho.mqtt import client
    except ImportError:
        raise SettingsError(f"[mqtt] needs a package more: {installing('mqtt')}") from None
    return client
