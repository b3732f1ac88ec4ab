"""An FTP server as network storage has one: a folder to list and to fetch from, after a login."""

import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

LOGIN = ("me", "secret")


@contextmanager
def ftp_server(root: Path) -> Iterator[str]:
    """Serve a folder to the one user; yields HOST:PORT."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), partial(_Session, root)) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield f"127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


class _Session(socketserver.StreamRequestHandler):
    """One connection for commands; each transfer has another of its own."""

    def __init__(self, root: Path, *arguments: object) -> None:
        self._root = root
        self._user = self._password = ""
        super().__init__(*arguments)  # type: ignore[arg-type]

    def handle(self) -> None:
        self._say("220 ready")
        for line in self.rfile:
            command, _, argument = line.decode().strip().partition(" ")
            if command == "QUIT":
                self._say("221 bye")
                return
            self._say(self._answer(command, argument))

    def _answer(self, command: str, argument: str) -> str:
        if command == "USER":
            self._user = argument
            return "331 and the password?"
        if command == "PASS":
            self._password = argument
        if (self._user, self._password) != LOGIN:
            return "530 not logged in"
        if command == "PASV":
            self._listener = socket.create_server(("127.0.0.1", 0))
            port = self._listener.getsockname()[1]
            return f"227 here (127,0,0,1,{port // 256},{port % 256})"
        if command in ("MLSD", "RETR"):
            return self._transfer(command, self._root / argument.lstrip("/"))
        return "230 yes" if command == "PASS" else "200 yes"

    def _transfer(self, command: str, path: Path) -> str:
        with self._listener:
            if not (path.is_dir() if command == "MLSD" else path.is_file()):
                return "550 there is none"
            self._say("150 begins")
            link, _ = self._listener.accept()
        with link:
            link.sendall(_listing(path) if command == "MLSD" else path.read_bytes())
        return "226 done"

    def _say(self, answer: str) -> None:
        self.wfile.write(f"{answer}\r\n".encode())


def _listing(folder: Path) -> bytes:
    lines = [
        f"type={'dir' if path.is_dir() else 'file'};size={path.stat().st_size}; {path.name}\r\n"
        for path in folder.iterdir()
    ]
    return "".join(lines).encode()
