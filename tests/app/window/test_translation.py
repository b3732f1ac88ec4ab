import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from PyQt6.lupdate import lupdate
from PyQt6.QtCore import QCoreApplication, QTranslator
from PyQt6.QtWidgets import QApplication

from app.window.main_window import MainWindow
from app.window.notice import Notice
from app.window.settings.setting import raw_heading, raw_title, settings_of
from app.window.translation import FOLDER, Translation, speak, texts_of
from app.window.words import counted
from app.window_settings import WindowSettings
from engine.settings import CHALLENGE_TOO_LOW, Settings
from engine.status import State

ROOT = Path(__file__).parents[3]
Open = Callable[..., MainWindow]
Sessions = Any
"""The fixture's class; a conftest cannot be imported."""

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture
def german(qapp: QApplication) -> Iterator[None]:
    before = qapp.findChildren(QTranslator)
    assert speak(qapp, "de") == "de"
    yield
    for translator in qapp.findChildren(QTranslator):
        if translator not in before:
            qapp.removeTranslator(translator)
            translator.deleteLater()


def test_no_text_of_the_window_is_untranslated(tmp_path: Path) -> None:
    file = tmp_path / "de.ts"
    shutil.copy(FOLDER / "de.ts", file)
    lupdate([str(ROOT / "app" / "window")], [str(file)], no_obsolete=True)
    left = [
        (context.findtext("name"), message.findtext("source"))
        for context in ElementTree.parse(file).getroot().iter("context")
        for message in context.iter("message")
        if not message.findtext("translation")
    ]
    assert left == [], "run `make translations` and write the German of these"


def test_no_text_of_a_setting_is_untranslated() -> None:
    said = {
        words
        for model in (WindowSettings, Settings)
        for each in settings_of(model)
        for words in (
            raw_heading(model, each.section),
            raw_title(each.name),
            each.description,
            each.unit,
            *each.choices,
        )
        if words
    }
    said.add(CHALLENGE_TOO_LOW)
    known = {source for context, source in texts_of("de") if context == "settings"}
    assert said - known == set(), "write these into assets/translations/de.settings.ts"


def test_translations_take_the_same_values() -> None:
    for (_, source), text in texts_of("de").items():
        assert sorted(re.findall(r"\{[^}]*\}", source)) != [] or "{" not in text.replace("${", "")
        if "$" not in source:
            assert re.findall(r"\{[^}]*\}", source) == re.findall(r"\{[^}]*\}", text), source
        assert ("&" in source) == ("&" in text), source


@pytest.mark.usefixtures("german")
def test_the_window_speaks_german(open_window: Open) -> None:
    window = open_window("clip.mp4", playing=True)
    assert window.deeds["pause"].text() == "Anhalten, weiter, noch einmal"
    for page in ("audience", "zones", "settings"):
        window.show_page(page)
    window.show_keys()
    assert QCoreApplication.translate("QPlatformTheme", "Cancel") == "Abbrechen"


@pytest.mark.usefixtures("german")
def test_one_source_and_several_are_told_in_good_german() -> None:
    assert [counted(State.RUNNING, count) for count in (1, 3)] == ["1 läuft", "3 laufen"]


@pytest.mark.usefixtures("german")
@pytest.mark.parametrize("address", ["clip.mp4", "live"])
def test_a_source_that_is_being_opened_says_so_in_german(
    open_window: Open, sessions: Sessions, address: str
) -> None:
    sessions.let_open.clear()
    window = open_window(address)
    said = window.tiles[0].findChild(Notice).accessibleName()
    sessions.let_open.set()
    assert said.strip() == "Die Quelle wird geöffnet …"


def test_an_inherited_text_is_translated_in_every_class() -> None:
    translation = Translation({("Chart", "Export"): "Exportieren"})
    assert translation.translate("AgesChart", "Export") == "Exportieren"
    assert translation.translate("AgesChart", "Other") == ""


def test_english_needs_no_translation(qapp: QApplication) -> None:
    before = len(qapp.findChildren(QTranslator))
    assert speak(qapp, "en") == "en"
    assert len(qapp.findChildren(QTranslator)) == before
