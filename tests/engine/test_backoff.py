from engine.backoff import FIRST_S, LONGEST_S, Backoff


def longest() -> Backoff:
    return Backoff(draw=lambda _, ceiling: ceiling)


def test_the_ceiling_doubles_up_to_half_a_minute() -> None:
    backoff = longest()
    assert [backoff.next_s() for _ in range(9)] == [0.5, 1, 2, 4, 8, 16, 30, 30, 30]


def test_waits_are_spread_over_the_whole_range() -> None:
    waits = []
    for _ in range(500):
        backoff = Backoff()
        for _ in range(10):
            backoff.next_s()
        waits.append(backoff.next_s())
    assert min(waits) >= FIRST_S
    assert max(waits) <= LONGEST_S
    assert min(waits) < 3
    assert max(waits) > 28


def test_ten_seconds_of_health_forget_the_failures_and_less_does_not() -> None:
    backoff = longest()
    for _ in range(5):
        backoff.next_s()
    backoff.was_healthy(9.9)
    assert backoff.next_s() == 16
    backoff.was_healthy(10.0)
    assert backoff.next_s() == 0.5


def test_thousands_of_failures_are_no_overflow() -> None:
    backoff = longest()
    assert [backoff.next_s() for _ in range(5000)][-1] == LONGEST_S
