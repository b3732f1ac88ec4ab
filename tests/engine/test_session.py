import logging
import threading
import time
from collections.abc import Callable

import numpy as np
import pytest

from engine.errors import ModelError, SourceError
from engine.session import Session, State
from engine.sources.source import SourceInfo
from tests.engine.session_fakes import (
    FakePipeline,
    FakeSource,
    stopped_within,
    wait_for,
    wait_until,
)


def test_every_frame_of_a_recording_is_stepped_in_order(
    run: Callable[..., Session], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    pipeline = FakePipeline(step_s=0.002)
    status = wait_for(run(FakeSource(60), pipeline), State.ENDED)
    assert pipeline.seen == list(range(60))
    assert (status.frames, status.dropped, status.message) == (60, 0, "played to its end.")
    assert "fake: played to its end." in caplog.text
    assert status.position_s == pytest.approx(0.59)
    assert status.info is not None
    assert status.info.name == "fake"


def test_the_last_result_can_be_taken_after_the_end(run: Callable[..., Session]) -> None:
    session = run(FakeSource(5))
    wait_for(session, State.ENDED)
    result = session.results.get()
    assert result is not None
    assert result.frame.index == 4
    assert session.results.finished


def test_a_paced_recording_plays_at_its_natural_speed(run: Callable[..., Session]) -> None:
    began = time.monotonic()
    pipeline = FakePipeline()
    status = wait_for(run(FakeSource(50, rate=100), pipeline, pace=True), State.ENDED)
    assert 0.45 < time.monotonic() - began < 0.75
    assert len(pipeline.seen) == 50
    assert status.lag_ms < 30


def test_a_paced_recording_keeps_time_on_a_slow_machine(run: Callable[..., Session]) -> None:
    began = time.monotonic()
    pipeline = FakePipeline(step_s=0.05)
    status = wait_for(run(FakeSource(100, rate=100), pipeline, pace=True), State.ENDED)
    assert 0.9 < time.monotonic() - began < 1.4
    assert status.dropped > 40
    assert status.dropped + status.frames == 100


def test_pictures_of_a_folder_are_shown_for_a_while_each_and_none_is_left_out(
    run: Callable[..., Session],
) -> None:
    pipeline = FakePipeline(step_s=0.05)
    session = run(FakeSource(3, pictures=True), pipeline, pace=True)
    wait_for(session, State.RUNNING)
    time.sleep(0.4)
    assert pipeline.seen == [0]
    quick = FakePipeline()
    wait_for(run(FakeSource(30, pictures=True), quick), State.ENDED)
    assert quick.seen == list(range(30))


def test_a_slow_machine_sees_the_newest_frame_of_a_live_source(
    run: Callable[..., Session],
) -> None:
    pipeline = FakePipeline(step_s=0.05)
    session = run(FakeSource(100_000, live=True, rate=200), pipeline)
    wait_until(lambda: session.status.dropped > 20, 10)
    status = session.status
    assert status.state is State.RUNNING
    assert 45 < status.lag_ms < 500
    assert 1 < status.frames_per_s < 25
    assert max(np.diff(pipeline.seen)) > 1


def test_a_pause_stops_the_picture_and_costs_a_recording_nothing(
    run: Callable[..., Session],
) -> None:
    pipeline = FakePipeline()
    session = run(FakeSource(30, rate=100), pipeline, pace=True)
    wait_for(session, State.RUNNING)
    time.sleep(0.1)
    session.pause()
    time.sleep(0.03)
    seen = len(pipeline.seen)
    time.sleep(0.3)
    assert session.status.state is State.PAUSED
    assert len(pipeline.seen) == seen
    session.resume()
    status = wait_for(session, State.ENDED)
    assert pipeline.seen == list(range(30))
    assert status.dropped == 0


def test_what_a_live_source_shows_during_a_pause_is_forgotten_and_not_counted_as_lost(
    run: Callable[..., Session],
) -> None:
    pipeline = FakePipeline()
    session = run(FakeSource(100_000, live=True, rate=50), pipeline)
    wait_until(lambda: len(pipeline.seen) > 3)
    session.pause()
    time.sleep(0.6)
    dropped, seen = session.status.dropped, len(pipeline.seen)
    session.resume()
    wait_until(lambda: len(pipeline.seen) > seen + 1)
    assert session.status.dropped <= dropped + 2
    assert max(np.diff(pipeline.seen)) > 5


def test_a_pause_may_be_asked_for_before_the_first_frame(run: Callable[..., Session]) -> None:
    pipeline = FakePipeline()
    session = run(FakeSource(3), lambda _: time.sleep(0.1) or pipeline)
    session.pause()
    time.sleep(0.3)
    assert session.status.state is State.PAUSED
    assert pipeline.seen == []
    session.resume()
    wait_for(session, State.ENDED)
    assert pipeline.seen == [0, 1, 2]


def test_pausing_after_the_end_does_nothing(run: Callable[..., Session]) -> None:
    session = run(FakeSource(3))
    wait_for(session, State.ENDED)
    session.pause()
    assert session.status.state is State.ENDED


def test_a_source_that_cannot_be_opened_fails_with_its_own_words(
    run: Callable[..., Session],
) -> None:
    def missing() -> FakeSource:
        raise SourceError("x.mp4 does not exist. Check the path.")

    status = wait_for(run(missing), State.FAILED)
    assert status.message == "x.mp4 does not exist. Check the path."
    assert status.info is None


def test_frames_before_a_source_breaks_off_are_good(run: Callable[..., Session]) -> None:
    pipeline = FakePipeline()
    source = FakeSource(20, breaks=SourceError("fake is truncated after 0.2 s."))
    status = wait_for(run(source, pipeline), State.FAILED)
    assert len(pipeline.seen) == 20
    assert status.message == "fake is truncated after 0.2 s."


def test_models_that_cannot_be_loaded_fail_the_session_and_end_the_source(
    run: Callable[..., Session],
) -> None:
    def missing(_: SourceInfo) -> FakePipeline:
        raise ModelError("age.onnx does not exist. Reinstall agescope.")

    source = FakeSource(1000, live=True)
    assert "age.onnx" in wait_for(run(source, missing), State.FAILED).message
    assert source.closed.wait(1.0)


def test_a_fault_of_the_program_is_told_in_one_line_and_logged(
    run: Callable[..., Session], caplog: pytest.LogCaptureFixture
) -> None:
    status = wait_for(run(FakeSource(), FakePipeline(breaks=IndexError("row 7"))), State.FAILED)
    assert status.message.startswith("IndexError while looking at the picture: row 7.")
    assert "\n" not in status.message
    assert "Traceback" in caplog.text


def test_a_fault_of_the_program_shows_no_password(
    run: Callable[..., Session], caplog: pytest.LogCaptureFixture
) -> None:
    fault = IndexError("rtsp://viewer:hush-hush@192.0.2.1/ has no row 7")
    status = wait_for(run(FakeSource(), FakePipeline(breaks=fault)), State.FAILED)
    assert "rtsp://viewer:***@192.0.2.1/ has no row 7" in status.message
    assert caplog.records


def test_stopping_before_the_start_is_allowed() -> None:
    session = Session(FakeSource, lambda _: FakePipeline(), pace=False)
    session.stop()
    assert session.status.state is State.STOPPED


def test_stopping_twice_is_allowed(run: Callable[..., Session]) -> None:
    session = run(FakeSource(1000, live=True))
    session.stop()
    assert stopped_within(session) < 0.1


def test_stopping_is_quick_while_playing(run: Callable[..., Session]) -> None:
    session = run(FakeSource(100, rate=0.25), pace=True)
    wait_for(session, State.RUNNING)
    assert stopped_within(session) < 0.3


def test_stopping_is_quick_while_paused(run: Callable[..., Session]) -> None:
    session = run(FakeSource(10_000), FakePipeline(step_s=0.01))
    wait_for(session, State.RUNNING)
    session.pause()
    assert stopped_within(session) < 0.3


def test_stopping_closes_a_source_that_hangs(run: Callable[..., Session]) -> None:
    source = FakeSource(2, live=True, hangs=True)
    session = run(source)
    wait_for(session, State.RUNNING)
    time.sleep(0.05)
    assert stopped_within(session) < 1.0
    assert source.closed.is_set()
    assert session.status.state is State.STOPPED, "a stop is no failure of the source"


def test_stopping_does_not_wait_for_a_source_that_is_slow_to_open(
    run: Callable[..., Session], caplog: pytest.LogCaptureFixture
) -> None:
    answers = threading.Event()
    source = FakeSource()

    def slow() -> FakeSource:
        answers.wait()
        return source

    session = run(slow)
    assert stopped_within(session) < 2.0
    assert "still busy" in caplog.text
    answers.set()
    assert source.closed.wait(1.0)
    session.stop()


def test_stopping_waits_for_the_step_in_progress(run: Callable[..., Session]) -> None:
    pipeline = FakePipeline(step_s=0.3)
    session = run(FakeSource(10), pipeline)
    wait_for(session, State.RUNNING)
    time.sleep(0.05)
    assert stopped_within(session) < 1.0
    assert pipeline.seen == [0]
