from dataclasses import replace

import numpy as np
import pytest

from engine.sources.source import SourceInfo
from engine.status import Books, State
from engine.values.faces import Faces
from engine.values.frame import Frame
from engine.values.result import FrameResult

INFO = SourceInfo("door", "rtsp://door", True, False, 4, 4, 25, 0, 0)


def opened(rate: float = 25) -> Books:
    books = Books(0.0, live=True)
    books.connected(SourceInfo("door", "", True, False, 4, 4, rate, 0, 0), "", 0.0)
    books.ready()
    return books


def result_at(decoded_s: float, **timings_ms: float) -> FrameResult:
    frame = Frame(np.zeros((4, 4, 3), np.uint8), 0, decoded_s, int(decoded_s * 1e9), "door")
    return FrameResult(
        frame, Faces.none(), np.zeros(0, np.float32), None, (), timings_ms=timings_ms
    )


def test_a_stall_is_noticed_once_and_ends_with_the_next_picture() -> None:
    books = opened()
    assert books.read(1.9, 0).state is State.RUNNING
    assert books.read(2.1, 0).state is State.STALLED
    assert books.read(4.0, 0).stalls == 1
    books.arrived(4.1)
    assert books.read(4.2, 0).state is State.RUNNING
    assert books.read(4.2, 0).stalls == 1


def test_a_gap_that_nobody_looked_into_counts_too() -> None:
    books = opened()
    books.arrived(3.0)
    assert books.read(3.1, 0).stalls == 1


def test_nobody_is_in_view_once_the_visits_are_over() -> None:
    books = opened()
    seen = result_at(1.0)
    one = Faces(np.zeros((1, 4)), np.zeros((1, 5, 2)), np.ones(1), np.array([3]))
    books.stepped(replace(seen, faces=one), 0.0, 1.0)
    assert books.read(1.0, 0).people == 1
    books.left()
    assert books.read(1.0, 0).people == 0


@pytest.mark.parametrize(
    ("rate", "patience_s"), [(25, 2.0), (1, 3.0), (0.6, 4.0), (0.2, 10.0), (0, 2.0)]
)
def test_a_slow_camera_gets_more_patience(rate: float, patience_s: float) -> None:
    books = opened(rate)
    assert books.read(patience_s - 0.1, 0).state is State.RUNNING
    assert books.read(patience_s + 0.1, 0).state is State.STALLED


def test_patience_is_learnt_where_a_camera_claims_more_pictures_than_it_sends() -> None:
    books = opened(25)
    for picture in range(1, 6):
        books.arrived(4.0 * picture)
    assert books.read(20 + 7.9, 0).state is State.RUNNING
    assert books.read(20 + 8.1, 0).state is State.STALLED


def test_a_gap_or_two_teach_no_patience() -> None:
    books = opened(25)
    now_s = 0.0
    for step_s in (0.04, 0.04, 0.04, 3.0, 3.0):
        books.arrived(now_s := now_s + step_s)
    assert books.read(now_s + 1.9, 0).state is State.RUNNING
    assert books.read(now_s + 2.1, 0).state is State.STALLED


def test_reconnections_are_counted_when_the_source_was_there_before() -> None:
    books = Books(0.0, live=True)
    books.lost("not there.", 1.0)
    assert books.read(0.4, 0).state is State.RECONNECTING
    assert books.read(0.4, 0).next_retry_s == pytest.approx(0.6)
    books.connected(INFO, "", 1.0)
    books.lost("gone.", 3.0)
    books.connected(INFO, "The CPU decodes.", 3.0)
    status = books.read(3.0, 0)
    assert (status.reconnects, status.message, status.next_retry_s) == (1, "The CPU decodes.", 0)


def test_the_age_of_picture_and_result_grows_until_there_is_a_newer_one() -> None:
    books = opened()
    books.stepped(result_at(1.0), 0.2, 1.2)
    books.shown(1.1)
    status = books.read(1.5, 0)
    assert status.lag_s == pytest.approx(0.5)
    assert status.picture_age_s == pytest.approx(0.4)
    assert status.lag_ms == pytest.approx(200)


def test_stage_times_are_smoothed_seconds() -> None:
    books = opened()
    for _ in range(100):
        books.stepped(result_at(1.0, detect=20.0), 0.0, 1.0)
    books.stepped(result_at(1.0, detect=120.0), 0.0, 1.0)
    assert books.read(1.0, 0).stages_s["detect"] == pytest.approx(0.030)


def test_the_first_end_stays() -> None:
    books = opened()
    books.ended(State.FAILED, "row 7")
    books.ended(State.STOPPED, "")
    assert (books.read(0.0, 0).state, books.read(0.0, 0).message) == (State.FAILED, "row 7")
    assert books.over


def test_a_pause_is_shown_whatever_the_source_does() -> None:
    books = opened()
    books.pause(True)
    books.lost("gone.", 9.0)
    assert books.read(1.0, 0).state is State.PAUSED
    books.pause(False)
    assert books.read(1.0, 0).state is State.RECONNECTING
