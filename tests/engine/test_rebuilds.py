from engine.rebuilds import Rebuilds


def test_five_in_a_minute_then_a_hold_that_doubles() -> None:
    rebuilds = Rebuilds()
    allowed = [second for second in range(1000) if rebuilds.may(float(second))]
    assert allowed[:5] == [0, 1, 2, 3, 4]
    assert allowed[5] == 5 + 60, "the sixth waits for a minute"
    assert allowed[10] == 70 + 120, "the eleventh for two"
    assert allowed[15] == 195 + 240


def test_a_hold_tells_how_long_it_lasts() -> None:
    rebuilds = Rebuilds()
    assert [rebuilds.may(0.0) for _ in range(6)] == [True] * 5 + [False]
    assert [rebuilds.held_min(second) for second in (0.0, 59.0, 60.0, 99.0)] == [1, 1, 0, 0]


def test_one_every_minute_is_always_allowed() -> None:
    rebuilds = Rebuilds()
    assert all(rebuilds.may(61.0 * n) for n in range(100))
