"""The live picture with zones that can be drawn and moved, by mouse or keyboard."""

from PyQt6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPalette, QResizeEvent
from PyQt6.QtWidgets import QSizePolicy, QWidget

from app.window.editor.drawing import Drawing, Point, corner_at, free_name, is_at, kept_inside
from app.window.editor.strokes import Strokes
from app.window.picture import Picture, fitting
from app.window.words import translate

_REACH_PX = 10.0
_STEP, _FINE_STEP = 0.01, 0.002
_NOTHING: tuple[Drawing, ...] = ()
_ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
_OTHERS = (
    Qt.Key.Key_Space,
    Qt.Key.Key_Return,
    Qt.Key.Key_Enter,
    Qt.Key.Key_Escape,
    Qt.Key.Key_Backspace,
    Qt.Key.Key_Delete,
    Qt.Key.Key_Insert,
    Qt.Key.Key_PageUp,
    Qt.Key.Key_PageDown,
)


def _new_name(kind: str) -> str:
    """What new zones of a kind are called, before their number."""
    return {
        "area": translate("zones", "area"),
        "line": translate("zones", "line"),
        "blackout": translate("zones", "blackout"),
    }[kind]


def kind_name(kind: str) -> str:
    """What a kind of zone is called."""
    return {
        "area": translate("zones", "Area"),
        "line": translate("zones", "Line"),
        "blackout": translate("zones", "Blackout"),
    }[kind]


class Canvas(QWidget):
    """Shows drawings over the newest picture; tells of every change and keeps none to itself.

    Attributes:
        drawings: What is drawn.
        chosen: Place of the chosen one, or None.
        corner: Its chosen corner, or None for the whole.
        tool: Kind of what is being drawn, "" for choosing and moving.
        pending: Its points so far.
    """

    changed = pyqtSignal(object, str)
    """Other drawings, and what was done."""
    choice_changed = pyqtSignal()
    tool_changed = pyqtSignal()
    room_changed = pyqtSignal(QSize)

    def __init__(self, parent: QWidget | None = None) -> None:
        """Start without a picture."""
        super().__init__(parent)
        self.drawings = _NOTHING
        self.chosen: int | None = None
        self.corner: int | None = None
        self.tool = ""
        self.pending: tuple[Point, ...] = ()
        self._picture: Picture | None = None
        self._cursor: Point = (0.5, 0.5)
        self._dragged_from: Point | None = None
        self._before = _NOTHING
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setMinimumSize(240, 160)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(self.tr("Picture with zones"))

    @property
    def room_px(self) -> QSize:
        """Size in screen pixels."""
        return (self.size().toSizeF() * self.devicePixelRatioF()).toSize()

    def show_picture(self, picture: Picture | None) -> None:
        """Show another picture below the drawings."""
        if picture is not self._picture:
            self._picture = picture
            self.update()

    def show_drawings(self, drawings: tuple[Drawing, ...]) -> None:
        """Show other drawings."""
        self.drawings = drawings
        if self.chosen is not None and self.chosen >= len(drawings):
            self.choose(None)
        elif self.chosen is not None and self.corner is not None:
            corners = len(drawings[self.chosen].points)
            self.corner = self.corner if self.corner < corners else None
        self.update()

    def choose(self, place: int | None, corner: int | None = None) -> None:
        """Choose a drawing, or one of its corners, or nothing."""
        if (place, corner) != (self.chosen, self.corner):
            self.chosen, self.corner = place, corner
            self.choice_changed.emit()
            self.update()

    def take_tool(self, kind: str) -> None:
        """Begin to draw a zone of a kind; "" to choose and move instead."""
        self.tool, self.pending = kind, ()
        self.setCursor(Qt.CursorShape.CrossCursor if kind else Qt.CursorShape.ArrowCursor)
        if kind:
            self.choose(None)
        self.tool_changed.emit()
        self.update()

    def remove_chosen(self) -> None:
        """Take away the chosen corner, or the whole zone."""
        if self.chosen is None:
            return
        drawing = self.drawings[self.chosen]
        if self.corner is not None and len(drawing.points) > drawing.fewest:
            self._put(drawing.without_corner(self.corner), self.tr("Remove a corner"))
            return
        words = self.tr("Remove {}").format(drawing.name)
        rest = self.drawings[: self.chosen] + self.drawings[self.chosen + 1 :]
        self.choose(None)
        self.changed.emit(rest, words)

    def _put(self, drawing: Drawing, words: str) -> None:
        if self.chosen is not None:
            at = self.chosen
            drawings = (*self.drawings[:at], drawing, *self.drawings[at + 1 :])
            self.changed.emit(drawings, words)

    def _add_point(self, point: Point) -> None:
        """One more point of what is being drawn; a line is finished by its second."""
        first = self.pending[:1]
        closing = len(self.pending) > 2 and is_at(Drawing("", "line", first * 2), point, self.reach)
        if not closing:
            self.pending = (*self.pending, kept_inside(point))
        if closing or (self.tool == "line" and len(self.pending) == 2):
            self._finish()
        self.update()

    def _finish(self) -> None:
        drawing = Drawing(free_name(_new_name(self.tool), self.drawings), self.tool, self.pending)
        if len(drawing.points) < drawing.fewest:
            return
        words, place = self.tr("Draw {}").format(drawing.name), len(self.drawings)
        self.take_tool("")
        self.changed.emit((*self.drawings, drawing), words)
        self.choose(place)

    @property
    def target(self) -> QRectF:
        """Where the picture lies, in the canvas's own pixels."""
        wide, high = self.width(), self.height()
        if self._picture is not None:
            image = self._picture.image
            wide, high = fitting((image.width(), image.height()), (wide, high))
        return QRectF((self.width() - wide) / 2, (self.height() - high) / 2, wide, high)

    @property
    def reach(self) -> Point:
        """How near a click must be, in widths and heights of the picture."""
        target = self.target
        return _REACH_PX / max(1.0, target.width()), _REACH_PX / max(1.0, target.height())

    def place_of(self, at: QPointF) -> Point:
        """A place of the canvas in widths and heights of the picture."""
        target = self.target
        x, y = at.x() - target.left(), at.y() - target.top()
        return x / max(1.0, target.width()), y / max(1.0, target.height())

    def paintEvent(self, _event: QPaintEvent | None) -> None:
        """Paint the picture and the drawings."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), self.palette().dark())
        if self._picture is not None:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(self.target, self._picture.image)
        elif self.isEnabled():
            painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
            words = self.tr("Waiting for the first picture …")
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, words)
        strokes = Strokes(painter, self.target, self.palette())
        for place, drawing in enumerate(self.drawings):
            chosen = place == self.chosen
            strokes.draw(drawing, chosen=chosen, corner=self.corner if chosen else None)
        if self.tool:
            strokes.draw_pending(self.tool, self.pending, self._cursor)
        if self.hasFocus():
            strokes.draw_focus(self.rect())
        painter.end()

    def resizeEvent(self, _event: QResizeEvent | None) -> None:
        """Ask for pictures of the new size."""
        self.room_changed.emit(self.room_px)

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        """Place a point, or choose what is there."""
        if event is None or event.button() is not Qt.MouseButton.LeftButton:
            return
        point = self.place_of(event.position())
        if self.tool:
            self._add_point(point)
            return
        self.choose(*self._found_at(point))
        if self.chosen is not None:
            self._dragged_from, self._before = point, self.drawings

    def _found_at(self, point: Point) -> tuple[int | None, int | None]:
        """What lies at a point: the chosen one's corners first, then what is drawn on top."""
        places = [*range(len(self.drawings))][::-1]
        if self.chosen is not None:
            places.insert(0, self.chosen)
        for place in places:
            corner = corner_at(self.drawings[place], point, self.reach)
            if corner is not None:
                return place, corner
        return next((p for p in places if is_at(self.drawings[p], point, self.reach)), None), None

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        """Pull at what is held."""
        if event is None:
            return
        self._cursor = kept_inside(self.place_of(event.position()))
        if self._dragged_from is not None and self.chosen is not None:
            moved = self._dragged(self._before[self.chosen], self.place_of(event.position()))
            at = self.chosen
            self.drawings = (*self._before[:at], moved, *self._before[at + 1 :])
        if self.tool or self._dragged_from is not None:
            self.update()

    def _dragged(self, drawing: Drawing, to: Point) -> Drawing:
        if self.corner is not None:
            return drawing.with_corner(self.corner, to)
        start = self._dragged_from or to
        return drawing.shifted(to[0] - start[0], to[1] - start[1])

    def mouseReleaseEvent(self, _event: QMouseEvent | None) -> None:
        """Let go."""
        after, before, self._dragged_from = self.drawings, self._before, None
        self._before = _NOTHING
        if self.chosen is not None and before and after != before:
            self.drawings = before
            self.changed.emit(after, self._moved_words(after[self.chosen]))

    def mouseDoubleClickEvent(self, _event: QMouseEvent | None) -> None:
        """Finish what is being drawn."""
        if self.tool:
            self._finish()

    def event(self, event: QEvent | None) -> bool:
        """Keep the keys that draw from the window's own."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride:
            plain = not event.modifiers() & ~Qt.KeyboardModifier.ShiftModifier
            if plain and event.key() in (*_ARROWS, *_OTHERS):
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Draw and move without a mouse."""
        if event is None:
            return
        fine = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        arrow = _ARROWS.get(Qt.Key(event.key()))
        if arrow:
            step = _FINE_STEP if fine else _STEP
            self._nudge(arrow[0] * step, arrow[1] * step)
        elif self.tool:
            self._draw_by_key(event.key())
        elif self.chosen is not None:
            self._edit_by_key(event.key())
        else:
            super().keyPressEvent(event)

    def _nudge(self, dx: float, dy: float) -> None:
        if self.tool:
            self._cursor = kept_inside((self._cursor[0] + dx, self._cursor[1] + dy))
            self.update()
        elif self.chosen is not None:
            drawing = self.drawings[self.chosen]
            if self.corner is None:
                moved = drawing.shifted(dx, dy)
            else:
                x, y = drawing.points[self.corner]
                moved = drawing.with_corner(self.corner, (x + dx, y + dy))
            if moved != drawing:
                self._put(moved, self._moved_words(drawing))

    def _moved_words(self, drawing: Drawing) -> str:
        return self.tr("Move {}").format(drawing.name)

    def _draw_by_key(self, key: int) -> None:
        match key:
            case Qt.Key.Key_Space:
                self._add_point(self._cursor)
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self._finish()
            case Qt.Key.Key_Backspace:
                self.pending = self.pending[:-1]
            case Qt.Key.Key_Escape:
                self.take_tool("")
        self.update()

    def _edit_by_key(self, key: int) -> None:
        assert self.chosen is not None
        drawing = self.drawings[self.chosen]
        corners = [None, *range(len(drawing.points))]
        place = corners.index(self.corner)
        match key:
            case Qt.Key.Key_PageDown:
                self.choose(self.chosen, corners[(place + 1) % len(corners)])
            case Qt.Key.Key_PageUp:
                self.choose(self.chosen, corners[place - 1])
            case Qt.Key.Key_Insert if drawing.kind != "line":
                split = drawing.split_after(self.corner or 0)
                self._put(split, self.tr("Add a corner"))
            case Qt.Key.Key_Delete | Qt.Key.Key_Backspace:
                self.remove_chosen()
            case Qt.Key.Key_Escape:
                self.choose(None)
