"""The main window: introduces pages, menus and status line to each other."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from PyQt6.QtCore import QEvent, Qt, QTimer
from PyQt6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QUndoGroup
from PyQt6.QtWidgets import QApplication, QFileDialog, QMainWindow, QWidget

from app.window.actions import add_actions
from app.window.audience import Audience
from app.window.capture import Capture
from app.window.deeds import deeds_of
from app.window.diagnosis import diagnosis
from app.window.keeping import Keeping
from app.window.key_map import KeyMap
from app.window.live_page import LivePage
from app.window.logo import icon
from app.window.memory import Memory
from app.window.overlays import Overlays
from app.window.pages import Pages, Rail
from app.window.palette import Palette
from app.window.preferences import Preferences
from app.window.present_table import write_present
from app.window.remembered import found_again
from app.window.start_page import StartPage
from app.window.status_line import StatusLine
from app.window.tile import SessionMaker, Tile
from app.window.typed import is_typed
from app.window.wall import Wall, left_out
from app.window.wanted import Wanted
from engine.status import State

_REFRESH_MS, _CHARTS_EVERY = 200, 3
_OVER = (State.FAILED, State.STOPPED)


class MainWindow(QMainWindow):
    """The pages, one of them shown.

    Attributes:
        live: The page of the running sources.
        start_page: The page to choose sources.
        deeds: Everything the window can do, by name.
    """

    def __init__(
        self,
        sessions: SessionMaker,
        memory: Memory | None = None,
        preferences: Preferences | None = None,
    ) -> None:
        """Build the window, on its start page; `memory` is what it knows of last time."""
        super().__init__()
        self.preferences = preferences or Preferences()
        self.preferences.setParent(self)
        self._sessions = sessions
        self.memory = memory or Memory(None)
        self.audience = Audience()
        self.keeping, self.undo = Keeping(self.memory), QUndoGroup(self)
        self.undo.addStack(self.preferences.undo)
        self._stacks = {"settings": self.preferences.undo}
        self.capture = Capture(
            lambda: self.preferences.record, lambda: self.preferences.engine.privacy
        )
        self.live = LivePage(Wall(sessions))
        self.wall = self.live.wall
        self.start_page = StartPage(sessions, self.memory)
        self.status_line, self.rail = StatusLine(), Rail()
        self.pages = Pages(self._builders())
        self.pages.build("start")
        self.pages.build("live")
        self.overlays = Overlays(self.memory, self.wall.show_overlays)
        self.wall.show_overlays(self.overlays.shown)
        self._ticks = 0
        self._closing: list[Callable[[], None]] = [self.capture.close]
        self.setWindowTitle("agescope")
        self.setWindowIcon(icon())
        self.setAcceptDrops(True)
        self.setCentralWidget(self.pages)
        self.setStatusBar(self.status_line)
        self.addToolBar(Qt.ToolBarArea.LeftToolBarArea, self.rail)
        self.deeds = add_actions(self, deeds_of(self))
        self._connect()
        self._restore()
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._refresh)
        self._timer.start(_REFRESH_MS)
        self.show_page("start")

    @property
    def tiles(self) -> list[Tile]:
        """The sources that are shown."""
        return self.wall.tiles

    def _builders(self) -> dict[str, Callable[[], QWidget]]:
        return {
            "start": lambda: self.start_page,
            "live": lambda: self.live,
            "audience": self._build_audience,
            "zones": self._build_zones,
            "settings": self._build_settings,
        }

    def _build_zones(self) -> QWidget:
        from app.window.editor.zones_page import ZonesPage

        page = ZonesPage(lambda: self.tiles, self.keeping)
        page.told.connect(self.status_line.tell)
        self.undo.addStack(page.undo)
        self._stacks["zones"] = page.undo
        self._timer.timeout.connect(page.refresh)
        return page

    def _build_settings(self) -> QWidget:
        from app.window.settings.settings_page import SettingsPage

        page = SettingsPage(self.preferences, self._sessions, self.preferences.cameras_file)
        page.list.wants_restart.connect(self.restart_sources)
        page.cameras.told.connect(self.status_line.tell)
        page.cameras.wants_cameras.connect(self.show_sources)
        self._timer.timeout.connect(page.models.refresh)
        self._closing.append(page.models.close_down)
        return page

    def restart_sources(self) -> None:
        """Start all sources again where they are, with the settings of now."""
        for tile in self.tiles:
            tile.restart_here()

    def _build_audience(self) -> QWidget:
        from app.window.audience_page import AudiencePage  # charts take long to load

        self.audience_page = AudiencePage(self.audience)
        return self.audience_page

    def _connect(self) -> None:
        self.rail.chosen.connect(self.show_page)
        for name, can in (("undo", self.undo.canUndoChanged), ("redo", self.undo.canRedoChanged)):
            self.deeds[name].setEnabled(False)
            can.connect(self.deeds[name].setEnabled)
        self.capture.told.connect(self.status_line.tell)
        self.preferences.failed.connect(self.status_line.tell)
        self.preferences.window_changed.connect(self.capture.follow_settings)
        self.preferences.window_changed.connect(self._follow_blur)
        self._follow_blur()
        self.pages.turned.connect(self.rail.mark)
        self.start_page.chosen.connect(self.show_sources)
        self.start_page.wants_files.connect(self.open_files)
        self.start_page.wants_folder.connect(self.open_folder)
        self.wall.choose_another.connect(self.close_sources)
        self.live.empty.choose.connect(partial(self.show_page, "start"))
        self.wall.wants_full_screen.connect(self.deeds["full"].toggle)
        self.wall.pin_changed.connect(self._refresh)
        # The key pressed next is often meant for what just changed: it cannot wait for the timer.
        self.wall.current_changed.connect(self._refresh_deeds)
        self.wall.enlarged_changed.connect(self._refresh_deeds)
        for name, dock in self.live.docks.items():
            toggle = dock.toggleViewAction()
            assert toggle is not None
            # A panel that is hidden with its page is as open as it was.
            toggle.toggled.connect(partial(self._follow_panel, name))

    def _follow_blur(self) -> None:
        """Let no face be seen any longer, or all again: the sources start again where they are."""
        blurs = self.preferences.blurs
        self.deeds["blur"].setChecked(blurs)
        self.deeds["blur"].setEnabled(not self.preferences.always_blurs)
        if blurs == self._sessions.blurs:
            return
        self._sessions.blurs = blurs
        self.start_page.test_again()
        for tile in self.tiles:
            tile.view.show_picture(None)
            tile.restart_here()

    def _follow_panel(self, name: str) -> None:
        self.deeds[f"panel {name}"].setChecked(not self.live.docks[name].isHidden())

    def _restore(self) -> None:
        self.restoreGeometry(self.memory.place("window"))
        self.live.restore(self.memory.place("panels"))
        for name in self.live.docks:
            self._follow_panel(name)

    def show_sources(self, sources: Sequence[str | Wanted]) -> None:
        """Show other sources than before; what is gone or has no room is told."""
        wanted, gone = found_again(sources)
        self.status_line.tell(" ".join(filter(None, (gone, left_out(wanted)))))
        if gone and not wanted:
            return
        self.wall.show_sources([self.keeping.recall(each) for each in wanted])
        self.memory.note(wanted)
        self.show_page("live")

    def show_last(self) -> None:
        """Show the sources of last time."""
        if last := self.memory.last():
            self.show_sources(last)

    def show_page(self, name: str) -> None:
        """Turn to a page; sources run on."""
        if name == "start":
            self.start_page.refresh()
        self.pages.turn_to(name)
        self.undo.setActiveStack(self._stacks.get(name))
        self._refresh()
        self._refresh_charts()
        shown = self.pages.currentWidget()
        if shown is not None and shown.focusProxy() is not None:
            shown.setFocus()
        if name == "live" and self.wall.current is not None:
            self.wall.current.setFocus()

    def close_sources(self) -> None:
        """End all sources and go to the start page."""
        self.wall.clear()
        self.leave_full_screen()
        self.show_page("start")

    def open_files(self) -> None:
        """Ask for files and show them."""
        dialog = QFileDialog(self, self.tr("Open videos or pictures"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        self._ask(dialog)

    def open_folder(self) -> None:
        """Ask for a folder of pictures or videos and show it."""
        dialog = QFileDialog(self, self.tr("Open a folder of pictures or videos"))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        self._ask(dialog)

    def _ask(self, dialog: QFileDialog) -> None:
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.filesSelected.connect(self.show_sources)
        dialog.open()

    def toggle_pause(self) -> None:
        """Pause all sources, or let all go on or play again."""
        self.wall.toggle_pause()
        self._refresh()

    def leave_full_screen(self) -> None:
        """Show menus and panels again; then give every source its own room again."""
        if self.deeds["full"].isChecked():
            self.deeds["full"].setChecked(False)
        elif self.wall.enlarged:
            self.wall.toggle_enlarged()

    def show_keys(self) -> None:
        """Show which key does what."""
        keys = KeyMap(list(self.deeds.values()), self)
        keys.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        keys.open()

    def show_palette(self) -> None:
        """Let somebody choose by typing among everything that can be done now."""
        palette = Palette(list(self.deeds.values()), self)
        palette.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        palette.open()

    def record(self, on: bool) -> None:
        """Record the sources that are shown, or end it."""
        self.capture.record(self.tiles if on else [])
        self.status_line.show_recording(self.capture.recording)

    def take_snapshot(self) -> None:
        """Write the picture of the chosen source."""
        if self.wall.current is not None:
            self.capture.snapshot(self.wall.current)

    def export_present(self) -> None:
        """Ask for a file and write who is in view."""
        dialog = QFileDialog(self, self.tr("Export who is present"))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("csv")
        dialog.setNameFilter("CSV (*.csv)")
        dialog.selectFile("present.csv")
        dialog.fileSelected.connect(self.write_present)
        dialog.open()

    def write_present(self, name: str) -> None:
        """Write who is in view as CSV."""
        try:
            write_present(Path(name), self.wall.people())
        except OSError as error:
            words = self.tr("{} cannot be written: {}. Choose another folder.")
            self.status_line.tell(words.format(name, error.strerror))
        else:
            self.status_line.tell(self.tr("Written: {}").format(name))

    def copy_diagnosis(self) -> None:
        """Put what helps to answer a question about the program into the clipboard."""
        clipboard, chosen = QApplication.clipboard(), self.preferences
        assert clipboard is not None
        clipboard.setText(
            diagnosis(self.tiles, self._sessions.runtime, (chosen.window, chosen.engine))
        )
        self.status_line.tell(self.tr("Copied. The report holds no address and no path."))

    def show_full(self, full: bool) -> None:
        """Give the pictures the whole screen."""
        for part in (self.menuBar(), self.rail, self.status_line):
            assert part is not None
            part.setVisible(not full)
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)
        self.live.show_panels(not full)
        self._refresh()

    def _refresh(self) -> None:
        statuses = [tile.refresh() for tile in self.tiles]
        people = self.wall.people()
        for tile in self.tiles:
            self.audience.add(tile.take_left(), time.time())
        if self.live.isVisible():
            self.live.refresh(statuses, people)
        names = [tile.name for tile in self.tiles]
        self.status_line.show_statuses(names, statuses, self._sessions)
        self.capture.follow(self.tiles)
        self._refresh_deeds()
        self.setWindowTitle(" · ".join([*names[:1], "agescope"]))
        self.audience.add(self.wall.let_go(), time.time())
        self._ticks += 1
        if self._ticks % _CHARTS_EVERY == 0:
            self._refresh_charts()

    def _refresh_charts(self) -> None:
        people = self.wall.people()
        if self.live.isVisible():
            self.live.refresh_charts(people)
        elif self.pages.shown == "audience":
            self.audience_page.refresh(people)

    def _refresh_deeds(self) -> None:
        running, tile = bool(self.tiles), self.wall.current
        sought = tile is not None and tile.playback is not None
        possible = {
            "pause": any(tile.status.state not in _OVER for tile in self.tiles),
            "back": running,
            "again": bool(self.memory.last()),
            "full": running,
            "enlarge": len(self.tiles) > 1,
            "unpin": self.wall.pinned is not None,
            "snapshot": running,
            "record": running,
            "export": bool(self.wall.people()),
            "leave": self.deeds["full"].isChecked() or self.wall.enlarged,
        }
        for name in ("forward", "step_back", "faster", "slower", "loop"):
            possible[name] = sought
        for name, can in possible.items():
            self.deeds[name].setEnabled(can)
        self.deeds["record"].setChecked(self.capture.recording)
        self.status_line.show_recording(self.capture.recording)

    def event(self, event: QEvent | None) -> bool:
        """Leave what is typed to a button or list that has the focus."""
        if event is not None and is_typed(event, QApplication.focusWidget()):
            event.accept()
            return True
        return super().event(event)

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
        self.leave_full_screen()
        self.memory.set_place("window", self.saveGeometry())
        self.memory.set_place("panels", self.live.saveState())
        self.hide()
        self._timer.stop()
        self._sessions.stop_waiting()
        self.wall.clear()
        for close in self._closing:
            close()
        sessions = self.wall.wait()
        with ThreadPoolExecutor(max(1, len(sessions))) as pool:
            list(pool.map(lambda session: session.stop(), sessions))
        super().closeEvent(event)
