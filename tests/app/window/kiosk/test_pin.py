from app.window.kiosk.pin import Pin


def test_only_the_right_number_opens() -> None:
    pin = Pin("4711")
    assert not pin.opens("4712", 0)
    assert not pin.opens("", 0)
    assert pin.opens("4711", 0)


def test_five_wrong_numbers_lock_for_half_a_minute_even_for_the_right_one() -> None:
    pin = Pin("4711")
    for _ in range(5):
        assert not pin.opens("0000", 100)
    assert pin.locked_s(100) == 30
    assert not pin.opens("4711", 129)
    assert pin.opens("4711", 130)


def test_a_right_number_forgives_the_wrong_ones() -> None:
    pin = Pin("4711")
    for _ in range(3):
        assert [pin.opens(digits, 0) for digits in ("1", "2", "3", "4711")][-1]
    assert pin.locked_s(0) == 0
