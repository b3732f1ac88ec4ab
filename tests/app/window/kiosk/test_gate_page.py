import numpy as np
import pytest
from PyQt6.QtGui import QImage
from pytestqt.qtbot import QtBot

from app.window.kiosk.gate_page import GatePage
from app.window.kiosk.reflection import Reflection
from engine.gate import Reason, Stage, Verdict
from engine.settings import GateSettings
from engine.values.age import AgeDistribution
from engine.values.result import AgeBelief, Status

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture
def page(qtbot: QtBot) -> GatePage:
    made = GatePage(GateSettings(age=18, challenge=25), "note")
    qtbot.addWidget(made)
    return made


def over(track_id: int, years: float) -> Verdict:
    ages = np.arange(101, dtype=np.float32)
    probs = np.exp(-0.5 * ((ages - years) / 3) ** 2)
    belief = AgeBelief(AgeDistribution(ages, probs / probs.sum()), 9, 9.0, Status.STABLE)
    return Verdict(Stage.OVER, track_id, belief)


def said(page: GatePage, verdict: Verdict) -> str:
    image = QImage(4, 4, QImage.Format.Format_RGB32)
    page.show_reflection(Reflection(image, np.zeros((4, 4, 4), np.uint8), (), verdict))
    return page.explanation.text()


def test_words_stay_put_for_one_visitor_and_are_never_those_of_another(page: GatePage) -> None:
    assert "You look 35 to 45" in said(page, over(1, 40))
    assert "You look 35 to 45" in said(page, over(1, 41)), "the numbers tremble"
    assert "You look 65 to 75" in said(page, over(2, 70))
    page.forget()
    assert "You look 65 to 75" in said(page, over(2, 70))


def test_each_visitor_is_told_why_he_is_asked(page: GatePage) -> None:
    asked = Verdict(Stage.ASK, 1, None, Reason.CHALLENGE)
    assert "looks under 25" in said(page, asked)
    assert "could not be seen" in said(page, Verdict(Stage.ASK, 2, None, Reason.UNSEEN))
