"""A connection through which a camera's answers arrive damaged."""

import random
import socket
from contextlib import suppress
from threading import Thread
from typing import Self

from tests.fuzz.mutation import mutated

_MOST_BYTES = 60_000
_DAMAGED = 0.35
"""Share of what is sent at once that is damaged."""


class DamagingWire:
    """Takes one client after the other to a server; the server's bytes are damaged on their way.

    Attributes:
        port: Where it listens, on loopback.
    """

    def __init__(self, server_port: int, chance: random.Random) -> None:
        self._server_port, self._chance = server_port, chance
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._open: list[socket.socket] = []
        self.port = int(self._listener.getsockname()[1])
        self._thread = Thread(target=self._listen, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for end in self._open:
            _cut(end)
        self._thread.join()

    def _listen(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.create_connection(("127.0.0.1", self._server_port))
                self._open += [client, server]
                Thread(target=self._carry, args=(client, server, False), daemon=True).start()
                Thread(target=self._carry, args=(server, client, True), daemon=True).start()

    def _carry(self, source: socket.socket, target: socket.socket, damage: bool) -> None:
        carried = 0
        with suppress(OSError):
            while carried < _MOST_BYTES and (chunk := source.recv(8192)):
                carried += len(chunk)
                if damage and self._chance.random() < _DAMAGED:
                    chunk = mutated(chunk, self._chance, most=3)
                target.sendall(chunk)
        _cut(source)
        _cut(target)


def _cut(end: socket.socket) -> None:
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
