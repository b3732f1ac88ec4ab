from threading import Event
from threading import enumerate as threads

import numpy as np
import pytest

from engine import memory
from engine.memory import GivingBack, give_back, resident_bytes


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


def test_stopping_what_never_started_does_nothing() -> None:
    GivingBack().stop()


def test_elsewhere_nothing_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "_trim", None)
    give_back()
