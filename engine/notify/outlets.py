"""All receivers of a cameras file: hands them the events they want, and follows its changes."""

import logging
from collections.abc import Mapping

from engine.cameras_file_outlets import Mqtt, OutletTables, Webhook
from engine.notify.delivery import STOP_S, Delivery, DeliveryStatus, Receiver, close_all
from engine.notify.message import message_of
from engine.notify.mqtt import MqttReceiver
from engine.notify.webhook import WebhookReceiver
from engine.zones.events import Event

_log = logging.getLogger(__name__)
_CHANGE_S = 0.8
"""How long a change, and a stop that comes meanwhile, waits for the receivers that are gone."""


class Outlets:
    """Delivers to every receiver of a file until closed."""

    def __init__(self) -> None:
        """Start without receivers."""
        self._running: Mapping[Mqtt | Webhook, Delivery] = {}

    def apply(self, tables: OutletTables) -> None:
        """Deliver to these receivers from now on; those that did not change keep what waits.

        Raises:
            SettingsError: A secret or a package of a new one is missing; all is as before then.
        """
        wanted: list[Mqtt | Webhook] = [*tables.webhooks]
        if tables.mqtt is not None:
            wanted.append(tables.mqtt)
        before = self._running
        receivers = {table: receiver_of(table) for table in wanted if table not in before}
        new = {
            table: Delivery(table.shown, receiver, at_once=False)
            for table, receiver in receivers.items()
        }
        self._running = {table: new.get(table) or before[table] for table in wanted}
        gone = [before[table] for table in before if table not in self._running]
        close_all(gone, _CHANGE_S)
        for delivery in new.values():  # not before, else the last word to a broker were `offline`
            delivery.start()

    def put(self, event: Event) -> None:
        """Take an event; never waits."""
        running = self._running
        message = message_of(event) if running else None
        if message is None:
            return
        for table, delivery in running.items():
            if message.what in table.events:
                delivery.put(message)

    @property
    def statuses(self) -> dict[str, DeliveryStatus]:
        """How each delivery stands, by an address that is safe to show."""
        return {delivery.name: delivery.status for delivery in self._running.values()}

    def close(self, within_s: float = STOP_S) -> None:
        """Deliver what can be delivered within that time, and end."""
        running, self._running = self._running, {}
        close_all(running.values(), within_s)


def receiver_of(table: Mqtt | Webhook) -> Receiver:
    """What delivers to a table's address.

    Raises:
        SettingsError: A secret or a package is missing.
    """
    return MqttReceiver(table) if isinstance(table, Mqtt) else WebhookReceiver(table)
