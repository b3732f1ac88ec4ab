import logging
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import pytest

from engine.errors import AccessError, ModelError, SourceError
from engine.session import Listener, Session, SessionStatus, State
from engine.sources.source import SourceInfo
from engine.values.age import AgeDistribution
from engine.values.faces import Faces
from engine.values.frame import Frame
from engine.values.result import AgeBelief, FrameResult, Status, Track

IMAGE = np.zeros((24, 32, 3), np.uint8)
AGE = AgeDistribution(np.arange(2, dtype=np.float32), np.full(2, 0.5, np.float32))
BELIEF = AgeBelief(AGE, 1, 1.0, Status.STABLE)
VISITS = (Track("fake", 1, 0.0, 1.0, 9, BELIEF, 0.5),)


class FakeSource:
    """Delivers `frames` frames; live ones at `rate`, recorded ones at once."""

    def __init__(
        self,
        frames: int = 10,
        *,
        live: bool = False,
        rate: float = 100.0,
        breaks: Exception | None = None,
        hangs: bool = False,
        pictures: bool = False,
    ) -> None:
        self.info = SourceInfo("fake", "fake:", live, pictures, 32, 24, rate, frames, frames / rate)
        self.breaks, self.hangs = breaks, hangs
        self.problems: list[str] = []
        self.closed = threading.Event()
        self.silent = threading.Event()

    def __iter__(self) -> Iterator[Frame]:
        for index in range(self.info.frames):
            if self.closed.is_set():
                return
            if self.info.live:
                time.sleep(1 / self.info.rate)
            while self.silent.is_set() and not self.closed.wait(0.01):
                pass
            time_s, picture = index / self.info.rate, ""
            if self.info.pictures:
                time_s, picture = 0.0, f"{index}.jpg"
            yield Frame(IMAGE, index, time_s, time.monotonic_ns(), "fake", picture=picture)
        if self.hangs:
            self.closed.wait()
            raise SourceError("fake was closed while reading")
        if self.breaks:
            raise self.breaks

    def close(self) -> None:
        self.closed.set()

    def __enter__(self) -> "FakeSource":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class FakePipeline:
    def __init__(self, step_s: float = 0.0, breaks: Exception | None = None) -> None:
        self.step_s, self.breaks = step_s, breaks
        self.seen: list[int] = []

    def step(self, frame: Frame) -> FrameResult:
        if self.breaks:
            raise self.breaks
        time.sleep(self.step_s)
        self.seen.append(frame.index)
        return FrameResult(frame, Faces.none(), np.zeros(0, np.float32), None, ())

    def finish(self) -> tuple[Track, ...]:
        return VISITS


@pytest.fixture
def run() -> Iterator[Callable[..., Session]]:
    sessions: list[Session] = []
    before = set(threading.enumerate())

    def started(
        source: FakeSource | Callable[[], FakeSource],
        pipeline: FakePipeline | Callable[[SourceInfo], FakePipeline] | None = None,
        *,
        pace: bool = False,
        live: bool = False,
        listener: Listener | None = None,
    ) -> Session:
        pipeline = pipeline or FakePipeline()
        session = Session(
            source if callable(source) else lambda: source,
            pipeline if callable(pipeline) else lambda _: pipeline,
            pace=pace,
            live=live,
            name="fake",
        )
        session.listener = listener
        sessions.append(session)
        session.start()
        return session

    yield started
    for session in sessions:
        session.stop()
    assert set(threading.enumerate()) <= before


class Heard:
    """Keeps what a session tells."""

    def __init__(self) -> None:
        self.results: list[FrameResult] = []
        self.ends = 0

    def on_result(self, name: str, result: FrameResult) -> None:
        assert name == "fake"
        self.results.append(result)

    def on_tracks(self, name: str, tracks: tuple[Track, ...]) -> None:
        assert (name, tracks) == ("fake", VISITS)
        self.ends += 1


def wait_until(reached: Callable[[], bool], timeout_s: float = 3.0) -> None:
    until = time.monotonic() + timeout_s
    while not reached():
        assert time.monotonic() < until
        time.sleep(0.005)


def wait_for(session: Session, *states: State, timeout_s: float = 3.0) -> SessionStatus:
    until = time.monotonic() + timeout_s
    while session.status.state not in states:
        assert time.monotonic() < until, session.status
        time.sleep(0.005)
    return session.status


def stopped_within(session: Session) -> float:
    began = time.monotonic()
    session.stop()
    assert session.status.state.over
    return time.monotonic() - began


def test_every_frame_of_a_recording_is_stepped_in_order(run: Callable[..., Session]) -> None:
    pipeline = FakePipeline(step_s=0.002)
    status = wait_for(run(FakeSource(60), pipeline), State.ENDED)
    assert pipeline.seen == list(range(60))
    assert (status.frames, status.dropped, status.message) == (60, 0, "")
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


class Plugged:
    """Opens a new live source each time, while it is plugged in."""

    def __init__(self, *, plugged: bool = True, frames: int = 1000) -> None:
        self.plugged, self.frames, self.opened = plugged, frames, 0
        self.now = FakeSource(frames, live=True)

    def __call__(self) -> FakeSource:
        if not self.plugged:
            raise SourceError("camera 7 cannot be opened. Is it plugged in?")
        self.opened += 1
        self.now = FakeSource(self.frames, live=True)
        return self.now

    def pull(self) -> None:
        self.plugged = False
        self.now.close()


def test_a_live_source_may_be_absent_at_first(
    run: Callable[..., Session], caplog: pytest.LogCaptureFixture
) -> None:
    camera = Plugged(plugged=False)
    session = run(camera, live=True)
    status = wait_for(session, State.RECONNECTING)
    assert status.message == "camera 7 cannot be opened. Is it plugged in?"
    assert 0 < status.next_retry_s <= 0.5
    camera.plugged = True
    wait_for(session, State.RUNNING)
    assert session.status.reconnects == 0
    assert [r.getMessage() for r in caplog.records if r.levelno > logging.INFO] == [
        "fake: camera 7 cannot be opened. Is it plugged in?"
    ], "told once, however often it is tried"


def test_a_live_source_that_is_pulled_out_comes_back_with_its_numbers_going_on(
    run: Callable[..., Session], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    camera, listener = Plugged(), Heard()
    session = run(camera, live=True, listener=listener)
    wait_until(lambda: len(listener.results) > 10)
    camera.pull()
    wait_for(session, State.RECONNECTING)
    camera.plugged = True
    seen = len(listener.results)
    wait_until(lambda: len(listener.results) > seen + 10)
    frames = [result.frame for result in listener.results]
    assert [f.index for f in frames] == sorted({f.index for f in frames})
    assert [f.time_s for f in frames] == sorted({f.time_s for f in frames})
    assert session.status.reconnects == 1
    assert camera.opened == 2
    assert "fake: the source ended by itself." in caplog.messages
    assert caplog.messages[-1] == "fake is back"


def test_a_source_that_says_nothing_stalls_and_its_picture_grows_old(
    run: Callable[..., Session],
) -> None:
    camera = Plugged()
    session = run(camera, live=True)
    wait_for(session, State.RUNNING)
    camera.now.silent.set()
    status = wait_for(session, State.STALLED, timeout_s=5)
    assert 1.9 < status.picture_age_s < 5
    assert 1.9 < status.lag_s < 5
    camera.now.silent.clear()
    wait_for(session, State.RUNNING)
    assert (session.status.stalls, session.status.reconnects) == (1, 0)
    wait_until(lambda: session.status.picture_age_s < 0.5)


def test_a_refused_password_is_told_and_not_tried_again_soon(
    run: Callable[..., Session], caplog: pytest.LogCaptureFixture
) -> None:
    asked: list[float] = []

    def refused() -> FakeSource:
        asked.append(time.monotonic())
        raise AccessError("the camera says 401: wrong user name or password.")

    status = wait_for(run(refused, live=True), State.RECONNECTING)
    assert "401" in status.message
    assert status.next_retry_s > 200
    time.sleep(0.7)
    assert len(asked) == 1
    assert "wrong user name" in caplog.text


def test_a_picture_never_waits_for_a_slow_model(run: Callable[..., Session]) -> None:
    listener = Heard()
    session = run(FakeSource(1000, live=True), FakePipeline(step_s=0.6), listener=listener)
    wait_until(lambda: len(listener.results) == 1, 5)
    ages_s, indices, looked = [], [], []
    until = time.monotonic() + 2
    while time.monotonic() < until:
        result = session.results.get(0.1)
        if result is not None:
            ages_s.append(time.monotonic() - result.frame.decoded_ns / 1e9)
            indices.append(result.frame.index)
            looked.append(result.looked)
    assert np.quantile(ages_s, 0.95) < 0.3
    assert len(ages_s) > 20
    assert indices == sorted(indices), "a picture never jumps back"
    assert 1 <= sum(looked) <= 6, "each finished step is told once"


def test_visits_end_when_the_source_is_gone_for_long_and_at_the_end(
    run: Callable[..., Session], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    camera, listener = Plugged(), Heard()
    session = run(camera, live=True, listener=listener)
    wait_until(lambda: len(listener.results) > 2)
    camera.pull()
    wait_until(lambda: listener.ends == 1, 8)
    camera.plugged = True
    seen = len(listener.results)
    wait_until(lambda: len(listener.results) > seen, 10)
    session.stop()
    assert listener.ends == 2


def test_visits_end_when_the_picture_changes_its_size(run: Callable[..., Session]) -> None:
    class Resized(FakeSource):
        def __iter__(self) -> Iterator[Frame]:
            for frame in super().__iter__():
                large = np.zeros((48, 64, 3), np.uint8)
                yield frame if frame.index < 20 else replace(frame, image=large)

    listener = Heard()
    run(Resized(1000, live=True), listener=listener)
    wait_until(lambda: len(listener.results) > 30)
    assert listener.ends == 1


def test_a_hang_is_seen_from_outside(run: Callable[..., Session]) -> None:
    answers = threading.Event()

    class Stuck(FakePipeline):
        def step(self, frame: Frame) -> FrameResult:
            answers.wait()
            return super().step(frame)

    session = run(FakeSource(1000, live=True), Stuck(), live=True)
    wait_until(lambda: session.idle_s > 0.3)
    answers.set()
    wait_until(lambda: session.idle_s < 0.2)


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
