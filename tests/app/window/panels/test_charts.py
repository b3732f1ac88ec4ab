import csv
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from PyQt6.QtGui import QColor, QImage, QPalette
from PyQt6.QtSvg import QSvgRenderer
from PyQt6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.window.audience import Visit, by_hour
from app.window.gpu import Gpu, GpuLoad
from app.window.history import Course
from app.window.panels.bars import AgesChart, DwellChart, HoursChart
from app.window.panels.chart import Chart
from app.window.panels.course import CoursePanel
from app.window.panels.system import SystemPanel
from engine.sinks.palette import BANDS
from engine.status import SessionStatus, State

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
TIME = np.linspace(0, 4, 50)
COURSE = Course(
    TIME,
    30 + TIME,
    np.stack([27 + TIME, 33 + TIME]),
    np.stack([22 + TIME, 38 + TIME]),
    np.where(TIME > 1, 31.0, np.nan),
    np.full(50, 0.6),
)


@pytest.fixture
def ages(qtbot: QtBot) -> AgesChart:
    chart = AgesChart()
    qtbot.addWidget(chart)
    chart.resize(400, 240)
    chart.show()
    chart.show_ages(np.arange(101.0), np.bincount([20, 40], minlength=101).astype(float))
    return chart


def test_a_chart_is_saved_as_picture_drawing_and_table(ages: AgesChart, tmp_path: Path) -> None:
    for ending in ("png", "svg", "csv"):
        ages.save(tmp_path / f"ages.{ending}")
    assert QImage(str(tmp_path / "ages.png")).width() >= 400
    assert QSvgRenderer(str(tmp_path / "ages.svg")).isValid()
    lines = (tmp_path / "ages.csv").read_text().splitlines()
    assert lines[0] == "age_years,people"
    assert lines[21] == "20.0,1.0"


@pytest.mark.parametrize("ending", ["png", "svg", "csv"])
def test_a_folder_that_is_not_there_is_told(ages: AgesChart, tmp_path: Path, ending: str) -> None:
    with pytest.raises(OSError, match=r"\."):
        ages.save(tmp_path / "none" / f"ages.{ending}")


def test_axes_have_names_with_units(qtbot: QtBot, ages: AgesChart) -> None:
    assert ages.plot.getAxis("bottom").labelText == "Age (years)"
    assert "2.0 people" in ages.accessibleDescription()
    hours, dwell = HoursChart(), DwellChart()
    for chart in (hours, dwell):
        qtbot.addWidget(chart)
        assert chart.plot.getAxis("left").labelText == "Visits"
        assert chart.accessibleName() or chart.title


def test_hours_are_stacked_by_band(qtbot: QtBot) -> None:
    chart = HoursChart()
    qtbot.addWidget(chart)
    table = np.zeros((24, len(BANDS)))
    table[23, 2:4] = 1, 3
    chart.show_hours(table, 1_700_000_000.0)
    assert len(chart.table["hour"]) == 24
    assert chart.table["18\u201324"][23] == 1
    assert chart.plot.viewRange()[1][1] > 4


def test_hours_are_named_and_saved_as_the_clock_showed_them(qtbot: QtBot, tmp_path: Path) -> None:
    chart, now_s = HoursChart(), datetime(2026, 11, 28, 15, 5).timestamp()
    qtbot.addWidget(chart)
    probs = np.eye(101, dtype=np.float32)[30]
    visit = Visit("door", now_s - 45 * 60, 4.0, np.arange(101.0), probs, known=True)
    chart.show_hours(by_hour([visit] * 7, now_s, 24), now_s)
    chart.save(tmp_path / "hours.csv")
    with (tmp_path / "hours.csv").open() as stream:
        visits = {row.pop("hour"): sum(map(float, row.values())) for row in csv.DictReader(stream)}
    assert {hour for hour, count in visits.items() if count} == {"14:00"}
    assert visits["14:00"] == 7


def test_the_course_of_a_person_is_drawn_and_forgotten(qtbot: QtBot) -> None:
    panel = CoursePanel()
    qtbot.addWidget(panel)
    panel.resize(480, 320)
    panel.show()
    assert panel.currentIndex() == 0
    panel.show_course("#7", COURSE)
    assert panel.currentIndex() == 1
    assert "34 years, 90 % between 26 and 42" in panel.chart.accessibleDescription()
    drawn = panel.chart.grab().toImage()
    colours = {drawn.pixelColor(x, y).name() for x in range(60, 470, 2) for y in range(60, 300, 2)}
    assert "#e69f00" in colours, "single frames as dots"
    assert len(colours) > 6, "bands shine through each other"
    panel.show_course("#7", None)
    assert panel.currentIndex() == 1, "who is hidden for a moment stays"
    panel.forget()
    assert panel.currentIndex() == 0


def test_no_panel_can_be_so_narrow_that_its_chart_is_cut(qtbot: QtBot) -> None:
    panel = CoursePanel()
    qtbot.addWidget(panel)
    panel.show_course("#7", COURSE)
    panel.resize(panel.minimumSizeHint())
    panel.show()
    QTest.qWait(50)
    area = panel.chart.area
    assert area.ci.boundingRect().width() <= area.width()


def test_the_system_panel_tells_losses_and_times(qtbot: QtBot) -> None:
    panel = SystemPanel()
    qtbot.addWidget(panel)
    status = SessionStatus(State.RUNNING, frames_per_s=24.9, lag_ms=41, dropped=3, reconnects=2)
    panel.show_sources(["door"], [status])
    words = [panel.sources.item(0, column).text() for column in range(5)]
    assert words == ["door", "24.9", "41", "3", "0 stalls, 2 losses"]
    for _ in range(3):
        panel.show_stages({"detect": 12.0, "estimate": 30.0})
    stages = panel.stages.table["stage"]
    assert stages[0] == "schedule"
    assert stages[-1] == "belief", "every stage has its place before it was timed"
    names = panel.stages.plot.getAxis("left")._tickLevels[0]
    assert [words for _, words in names] == stages, "one below the other, however long they are"
    took = dict(zip(stages, panel.stages.table["ms"], strict=True))
    assert (took["detect"], took["estimate"], took["align"]) == (12.0, 30.0, 0.0)
    assert "cores" in panel.load.title
    assert ("GPU" in panel.load.title) == ("gpu_share" in panel.load.table)


def test_the_load_of_a_gpu_stands_beside_that_of_the_processor(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    loads = iter([None, GpuLoad(0.34, 5_000_000_000)])
    monkeypatch.setattr(Gpu, "read", lambda _: next(loads))
    panel = SystemPanel()
    qtbot.addWidget(panel)
    panel.load.read()
    panel.load.read()
    assert panel.load.title.endswith("· GPU 34 %, 5000 MB")
    shares = panel.load.table["gpu_share"]
    assert np.isnan(shares[0])
    assert shares[1] == 0.34


def test_every_chart_follows_the_theme(ages: AgesChart) -> None:
    palette = ages.palette()
    palette.setColor(QPalette.ColorRole.Base, QColor("#112233"))
    ages.setPalette(palette)
    assert ages.area.backgroundBrush().color().name() == "#112233"
    assert isinstance(ages, Chart)
