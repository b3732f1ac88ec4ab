import threading
import time
from collections import Counter

from engine.turns import Turns


def compete(turns: Turns, priorities: list[int], seconds: float) -> Counter[int]:
    """How many turns each of some threads gets that always want one."""
    done: Counter[int] = Counter()
    stop = threading.Event()

    def want(number: int) -> None:
        while not stop.is_set():
            with turns.taken(priorities[number]):
                time.sleep(0.01)
            done[number] += 1

    threads = [threading.Thread(target=want, args=(n,)) for n in range(len(priorities))]
    for thread in threads:
        thread.start()
    time.sleep(seconds)
    stop.set()
    for thread in threads:
        thread.join()
    return done


def test_equals_are_served_equally() -> None:
    done = compete(Turns(1), [0, 0, 0, 0], 1.5)
    assert min(done.values()) >= 0.6 * max(done.values())


def test_a_higher_priority_is_served_more_often_and_nobody_is_starved() -> None:
    done = compete(Turns(1), [0, 0, 0, 3], 2.0)
    assert done[3] > 1.5 * max(done[0], done[1], done[2])
    assert min(done.values()) >= 3


def test_no_more_than_so_many_compute_at_once() -> None:
    turns, inside, most = Turns(2), [0], [0]
    lock = threading.Lock()

    def work() -> None:
        with turns.taken():
            with lock:
                inside[0] += 1
                most[0] = max(most[0], inside[0])
            time.sleep(0.02)
            with lock:
                inside[0] -= 1

    threads = [threading.Thread(target=work) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [2]


def test_one_that_hangs_holds_nobody_up_for_long() -> None:
    turns, leave = Turns(1), threading.Event()

    def hang() -> None:
        with turns.taken():
            leave.wait()

    thread = threading.Thread(target=hang)
    thread.start()
    began_s = time.monotonic()
    with turns.taken():
        waited_s = time.monotonic() - began_s
    leave.set()
    thread.join()
    assert waited_s < 4
