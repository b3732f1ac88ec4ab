import logging
import re
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import pytest

from engine.backoff import LONGEST_S
from engine.errors import AccessError, SourceError
from engine.session import Session, State
from engine.values.frame import Frame
from engine.values.result import FrameResult
from tests.engine.session_fakes import (
    FakePipeline,
    FakeSource,
    Heard,
    wait_for,
    wait_until,
)


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
    said = [message for message in caplog.messages if message.startswith("fake is ")]
    assert said[0].startswith("fake is there: ")
    assert re.fullmatch(r"fake is back after \d s: \d+x\d+.*", said[1])


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


def test_where_faces_are_hidden_nobody_gets_a_picture_that_was_not_looked_at(
    run: Callable[..., Session],
) -> None:
    listener, hidden = Heard(), []

    def blur(result: FrameResult) -> FrameResult:
        hidden.append(result.frame.index)
        return replace(result, frame=result.frame.showing(np.ones_like(result.frame.image)))

    session = run(
        FakeSource(1000, live=True), FakePipeline(step_s=0.15), listener=listener, blur=blur
    )
    wait_until(lambda: len(listener.results) == 1, 5)
    shown = []
    until = time.monotonic() + 1
    while time.monotonic() < until:
        result = session.results.get(0.05)
        if result is not None:
            shown.append(result)
    assert len(shown) > 3
    assert {result.frame.index for result in shown} <= set(hidden)
    assert all(result.looked and result.frame.image.all() for result in shown)
    assert all(result.frame.image.all() for result in listener.results)


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
    wait_until(lambda: len(listener.results) > seen, LONGEST_S + 3)  # the wait is drawn by lot
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
