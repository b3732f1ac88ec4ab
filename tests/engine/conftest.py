import threading
from collections.abc import Callable, Iterator

import pytest

from engine.session import Listener, Session
from engine.sources.source import SourceInfo
from engine.values.result import FrameResult
from tests.engine.session_fakes import FakePipeline, FakeSource


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
        blur: Callable[[FrameResult], FrameResult] | None = None,
    ) -> Session:
        pipeline = pipeline or FakePipeline()
        session = Session(
            source if callable(source) else lambda: source,
            pipeline if callable(pipeline) else lambda _: pipeline,
            pace=pace,
            live=live,
            name="fake",
            blur=blur,
        )
        session.listener = listener
        sessions.append(session)
        session.start()
        return session

    yield started
    for session in sessions:
        session.stop()
    assert set(threading.enumerate()) <= before
