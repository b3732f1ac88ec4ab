"""A network line between clients and a server, which can be cut at one end or at both."""

import socket
from contextlib import suppress
from threading import Thread
from types import TracebackType


class Line:
    """Passes on what is sent to `port`."""

    def __init__(self, server_port: int) -> None:
        self._server_port = server_port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._near: list[socket.socket] = []
        self._far: list[socket.socket] = []
        self._threads = [Thread(target=self._accept)]

    def __enter__(self) -> "Line":
        self._threads[0].start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: object, _trace: TracebackType | None
    ) -> None:
        _end(self._listener)
        self._threads[0].join()
        self.cut()
        for thread in self._threads:
            thread.join()
        for end in (self._listener, *self._near, *self._far):
            end.close()

    def cut(self) -> None:
        """End all connections at both ends."""
        self.cut_near()
        for end in list(self._far):
            _end(end)

    def cut_near(self) -> None:
        """End all connections for the clients only: the server does not notice."""
        for end in list(self._near):
            _end(end)

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                self._near.append(near)
                far = socket.create_connection(("127.0.0.1", self._server_port))
                self._far.append(far)
                for ends in ((near, far), (far, near)):
                    self._threads.append(Thread(target=_pass_on, args=ends))
                    self._threads[-1].start()


def _pass_on(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)


def _end(end: socket.socket) -> None:
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
