import numpy as np
import pytest
from PyQt6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from app.window.people import PeoplePanel
from app.window.presence import Person
from engine.sinks.label import labels_of
from engine.values.age import AgeDistribution
from engine.values.result import AgeBelief, Status

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
AGES = np.arange(101, dtype=np.float32)


def person(track_id: int, years: float, status: Status, source: str = "door") -> Person:
    probs = np.exp(-0.5 * ((AGES - years) / 3.5) ** 2)
    belief = AgeBelief(AgeDistribution(AGES, probs / probs.sum()), 9, 4.0, status)
    return Person(source, labels_of([belief], [track_id])[0], status, 2.0, 14.4)


@pytest.fixture
def panel(qtbot: QtBot) -> PeoplePanel:
    made = PeoplePanel()
    qtbot.addWidget(made)
    made.resize(320, 500)
    made.show()
    return made


def said(panel: PeoplePanel, row: int) -> str:
    return panel.model.index(row).data()


def texts(panel: PeoplePanel) -> str:
    return " ".join(label.text() for label in panel.findChildren(QLabel) if label.isVisible())


def test_without_people_the_panel_says_so(panel: PeoplePanel) -> None:
    assert "Nobody in view" in texts(panel)


def test_a_person_is_told_with_age_interval_status_and_time(panel: PeoplePanel) -> None:
    panel.show_people([person(7, 34, Status.STABLE)])
    assert said(panel, 0) == "#7, 34, (28\u201340), stable · 0:12"
    assert "Present now · 1" in texts(panel)
    assert "Nobody" not in texts(panel)


def test_an_age_nobody_knows_yet_is_not_invented(panel: PeoplePanel) -> None:
    panel.show_people([person(7, 34, Status.INSUFFICIENT)])
    assert said(panel, 0) == "#7, \u2026, not seen well yet · 0:12"


def test_a_person_of_a_picture_has_no_number_and_no_time(panel: PeoplePanel) -> None:
    panel.show_people([person(-1, 34, Status.PROVISIONAL)])
    assert said(panel, 0) == "34, (28\u201340), provisional"


def test_people_of_several_sources_are_told_with_their_source(panel: PeoplePanel) -> None:
    panel.show_people([person(1, 34, Status.STABLE), person(1, 50, Status.STABLE, source="yard")])
    assert said(panel, 1).endswith("0:12 · yard")


def inked(panel: PeoplePanel) -> float:
    """Mean brightness of the plate with the curve."""
    image = panel.grab().toImage()
    top = panel.findChild(QLabel).height() + 16
    plate = [(x, y) for x in range(40, 110) for y in range(top, top + 44)]
    return float(np.mean([image.pixelColor(x, y).lightness() for x, y in plate]))


def test_a_provisional_age_is_painted_dimmer_and_an_unknown_one_without_curve(
    panel: PeoplePanel,
) -> None:
    brightness = []
    for status in (Status.STABLE, Status.PROVISIONAL, Status.INSUFFICIENT):
        panel.show_people([person(7, 34, status)])
        brightness.append(inked(panel))
    assert brightness[0] > brightness[1] > brightness[2]
