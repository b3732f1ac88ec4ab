import numpy as np
import pytest
from PyQt6.QtCore import QSize
from pytestqt.qtbot import QtBot

from app.window.kiosk.lens import Lens
from app.window.kiosk.reflection import Reflection
from engine.gate import Gate, Stage
from engine.mailbox import Mailbox
from engine.settings import GateSettings, KioskSettings
from engine.sinks.blur import FaceBlur
from engine.values.age import AgeDistribution
from engine.values.faces import Faces
from engine.values.frame import Frame
from engine.values.result import AgeBelief, FrameResult, Status
from engine.visitors import Visitors

AGES = np.arange(101, dtype=np.float32)
BELIEF = AgeBelief(AgeDistribution(AGES, np.full(101, 1 / 101, np.float32)), 1, 1, Status.STABLE)
NEAR, FAR = [20.0, 60.0, 70.0, 120.0], [150.0, 70.0, 164.0, 86.0]


def result_of(boxes: list[list[float]], index: int = 0) -> FrameResult:
    n = len(boxes)
    image = np.random.default_rng(1).integers(0, 255, (200, 200, 3), np.uint8)
    faces = Faces.found(boxes, np.zeros((n, 5, 2)), np.ones(n)).with_ids(np.arange(1, n + 1))
    frame = Frame(image, index, index / 10, 0, "hall")
    return FrameResult(frame, faces, np.ones(n, np.float32), None, (BELIEF,) * n)


def look(
    qtbot: QtBot, result: FrameResult, *, blur: FaceBlur | None = None, gate: Gate | None = None
) -> Reflection | None:
    results: Mailbox[FrameResult] = Mailbox()
    lens = Lens(results, Visitors(KioskSettings(near=0.2)), gate, blur=blur)
    lens.fit(QSize(200, 200))
    with qtbot.waitSignal(lens.ready):
        lens.start()
        results.put(result)
    lens.stop()
    sight = lens.take()
    assert sight is not None
    return sight.reflection


def test_without_anybody_near_no_picture_is_made(qtbot: QtBot) -> None:
    assert look(qtbot, result_of([])) is None
    assert look(qtbot, result_of([FAR])) is None


def test_only_who_is_near_is_a_visitor(qtbot: QtBot) -> None:
    shown = look(qtbot, result_of([NEAR, FAR]))
    assert shown is not None
    assert [visitor.track_id for visitor in shown.visitors] == [1]


def test_bystanders_are_unrecognisable_and_visitors_are_not(qtbot: QtBot) -> None:
    sharp, blurred = (look(qtbot, result_of([NEAR, FAR]), blur=blur) for blur in (None, FaceBlur()))
    assert sharp is not None
    assert blurred is not None
    # The mirror is turned to the visitor as far as the picture reaches: nothing is cut here.
    changed = np.abs(sharp.pixels.astype(int) - blurred.pixels.astype(int)).sum(2) > 0
    assert changed[72:84, 37:49].mean() > 0.9, "the bystander, at the left in the mirror"
    assert not changed[60:120, 130:180].any(), "the visitor"


def test_the_verdict_comes_with_the_picture(qtbot: QtBot) -> None:
    shown = look(qtbot, result_of([NEAR]), gate=Gate(GateSettings()))
    assert shown is not None
    assert shown.verdict is not None
    assert (shown.verdict.stage, shown.verdict.track_id) == (Stage.LOOKING, 1)


def test_a_fault_is_told_and_ends_the_thread(
    qtbot: QtBot, caplog: pytest.LogCaptureFixture
) -> None:
    results: Mailbox[FrameResult] = Mailbox()
    lens = Lens(results, Visitors(KioskSettings()), None)
    lens._visitors = None  # type: ignore[assignment]  # any fault of the program
    lens.start()
    results.put(result_of([NEAR]))
    qtbot.waitUntil(lambda: bool(lens.failure))
    assert "AttributeError" in lens.failure
    lens.stop()
    assert "unexpected error" in caplog.text
