"""A receiver that fails at some messages only."""

import time
from collections.abc import Callable, Iterator

import pytest

from engine.backoff import Backoff
from engine.notify import delivery
from engine.notify.delivery import Delivery, StumblesError
from engine.notify.message import Message
from tests.engine.notify.web import eventually


class Choosy:
    """Fails at every visit, or at everything."""

    def __init__(self) -> None:
        self.came: list[Message] = []
        self.fails_at: tuple[str, ...] = ("visit",)
        self.failed = 0

    def open(self) -> None:
        pass

    def send(self, message: Message) -> None:
        if message.what in self.fails_at:
            self.failed += 1
            raise StumblesError("answers 500.")
        self.came.append(message)

    def close(self) -> None:
        pass


def visit(number: int = 0) -> Message:
    return Message(f"visit {number}", "door", "visit", b"{}")


def zone(number: int = 0) -> Message:
    return Message(f"zone {number}", "door", "zone", b"{}")


def quick() -> Backoff:
    """Waits a hundredth of what it would."""
    return Backoff(lambda low, high: 0.01 * (low + high))


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "_IN_VAIN_S", 0.3)


@pytest.fixture
def receiver() -> Choosy:
    return Choosy()


@pytest.fixture
def deliver(receiver: Choosy) -> Iterator[Callable[..., Delivery]]:
    made: list[Delivery] = []

    def to_it(*messages: Message) -> Delivery:
        made.append(Delivery("hook", receiver, backoff=quick, at_once=False))
        for message in messages:
            made[-1].put(message)
        made[-1].start()
        return made[-1]

    yield to_it
    for one in made:
        one.close()


def test_a_kind_at_which_the_receiver_always_fails_holds_up_the_first_time_only(
    deliver: Callable[..., Delivery], receiver: Choosy, caplog: pytest.LogCaptureFixture
) -> None:
    sent = deliver(*(kind(number) for number in range(20) for kind in (visit, zone)))
    eventually(lambda: sent.status.sent == 20)
    assert receiver.failed < 30, "five times at the first, once at each other"
    assert receiver.came == [zone(number) for number in range(20)]
    assert (sent.status.waiting, sent.status.lost) == (20, 0)
    receiver.fails_at = ()
    eventually(lambda: sent.status.sent == 40)
    assert caplog.text.count("tried again") == 1


@pytest.mark.usefixtures("impatient")
def test_a_message_that_others_outlive_is_lost_in_the_end_and_told_once(
    deliver: Callable[..., Delivery], caplog: pytest.LogCaptureFixture
) -> None:
    sent = deliver(visit())
    for number in range(20):
        sent.put(zone(number))
        time.sleep(0.05)
    eventually(lambda: sent.status.lost == 1)
    eventually(lambda: sent.status.sent == 20)
    assert (sent.status.waiting, sent.status.problem) == (0, "")
    assert len(caplog.records) <= 2, "that it fails, and that one is lost"


@pytest.mark.usefixtures("impatient")
def test_a_receiver_that_fails_at_everything_loses_nothing(
    deliver: Callable[..., Delivery], receiver: Choosy, caplog: pytest.LogCaptureFixture
) -> None:
    receiver.fails_at = ("visit", "zone")
    sent = deliver(visit(), zone(), visit(1))
    eventually(lambda: sent.status.problem)
    time.sleep(1.0)
    assert (sent.status.waiting, sent.status.lost) == (3, 0)
    receiver.fails_at = ()
    eventually(lambda: sent.status.sent == 3)
    assert caplog.text.count("tried again") == 1


@pytest.mark.parametrize("tries", [1, 8])
def test_the_end_delivers_what_waits_behind_a_message_at_which_the_receiver_fails(
    deliver: Callable[..., Delivery],
    receiver: Choosy,
    tries: int,
    caplog: pytest.LogCaptureFixture,
) -> None:
    sent = deliver(visit())
    eventually(lambda: receiver.failed >= tries)
    for number in range(5):
        sent.put(zone(number))
    sent.close()
    assert receiver.came == [zone(number) for number in range(5)]
    assert "1 messages were not delivered" in caplog.text
