import threading
import time

from engine.mailbox import Backlog, Mailbox


def test_the_newest_thing_wins_and_the_lost_ones_are_counted() -> None:
    box: Mailbox[int] = Mailbox()
    told = [box.put(number) for number in (1, 2, 3)]
    assert told == [True, False, False]
    assert box.get() == 3
    assert box.lost == 2
    assert box.get() is None
    assert box.put(4)


def test_get_waits_for_a_thing_at_most_its_timeout() -> None:
    box: Mailbox[int] = Mailbox()
    began = time.monotonic()
    assert box.get(0.05) is None
    assert time.monotonic() - began >= 0.045


def test_a_waiting_receiver_gets_a_thing_at_once() -> None:
    box: Mailbox[str] = Mailbox()
    threading.Timer(0.02, box.put, ["here"]).start()
    began = time.monotonic()
    assert box.get(5.0) == "here"
    assert time.monotonic() - began < 1.0


def test_closing_wakes_the_receiver_and_keeps_what_lies_in_the_box() -> None:
    box: Mailbox[int] = Mailbox()
    threading.Timer(0.02, box.close).start()
    began = time.monotonic()
    assert box.get(5.0) is None
    assert time.monotonic() - began < 1.0
    full: Mailbox[int] = Mailbox()
    full.put(7)
    full.close()
    assert not full.put(8)
    assert not full.finished
    assert full.get() == 7
    assert full.finished


def test_falsy_things_are_things() -> None:
    box: Mailbox[int] = Mailbox()
    box.put(0)
    assert box.get() == 0


def test_no_thing_is_taken_twice_or_late_with_many_givers() -> None:
    box: Mailbox[int] = Mailbox()
    givers = [
        threading.Thread(target=lambda base=base: [box.put(base + n) for n in range(500)])
        for base in (0, 1000, 2000)
    ]
    for giver in givers:
        giver.start()
    taken: list[int] = []
    while any(giver.is_alive() for giver in givers):
        if (item := box.get(0.001)) is not None:
            taken.append(item)
    if (item := box.get()) is not None:
        taken.append(item)
    assert len(set(taken)) == len(taken)
    assert len(taken) + box.lost == 1500


def test_a_backlog_loses_nothing_and_keeps_the_order() -> None:
    queue: Backlog[int] = Backlog(2)

    def give() -> None:
        for number in range(50):
            queue.put(number)
        queue.close()

    giver = threading.Thread(target=give)
    giver.start()
    taken = []
    while not queue.finished:
        item = queue.get(0.02)
        if item is not None:
            taken.append(item)
    giver.join()
    assert taken == list(range(50))
    assert queue.lost == 0


def test_closing_a_full_backlog_frees_its_giver() -> None:
    queue: Backlog[int] = Backlog(1)
    queue.put(1)
    giver = threading.Thread(target=queue.put, args=[2])
    giver.start()
    queue.close()
    giver.join(1.0)
    assert not giver.is_alive()
    assert queue.get() == 1
    assert queue.get() is None
    assert queue.finished
