"""A chart with axes, units and legend that follows the theme and can be exported."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import zip_longest
from math import ceil
from pathlib import Path

import pyqtgraph as pg
from numpy.typing import ArrayLike
from PyQt6.QtCore import QEvent, QRect, QSize, Qt
from PyQt6.QtGui import QColor, QPainter, QPalette
from PyQt6.QtSvg import QSvgGenerator
from PyQt6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QMenu,
    QMessageBox,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

pg.setConfigOptions(antialias=True)
_LEGEND_PX = 24
_KINDS = ("PNG", "SVG", "CSV")


@dataclass(frozen=True, slots=True)
class Axes:
    """What the axes of a plot show.

    Attributes:
        x: Name of the horizontal one, with its unit.
        y: Name of the vertical one, with its unit.
    """

    x: str
    y: str


class Chart(QWidget):
    """One or more plots under a title.

    Attributes:
        table: What is shown, by the names of the columns, for the export as CSV.
    """

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        """Start without plots."""
        super().__init__(parent)
        self.table: Mapping[str, ArrayLike] = {}
        self.title = ""
        self.area = pg.GraphicsLayoutWidget()
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        canvas = self.area.viewport()
        assert canvas is not None
        canvas.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setMinimumHeight(120)
        self._plots: list[pg.PlotItem] = []
        self._legend: pg.LegendItem | None = None
        self._words = QLabel(title)
        self._words.setObjectName("heading")
        self._export = self._export_button()
        row = QHBoxLayout()
        row.setContentsMargins(14, 8, 8, 0)
        row.addWidget(self._words, 1)
        row.addWidget(self._export)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(row)
        column.addWidget(self.area, 1)
        self.name(title)

    def name(self, title: str) -> None:
        """Call it so."""
        self.title = title
        self._words.setText(title)
        self.setAccessibleName(title)
        self._export.setAccessibleName(self.tr("Export: {}").format(title))

    def add_plot(self, axes: Axes) -> pg.PlotItem:
        """Add a plot below those that are there."""
        plot = pg.PlotItem(enableMenu=False)
        # It makes its menus all the same, without anybody who would delete them.
        plot.ctrlMenu.setParent(self, plot.ctrlMenu.windowFlags())
        self.area.addItem(plot, row=len(self._plots) + 1, col=0)
        plot.setLabel("bottom", axes.x)
        plot.setLabel("left", axes.y)
        for side in ("bottom", "left"):
            plot.getAxis(side).enableAutoSIPrefix(False)
        plot.hideButtons()
        plot.setMouseEnabled(x=False, y=False)
        plot.showGrid(y=True, alpha=0.18)
        self._plots.append(plot)
        self._wear()
        return plot

    def explain(self, signs: Mapping[str, pg.GraphicsObject]) -> None:
        """Put a legend above the plots: what each sign means."""
        self._legend = pg.LegendItem(colCount=len(signs), labelTextSize="9pt", verSpacing=0)
        self.area.addItem(self._legend, row=0, col=0)
        for words, sign in signs.items():
            self._legend.addItem(sign, words)
        self._legend.setFixedHeight(_LEGEND_PX)
        self._wear()
        # The plots are as wide as the legend at least: what is wider than the area would be cut.
        least = self.area.ci.layout.effectiveSizeHint(Qt.SizeHint.MinimumSize).width()
        self.area.setMinimumWidth(ceil(least))

    def describe(self, words: str) -> None:
        """Say what the chart shows to whoever cannot see it."""
        self.setAccessibleDescription(words)

    def ink(self, role: QPalette.ColorRole) -> QColor:
        """A colour of the theme."""
        return self.palette().color(role)

    def save(self, file: Path) -> None:
        """Write a PNG, SVG or CSV file, by the ending of its name.

        Raises:
            OSError: It cannot be written.
        """
        match file.suffix.lower():
            case ".csv":
                self._save_csv(file)
            case ".svg":
                self._save_svg(file)
            case _:
                if not self.grab().save(str(file), "PNG"):
                    raise OSError(f"{file} cannot be written")

    def changeEvent(self, event: QEvent | None) -> None:
        """Follow the theme."""
        super().changeEvent(event)
        if event and event.type() == QEvent.Type.PaletteChange:
            self._wear()

    def _wear(self) -> None:
        self.area.setBackground(self.ink(QPalette.ColorRole.Base))
        line, words = self.ink(QPalette.ColorRole.Mid), self.ink(QPalette.ColorRole.Text)
        for plot in self._plots:
            for side in ("bottom", "left"):
                axis = plot.getAxis(side)
                axis.setPen(line)
                axis.setTextPen(words)
        if self._legend is not None:
            for _, label in self._legend.items:
                label.setText(label.text, color=words)

    def _export_button(self) -> QToolButton:
        button = QToolButton()
        button.setText(self.tr("Export"))
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(button)
        for kind in _KINDS:
            action = menu.addAction(kind)
            assert action is not None
            action.triggered.connect(lambda _=False, kind=kind: self._ask(kind))
        button.setMenu(menu)
        return button

    def _ask(self, kind: str) -> None:
        ending = kind.lower()
        dialog = QFileDialog(self, self.tr("Export as {}").format(kind))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(ending)
        dialog.setNameFilter(f"{kind} (*.{ending})")
        dialog.selectFile(f"{self.title.lower().replace(' ', '-')}.{ending}")
        dialog.fileSelected.connect(self._save_or_tell)
        dialog.open()

    def _save_or_tell(self, name: str) -> None:
        try:
            self.save(Path(name))
        except OSError as error:
            words = self.tr("{} cannot be written: {}. Choose another folder.")
            why = error.strerror or str(error)
            QMessageBox.warning(self, self.tr("Export"), words.format(name, why))

    def _save_csv(self, file: Path) -> None:
        with file.open("w", newline="") as stream:
            writer = csv.writer(stream)
            writer.writerow(self.table)
            writer.writerows(zip_longest(*(list(map(str, column)) for column in self._columns())))

    def _columns(self) -> list[list[object]]:
        return [list(column) for column in self.table.values()]  # type: ignore[arg-type]  # any array

    def _save_svg(self, file: Path) -> None:
        file.touch()  # the generator would fail without a word
        generator = QSvgGenerator()
        generator.setFileName(str(file))
        size = self.area.size()
        generator.setSize(QSize(size))
        generator.setViewBox(QRect(0, 0, size.width(), size.height()))
        generator.setTitle(self.title)
        painter = QPainter(generator)
        self.area.render(painter)
        painter.end()
