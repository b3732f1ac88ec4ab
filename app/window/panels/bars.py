"""The charts of the audience: who is here, when visitors came, how long they stayed."""

import time
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pyqtgraph as pg
from PyQt6.QtGui import QColor, QPalette
from PyQt6.QtWidgets import QWidget

from app.window.audience import DWELL_S, Numbers, hours_until
from app.window.panels.chart import Axes, Chart
from engine.sinks.palette import BANDS, DASH, band_of

_ACCENT = "#56b4e9"


class AgesChart(Chart):
    """How many people of each age, as expected from their beliefs."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """Start empty."""
        super().__init__(parent=parent, title="")
        self.plot = self.add_plot(Axes(self.tr("Age (years)"), self.tr("People (expected)")))
        self.plot.setXRange(0, 100, padding=0.01)
        self._bars: pg.BarGraphItem | None = None
        self.name(self.tr("Ages"))

    def show_ages(self, ages: Numbers, people: Numbers) -> None:
        """Show (A,) expected people of each age."""
        if self._bars is not None:
            self.plot.removeItem(self._bars)
        colours = [QColor(*band_of(age).colour) for age in ages.tolist()]
        line = self.ink(QPalette.ColorRole.PlaceholderText)
        self._bars = pg.BarGraphItem(
            x=ages, height=people, width=0.9, brushes=colours, pen=pg.mkPen(line, width=0.5)
        )
        self.plot.addItem(self._bars)
        self.plot.setYRange(0, max(float(people.max(initial=0.0)) * 1.08, 0.1), padding=0)
        self.table = {"age_years": ages, "people": people}
        self.describe(self.tr("{:.1f} people").format(float(people.sum())))


class HoursChart(Chart):
    """Visits in each of the last hours, stacked by age band."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """Start empty."""
        super().__init__("", parent)
        self.name(self.tr("Visits per hour"))
        self.plot = self.add_plot(Axes(self.tr("Hour of the day"), self.tr("Visits")))
        self._bars: list[pg.BarGraphItem] = []

    def show_hours(self, table: Numbers, now_s: float) -> None:
        """Show (hours, bands) visits, the last hour being that of `now_s`."""
        for bars in self._bars:
            self.plot.removeItem(bars)
        self._bars = []
        hours = np.arange(len(table))
        floor = np.zeros(len(table))
        line = pg.mkPen(self.ink(QPalette.ColorRole.PlaceholderText), width=0.5)
        for band, counts in zip(BANDS, table.T, strict=True):
            some = counts > 0
            bars = pg.BarGraphItem(
                x=hours[some],
                y0=floor[some],
                height=counts[some],
                width=0.8,
                brush=QColor(*band.colour),
                pen=line,
            )
            self.plot.addItem(bars)
            self._bars.append(bars)
            floor = floor + counts
        names = [_hour(begun_s) for begun_s in hours_until(now_s, len(table))]
        ticks = [(place, name) for place, name in enumerate(names) if place % 3 == len(names) % 3]
        self.plot.getAxis("bottom").setTicks([ticks])
        self.plot.setXRange(-0.6, len(table) - 0.4, padding=0)
        _count_up_to(self.plot, float(floor.max(initial=0.0)))
        self.table = {"hour": names} | {
            band.name: counts for band, counts in zip(BANDS, table.T, strict=True)
        }
        self.describe(self.tr("{:.0f} visits").format(float(table.sum())))


class DwellChart(Chart):
    """How long visitors stayed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """Start empty."""
        super().__init__("", parent)
        self.name(self.tr("Dwell"))
        self.plot = self.add_plot(Axes(self.tr("Time in view (s)"), self.tr("Visits")))
        self._names = _classes(DWELL_S)
        self.plot.getAxis("bottom").setTicks([list(enumerate(self._names))])
        self.plot.setXRange(-0.6, len(self._names) - 0.4, padding=0)
        self._bars: pg.BarGraphItem | None = None

    def show_dwell(self, counts: Numbers) -> None:
        """Show (5,) visits by class."""
        if self._bars is not None:
            self.plot.removeItem(self._bars)
        self._bars = pg.BarGraphItem(
            x=np.arange(len(counts)), height=counts, width=0.7, brush=QColor(_ACCENT), pen=None
        )
        self.plot.addItem(self._bars)
        _count_up_to(self.plot, float(counts.max(initial=0.0)))
        self.table = {"dwell_s": self._names, "visits": counts}
        self.describe(self.tr("{:.0f} visits").format(float(counts.sum())))


def _count_up_to(plot: pg.PlotItem, most: float) -> None:
    """Let the vertical axis show whole numbers, about five of them."""
    top = max(most * 1.08, 4.0)
    step = next(s * 10**p for p in range(12) for s in (1, 2, 5) if s * 10**p * 6 >= top)
    plot.getAxis("left").setTickSpacing(step, step)
    plot.setYRange(0, top, padding=0)


def _hour(moment_s: float) -> str:
    return time.strftime("%H:00", time.localtime(moment_s))


def _classes(bounds: Sequence[float]) -> list[str]:
    names = [f"{low:.0f}{DASH}{high:.0f}" for low, high in pairwise(bounds)]
    return [*names, f"{bounds[-1]:.0f}+"]
