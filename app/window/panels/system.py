"""The panel of the machine: what each stage takes, what is lost, what the program takes."""

from collections import deque
from collections.abc import Mapping, Sequence
from time import monotonic

import numpy as np
import pyqtgraph as pg
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QHeaderView, QTableWidget, QTableWidgetItem, QVBoxLayout, QWidget

from app.window.gpu import Gpu
from app.window.machine import Load
from app.window.panels.chart import Axes, Chart
from engine.memory import resident_bytes
from engine.status import SessionStatus

_SHOWN_S = 120.0
_ROW_PX, _MOST_ROWS = 28, 4
_STAGES = ("schedule", "detect", "track", "align", "quality", "estimate", "belief")
"""As the corridor has them, so that the bars keep their places."""
_SMOOTHING = 0.2
_STAGES_PX, _INK = 190, "#56b4e9"
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class StagesChart(Chart):
    """Milliseconds a frame, by stage."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """Start empty."""
        super().__init__("", parent)
        self.name(self.tr("Time a frame by stage"))
        self.plot = self.add_plot(Axes(self.tr("Time (ms)"), ""))
        self.plot.invertY(True)  # the first stage on top
        self.area.setMinimumHeight(_STAGES_PX)
        self._bars: pg.BarGraphItem | None = None
        self._stage_words = {
            "schedule": self.tr("schedule"),
            "detect": self.tr("detect"),
            "track": self.tr("track"),
            "align": self.tr("align"),
            "quality": self.tr("quality"),
            "estimate": self.tr("estimate"),
            "belief": self.tr("belief"),
        }

    def show_stages(self, stages_ms: Mapping[str, float]) -> None:
        """Show the stages in their order."""
        if self._bars is not None:
            self.plot.removeItem(self._bars)
        names, times = list(stages_ms), np.array(list(stages_ms.values()))
        self._bars = pg.BarGraphItem(
            x0=0, y=np.arange(len(names)), width=times, height=0.7, brush=_INK, pen=None
        )
        self.plot.addItem(self._bars)
        words = [self._stage_words.get(name, name) for name in names]
        self.plot.getAxis("left").setTicks([list(enumerate(words))])
        self.plot.setXRange(0, max(float(times.max(initial=0.0)) * 1.08, 1.0), padding=0)
        self.table = {"stage": names, "ms": times}
        self.describe(
            ", ".join(f"{word} {ms:.0f} ms" for word, ms in zip(words, times, strict=True))
        )


class LoadChart(Chart):
    """Cores taken over the last two minutes; where there is an NVIDIA GPU, its load beside them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """Start empty."""
        super().__init__("", parent)
        self.plot = self.add_plot(Axes(self.tr("Seconds ago (s)"), self.tr("Cores")))
        self.plot.setXRange(-_SHOWN_S, 0, padding=0)
        self._line = self.plot.plot(pen=pg.mkPen(_INK, width=2))
        self.name(self.tr("Processor and memory"))
        self._load, self._gpu = Load(), Gpu()
        self._readings: deque[tuple[float, float, float]] = deque()

    def read(self) -> None:
        """Take another reading."""
        now_s, gpu = monotonic(), self._gpu.read()
        self._readings.append((now_s, self._load.read(), gpu.share if gpu else np.nan))
        while self._readings[0][0] < now_s - _SHOWN_S:
            self._readings.popleft()
        times, cores, shares = np.array(self._readings).T
        self._line.setData(times - now_s, cores)
        self.plot.setYRange(0, max(float(cores.max()) * 1.1, 1.0), padding=0)
        words = self.tr("Processor and memory · {:.1f} cores, {:.0f} MB")
        words = words.format(cores[-1], resident_bytes() / 1e6)
        self.table = {"seconds_ago": times - now_s, "cores": cores}
        if gpu is not None:
            beside = self.tr("GPU {:.0f} %, {:.0f} MB")
            words += f" · {beside.format(100 * gpu.share, gpu.used_bytes / 1e6)}"
            self.table["gpu_share"] = shares
        self.name(words)
        self.describe(self.title)


class SystemPanel(QWidget):
    """A row for each source, and the charts."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """Start without sources."""
        super().__init__(parent)
        tr = self.tr
        columns = (tr("Source"), tr("Frames/s"), tr("Lag ms"), tr("Dropped"), tr("Lost"))
        self.sources = QTableWidget(0, len(columns))
        self.sources.setHorizontalHeaderLabels(columns)
        self.sources.setAccessibleName(tr("Sources"))
        self.sources.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self.sources.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        rows, head = self.sources.verticalHeader(), self.sources.horizontalHeader()
        assert rows is not None
        assert head is not None
        self.sources.setShowGrid(False)
        self.sources.setWordWrap(False)
        self.sources.setSelectionMode(QTableWidget.SelectionMode.NoSelection)
        rows.hide()
        rows.setDefaultSectionSize(_ROW_PX)
        head.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        head.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        head.setDefaultAlignment(_RIGHT)
        first = self.sources.horizontalHeaderItem(0)
        assert first is not None
        first.setTextAlignment(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
        self.stages, self.load = StagesChart(), LoadChart()
        self._stages_ms = dict.fromkeys(_STAGES, 0.0)
        self._fit_table()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.sources)
        column.addWidget(self.stages, 1)
        column.addWidget(self.load, 1)

    def _fit_table(self) -> None:
        """Room for as many rows as there are, up to four; more are scrolled to."""
        head = self.sources.horizontalHeader()
        assert head is not None
        rows = min(max(self.sources.rowCount(), 1), _MOST_ROWS)
        self.sources.setFixedHeight(head.sizeHint().height() + rows * _ROW_PX + 2)

    def show_sources(self, names: Sequence[str], statuses: Sequence[SessionStatus]) -> None:
        """Show how each source stands."""
        if self.sources.rowCount() != len(names):
            self.sources.setRowCount(len(names))
            self._fit_table()
        for row, (name, status) in enumerate(zip(names, statuses, strict=True)):
            lost = self.tr("{} stalls, {} losses").format(status.stalls, status.reconnects)
            words = (
                name,
                f"{status.frames_per_s:.1f}",
                f"{status.lag_ms:.0f}",
                str(status.dropped),
                lost if status.stalls or status.reconnects else "0",
            )
            for place, word in enumerate(words):
                self._write(row, place, word)

    def show_stages(self, stages_ms: Mapping[str, float]) -> None:
        """Take in the times of a frame, and read the machine's load."""
        for name, milliseconds in stages_ms.items():
            before = self._stages_ms.get(name) or milliseconds
            self._stages_ms[name] = before + _SMOOTHING * (milliseconds - before)
        self.stages.show_stages(self._stages_ms)
        self.load.read()

    def _write(self, row: int, column: int, word: str) -> None:
        item = self.sources.item(row, column)
        if item is None:
            item = QTableWidgetItem()
            if column:
                item.setTextAlignment(_RIGHT)
            self.sources.setItem(row, column, item)
        item.setText(word)
