"""The table of who is in view now. A thumbnail lives only as long as its person is in view."""

from collections.abc import Sequence
from enum import IntEnum

from PyQt6.QtCore import QItemSelectionModel, QModelIndex, QSortFilterProxyModel, Qt, pyqtSignal
from PyQt6.QtGui import (
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QStandardItem,
    QStandardItemModel,
)
from PyQt6.QtWidgets import QHeaderView, QLabel, QStackedWidget, QTableView, QVBoxLayout, QWidget

from app.window.legend import Legend
from app.window.panels.person_cell import PERSON, FaceCell, RidgeCell
from app.window.presence import Person
from app.window.words import clock, translate
from engine.values.result import Status

_ROW_PX, _SORT_MARK_PX = 46, 12
_ALIGN = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
_RANK = {Status.INSUFFICIENT: 0, Status.PROVISIONAL: 1, Status.STABLE: 2}
SORT = Qt.ItemDataRole.UserRole + 2


class Column(IntEnum):
    """The columns, from the left."""

    FACE = 0
    NUMBER = 1
    BELIEF = 2
    AGE = 3
    INTERVAL = 4
    DWELL = 5
    PLACE = 6
    STATUS = 7


_PAINTED = (Column.FACE, Column.BELIEF)


def _names() -> tuple[str, ...]:
    return (
        translate("people", "Face"),
        translate("people", "No."),
        translate("people", "Belief"),
        translate("people", "Age"),
        translate("people", "90 %"),
        translate("people", "Dwell"),
        translate("people", "Place"),
        translate("people", "Status"),
    )


def _meaning(status: Status) -> str:
    return {
        Status.INSUFFICIENT: translate("people", "unseen"),
        Status.PROVISIONAL: translate("people", "provisional"),
        Status.STABLE: translate("people", "stable"),
    }[status]


class PeopleModel(QStandardItemModel):
    """The people as rows; a row keeps its place while its person is in view.

    The items hold all that is shown. A model that is asked for every colour and font of every cell
    would wait for the threads of the cameras hundreds of times while the table is painted.
    """

    def __init__(self) -> None:
        """Start with nobody."""
        super().__init__(0, len(Column))
        self.setHorizontalHeaderLabels(_names())
        self._keys: list[tuple[str, int]] = []

    def show(self, people: Sequence[Person]) -> None:
        """Show these people instead."""
        keys = [person.key for person in people]
        stay = set(keys) & set(self._keys)
        if [key for key in self._keys if key in stay] != [key for key in keys if key in stay]:
            stay = set()
        for row in reversed(range(len(self._keys))):
            if self._keys[row] not in stay:
                self.removeRow(row)
        for row, person in enumerate(people):
            if person.key not in stay:
                self.insertRow(row, [_cell() for _ in Column])
            self._write(row, person)
        self._keys = keys

    def _write(self, row: int, person: Person) -> None:
        """Qt itself passes over what is there already."""
        words = [_words(person, column) for column in Column]
        mean_years = round(float(person.probs @ person.ages), 1)
        for column in Column:
            item = self.item(row, column)
            assert item is not None
            item.setText(words[column])
            item.setData(_order(person, column, mean_years), SORT)
            if column is Column.PLACE:
                item.setToolTip(words[column])
            if column in _PAINTED:
                item.setData(", ".join(filter(None, words)), Qt.ItemDataRole.AccessibleTextRole)
                shown = item.data(PERSON)
                if shown is None or _painted(shown, column) is not _painted(person, column):
                    item.setData(person, PERSON)


def _cell() -> QStandardItem:
    cell = QStandardItem()
    cell.setEditable(False)
    cell.setTextAlignment(_ALIGN)
    return cell


def _painted(person: Person, column: Column) -> object:
    """What the column paints of a person."""
    return person.thumbnail if column is Column.FACE else person.probs


def _words(person: Person, column: Column) -> str:
    match column:
        case Column.NUMBER:
            return person.label.number
        case Column.AGE:
            return person.label.age
        case Column.INTERVAL:
            return person.label.interval.strip("()")
        case Column.DWELL:
            return clock(person.present_s)
        case Column.PLACE:
            return person.zone or person.source
        case Column.STATUS:
            return _meaning(person.status)
        case _:
            return ""


def _order(person: Person, column: Column, mean_years: float) -> float | str:
    match column:
        case Column.NUMBER:
            return float(person.track_id)
        case Column.DWELL:
            return person.present_s
        case Column.PLACE:
            return person.zone or person.source
        case Column.STATUS:
            return float(_RANK[person.status])
        case _:
            return mean_years


class PeopleTable(QTableView):
    """Sortable; a row that is clicked or entered is pinned; Ctrl+C copies what is selected."""

    def __init__(self, model: PeopleModel, parent: QWidget | None = None) -> None:
        """Show a model."""
        super().__init__(parent)
        self._pinned: tuple[str, int] | None = None
        self._proxy = QSortFilterProxyModel(self)
        self._proxy.setSourceModel(model)
        self._proxy.setSortRole(SORT)
        self.setModel(self._proxy)
        self.setSortingEnabled(True)
        self.sortByColumn(Column.NUMBER, Qt.SortOrder.AscendingOrder)
        self.setItemDelegateForColumn(Column.FACE, FaceCell(self))
        self.setItemDelegateForColumn(Column.BELIEF, RidgeCell(self))
        self.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setAccessibleName(self.tr("Present now"))
        self._size_columns()

    def _size_columns(self) -> None:
        rows, head = self.verticalHeader(), self.horizontalHeader()
        assert rows is not None
        assert head is not None
        rows.hide()
        rows.setDefaultSectionSize(_ROW_PX)
        head.setHighlightSections(False)
        head.setDefaultAlignment(_ALIGN)
        head.setMinimumSectionSize(36)
        digit = self.fontMetrics().horizontalAdvance("0")
        letters = {Column.NUMBER: 5, Column.AGE: 5, Column.INTERVAL: 7, Column.DWELL: 6}
        for column, count in letters.items():
            self.setColumnWidth(column, count * digit + 8)
        self.setColumnWidth(Column.FACE, _ROW_PX)
        self.setColumnWidth(Column.BELIEF, 84)
        self.setColumnWidth(Column.STATUS, 11 * digit + 4)
        letter = head.fontMetrics()
        for column, name in zip(Column, _names(), strict=True):
            mark = _SORT_MARK_PX if column is Column.NUMBER else 0
            least = letter.horizontalAdvance(name) + 12 + mark
            self.setColumnWidth(column, max(self.columnWidth(column), least))
        head.setSectionResizeMode(Column.PLACE, QHeaderView.ResizeMode.Stretch)

    def person_at(self, index: QModelIndex) -> Person | None:
        """The person of a row."""
        found = index.siblingAtColumn(Column.FACE).data(PERSON)
        return found if isinstance(found, Person) else None

    def select(self, key: tuple[str, int] | None) -> None:
        """Select the row of a person; with None what somebody else selected stays."""
        chosen = self.selectionModel()
        assert chosen is not None
        for row in range(self._proxy.rowCount()):
            index = self._proxy.index(row, 0)
            person = self.person_at(index)
            if person and person.key == key and not chosen.isRowSelected(row):
                flags = QItemSelectionModel.SelectionFlag
                chosen.select(index, flags.ClearAndSelect | flags.Rows)
        if key is None and self._pinned is not None:
            chosen.clearSelection()
        self._pinned = key

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Copy, or go on as usual."""
        if event and event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        else:
            super().keyPressEvent(event)

    def copy(self) -> None:
        """Put the selected rows, or all, into the clipboard as tab-separated text."""
        chosen, clipboard = self.selectionModel(), QGuiApplication.clipboard()
        assert chosen is not None
        assert clipboard is not None
        rows = sorted({index.row() for index in chosen.selectedRows()})
        rows = rows or list(range(self._proxy.rowCount()))
        columns = [column for column in Column if column not in (Column.FACE, Column.BELIEF)]
        lines = ["\t".join(_names()[column] for column in columns)]
        for row in rows:
            cells = (self._proxy.index(row, column).data() for column in columns)
            lines.append("\t".join(map(str, cells)))
        clipboard.setText("\n".join(lines))


class PeoplePanel(QWidget):
    """Who is in view now, and what the colours mean."""

    pinned = pyqtSignal(object)
    """Source and track id of the person whose row was chosen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """Start with nobody."""
        super().__init__(parent)
        self.model = PeopleModel()
        self.table = PeopleTable(self.model)
        self.table.clicked.connect(self._pin)
        self.table.activated.connect(self._pin)
        self._pages = QStackedWidget()
        self._pages.addWidget(self._empty_page())
        self._pages.addWidget(self.table)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._pages, 1)
        column.addWidget(Legend(self))

    def _empty_page(self) -> QLabel:
        label = QLabel(
            "<p style='font-size:large'>{}</p><p>{}</p>".format(
                self.tr("Nobody in view"),
                self.tr("People appear here when a face has been followed for a moment."),
            )
        )
        label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        label.setWordWrap(True)
        label.setObjectName("faint")
        label.setMargin(28)
        return label

    def show_people(self, people: Sequence[Person], pinned: tuple[str, int] | None) -> None:
        """Show who is in view, the pinned one selected."""
        self.model.show(people)
        self.table.select(pinned)
        self._pages.setCurrentIndex(1 if people else 0)

    def _pin(self, index: QModelIndex) -> None:
        person = self.table.person_at(index)
        if person is not None and person.track_id >= 0:
            self.pinned.emit(person.key)
