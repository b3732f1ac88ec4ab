"""The door to the kiosk: checks what is asked for before anything of Qt is imported."""

from dataclasses import dataclass, field

from pydantic import ValidationError

from app.start_window import DisplayError, Look, has_display, has_qt
from engine.errors import SettingsError, installing
from engine.settings import GateSettings, Settings

_SHORTEST_PIN, _LONGEST_PIN = 4, 12


@dataclass(frozen=True, slots=True)
class KioskWish:
    """What the kiosk is to do.

    Attributes:
        source: Address of the camera or of anything else that can be watched.
        gate: Decide about an age instead of greeting.
        pin: Digits that let staff leave; "" where the keys alone do.
        blur_others: Make bystanders unrecognisable in the mirror.
        still: Nothing moves of itself.
        contrast: Black and white, with strong borders.
        pulse: Write a dot to the standard output every second, for a watchdog.
    """

    source: str = "0"
    gate: bool = False
    pin: str = field(default="", repr=False)
    blur_others: bool = False
    still: bool = False
    contrast: bool = False
    pulse: bool = False

    def __post_init__(self) -> None:
        """Check the digits.

        Raises:
            SettingsError: They are none, too few or too many.
        """
        digits = self.pin.isascii() and self.pin.isdecimal()
        if self.pin and not (digits and _SHORTEST_PIN <= len(self.pin) <= _LONGEST_PIN):
            raise SettingsError(
                f"the PIN must be {_SHORTEST_PIN} to {_LONGEST_PIN} digits, such as --pin 4711"
            )


def with_gate(settings: Settings, age: int, challenge: int | None) -> Settings:
    """Settings with the ages of the command line: an age of 0 or no challenge is not given.

    Raises:
        SettingsError: An age is out of range, or there is only a challenge age.
    """
    if not age:
        if challenge:
            raise SettingsError("--challenge needs --gate: --gate 18 --challenge 25")
        return settings
    asked, typed = {"age": age}, f"--gate {age}"
    if challenge is not None:
        asked["challenge"], typed = challenge, f"{typed} --challenge {challenge}"
    try:
        gate = GateSettings.model_validate(settings.gate.model_dump() | asked)
    except ValidationError as error:
        first = error.errors()[0]
        raise SettingsError(f"{typed}: {first['msg']}") from error
    return settings.model_copy(update={"gate": gate})


def open_kiosk(wish: KioskWish, settings: Settings, look: Look) -> int:
    """Open the kiosk and stay until somebody leaves it.

    Raises:
        DisplayError: There is no screen or no PyQt6.
    """
    if not has_qt():
        raise DisplayError(f"the kiosk needs PyQt6. Install it with: {installing('gui')}")
    if not has_display():
        raise DisplayError(
            "there is no display for the kiosk. Start it in a desktop session, "
            "or set QT_QPA_PLATFORM=offscreen to run without a screen."
        )
    from app.window.kiosk.opening import run_kiosk

    return run_kiosk(wish, settings, look)
