from dataclasses import replace

import numpy as np
import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from app.window.panels.people import Column, PeoplePanel
from app.window.presence import Person
from engine.sinks.label import labels_of
from engine.values.age import AgeDistribution
from engine.values.result import AgeBelief, Status

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
AGES = np.arange(101, dtype=np.float32)


def person(
    number: int, years: float, status: Status = Status.STABLE, last_s: float | None = None
) -> Person:
    probs = np.exp(-0.5 * ((AGES - years) / 3) ** 2)
    belief = AgeBelief(AgeDistribution(AGES, probs / probs.sum()), 5, 4.0, status)
    [label] = labels_of([belief], [number])
    thumbnail = np.full((72, 72, 3), 10 * number, np.uint8)
    known = belief.distribution.probs
    last = number if last_s is None else last_s
    return Person("door", number, label, status, known, AGES, 0.5, 0.0, last, thumbnail, 0.5)


@pytest.fixture
def panel(qtbot: QtBot) -> PeoplePanel:
    made = PeoplePanel()
    qtbot.addWidget(made)
    made.resize(500, 400)
    made.show()
    people = [person(1, 60), person(2, 20, Status.PROVISIONAL), person(3, 40)]
    made.show_people(people, None)
    return made


def column(panel: PeoplePanel, which: Column) -> list[str]:
    model = panel.table.model()
    return [model.index(row, which).data() for row in range(model.rowCount())]


def test_a_row_tells_number_age_interval_dwell_place_and_status(panel: PeoplePanel) -> None:
    model = panel.table.model()
    words = [model.index(1, each).data() for each in Column]
    assert words[1] == "#2"
    assert words[3:] == ["20", "15\u201325", "0:02", "door", "provisional"]


def test_the_table_sorts_by_age_and_not_by_its_letters(panel: PeoplePanel) -> None:
    panel.table.sortByColumn(Column.AGE, Qt.SortOrder.AscendingOrder)
    assert column(panel, Column.AGE) == ["20", "40", "60"]
    panel.table.sortByColumn(Column.DWELL, Qt.SortOrder.DescendingOrder)
    assert column(panel, Column.NUMBER) == ["#3", "#2", "#1"]


def test_chosen_rows_are_copied_with_their_heads(qtbot: QtBot, panel: PeoplePanel) -> None:
    panel.table.selectRow(2)
    qtbot.keyClick(panel.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines == [
        "No.\tAge\t90 %\tDwell\tPlace\tStatus",
        "#3\t40\t35\u201345\t0:03\tdoor\tstable",
    ]


def test_a_click_pins_and_the_pinned_one_stays_selected(qtbot: QtBot, panel: PeoplePanel) -> None:
    place = panel.table.visualRect(panel.table.model().index(1, Column.AGE)).center()
    with qtbot.waitSignal(panel.pinned) as pinned:
        qtbot.mouseClick(panel.table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert pinned.args == [("door", 2)]
    panel.show_people([person(2, 21), person(9, 30)], ("door", 2))
    rows = [index.row() for index in panel.table.selectionModel().selectedRows()]
    assert [panel.table.model().index(row, Column.NUMBER).data() for row in rows] == ["#2"]


def test_a_face_and_a_curve_are_painted(panel: PeoplePanel) -> None:
    shown = panel.table.grab().toImage()
    colours = {shown.pixelColor(x, y).name() for x in range(0, 200, 2) for y in range(30, 170, 2)}
    assert len(colours) > 8


def test_the_same_people_again_move_no_row(qtbot: QtBot, panel: PeoplePanel) -> None:
    with qtbot.assertNotEmitted(panel.model.rowsRemoved):
        panel.show_people([person(each, 50, last_s=30.0) for each in (1, 2, 3)], None)
    assert column(panel, Column.DWELL) == ["0:30"] * 3
    assert column(panel, Column.AGE) == ["50"] * 3


def test_rows_stay_chosen_while_others_come_and_go(panel: PeoplePanel) -> None:
    panel.table.selectRow(1)
    panel.show_people([person(0, 10), person(2, 20), person(3, 40), person(4, 50)], None)
    assert column(panel, Column.NUMBER) == ["#0", "#2", "#3", "#4"]
    assert [index.row() for index in panel.table.selectionModel().selectedRows()] == [1]


def test_people_in_another_order_are_shown_in_it(panel: PeoplePanel) -> None:
    panel.model.show([person(3, 40), person(1, 60)])
    assert [panel.model.item(row, Column.NUMBER).text() for row in range(2)] == ["#3", "#1"]


def test_a_screen_reader_reads_the_person_where_a_cell_has_no_words(panel: PeoplePanel) -> None:
    spoken = panel.model.index(0, Column.FACE).data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == "#1, 60, 55\u201365, 0:01, door, stable"


def test_only_what_changed_is_painted_again(panel: PeoplePanel) -> None:
    changed: set[int] = set()
    panel.model.itemChanged.connect(lambda item: changed.add(item.column()))
    [first, *others] = [person(1, 60), person(2, 20, Status.PROVISIONAL), person(3, 40)]
    panel.show_people([first, *others], None)
    changed.clear()
    panel.show_people([replace(first, last_s=9.0), *others], None)
    assert changed == {Column.DWELL, *(Column.FACE, Column.BELIEF)}
