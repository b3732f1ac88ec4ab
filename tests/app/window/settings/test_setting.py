import pytest
from pydantic import ValidationError

from app.window.settings.setting import Setting, changed, raw_title, settings_of, value_of
from engine.settings import Settings

TOGETHER = (("gate", "age"), ("gate", "challenge"))
"""Each of these is bounded by the other."""


def find(section: str, name: str) -> Setting:
    return next(s for s in settings_of(Settings) if (s.section, s.name) == (section, name))


def test_every_field_of_the_model_is_a_setting_with_a_description() -> None:
    settings = list(settings_of(Settings))
    fields = sum(len(type(getattr(Settings(), n)).model_fields) for n in Settings.model_fields)
    assert len(settings) == fields
    assert all(setting.description for setting in settings)


def test_unit_range_and_choices_come_from_the_field() -> None:
    smallest = find("detect", "smallest_face_px")
    assert (smallest.unit, smallest.low, smallest.high) == ("px", 8, 2000)
    assert "8 … 2000 px" in smallest.explanation
    assert find("schedule", "effort").choices == ("exhaustive", "balanced", "fast")


def test_a_bound_that_is_itself_refused_is_left_out_of_the_range() -> None:
    wrongly_over = find("gate", "wrongly_over")
    assert (wrongly_over.low, wrongly_over.high) == (0.0001, 0.2)
    assert value_of(changed(Settings(), wrongly_over, wrongly_over.low), wrongly_over) == 0.0001


def test_the_ends_of_every_range_are_values_the_model_takes() -> None:
    for setting in settings_of(Settings):
        for end in {setting.low, setting.high} - {None}:
            if (setting.section, setting.name) not in TOGETHER:
                changed(Settings(), setting, end)


def test_a_changed_model_is_valid_or_refused() -> None:
    smallest = find("detect", "smallest_face_px")
    assert value_of(changed(Settings(), smallest, 40), smallest) == 40
    with pytest.raises(ValidationError):
        changed(Settings(), smallest, 7)


def test_settings_are_found_by_any_of_their_words() -> None:
    smallest = find("detect", "smallest_face_px")
    assert smallest.matches("FACE small")
    assert smallest.matches("detect.smallest")
    assert not smallest.matches("face gpu")


def test_a_title_has_no_unit() -> None:
    assert raw_title("smallest_face_px") == "Smallest face"
