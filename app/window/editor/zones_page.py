"""The page to draw zones: the live picture, tools above it, the list of zones beside it."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Protocol

from PyQt6.QtCore import QEvent, QSize, Qt, QTimer, pyqtSignal
from PyQt6.QtGui import QHideEvent, QIcon, QKeySequence, QShowEvent, QUndoStack
from PyQt6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.window.editor.canvas import Canvas, kind_name
from app.window.editor.drawing import KINDS, Drawing
from app.window.icons import icon_of
from app.window.snapshots import Snapshot
from app.window.tile import Tile

_APPLY_MS, _PICTURE_MS, _ICON_PX, _SIDE_PX = 400, 66, 18, 260
_SIGNS = {"": "arrow", "area": "area", "line": "line", "blackout": "blackout"}


class Keep(Protocol):
    """Writes the zones of a source where they outlive the program."""

    def __call__(self, tile: Tile, drawings: Sequence[Drawing]) -> str:
        """Write; returns where they were written, in words. Raises SettingsError."""
        ...


class ZonesPage(QWidget):
    """Draws into the picture of one source; valid zones take effect and are kept at once.

    Attributes:
        canvas: The picture.
        undo: What was done.
    """

    told = pyqtSignal(str)
    """Something for the status line."""

    def __init__(
        self, tiles: Callable[[], Sequence[Tile]], apply: Keep, parent: QWidget | None = None
    ) -> None:
        """Build the page; `tiles` are the sources that run."""
        super().__init__(parent)
        self._tiles, self._apply = tiles, apply
        self._tile: Tile | None = None
        self.canvas, self.undo = Canvas(), QUndoStack(self)
        self.sources, self.list, self.hint = QComboBox(), QListWidget(), QLabel()
        self.tools: dict[str, QToolButton] = {}
        self._remove = QPushButton(self.tr("Remove"))
        self._applier, self._clock = QTimer(self), QTimer(self)
        self._applier.setSingleShot(True)
        self._applier.setInterval(_APPLY_MS)
        self._clock.setInterval(_PICTURE_MS)
        self._name_parts()
        self._lay_out()
        self._connect()

    def _name_parts(self) -> None:
        self.sources.setAccessibleName(self.tr("Source"))
        self.sources.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.sources.setMaximumWidth(_SIDE_PX)
        self.list.setAccessibleName(self.tr("Zones"))
        self.list.setEditTriggers(
            QListWidget.EditTrigger.EditKeyPressed | QListWidget.EditTrigger.DoubleClicked
        )
        self.hint.setWordWrap(True)
        self.hint.setObjectName("faint")
        self.hint.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.hint.setMinimumHeight(self.fontMetrics().height() * 7)

    def _lay_out(self) -> None:
        bar, side, row = QHBoxLayout(), QVBoxLayout(), QHBoxLayout()
        bar.addWidget(self.sources)
        for place, (kind, words) in enumerate(self._tool_names().items()):
            button = self._tool(kind, words, f"Alt+Shift+{place + 1}")
            bar.addWidget(button)
        bar.addStretch()
        head = QLabel(self.tr("Zones"))
        head.setObjectName("heading")
        side.addWidget(head)
        side.addWidget(self.list, 1)
        side.addWidget(self._remove)
        side.addWidget(self.hint)
        panel = QWidget()
        panel.setLayout(side)
        panel.setFixedWidth(_SIDE_PX)
        row.addWidget(self.canvas, 1)
        row.addWidget(panel)
        column = QVBoxLayout(self)
        column.addLayout(bar)
        column.addLayout(row, 1)
        order = [self.sources, *self.tools.values(), self.canvas, self.list, self._remove]
        for before, after in pairwise(order):
            self.setTabOrder(before, after)

    def _tool_names(self) -> dict[str, str]:
        return {"": self.tr("Choose")} | {kind: kind_name(kind) for kind in KINDS}

    def _tool(self, kind: str, words: str, key: str) -> QToolButton:
        button = QToolButton()
        button.setText(words)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setIconSize(QSize(_ICON_PX, _ICON_PX))
        button.setIcon(icon_of(_SIGNS[kind], self.palette(), _ICON_PX))
        button.setCheckable(True)
        button.setChecked(kind == "")
        button.setShortcut(QKeySequence(key))
        button.setToolTip(f"{words} ({key})")
        button.clicked.connect(lambda: self._take_tool(kind))
        self.tools[kind] = button
        return button

    def _connect(self) -> None:
        self.canvas.changed.connect(self.redraw)
        self.canvas.choice_changed.connect(self._show_choice)
        self.canvas.tool_changed.connect(self._show_tool)
        self.canvas.room_changed.connect(self._lend)
        self.list.currentRowChanged.connect(self._choose_row)
        self.list.itemChanged.connect(self._rename)
        self.sources.activated.connect(self._choose_source)
        self._remove.clicked.connect(self.canvas.remove_chosen)
        self._applier.timeout.connect(self.apply_now)
        self._clock.timeout.connect(self._show_picture)

    def _take_tool(self, kind: str) -> None:
        self.canvas.take_tool(kind)
        self.canvas.setFocus()

    def redraw(self, drawings: tuple[Drawing, ...], words: str) -> None:
        """Draw otherwise; can be undone."""
        self.undo.push(Snapshot(words, self.canvas.drawings, drawings, self._show_drawings))

    def _show_drawings(self, drawings: tuple[Drawing, ...]) -> None:
        self.canvas.show_drawings(drawings)
        self._fill_list()
        self._applier.start()

    def _fill_list(self) -> None:
        self.list.blockSignals(True)
        self.list.clear()
        for drawing in self.canvas.drawings:
            item = QListWidgetItem(self._sign(drawing.kind), drawing.name)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsEditable)
            item.setToolTip(drawing.problem or kind_name(drawing.kind))
            words = f"{drawing.name}, {kind_name(drawing.kind)}"
            item.setData(Qt.ItemDataRole.AccessibleTextRole, words)
            self.list.addItem(item)
        self.list.blockSignals(False)
        self._show_choice()

    def _sign(self, kind: str) -> QIcon:
        return icon_of(_SIGNS[kind], self.palette(), _ICON_PX)

    def _show_choice(self) -> None:
        self.list.blockSignals(True)
        self.list.setCurrentRow(-1 if self.canvas.chosen is None else self.canvas.chosen)
        self.list.blockSignals(False)
        self._remove.setEnabled(self.canvas.chosen is not None)
        self.hint.setText(self._advice())

    def _show_tool(self) -> None:
        for kind, button in self.tools.items():
            button.setChecked(kind == self.canvas.tool)
        self.hint.setText(self._advice())

    def _advice(self) -> str:
        """What to do next."""
        canvas = self.canvas
        if self._tile is None:
            return self.tr("Open a source first: zones are drawn into its picture.")
        if canvas.tool == "line":
            return self.tr("Click two points. The arrow shows which way counts as “in”.")
        if canvas.tool:
            words = self.tr("Click the corners; a double-click or Enter finishes, Esc gives up.")
            keys = self.tr("By keyboard: arrows move the cross, Space sets a corner.")
            return f"{words} {keys}"
        if canvas.chosen is not None:
            drawing = canvas.drawings[canvas.chosen]
            if drawing.problem and drawing.used:
                words = self.tr("As it was before it stays in use: {}")
                return words.format(drawing.problem)
            if drawing.problem:
                return self.tr("Not used yet: {}").format(drawing.problem)
            return self.tr(
                "Drag it or a corner; arrows move it (Shift: finer), Page Down goes through its "
                "corners, Ins adds one, Del removes. F2 in the list renames."
            )
        return self.tr("Choose what to draw above, or click a zone to change it.")

    def _choose_row(self, row: int) -> None:
        self.canvas.choose(row if row >= 0 else None)

    def _rename(self, item: QListWidgetItem) -> None:
        at, name = self.list.row(item), item.text().strip()
        drawings = self.canvas.drawings
        taken = {drawing.name for drawing in drawings[:at] + drawings[at + 1 :]}
        renamed = replace(drawings[at], name=name)
        if name in taken or renamed.problem not in ("", drawings[at].problem):
            why = self.tr("the name is taken") if name in taken else renamed.problem
            self.told.emit(self.tr("Not renamed: {}").format(why))
            QTimer.singleShot(0, self._fill_list)
        elif name != drawings[at].name:
            words = self.tr("Rename {}").format(drawings[at].name)
            changed = (*drawings[:at], renamed, *drawings[at + 1 :])
            QTimer.singleShot(0, lambda: self.redraw(changed, words))

    def apply_now(self) -> None:
        """Use and keep what is drawn; what is not valid as it was before."""
        self._applier.stop()
        if self._tile is None or self._tile not in self._tiles():
            return
        used = [drawing.used for drawing in self.canvas.drawings]
        self.told.emit(self._apply(self._tile, [each for each in used if each]))

    def _choose_source(self, place: int) -> None:
        tiles = self._tiles()
        if place < len(tiles):
            self.show_source(tiles[place])

    def show_source(self, tile: Tile | None) -> None:
        """Draw into the picture of another source; what was done before cannot be undone then."""
        if self._applier.isActive():
            self.apply_now()
        self._give_back()
        self._tile = tile
        self.undo.clear()
        self.canvas.take_tool("")
        self.canvas.choose(None)
        wanted = tile.wanted if tile is not None else None
        zones = wanted.zones if wanted is not None else ()
        self.canvas.show_drawings(tuple(Drawing(z.name, z.kind, z.points) for z in zones))
        self.canvas.show_picture(None)
        self._fill_list()
        self.setEnabled(tile is not None)
        self._lend()

    def refresh(self) -> None:
        """Follow the sources: called when the page is shown and now and then."""
        tiles = list(self._tiles())
        names = [tile.name for tile in tiles]
        if [self.sources.itemText(i) for i in range(self.sources.count())] != names:
            self.sources.clear()
            self.sources.addItems(names)
        if self._tile not in tiles:
            self.show_source(tiles[0] if tiles else None)
        if self._tile is not None:
            self.sources.setCurrentIndex(tiles.index(self._tile))

    def _show_picture(self) -> None:
        if self._tile is not None:
            self.canvas.show_picture(self._tile.view.picture)

    def _lend(self) -> None:
        if self._tile is not None and self.isVisible() and self._tile in self._tiles():
            self._tile.lend(self.canvas.room_px)

    def _give_back(self) -> None:
        if self._tile is not None and self._tile in self._tiles():
            self._tile.lend(None)

    def showEvent(self, event: QShowEvent | None) -> None:
        """Show pictures."""
        super().showEvent(event)
        self._clock.start()
        self.refresh()
        self._lend()
        # As this page's focus proxy it would take the tools out of the tab key's reach.
        self.canvas.setFocus()

    def hideEvent(self, event: QHideEvent | None) -> None:
        """Let nobody make pictures for this page any more."""
        super().hideEvent(event)
        self._clock.stop()
        if self._applier.isActive():
            self.apply_now()
        self._give_back()

    def changeEvent(self, event: QEvent | None) -> None:
        """Follow the theme."""
        super().changeEvent(event)
        if event and event.type() == QEvent.Type.PaletteChange:
            for kind, button in self.tools.items():
                button.setIcon(self._sign(kind))
