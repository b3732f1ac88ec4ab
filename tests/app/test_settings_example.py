import subprocess
import sys
import tomllib

from app.settings_example import example
from engine.settings import Settings


def test_the_example_holds_every_setting_as_it_is_by_default() -> None:
    found = tomllib.loads(example())
    assert Settings.model_validate(found) == Settings()
    for name, section in Settings():
        assert set(found[name]) == set(type(section).model_fields)


def test_the_example_says_what_each_setting_means_with_unit_and_range() -> None:
    text = example()
    for _, section in Settings():
        for info in type(section).model_fields.values():
            assert str(info.description) in text
    assert "same track; from 0 to 60 s\nlost_s = 2.0" in text
    assert '"exhaustive" or "balanced" or "fast"\neffort = "balanced"' in text
    assert "taken for over it; more than 0 to 0.2\nwrongly_over = 0.01" in text


def test_the_command_prints_it() -> None:
    told = subprocess.run(
        [sys.executable, "main.py", "settings"], capture_output=True, text=True, check=True
    )
    assert told.stdout == example()
