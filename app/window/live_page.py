"""The page of the running sources: wall and transport bar, with panels docked around them."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PyQt6.QtCore import QByteArray, QChildEvent, Qt
from PyQt6.QtGui import QShowEvent
from PyQt6.QtWidgets import (
    QDockWidget,
    QFrame,
    QMainWindow,
    QScrollArea,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from app.window.audience import expected_now
from app.window.empty import Empty
from app.window.panels.people import PeoplePanel
from app.window.presence import Person
from app.window.transport import Transport
from app.window.wall import Wall
from engine.status import SessionStatus

if TYPE_CHECKING:  # charts take long to load: they are built when they are first seen
    from app.window.panels.bars import AgesChart
    from app.window.panels.course import CoursePanel
    from app.window.panels.system import SystemPanel

_COLUMN_PX, _EACH_PX = 496, 300


class LivePage(QMainWindow):
    """Pictures in the middle; panels can be moved, stacked, floated and closed.

    Attributes:
        wall: The pictures.
        people: Who is in view.
        transport: Controls the chosen recording.
        docks: The panels' docks by name.
        empty: In place of the pictures while there are none.
    """

    def __init__(self, wall: Wall, parent: QWidget | None = None) -> None:
        """Arrange the panels around a wall."""
        super().__init__(parent)
        self.setWindowFlags(Qt.WindowType.Widget)
        self.wall, self.people, self.transport = wall, PeoplePanel(), Transport()
        self.people.pinned.connect(wall.pin)
        self.empty = Empty()
        self.docks: dict[str, QDockWidget] = {}
        self._open = QByteArray()
        self._arranged = False
        self.course: CoursePanel | None = None
        self.ages: AgesChart | None = None
        self.system: SystemPanel | None = None
        middle = QWidget()
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(wall, 1)
        column.addWidget(self.empty, 1)
        column.addWidget(self.transport)
        self.setCentralWidget(middle)
        self._add_panels()
        wall.current_changed.connect(self._follow_choice)
        wall.pin_changed.connect(self._follow_pin)
        self._follow_choice()

    def _add_panels(self) -> None:
        tr = self.tr
        people = self._add_panel("people", tr("Present now"), lambda: self.people)
        people.setWidget(self.people)
        course = self._add_panel("course", tr("Belief over time"), self._build_course)
        ages = self._add_panel("ages", tr("Ages now"), self._build_ages)
        system = self._add_panel("system", tr("System"), self._build_system)
        self.splitDockWidget(people, course, Qt.Orientation.Vertical)
        self.tabifyDockWidget(course, ages)
        self.tabifyDockWidget(course, system)
        course.raise_()

    def showEvent(self, event: QShowEvent | None) -> None:
        """Give the panels their usual room where nothing else is remembered."""
        super().showEvent(event)
        if not self._arranged:
            self._arranged = True
            upper, lower = self.docks["people"], self.docks["course"]
            self.resizeDocks([upper], [_COLUMN_PX], Qt.Orientation.Horizontal)
            self.resizeDocks([upper, lower], [_EACH_PX, _EACH_PX], Qt.Orientation.Vertical)

    def childEvent(self, event: QChildEvent | None) -> None:
        """Name the tabs that Qt makes for stacked panels."""
        super().childEvent(event)
        child = event.child() if event else None
        if event and event.polished() and isinstance(child, QTabBar):
            child.setAccessibleName(self.tr("Panels"))

    def restore(self, place: QByteArray) -> None:
        """Put the panels where they were."""
        self._arranged = self.restoreState(place)

    def _add_panel(self, name: str, title: str, build: Callable[[], QWidget]) -> QDockWidget:
        dock = QDockWidget(title, self)
        dock.setObjectName(name)
        dock.setAccessibleName(title)
        dock.setMinimumWidth(300)

        def build_once(visible: bool) -> None:
            if visible and dock.widget() is None:
                dock.setWidget(build())

        dock.visibilityChanged.connect(build_once)
        self.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, dock)
        self.docks[name] = dock
        return dock

    def _build_course(self) -> QWidget:
        from app.window.panels.course import CoursePanel

        self.course = CoursePanel()
        return self.course

    def _build_ages(self) -> QWidget:
        from app.window.panels.bars import AgesChart

        self.ages = AgesChart()
        return self.ages

    def _build_system(self) -> QWidget:
        from app.window.panels.system import SystemPanel

        self.system = SystemPanel()
        room = QScrollArea()  # the other panels keep their places when it comes to the front
        room.setFrameShape(QFrame.Shape.NoFrame)
        room.setWidgetResizable(True)
        room.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        room.setWidget(self.system)
        return room

    def show_panels(self, shown: bool) -> None:
        """Show the panels as they were, or for a full screen none."""
        if shown:
            self.restoreState(self._open)
            return
        self._open = self.saveState()
        for dock in self.docks.values():
            dock.hide()

    def refresh(self, statuses: list[SessionStatus], people: list[Person]) -> None:
        """Bring tables and transport bar up to date; called a few times a second."""
        self.people.show_people(people, self.wall.pinned)
        self._follow_choice()
        self.transport.refresh()
        if self.system is not None and self.system.isVisible():
            self.system.show_sources([tile.name for tile in self.wall.tiles], statuses)

    def refresh_charts(self, people: list[Person]) -> None:
        """Bring the charts that can be seen up to date; called about twice a second."""
        if self.course is not None and self.course.isVisible():
            self._show_course(self.course)
        if self.ages is not None and self.ages.isVisible():
            self.ages.name(self.tr("Ages of {} people now").format(len(people)))
            self.ages.show_ages(*expected_now(people))
        tile = self.wall.current
        if self.system is not None and self.system.isVisible() and tile is not None:
            self.system.show_stages(tile.bridge.timings_ms)

    def _show_course(self, panel: "CoursePanel") -> None:
        tile, pinned = self.wall.pinned_tile(), self.wall.pinned
        if tile is not None and pinned is not None:
            panel.show_course(f"#{pinned[1]}", tile.course(pinned[1]))

    def _follow_choice(self) -> None:
        tile = self.wall.current
        self.wall.setVisible(tile is not None)
        self.empty.setVisible(tile is None)
        self.transport.control(tile.playback if tile is not None else None)

    def _follow_pin(self) -> None:
        if self.course is None:
            return
        self.course.forget()
        if self.wall.pinned is not None:
            self.docks["course"].raise_()
            self._show_course(self.course)
