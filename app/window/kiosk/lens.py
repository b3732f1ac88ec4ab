"""From the engine's threads to the kiosk: looks who is near and makes reflections of them.

The signal carries nothing and the newest view lies in a mailbox, as with the wall's pictures.
While nobody is near no picture is made at all.
"""

import logging
from dataclasses import dataclass, replace
from threading import Event, Thread
from time import monotonic

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QObject, QSize, pyqtSignal

from app.window.kiosk.reflection import Reflection, cut, reflect
from engine.gate import Gate
from engine.mailbox import Mailbox
from engine.sinks.blur import FaceBlur
from engine.values.age import Doubles
from engine.values.result import FrameResult
from engine.visitors import Visitors

_log = logging.getLogger(__name__)
_TICK_S = 0.05
_LINGER_S = 1.0
"""The mirror is shown so long after the last visitor: faces flicker."""
_FOLLOW = 0.06
"""Share of the way to the visitors that the mirror turns with each picture."""


@dataclass(frozen=True, slots=True)
class Sight:
    """The newest of what the lens saw.

    Attributes:
        reflection: None while nobody is near.
    """

    reflection: Reflection | None


class Lens(QObject):
    """Turns results into reflections, in a thread of its own.

    Attributes:
        failure: Why nothing more will come, or "".
    """

    ready = pyqtSignal()

    def __init__(
        self,
        results: Mailbox[FrameResult],
        visitors: Visitors,
        gate: Gate | None,
        *,
        blur: FaceBlur | None = None,
        turns: bool = True,
    ) -> None:
        """Prepare; nothing runs before `start`.

        Args:
            results: Of the session.
            visitors: Says who is near.
            gate: Decides about them; None for no gate.
            blur: Hides the faces of bystanders; None to show them.
            turns: The mirror follows the visitors smoothly; else it jumps to them.
        """
        super().__init__()
        self.failure = ""
        self._results, self._visitors, self._gate = results, visitors, gate
        self._blur, self._follow = blur, _FOLLOW if turns else 1.0
        self._sights: Mailbox[Sight] = Mailbox()
        self._room_wh = (1, 1)
        self._centre: Doubles | None = None
        self._attended_s = -_LINGER_S
        self._stopping = Event()
        self._thread = Thread(target=self._main, name="reflect")

    def start(self) -> None:
        """Start the thread; once only."""
        self._thread.start()

    def take(self) -> Sight | None:
        """The newest sight that was not taken yet."""
        return self._sights.get()

    def fit(self, room_px: QSize) -> None:
        """Make reflections for so many screen pixels from now on."""
        self._room_wh = (max(1, room_px.width()), max(1, room_px.height()))

    def stop(self) -> None:
        """End the thread; it takes as long as one picture."""
        self._stopping.set()
        if self._thread.ident is not None:
            self._thread.join()

    def _main(self) -> None:
        try:
            while not self._stopping.is_set():
                result = self._results.get(_TICK_S)
                if result is not None:
                    self._tell(self._look(result))
                elif self._results.finished:
                    return
        except Exception as error:  # noqa: BLE001  the end of a thread: nobody else could tell
            _log.exception("unexpected error while reflecting")
            self.failure = f"{type(error).__name__}: {error}"

    def _tell(self, sight: Sight) -> None:
        if self._sights.put(sight) and not self._stopping.is_set():
            self.ready.emit()

    def _look(self, result: FrameResult) -> Sight:
        near = self._visitors.near(result)
        verdict = (
            self._gate.step(result, self._visitors.front(result, near)) if self._gate else None
        )
        now_s = monotonic()
        if len(near):
            self._attended_s = now_s
        elif now_s - self._attended_s >= _LINGER_S:
            self._centre = None
            return Sight(None)
        room_wh = self._room_wh
        part = cut(result.frame.size_wh, room_wh, self._turn_to(result, near))
        reflection = reflect(self._private(result, near), near, part, room_wh)
        return Sight(replace(reflection, verdict=verdict))

    def _private(self, result: FrameResult, near: NDArray[np.intp]) -> FrameResult:
        """The same result, with the faces hidden that are not near."""
        if self._blur is None:
            return result
        others = np.delete(np.arange(len(result.faces)), near)
        hidden = self._blur(replace(result, faces=result.faces[others]))
        return replace(result, frame=hidden.frame)

    def _turn_to(self, result: FrameResult, near: NDArray[np.intp]) -> tuple[float, float]:
        """Place in the picture that the mirror is turned to, after this result."""
        wanted: Doubles = np.array(result.frame.size_wh) / 2
        if len(near):
            ends = result.faces.boxes[near].reshape(-1, 2).astype(np.float64)
            wanted = (ends.min(0) + ends.max(0)) / 2
        before = self._centre
        self._centre = wanted if before is None else before + self._follow * (wanted - before)
        return float(self._centre[0]), float(self._centre[1])
