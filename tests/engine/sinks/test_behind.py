"""A slow sink behind its own thread gets everything, in order, and its errors come back."""

import threading

import pytest

from engine.errors import SinkError
from engine.sinks.behind import Behind
from engine.values.result import FrameResult, Track
from tests.engine.sinks import made


class Slow:
    """Writes only when it may, and fails at one frame on demand."""

    def __init__(self, fail_at: int = -1) -> None:
        self.may = threading.Event()
        self.seen: list[int | str] = []
        self._fail_at = fail_at

    def __enter__(self) -> "Slow":
        return self

    def write(self, result: FrameResult) -> None:
        self.may.wait()
        if result.frame.index == self._fail_at:
            raise SinkError("cannot write x: no space left on its disk.")
        self.seen.append(result.frame.index)

    def finish(self, tracks: tuple[Track, ...]) -> None:
        self.seen.append(f"finish {len(tracks)}")

    def __exit__(self, *_: object) -> None:
        self.seen.append("exit")


def test_writing_goes_on_while_the_sink_is_slow_and_nothing_is_lost() -> None:
    slow = Slow()
    with Behind(slow) as sink:
        sink.write(made.result(index=0))
        sink.write(made.result(index=1))
        assert slow.seen == []
        slow.may.set()
        for index in range(2, 20):
            sink.write(made.result(index=index))
        sink.finish((made.track(),))
    assert slow.seen == [*range(20), "finish 1", "exit"]


def test_an_error_of_the_sink_is_raised_once_and_the_sink_is_still_completed() -> None:
    slow = Slow(fail_at=1)
    slow.may.set()
    errors = 0
    with Behind(slow) as sink:
        for index in range(4):
            try:
                sink.write(made.result(index=index))
            except SinkError:
                errors += 1
        try:
            sink.finish(())
        except SinkError:
            errors += 1
    assert errors == 1
    assert slow.seen[-1] == "exit"


def test_an_error_at_the_last_frame_is_not_lost() -> None:
    slow = Slow(fail_at=0)
    slow.may.set()
    sink = Behind(slow)
    sink.__enter__()
    sink.write(made.result(index=0))
    with pytest.raises(SinkError, match="no space left"):
        sink.finish(())
    sink.__exit__(None, None, None)
    assert slow.seen == ["exit"]
