"""The page of the audience: how old visitors are, when they came and how long they stayed."""

import time
from collections.abc import Sequence

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QComboBox, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.window.audience import (
    DAY_S,
    HOUR_S,
    Audience,
    by_dwell,
    by_hour,
    expected_by_age,
    names_of,
    visit_of,
)
from app.window.legend import Legend
from app.window.panels.bars import AgesChart, DwellChart, HoursChart
from app.window.presence import Person

_HOURS = 24


class AudiencePage(QWidget):
    """Three charts of visits; one can choose the time and the place."""

    def __init__(self, audience: Audience, parent: QWidget | None = None) -> None:
        """Show an audience."""
        super().__init__(parent)
        tr = self.tr
        self._audience = audience
        self.period, self.place, self._sum = QComboBox(), QComboBox(), QLabel()
        for name, length_s in (
            (tr("Now"), 0.0),
            (tr("Last hour"), HOUR_S),
            (tr("Last 24 hours"), DAY_S),
        ):
            self.period.addItem(name, length_s)
        self.period.setCurrentIndex(1)
        self.period.setAccessibleName(tr("Time"))
        self.place.addItem(tr("Everywhere"), "")
        self.place.setAccessibleName(tr("Place"))
        self._sum.setObjectName("faint")
        self.ages, self.hours, self.dwell = AgesChart(), HoursChart(), DwellChart()
        self._lay_out()

    def _lay_out(self) -> None:
        title = QLabel(self.tr("Audience"))
        font = title.font()
        font.setPointSizeF(font.pointSizeF() * 1.5)
        font.setBold(True)
        title.setFont(font)
        row = QHBoxLayout()
        row.setContentsMargins(16, 12, 16, 8)
        row.setSpacing(12)
        row.addWidget(title)
        row.addWidget(self._sum, 1, Qt.AlignmentFlag.AlignBaseline)
        row.addWidget(self.place)
        row.addWidget(self.period)
        grid = QGridLayout()
        grid.setSpacing(2)
        grid.addWidget(self.ages, 0, 0, 1, 2)
        grid.addWidget(self.hours, 1, 0)
        grid.addWidget(self.dwell, 1, 1)
        grid.setColumnStretch(0, 3)
        grid.setColumnStretch(1, 2)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        column.addLayout(grid, 1)
        column.addWidget(Legend(self))

    def refresh(self, people: Sequence[Person]) -> None:
        """Bring the charts up to date; called about once a second while they can be seen."""
        self._offer_places()
        now_s, place = time.time(), str(self.place.currentData())
        present = [visit_of(person, now_s) for person in people]
        present = [visit for visit in present if place in ("", visit.place)]
        length_s = float(self.period.currentData())
        past = self._audience.since(now_s - length_s, place) if length_s else []
        visits = past + present
        self._sum.setText(
            self.tr("{} present, {} left before").format(len(present), len(past))
            if visits
            else self.tr("Nobody yet: visits are counted while sources run")
        )
        self.ages.name(self.tr("Ages · {}").format(self.period.currentText()))
        self.ages.show_ages(*expected_by_age(visits))
        day = self._audience.since(now_s - DAY_S, place) + present
        self.hours.show_hours(by_hour(day, now_s, _HOURS), now_s)
        self.dwell.show_dwell(by_dwell(visits))

    def _offer_places(self) -> None:
        for place, name in names_of(self._audience.places()).items():
            row = self.place.findData(place)
            if row < 0:
                self.place.addItem(name, place)
            else:
                self.place.setItemText(row, name)
