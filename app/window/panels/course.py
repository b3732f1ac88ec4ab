"""The panel of one person: how the belief about the age has come about."""

import numpy as np
import pyqtgraph as pg
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QColor
from PyQt6.QtWidgets import QLabel, QStackedWidget, QVBoxLayout, QWidget

from app.window.history import Course
from app.window.panels.chart import Axes, Chart

_INK, _DOT, _QUALITY = "#56b4e9", "#e69f00", "#009e73"
_LEAST_PX = 190
_DRAWN = 600
"""Points of a curve that are enough for any screen."""


class CourseChart(Chart):
    """Median, 50 % and 90 % bands, the estimates of single frames, and the quality below."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """Start empty."""
        super().__init__("", parent)
        tr = self.tr
        self.name(tr("Belief over time"))
        self._ages = self.add_plot(Axes("", tr("Age (years)")))
        self._quality = self.add_plot(Axes(tr("Time in the source (s)"), tr("Quality")))
        self._quality.setXLink(self._ages)
        self._quality.setYRange(0, 1)
        self._ages.getAxis("bottom").setStyle(showValues=False)
        self._quality.setMaximumHeight(90)
        self.area.setMinimumHeight(_LEAST_PX)
        for plot in (self._ages, self._quality):
            plot.getAxis("left").setWidth(48)
        self._outer, self._inner = self._band(70), self._band(120)
        self._median = self._ages.plot(pen=pg.mkPen(_INK, width=2))
        self._dots = pg.ScatterPlotItem(size=4, pen=None, brush=_DOT)
        self._ages.addItem(self._dots)
        self._line = self._quality.plot(pen=pg.mkPen(_QUALITY, width=1.5))
        self.explain(
            {
                tr("median"): self._median,
                tr("50 %"): _swatch(190),
                tr("90 %"): _swatch(70),
                tr("single frames"): self._dots,
            }
        )

    def show_course(self, name: str, course: Course) -> None:
        """Show a person's course."""
        thin = slice(None, None, max(1, len(course.time_s) // _DRAWN))
        time_s, known = course.time_s[thin], ~np.isnan(course.median[thin])
        for (low, high), bounds in ((self._outer, course.outer), (self._inner, course.inner)):
            low.setData(time_s[known], bounds[0][thin][known])
            high.setData(time_s[known], bounds[1][thin][known])
        self._median.setData(time_s[known], course.median[thin][known])
        seen = ~np.isnan(course.estimate[thin])
        self._dots.setData(time_s[seen], course.estimate[thin][seen])
        self._line.setData(time_s, course.quality[thin])
        self.name(self.tr("Belief over time · {}").format(name))
        self.table = {
            "time_s": course.time_s,
            "median_years": course.median,
            "p25_years": course.inner[0],
            "p75_years": course.inner[1],
            "p05_years": course.outer[0],
            "p95_years": course.outer[1],
            "estimate_years": course.estimate,
            "quality": course.quality,
        }
        if known.any():
            last = [course.median[-1], course.outer[0][-1], course.outer[1][-1]]
            words = self.tr("{}: median {:.0f} years, 90 % between {:.0f} and {:.0f}")
            self.describe(words.format(name, *last))

    def _band(self, opacity: int) -> tuple[pg.PlotCurveItem, pg.PlotCurveItem]:
        low, high = pg.PlotCurveItem(pen=None), pg.PlotCurveItem(pen=None)
        self._ages.addItem(low)
        self._ages.addItem(high)
        self._ages.addItem(pg.FillBetweenItem(low, high, brush=_shade(opacity)))
        return low, high


def _shade(opacity: int) -> QColor:
    colour = QColor(_INK)
    colour.setAlpha(opacity)
    return colour


def _swatch(opacity: int) -> pg.ScatterPlotItem:
    return pg.ScatterPlotItem(symbol="s", size=12, pen=None, brush=_shade(opacity))


class CoursePanel(QStackedWidget):
    """The chart, or how to get it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """Start with nobody."""
        super().__init__(parent)
        self._hint = QLabel(self.tr("Click a face, or a row of the table, to look at it closely."))
        self._hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._hint.setWordWrap(True)
        self._hint.setMargin(24)
        self._hint.setObjectName("faint")
        self.chart = CourseChart()
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.chart)
        self.addWidget(self._hint)
        self.addWidget(page)

    def show_course(self, name: str, course: Course | None) -> None:
        """Show a person's course; None leaves the last one until another `name` comes."""
        if course is not None:
            self.chart.show_course(name, course)
        self.setCurrentIndex(1 if name and self.chart.table else 0)

    def forget(self) -> None:
        """Nobody is looked at any more."""
        self.chart.table = {}
        self.setCurrentIndex(0)
