import pytest

from app.start_kiosk import KioskWish, with_gate
from engine.errors import SettingsError
from engine.settings import GateSettings, Settings


@pytest.mark.parametrize("pin", ["123", "12a4", "1" * 13, "\u0661\u0662\u0663\u0664"])
def test_a_pin_is_four_to_twelve_plain_digits(pin: str) -> None:
    with pytest.raises(SettingsError, match="4 to 12 digits"):
        KioskWish(pin=pin)


def test_a_pin_is_not_shown_with_the_wish() -> None:
    assert "4711" not in repr(KioskWish(pin="4711"))


def test_ages_of_the_command_line_go_over_the_settings() -> None:
    gate = with_gate(Settings(), 21, 30).gate
    assert (gate.age, gate.challenge) == (21, 30)
    assert with_gate(Settings(), 0, 0) == Settings()
    written = Settings(gate=GateSettings(challenge=25))
    assert with_gate(written, 18, None).gate.challenge == 25
    assert with_gate(written, 30, 0).gate.challenge == 0


@pytest.mark.parametrize(
    ("age", "challenge", "said"), [(0, 25, "needs --gate"), (18, 17, "must be 18 or more")]
)
def test_ages_that_make_no_sense_are_refused(age: int, challenge: int, said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        with_gate(Settings(), age, challenge)
