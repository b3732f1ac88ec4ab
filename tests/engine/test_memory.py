import gc
import subprocess
import sys
import weakref
from pathlib import Path
from threading import Event
from threading import enumerate as threads

import numpy as np
import pytest

from engine import memory
from engine.memory import GivingBack, give_back, resident_bytes, settled, share_arenas


@pytest.mark.skipif(memory._trim is None, reason="no glibc: nothing to give back")
def test_what_is_free_is_given_back() -> None:
    kept = []
    for _ in range(2000):  # small enough for the heap, with something kept between
        hole = np.ones(50_000, np.uint8)
        kept.append((hole, np.ones(8, np.uint8)))
    last = np.ones(1000, np.uint8)
    kept = [(None, little) for _, little in kept]
    before = resident_bytes()
    give_back()
    assert before - resident_bytes() > 50_000_000
    assert len(kept) == 2000
    assert last.all()


_ARENAS = """
import ctypes, sys, threading
from engine.memory import share_arenas
if sys.argv[1] == "share":
    share_arenas()
together = threading.Barrier(12)
def allocate():
    together.wait()
    kept = [bytearray(2000) for _ in range(100)]
    together.wait()
threads = [threading.Thread(target=allocate) for _ in range(12)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
ctypes.CDLL(None).malloc_stats()
"""


@pytest.mark.skipif(memory._mallopt is None, reason="no glibc: no arenas")
@pytest.mark.parametrize(("how", "asked"), [("share", ""), ("leave", "5"), ("share", "5")])
def test_threads_share_two_arenas_or_as_many_as_the_user_wants(how: str, asked: str) -> None:
    wanted = {"MALLOC_ARENA_MAX": asked} if asked else {}
    told = subprocess.run(
        [sys.executable, "-c", _ARENAS, how],
        cwd=Path(__file__).resolve().parents[2],
        env=wanted,
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stderr.count("Arena ") == (int(asked) if asked else 2)


def test_it_happens_again_and_again_until_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[int] = []
    twice = Event()

    def trim(_: int) -> int:
        calls.append(1)
        if len(calls) == 2:
            twice.set()
        return 1

    monkeypatch.setattr(memory, "_trim", trim)
    with GivingBack(0.01):
        assert twice.wait(5)
    count = len(calls)
    assert not any(thread.name == "memory" for thread in threads())
    assert len(calls) == count


def test_at_the_end_what_refers_to_itself_is_found_too() -> None:
    class Decoder:
        def __init__(self) -> None:
            self.file = self

    decoder = Decoder()
    there = weakref.ref(decoder)
    gc.disable()  # Python looks for such objects when they are many; one decoder is enough here
    try:
        with GivingBack():
            del decoder
            assert there() is not None
        assert there() is None
    finally:
        gc.enable()


def test_what_was_there_before_is_searched_for_garbage_afterwards() -> None:
    class Loop:
        def __init__(self) -> None:
            self.itself = self

    before = Loop()
    there = weakref.ref(before)
    with settled():
        del before
        within = weakref.ref(Loop())
        gc.collect()
        assert there() is not None
        assert within() is None
    gc.collect()
    assert there() is None


def test_stopping_what_never_started_does_nothing() -> None:
    GivingBack().stop()


def test_elsewhere_nothing_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "_trim", None)
    monkeypatch.setattr(memory, "_mallopt", None)
    give_back()
    share_arenas()
