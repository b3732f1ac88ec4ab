from collections.abc import Iterator
from contextlib import suppress

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QColor, QPalette
from PyQt6.QtWidgets import QApplication

from app.window.theme import BLACK, DARK, LIGHT, WHITE, Colours, follow_theme, palette_of
from engine.sinks.palette import contrast

Role = QPalette.ColorRole


@pytest.fixture(autouse=True)
def _undress(qapp: QApplication) -> Iterator[None]:
    yield
    qapp.setStyleSheet("")
    qapp.setPalette(QPalette())
    with suppress(TypeError):  # only one theme follows the desktop
        qapp.styleHints().colorSchemeChanged.disconnect()


def rgb(colour: str) -> tuple[int, int, int]:
    red, green, blue, _ = QColor(colour).getRgb()
    return red, green, blue


@pytest.mark.parametrize(
    "colours", [DARK, LIGHT, BLACK, WHITE], ids=["dark", "light", "black", "white"]
)
def test_every_text_is_legible_on_every_ground(colours: Colours) -> None:
    for ground in (colours.window, colours.base, colours.button):
        assert contrast(rgb(colours.text), rgb(ground)) >= 7
        assert contrast(rgb(colours.faint), rgb(ground)) >= 4.5
    assert contrast(rgb(colours.accent), rgb(colours.on_accent)) >= 4.5
    assert contrast(rgb(colours.accent), rgb(colours.window)) >= 3


@pytest.mark.parametrize(
    ("theme", "window"), [("dark", DARK.window), ("light", LIGHT.window), ("system", DARK.window)]
)
def test_a_theme_dresses_the_whole_program(qapp: QApplication, theme: str, window: str) -> None:
    follow_theme(qapp, theme)
    assert qapp.palette().color(Role.Window) == QColor(window)


def test_the_system_theme_follows_the_desktop_when_it_changes(qapp: QApplication) -> None:
    follow_theme(qapp, "system")
    qapp.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Light)
    assert qapp.palette().color(Role.Window) == QColor(LIGHT.window)
    qapp.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Dark)
    assert qapp.palette().color(Role.Window) == QColor(DARK.window)


def test_disabled_text_is_faint() -> None:
    palette = palette_of(LIGHT)
    disabled = palette.color(QPalette.ColorGroup.Disabled, Role.ButtonText)
    assert disabled == QColor(LIGHT.faint)


def test_the_theme_can_be_changed_at_any_time(qapp: QApplication) -> None:
    for theme, high, window in (("dark", True, BLACK.window), ("light", True, WHITE.window)):
        follow_theme(qapp, theme, high_contrast=high)
        assert qapp.palette().color(Role.Window).name() == window
    follow_theme(qapp, "light")
    assert qapp.palette().color(Role.Window).name() == LIGHT.window
