"""Cameras in a process of their own: they take no turn from the program under test."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection

from tests.servers.film import Film
from tests.servers.rtsp import Camera

_START_S = 30.0


@contextmanager
def cameras_apart(film: Film, count: int) -> Iterator[list[str]]:
    """Addresses of so many cameras that all play one film, encoded once."""
    context = get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_serve, args=(film, count, there), daemon=True)
    process.start()
    there.close()
    try:
        assert here.poll(_START_S), "the cameras did not start"
        yield here.recv()
    finally:
        here.close()
        process.join()
        process.close()


def _serve(film: Film, count: int, told: Connection) -> None:
    with ExitStack() as stack, suppress(EOFError):
        told.send([stack.enter_context(Camera(film)).url for _ in range(count)])
        told.recv()  # until the other end is closed
