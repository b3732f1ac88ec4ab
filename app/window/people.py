"""The panel of who is in view now."""

from collections.abc import Sequence

from PyQt6.QtCore import QAbstractListModel, QModelIndex, Qt
from PyQt6.QtWidgets import QLabel, QListView, QStackedWidget, QVBoxLayout, QWidget

from app.window.legend import Legend
from app.window.person_row import PERSON, REMARK, PersonRow
from app.window.presence import Person
from app.window.words import clock
from engine.values.result import Status

_WIDTH_PX = 300
_MEANING = {
    Status.INSUFFICIENT: "not seen well yet",
    Status.PROVISIONAL: "provisional",
    Status.STABLE: "stable",
}


class PeopleModel(QAbstractListModel):
    """The people as rows: the person for the painter, a sentence for a screen reader."""

    def __init__(self) -> None:
        """Start with nobody."""
        super().__init__()
        self.people: Sequence[Person] = ()

    def show(self, people: Sequence[Person]) -> None:
        """Replace the people; keeps the place scrolled to while their number stays."""
        if len(people) == len(self.people):
            self.people = people
            self.dataChanged.emit(self.index(0), self.index(len(people) - 1))
            return
        self.beginResetModel()
        self.people = people
        self.endResetModel()

    def rowCount(self, _parent: QModelIndex = QModelIndex()) -> int:  # noqa: B008  Qt's default
        """How many people there are."""
        return len(self.people)

    def data(
        self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Person | str | None:
        """The person, or what is said of them."""
        person = self.people[index.row()]
        if role == PERSON:
            return person
        if role == REMARK:
            return self._remark(person)
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            label = person.label
            parts = (label.number, label.age, label.interval, self._remark(person))
            return ", ".join(part for part in parts if part)
        return None

    def _remark(self, person: Person) -> str:
        parts = [_MEANING[person.status]]
        if person.label.number:
            parts.append(clock(person.present_s))
        if any(other.source != person.source for other in self.people):
            parts.append(person.source)
        return " · ".join(parts)


class PeoplePanel(QWidget):
    """Who is in view now, and what the colours mean."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """Start with nobody."""
        super().__init__(parent)
        self.setMinimumWidth(_WIDTH_PX)
        self.model = PeopleModel()
        self._title = QLabel()
        font = self._title.font()
        font.setBold(True)
        font.setPointSizeF(font.pointSizeF() * 1.15)
        self._title.setFont(font)
        self._list = QListView(self)
        self._list.setModel(self.model)
        self._list.setItemDelegate(PersonRow(self._list))
        self._list.setSelectionMode(QListView.SelectionMode.NoSelection)
        self._list.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self._list.setUniformItemSizes(True)
        self._list.setAccessibleName(self.tr("Present now"))
        self._pages = QStackedWidget()
        self._pages.addWidget(self._empty_page())
        self._pages.addWidget(self._list)
        self._lay_out()
        self.show_people(())

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

    def _lay_out(self) -> None:
        self._title.setContentsMargins(16, 14, 16, 10)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._title)
        column.addWidget(self._pages, 1)
        column.addWidget(Legend(self))

    def show_people(self, people: Sequence[Person]) -> None:
        """Show who is in view."""
        self.model.show(people)
        self._title.setText(
            self.tr("Present now · {}").format(len(people)) if people else self.tr("Present now")
        )
        self._pages.setCurrentIndex(1 if people else 0)
