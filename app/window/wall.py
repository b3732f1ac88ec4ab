"""The sources side by side: a grid that fits them, one of them chosen, one of them enlarged."""

from collections.abc import Sequence
from math import ceil, sqrt

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtWidgets import QGridLayout, QWidget

from app.window.presence import Person
from app.window.sessions import Running
from app.window.tile import SessionMaker, Tile
from app.window.wanted import Wanted, named_apart
from app.window.words import translate
from engine.sinks.shown import Shown

MOST_TILES = 16
_NAMED = 3
_STEPS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


def left_out(sources: Sequence[Wanted]) -> str:
    """What to tell about the sources that have no tile, or ""."""
    names = [wanted.name for wanted in named_apart(sources)[MOST_TILES:]]
    if not names:
        return ""
    words = translate("wall", "Not shown: {} of {} sources ({}). The window holds {}.")
    some = ", ".join(names[:_NAMED]) + " …" * (len(names) > _NAMED)
    return words.format(len(names), len(sources), some, MOST_TILES)


class Wall(QWidget):
    """Up to 16 tiles.

    Attributes:
        tiles: In reading order.
        current: The chosen one, or None where there is none.
        pinned: Source and track id of the person who is looked at closely, or None.
    """

    current_changed = pyqtSignal()
    enlarged_changed = pyqtSignal()
    pin_changed = pyqtSignal()
    choose_another = pyqtSignal()
    """The only source failed and is not wanted any longer."""
    wants_full_screen = pyqtSignal()

    def __init__(self, sessions: SessionMaker, parent: QWidget | None = None) -> None:
        """Start empty."""
        super().__init__(parent)
        self._sessions = sessions
        self._left: dict[str, Running] = {}
        self._leaving: list[Tile] = []
        self._shown = Shown()
        self._enlarged: Tile | None = None
        self.tiles: list[Tile] = []
        self.current: Tile | None = None
        self.pinned: tuple[str, int] | None = None
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(2)

    def show_sources(self, sources: Sequence[Wanted]) -> None:
        """Show other sources than before, the first 16 of them."""
        self.clear()
        for wanted in named_apart(sources[:MOST_TILES]):
            tile = Tile(wanted, self._sessions, after=self._left.pop(wanted.address, None))
            tile.setParent(self)
            tile.stand_alone(len(sources) == 1)
            tile.show_overlays(self._shown)
            tile.given_up.connect(self._give_up)
            tile.chosen.connect(self._take_choice)
            tile.view.double_clicked.connect(self._enlarge_chosen)
            tile.view.face_clicked.connect(self._take_click)
            self.tiles.append(tile)
        self._arrange()
        if self.tiles:
            self._choose(self.tiles[0])

    def show_overlays(self, shown: Shown) -> None:
        """Draw these things over all pictures."""
        self._shown = shown
        for tile in self.tiles:
            tile.show_overlays(shown)

    def clear(self) -> None:
        """End all sources, without waiting."""
        self._end(self.tiles)
        self.pin(None)
        self._choose(None)

    def _end(self, tiles: list[Tile]) -> None:
        self._left = {address: session for address, session in self._left.items() if session.alive}
        for tile in tiles:
            tile.close_down()
            tile.hide()
            self._grid.removeWidget(tile)
            self._left[tile.wanted.address] = tile.session
        self._leaving += tiles
        self.tiles = [tile for tile in self.tiles if tile not in tiles]
        self._enlarged = None

    def _give_up(self) -> None:
        """Close a failed source; the others run on."""
        tile = self.sender()
        if not isinstance(tile, Tile) or self.tiles == [tile]:
            self.choose_another.emit()
            return
        place, current = self.tiles.index(tile), self.current
        if self.pinned_tile() is tile:
            self.pin(None)
        self._end([tile])
        for other in self.tiles:
            other.stand_alone(len(self.tiles) == 1)
        self._arrange()
        self.enlarged_changed.emit()
        chosen = current if current in self.tiles else self.tiles[min(place, len(self.tiles) - 1)]
        self._choose(chosen)
        chosen.setFocus()

    def wait(self) -> list[Running]:
        """Wait until no pictures are made any more; returns the sessions still to be stopped."""
        for tile in self._leaving:
            tile.wait()
        return list(self._left.values())

    def let_go(self) -> list[Person]:
        """Delete the tiles whose last picture is made; called now and then.

        Returns:
            Who has left by the end of their sources.
        """
        left: list[Person] = []
        for tile in [tile for tile in self._leaving if not tile.closing]:
            self._leaving.remove(tile)
            left += tile.take_left()
            tile.wait()
            tile.deleteLater()
        return left

    @property
    def enlarged(self) -> bool:
        """Whether one of several sources has all the room."""
        return self._enlarged is not None

    def people(self) -> list[Person]:
        """Who is in view, over all sources."""
        return [person for tile in self.tiles for person in tile.people]

    def pinned_tile(self) -> Tile | None:
        """Where the pinned person is."""
        name = self.pinned[0] if self.pinned else None
        return next((tile for tile in self.tiles if tile.name == name), None)

    def pin(self, key: tuple[str, int] | None) -> None:
        """Look closely at a person, or at nobody."""
        if key == self.pinned:
            return
        self.pinned = key
        for tile in self.tiles:
            tile.view.pin(key[1] if key and key[0] == tile.name else None)
        self.pin_changed.emit()

    def toggle_pause(self) -> None:
        """Pause all that play if the chosen source does, else let all go on or play again."""
        pausing = self.current is not None and self.current.playing
        for tile in self.tiles:
            if not pausing:
                tile.play()
            elif tile.playing:
                tile.pause()

    def toggle_enlarged(self) -> None:
        """Give the chosen source all the room, or every source its own again."""
        if len(self.tiles) > 1:
            self._enlarged = None if self._enlarged else self.current
            self._arrange()
            self.enlarged_changed.emit()

    def _enlarge_chosen(self) -> None:
        if len(self.tiles) > 1:
            self.toggle_enlarged()
        else:
            self.wants_full_screen.emit()

    def _arrange(self) -> None:
        columns = ceil(sqrt(len(self.tiles)))
        for place, tile in enumerate(self.tiles):
            self._grid.removeWidget(tile)
            row, column = (0, 0) if self._enlarged else divmod(place, columns)
            shown = self._enlarged in (None, tile)
            if shown:
                self._grid.addWidget(tile, row, column)
            tile.setVisible(shown)
        rows = ceil(len(self.tiles) / columns) if columns else 0
        for line in range(4):
            self._grid.setColumnStretch(line, int(line < (1 if self._enlarged else columns)))
            self._grid.setRowStretch(line, int(line < (1 if self._enlarged else rows)))

    def _take_choice(self) -> None:
        self._choose(self.sender())

    def _choose(self, tile: object) -> None:
        self.current = tile if isinstance(tile, Tile) else None
        for other in self.tiles:
            other.view.mark(len(self.tiles) > 1 and other is self.current)
        self.current_changed.emit()

    def _take_click(self, track_id: int | None) -> None:
        view = self.sender()
        tile = next((tile for tile in self.tiles if tile.view is view), None)
        if tile is not None:
            tile.setFocus(Qt.FocusReason.MouseFocusReason)
            known = track_id is not None and track_id >= 0
            self.pin((tile.name, track_id) if known and track_id is not None else None)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Move the choice with the arrows."""
        step = _STEPS.get(Qt.Key(event.key())) if event else None
        if event is None or step is None or self.current is None or self._enlarged:
            super().keyPressEvent(event)
            return
        columns = ceil(sqrt(len(self.tiles)))
        place = self.tiles.index(self.current) + step[0] + columns * step[1]
        if 0 <= place < len(self.tiles):
            self.tiles[place].setFocus(Qt.FocusReason.TabFocusReason)
