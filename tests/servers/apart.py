"""Cameras in a process of their own: they take no turn and no memory of the program under test."""

import random
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection

from tests.servers.film import Film
from tests.servers.rtsp import Camera

_START_S = 120.0
_TICK_S = 0.05
_OUTAGE_S = 2.0


@contextmanager
def cameras_apart(films: Sequence[Film], *, healthy_s: float = 0.0) -> Iterator[list[str]]:
    """Run a camera for each film.

    Args:
        films: What each plays; the same film is encoded and sent to the process once.
        healthy_s: Each camera fails in some way after so long, again and again; 0 for never.

    Yields:
        Their addresses.
    """
    context = get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_serve, args=(films, healthy_s, there), daemon=True)
    process.start()
    there.close()
    try:
        assert here.poll(_START_S), "the cameras did not start"
        yield here.recv()
    finally:
        here.close()
        process.join()
        process.close()


def _serve(films: Sequence[Film], healthy_s: float, told: Connection) -> None:
    with ExitStack() as stack, suppress(EOFError):
        cameras = [stack.enter_context(Camera(film)) for film in films]
        told.send([camera.url for camera in cameras])
        if healthy_s:
            _hurt_all(cameras, healthy_s, told)
        told.recv()  # until the other end is closed


def _hurt_all(cameras: Sequence[Camera], healthy_s: float, told: Connection) -> None:
    """Hurt each camera in its turn, at other moments than the others."""
    now_s = time.monotonic()
    due_s = [now_s + healthy_s * (1 + number / len(cameras)) for number in range(len(cameras))]
    while not told.poll(_TICK_S):
        now_s = time.monotonic()
        for number, camera in enumerate(cameras):
            if now_s >= due_s[number]:
                _hurt(camera)
                due_s[number] = now_s + healthy_s + _OUTAGE_S


def _hurt(camera: Camera) -> None:
    match random.randrange(4):
        case 0:
            camera.garble = 20
            camera.drop()
        case 1:
            camera.switch_off()
            camera.switch_on()
        case 2:
            camera.jump_s += 1000
            camera.drop()
        case _:
            camera.drop()
