from collections.abc import Iterator

import numpy as np
import pytest
from PyQt6.QtCore import QCoreApplication
from PyQt6.QtGui import QColor, QFontMetricsF
from pytestqt.qtbot import QtBot

from app.window.kiosk.greet_page import GreetPage
from app.window.translation import Translation, texts_of
from engine.values.age import AgeDistribution
from engine.values.result import AgeBelief, Status

LANDSCAPE = [(1920, 1080), (1366, 768), (1280, 720), (1024, 700)]
UPRIGHT = [(1080, 1920), (720, 1280)]


def belief(status: Status) -> AgeBelief:
    ages = np.arange(101, dtype=np.float32)
    probs = np.exp(-0.5 * ((ages - 90) / 9) ** 2)
    return AgeBelief(AgeDistribution(ages, probs / probs.sum()), 9, 4.0, status)


@pytest.fixture(params=["en", "de"])
def language(request: pytest.FixtureRequest) -> Iterator[None]:
    application = QCoreApplication.instance()
    assert application is not None
    translation = Translation(texts_of("de"))
    if request.param == "de":
        application.installTranslator(translation)
    yield
    application.removeTranslator(translation)


@pytest.mark.usefixtures("qapp", "language")
@pytest.mark.parametrize("size_wh", LANDSCAPE + UPRIGHT)
@pytest.mark.parametrize("visitors", [1, 2, 3, 4])
def test_all_that_a_card_says_has_room(
    qtbot: QtBot, size_wh: tuple[int, int], visitors: int
) -> None:
    page = GreetPage("note")
    qtbot.addWidget(page)
    page.resize(*size_wh)
    page._shown = list(range(visitors))
    page.fit()
    card = page.cards[0]
    curves = set()
    for status in Status:
        card.show_belief(belief(status), QColor("white"), anew=True)
        words, plot = card._rooms()
        curves.add((plot.left(), plot.width()))
        for text, font in zip(card.words, card._fonts(words), strict=True):
            assert QFontMetricsF(font).horizontalAdvance(text) <= words.width(), text
            assert font.pixelSize() >= 12
    assert len(curves) == 1  # else it would jump whenever the words change
    assert plot.width() >= 0.4 * (card.width() - 80)
