import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain

import numpy as np
import pytest
from PyQt6.QtCore import QSize
from pytestqt.qtbot import QtBot

from app.window.bridge import Bridge
from app.window.played import Played
from engine.cameras_file import Zone
from engine.mailbox import Mailbox
from engine.values.age import AgeDistribution
from engine.values.faces import Faces
from engine.values.frame import Frame
from engine.values.result import AgeBelief, FrameResult, Status

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


def result(index: int) -> FrameResult:
    frame = Frame(np.full((60, 80, 3), index, np.uint8), index, index / 25, index, "clip")
    return FrameResult(frame, Faces.none(), np.zeros(0, np.float32), None, ())


def one_person(index: int) -> FrameResult:
    probs = np.full(2, 0.5, np.float32)
    belief = AgeBelief(AgeDistribution(np.arange(2, dtype=np.float32), probs), 1, 1, Status.STABLE)
    box = np.array([[20, 20, 40, 40]], np.float32)
    face = Faces.found(box, np.full((1, 5, 2), 30), np.ones(1)).with_ids(np.array([3]))
    return replace(result(index), faces=face, quality=np.ones(1, np.float32), beliefs=(belief,))


@pytest.fixture
def results() -> Mailbox[FrameResult]:
    return Mailbox()


@pytest.fixture
def bridge(qtbot: QtBot, results: Mailbox[FrameResult]) -> Iterator[Bridge]:
    assert qtbot
    made = Bridge(results)
    made.fit(QSize(160, 120))
    made.start()
    yield made
    made.stop()


def taken(qtbot: QtBot, bridge: Bridge) -> int:
    """Number of the frame whose picture is taken next."""
    pictures = []
    qtbot.waitUntil(lambda: bool(pictures.append(bridge.take()) or pictures[-1]))
    return int(pictures[-1].decoded_ns)


def test_a_result_becomes_a_picture_of_the_size_of_the_view(
    qtbot: QtBot, bridge: Bridge, results: Mailbox[FrameResult]
) -> None:
    with qtbot.waitSignal(bridge.picture_ready):
        results.put(result(1))
    picture = bridge.take()
    assert (picture.image.width(), picture.image.height()) == (160, 120)
    assert bridge.take() is None


def test_a_slow_window_gets_one_signal_and_the_newest_picture(
    qtbot: QtBot, bridge: Bridge, results: Mailbox[FrameResult]
) -> None:
    signals = []
    bridge.picture_ready.connect(lambda: signals.append(1))
    for index in range(20):  # nobody handles events meanwhile
        results.put(result(index))
        time.sleep(0.01)
    until_s = time.monotonic() + 10
    while (drawn := bridge._pictures._item) is None or drawn.decoded_ns != 19:
        assert time.monotonic() < until_s
        time.sleep(0.005)
    qtbot.waitUntil(lambda: bool(signals))
    qtbot.wait(30)
    assert len(signals) == 1
    assert bridge.take() is drawn


def test_a_new_size_draws_the_last_result_again_even_after_the_end(
    qtbot: QtBot, bridge: Bridge, results: Mailbox[FrameResult]
) -> None:
    results.put(result(5))
    results.close()
    assert taken(qtbot, bridge) == 5
    with qtbot.waitSignal(bridge.picture_ready):
        bridge.fit(QSize(40, 40))
    assert bridge.take().image.width() == 40


def test_a_fault_in_drawing_is_told_and_not_hidden(
    qtbot: QtBot,
    bridge: Bridge,
    results: Mailbox[FrameResult],
    caplog: pytest.LogCaptureFixture,
) -> None:
    one = Faces.found(np.zeros((1, 4)), np.zeros((1, 5, 2)), np.ones(1))
    results.put(replace(result(1), faces=one))  # a face without a belief
    qtbot.waitUntil(lambda: bool(bridge.failure))
    assert bridge.failure.startswith("drawing failed: ")
    assert "Traceback" in caplog.text


def test_stopping_ends_the_thread_and_may_come_before_the_start(
    bridge: Bridge, results: Mailbox[FrameResult]
) -> None:
    bridge.stop()
    assert not [thread for thread in threading.enumerate() if thread.name == "render"]
    Bridge(results).stop()


@pytest.mark.parametrize("live", [True, False])
def test_nobody_is_in_view_of_a_camera_that_was_silent_for_long(
    qtbot: QtBot, results: Mailbox[FrameResult], monkeypatch: pytest.MonkeyPatch, live: bool
) -> None:
    monkeypatch.setattr("app.window.bridge.FORGOTTEN_S", 0.3)
    door = Zone(name="door", kind="area", points=((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)))
    bridge = Bridge(results, (door,), live=live)
    bridge.start()
    for index in range(20):
        results.put(one_person(index))
        qtbot.wait(10)
    assert [(person.track_id, person.zone) for person in bridge.people] == [(3, "door")]
    qtbot.wait(600)
    assert len(bridge.people) == (not live), "a recording that stands still shows who is there"
    assert bridge._zones.drawn()[0].text == f"door \u00b7 {len(bridge.people)}"
    assert [person.zone for person in bridge.take_left()] == ["door"] * live, "the visit counts"
    bridge.stop()


@pytest.mark.parametrize(("lost_s", "visits"), [(2.0, 1), (5.0, 0)])
def test_a_visit_lasts_as_long_as_the_settings_follow_a_face(
    qtbot: QtBot, results: Mailbox[FrameResult], lost_s: float, visits: int
) -> None:
    bridge = Bridge(results, lost_s=lost_s)
    bridge.start()
    for index in range(0, 250, 5):  # hidden for three of ten seconds
        results.put(result(index) if 100 <= index < 175 else one_person(index))
        qtbot.waitUntil(lambda: not results.waiting)
    qtbot.wait(50)
    assert len(bridge.take_left()) == visits
    bridge.stop()


THERE, EMPTY = range(50), range(50, 150)
"""Frames of a recording: somebody is there for two seconds, then nobody for four."""


@pytest.mark.parametrize(
    "passes",
    [
        [(THERE, EMPTY)],
        [(THERE, EMPTY)] * 3,
        [(THERE,)],
        [(THERE,)] * 3,
        [(range(20, 40),)] * 3,
        [(range(30),), (THERE, EMPTY)],
        [(range(30, 50), EMPTY), (THERE, EMPTY)],
        [(range(100, 150),), (THERE, EMPTY)],
    ],
    ids=["once", "thrice", "to the end", "again", "loop", "anew", "from amid", "the rest first"],
)
def test_who_is_met_in_a_recording_counts_once_however_it_is_played(
    qtbot: QtBot, results: Mailbox[FrameResult], passes: list[tuple[range, ...]]
) -> None:
    played, left = Played(), []
    for again in range(2):  # the second time it has started again
        bridge = Bridge(results, played=played)
        bridge.start()
        for indices in passes:
            for index in chain(*indices):
                if index % 5 == 0:
                    results.put(one_person(index) if index in THERE else result(index))
                    qtbot.waitUntil(lambda: not results.waiting)
            qtbot.wait(30)
            bridge.note_end()
            qtbot.waitUntil(lambda bridge=bridge: not bridge._ended.is_set())
        left += bridge.take_left()
        assert len(left) == 1, f"without its end; started again: {again}"
        bridge.stop()
        left += bridge.take_left()
    assert len(left) == 1


def test_who_is_in_view_when_a_recording_is_closed_counts(
    qtbot: QtBot, results: Mailbox[FrameResult]
) -> None:
    bridge = Bridge(results)
    bridge.start()
    results.put(one_person(3))
    qtbot.waitUntil(lambda: len(bridge.people) == 1)
    assert bridge.take_left() == []
    bridge.stop()
    assert [person.track_id for person in bridge.take_left()] == [3]
