from dataclasses import replace

import pytest

from app.window.words import clock, counted, fine_clock, pace_words, short_words, state_words
from engine.sources.source import SourceInfo
from engine.status import SessionStatus, State

FILE = SourceInfo("clip", "clip.mp4", False, False, 640, 480, 25, 875, 35.0)
CAMERA = replace(FILE, name="camera-0", live=True, frames=0, duration_s=0)
FOLDER = replace(FILE, name="holidays", pictures=True, frames=12, duration_s=0)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(-1, "0:00"), (7.9, "0:07"), (750, "12:30"), (3723, "1:02:03")],
)
def test_time_reads_like_a_clock(seconds: float, text: str) -> None:
    assert clock(seconds) == text


@pytest.mark.parametrize(
    ("status", "text"),
    [
        (SessionStatus(State.STARTING, "Opening the source …"), "starting"),
        (SessionStatus(State.RUNNING, info=CAMERA, position_s=9), "live"),
        (SessionStatus(State.RUNNING, info=FILE, position_s=12), "playing 0:12 / 0:35"),
        (
            SessionStatus(State.RUNNING, info=replace(FILE, duration_s=0), position_s=12),
            "playing 0:12",
        ),
        (SessionStatus(State.RUNNING, info=FOLDER, frames=3), "playing picture 3 / 12"),
        (SessionStatus(State.PAUSED, info=FILE, position_s=12), "paused 0:12 / 0:35"),
        (SessionStatus(State.PAUSED, info=CAMERA), "paused"),
        (SessionStatus(State.ENDED, info=FILE), "ended"),
        (SessionStatus(State.FAILED, "No such camera."), "failed: No such camera."),
    ],
)
def test_the_state_is_told_in_words(status: SessionStatus, text: str) -> None:
    assert state_words(status) == text
    assert short_words(status) == text.partition(":")[0] or status.state is not State.FAILED


def test_pace_tells_what_was_lost() -> None:
    status = SessionStatus(State.RUNNING, info=FILE, frames_per_s=29.94, lag_ms=45.2)
    assert pace_words(status) == "29.9 frames/s · 45 ms behind"
    assert pace_words(replace(status, dropped=3)).endswith(" · 3 dropped")
    assert pace_words(replace(status, state=State.PAUSED)) == ""


def test_a_lost_stream_says_since_when_why_and_what_comes_next() -> None:
    stalled = SessionStatus(State.STALLED, picture_age_s=4.2)
    assert state_words(stalled) == "stalled · last picture 4 s ago"
    lost = SessionStatus(State.RECONNECTING, "It refuses.", next_retry_s=3.1)
    assert state_words(lost) == "reconnecting in 3 s · It refuses."
    assert short_words(lost) == "reconnecting in 3 s"
    assert short_words(replace(lost, next_retry_s=0.0)) == "reconnecting …"


@pytest.mark.parametrize("state", list(State))
def test_every_state_is_counted(state: State) -> None:
    assert [counted(state, count) for count in (1, 3)] == [f"1 {state.value}", f"3 {state.value}"]


def test_hundredths_are_told_where_frames_are_stepped() -> None:
    assert fine_clock(7.484) == "0:07.48"
    assert fine_clock(59.999) == "1:00.00"
