"""What is shown while somebody stands before the gate: mirror, sign, words."""

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import QBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from app.window.kiosk.gate_words import explanation_of, title_of
from app.window.kiosk.look import SMALL, TEXT, TITLE, VISITOR_COLOURS, type_of, unit_px
from app.window.kiosk.mirror import Mirror
from app.window.kiosk.reflection import Reflection
from app.window.kiosk.sign import Sign
from engine.gate import Reason, Stage
from engine.settings import GateSettings


class GatePage(QWidget):
    """Shows one decision, and why."""

    def __init__(self, settings: GateSettings, note: str, parent: QWidget | None = None) -> None:
        """Build it; `note` stands at its foot."""
        super().__init__(parent)
        self._settings = settings
        self._said: tuple[int | None, Stage, Reason | None] | None = None
        self.mirror, self.sign = Mirror(), Sign()
        self.title, self.explanation, self._note = QLabel(), QLabel(), QLabel(note)
        self._note.setObjectName("faint")
        self._sides = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._sides.setContentsMargins(0, 0, 0, 0)
        self._sides.setSpacing(0)
        self._sides.addWidget(self.mirror, 10)
        self._column = QVBoxLayout()
        self._column.addStretch(2)
        self._column.addWidget(self.sign, 0, Qt.AlignmentFlag.AlignHCenter)
        for label in (self.title, self.explanation, self._note):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            label.setWordWrap(True)
            label.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        self._column.addWidget(self.title)
        self._column.addWidget(self.explanation)
        self._column.addStretch(3)
        self._column.addWidget(self._note)
        self._sides.addLayout(self._column, 9)

    def show_reflection(self, reflection: Reflection) -> None:
        """Show the newest reflection and the verdict that came with it."""
        verdict = reflection.verdict
        if verdict is None:
            return
        colour = VISITOR_COLOURS[0]
        marked = {verdict.track_id: colour} if verdict.track_id is not None else {}
        if verdict.track_id is None:
            marked = {visitor.track_id: colour for visitor in reflection.visitors}
        self.mirror.show_reflection(reflection, marked)
        self.sign.show_stage(verdict.stage, round(verdict.evidence, 2))
        said = (verdict.track_id, verdict.stage, verdict.reason)
        if said != self._said:  # one visitor's words stay put while the numbers tremble
            self._said = said
            title = title_of(verdict, self._settings)
            self.title.setText(title)
            self.explanation.setText(explanation_of(verdict, self._settings))
            self.sign.setAccessibleName(title)

    def advance(self, step_s: float) -> None:
        """Nothing here moves of itself."""

    def forget(self) -> None:
        """Drop the picture and the words about the last visitor."""
        self._said = None
        self.mirror.show_reflection(None)
        self.title.setText("")
        self.explanation.setText("")

    def fit(self) -> None:
        """Set type and places for the size of the screen."""
        unit = unit_px(self)
        upright = self.height() > self.width()
        direction = QBoxLayout.Direction
        self._sides.setDirection(direction.TopToBottom if upright else direction.LeftToRight)
        pad = round(0.035 * unit)
        self._column.setContentsMargins(pad, pad, pad, pad)
        self._column.setSpacing(pad)
        side = round((0.34 if upright else 0.3) * unit)
        self.sign.setFixedSize(side, side)
        self.title.setFont(type_of(self, TITLE, bold=True))
        self.explanation.setFont(type_of(self, TEXT))
        self._note.setFont(type_of(self, SMALL))
        self._sides.activate()

    def resizeEvent(self, _event: QResizeEvent | None) -> None:
        """Set type and places anew."""
        self.fit()
