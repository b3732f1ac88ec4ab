"""The main window: introduces start page, tiles, panel and status line to each other."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from math import ceil, sqrt

from PyQt6.QtCore import Qt, QTimer
from PyQt6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent
from PyQt6.QtWidgets import (
    QFileDialog,
    QGridLayout,
    QMainWindow,
    QSplitter,
    QStackedWidget,
    QWidget,
)

from app.window.actions import Deed, add_actions
from app.window.key_map import KeyMap
from app.window.logo import icon
from app.window.people import PeoplePanel
from app.window.sessions import DEMO
from app.window.start_page import StartPage
from app.window.status_line import StatusLine
from app.window.tile import SessionMaker, Tile
from engine.session import Session, State

_REFRESH_MS = 200


class MainWindow(QMainWindow):
    """The start page, or sources in a grid beside the people in view."""

    def __init__(self, sessions: SessionMaker) -> None:
        """Build the window, on its start page."""
        super().__init__()
        self._sessions = sessions
        self._left: dict[str, Session] = {}
        self.tiles: list[Tile] = []
        self.start_page, self.panel, self.status_line = StartPage(), PeoplePanel(), StatusLine()
        self._wall, self._split, self._pages = QWidget(), QSplitter(), QStackedWidget()
        self.setWindowTitle("agescope")
        self.setWindowIcon(icon())
        self.setAcceptDrops(True)
        self._lay_out()
        self._add_actions()
        self.start_page.chosen.connect(lambda address: self.show_sources([address]))
        self.start_page.wants_files.connect(self.open_files)
        self.start_page.wants_folder.connect(self.open_folder)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._refresh)
        self._timer.start(_REFRESH_MS)
        self._refresh()

    def _lay_out(self) -> None:
        grid = QGridLayout(self._wall)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(2)
        self._split.addWidget(self._wall)
        self._split.addWidget(self.panel)
        self._split.setStretchFactor(0, 1)
        self._split.setChildrenCollapsible(False)
        self._split.setHandleWidth(1)
        self._pages.addWidget(self.start_page)
        self._pages.addWidget(self._split)
        self.setCentralWidget(self._pages)
        self.setStatusBar(self.status_line)

    def _add_actions(self) -> None:
        file, view, guide = self.tr("&File"), self.tr("&View"), self.tr("&Help")
        tr, demo = self.tr, partial(self.show_sources, [DEMO])
        deeds = (
            Deed("files", file, tr("Open a video or picture …"), ("O", "Ctrl+O"), self.open_files),
            Deed("folder", file, tr("Open a folder …"), ("Shift+O",), self.open_folder),
            Deed("demo", file, tr("Demonstration"), ("D",), demo),
            Deed("back", file, tr("Back to the start page"), ("Ctrl+W",), self.show_start_page),
            Deed("quit", file, tr("Quit"), ("Q", "Ctrl+Q"), self.close),
            Deed("pause", view, tr("Pause, go on, play again"), ("Space",), self.toggle_pause),
            Deed("landmarks", view, tr("Landmarks"), ("L",), self._show_landmarks, switch=True),
            Deed("full", view, tr("Full screen"), ("F", "F11"), self._show_full, switch=True),
            Deed("leave", view, tr("Leave full screen"), ("Esc",), self.leave_full_screen),
            Deed("keys", guide, tr("Keys"), ("?", "F1"), self.show_keys),
        )
        self.deeds = add_actions(self, deeds)

    def show_sources(self, addresses: Sequence[str]) -> None:
        """Show other sources than before."""
        self._close_tiles()
        columns = ceil(sqrt(len(addresses)))
        grid = self._wall.layout()
        assert isinstance(grid, QGridLayout)
        for place, address in enumerate(addresses):
            tile = Tile(address, self._sessions, after=self._left.pop(address, None))
            tile.captioned = len(addresses) > 1
            tile.show_landmarks(self.deeds["landmarks"].isChecked())
            tile.choose_another.connect(self.show_start_page)
            tile.view.double_clicked.connect(self.deeds["full"].toggle)
            grid.addWidget(tile, place // columns, place % columns)
            self.tiles.append(tile)
        self._pages.setCurrentWidget(self._split)
        self._refresh()

    def show_start_page(self) -> None:
        """Leave the sources."""
        self._close_tiles()
        self.leave_full_screen()
        self._pages.setCurrentWidget(self.start_page)
        self._refresh()

    def open_files(self) -> None:
        """Ask for files and show them."""
        dialog = QFileDialog(self, self.tr("Open videos or pictures"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        self._ask(dialog)

    def open_folder(self) -> None:
        """Ask for a folder of pictures and show it."""
        dialog = QFileDialog(self, self.tr("Open a folder of pictures"))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        self._ask(dialog)

    def _ask(self, dialog: QFileDialog) -> None:
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.filesSelected.connect(self.show_sources)
        dialog.open()

    def toggle_pause(self) -> None:
        """Pause, go on, or play again."""
        for tile in self.tiles:
            tile.toggle_pause()
        self._refresh()

    def leave_full_screen(self) -> None:
        """Show menus and panels again."""
        self.deeds["full"].setChecked(False)

    def show_keys(self) -> None:
        """Show which key does what."""
        keys = KeyMap(list(self.deeds.values()), self)
        keys.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        keys.open()

    def _show_landmarks(self, shown: bool) -> None:
        for tile in self.tiles:
            tile.show_landmarks(shown)

    def _show_full(self, full: bool) -> None:
        for part in (self.menuBar(), self.panel, self.status_line):
            assert part is not None
            part.setVisible(not full)
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)
        self._refresh()

    def _refresh(self) -> None:
        statuses = [tile.refresh() for tile in self.tiles]
        people = [person for tile in self.tiles for person in tile.people]
        self.panel.show_people(people)
        names = [tile.name for tile in self.tiles]
        self.status_line.show_statuses(names, statuses, self._sessions.runtime)
        playing = [status for status in statuses if status.state is not State.FAILED]
        self.deeds["pause"].setEnabled(bool(playing))
        self.deeds["back"].setEnabled(bool(self.tiles))
        self.deeds["full"].setEnabled(bool(self.tiles))
        self.deeds["leave"].setEnabled(self.deeds["full"].isChecked())
        self.setWindowTitle(" · ".join([*names[:1], "agescope"]))

    def _close_tiles(self) -> None:
        self._left = {address: session for address, session in self._left.items() if session.alive}
        for tile in self.tiles:
            tile.close_down()
            tile.hide()
            tile.deleteLater()
            self._left[tile.address] = tile.session
        self.tiles = []

    def dragEnterEvent(self, event: QDragEnterEvent | None) -> None:
        """Take files, folders and links."""
        mime = event.mimeData() if event else None
        if event and mime and mime.hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent | None) -> None:
        """Show what was dropped."""
        mime = event.mimeData() if event else None
        if event and mime:
            self.show_sources([url.toLocalFile() or url.toString() for url in mime.urls()])
            event.acceptProposedAction()

    def closeEvent(self, event: QCloseEvent | None) -> None:
        """End everything; the window is gone from the screen before the threads have ended."""
        self.hide()
        self._timer.stop()
        self._sessions.stop_waiting()
        self._close_tiles()
        with ThreadPoolExecutor(max(1, len(self._left))) as pool:
            list(pool.map(Session.stop, self._left.values()))
        super().closeEvent(event)
