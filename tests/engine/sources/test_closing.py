import threading

from engine.sources.closing import Handle


def test_closing_twice_closes_once() -> None:
    calls: list[int] = []
    handle = Handle(lambda: calls.append(1))
    handle.close()
    handle.close()
    assert calls == [1]


def test_what_is_closed_is_not_used_any_more() -> None:
    handle = Handle(lambda: None)
    with handle.in_use() as is_open:
        assert is_open
    handle.close()
    with handle.in_use() as is_open:
        assert not is_open


def test_closing_during_a_use_waits_for_nobody_and_happens_after_it() -> None:
    calls: list[str] = []
    handle = Handle(lambda: calls.append("closed"))
    with handle.in_use():
        closer = threading.Thread(target=handle.close)
        closer.start()
        closer.join(2)
        assert not closer.is_alive()
        calls.append("used")
    assert calls == ["used", "closed"]


def test_a_use_that_fails_still_closes() -> None:
    calls: list[str] = []
    handle = Handle(lambda: calls.append("closed"))
    try:
        with handle.in_use():
            handle.close()
            raise ValueError
    except ValueError:
        pass
    assert calls == ["closed"]
