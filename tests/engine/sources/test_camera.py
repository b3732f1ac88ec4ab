import time
from collections.abc import Callable, Iterable

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from engine.errors import SourceError
from engine.session import Session, State
from engine.sources.camera import CameraSource
from engine.sources.source import Reading
from engine.values.faces import Faces
from engine.values.frame import Frame
from engine.values.result import FrameResult, Track


class FakeCapture:
    """A camera that gives the pictures it was given (BGR), then none."""

    def __init__(self, pictures: Iterable[NDArray[np.uint8]], *, opens: bool = True) -> None:
        self._pictures = iter(pictures)
        self._opens = opens
        self.released = 0

    def isOpened(self) -> bool:  # noqa: N802 - OpenCV's name
        return self._opens

    def read(self) -> tuple[bool, NDArray[np.uint8] | None]:
        picture = next(self._pictures, None)
        return picture is not None, picture

    def get(self, prop: int) -> float:
        return 30.0 if prop == cv2.CAP_PROP_FPS else -1.0

    def release(self) -> None:
        self.released += 1


def blue(count: int) -> list[NDArray[np.uint8]]:
    return [np.full((48, 64, 3), (255, 10, 20 + i), np.uint8) for i in range(count)]


def test_pictures_come_as_rgb_with_a_small_copy_and_time_of_arrival() -> None:
    capture = FakeCapture(blue(3))
    source = CameraSource(
        2, name="cam", small_size=lambda w, h: (w // 2, h // 2), open_capture=lambda _: capture
    )
    frames = []
    with source, pytest.raises(SourceError, match="camera 2 stopped giving pictures"):
        frames.extend(source)
    assert [tuple(frame.image[0, 0]) for frame in frames] == [(20 + i, 10, 255) for i in range(3)]
    assert [frame.index for frame in frames] == [0, 1, 2]
    assert frames[0].time_s == 0
    assert 0 < frames[1].time_s < frames[2].time_s
    assert all(f.small is not None and f.small.shape == (24, 32, 3) for f in frames)
    assert not frames[0].image.flags.writeable
    assert source.info.live
    assert (source.info.width, source.info.height, source.info.rate) == (64, 48, 30)
    assert capture.released == 1


def test_a_picture_that_the_cap_passes_over_is_a_sign_of_life() -> None:
    moments_s = []

    class Slow(FakeCapture):
        def read(self) -> tuple[bool, NDArray[np.uint8] | None]:
            moments_s.append(time.monotonic())
            time.sleep(0.02)
            return super().read()

    source = CameraSource(
        0, name="cam", reading=Reading(fps_cap=0.1), open_capture=lambda _: Slow(blue(5))
    )
    frames = []
    with source, pytest.raises(SourceError, match="stopped giving pictures"):
        frames.extend(source)
    assert len(frames) == 1
    assert moments_s[-2] < source.sign_s < moments_s[-1], "the last but one read gave a picture"


def test_closing_ends_it_without_an_error() -> None:
    capture = FakeCapture(blue(100))
    source = CameraSource(0, name="cam", open_capture=lambda _: capture)
    seen = 0
    for seen, _ in enumerate(source):
        if seen == 5:
            source.close()
    assert seen == 5
    assert capture.released == 1


@pytest.mark.parametrize(
    "capture", [FakeCapture(blue(3), opens=False), FakeCapture([])], ids=["absent", "mute"]
)
def test_a_camera_without_a_picture_is_let_go_and_refused(capture: FakeCapture) -> None:
    with pytest.raises(SourceError, match="camera 7 cannot be opened or gives no picture; "):
        CameraSource(7, name="cam", open_capture=lambda _: capture)
    assert capture.released == 1


def test_opencv_says_nothing_about_a_camera_that_does_not_exist(
    capfd: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SourceError, match=r"no camera \(no /dev/video\*\)|found: /dev/video"):
        CameraSource(917, name="cam")
    assert capfd.readouterr() == ("", "")


def test_a_camera_may_be_absent_pulled_out_and_plugged_in_again(
    caplog: pytest.LogCaptureFixture,
) -> None:
    plugged = False

    def plug(_: int) -> FakeCapture:
        return FakeCapture(blue(15), opens=plugged)

    looker = Looker()
    session = Session(
        lambda: CameraSource(3, name="cam", open_capture=plug),
        lambda _: looker,
        pace=False,
        live=True,
    )
    session.start()
    until(lambda: session.status.state is State.RECONNECTING)
    assert "Is it plugged in and free?" in session.status.message
    plugged = True
    until(lambda: session.status.reconnects >= 1, 10)  # each time it gives 15 pictures and stops
    times_s = looker.times_s
    assert times_s == sorted(times_s)
    plugged = False
    until(lambda: "cannot be opened" in session.status.message, 10)
    session.stop()
    assert "camera 3 stopped giving pictures" in caplog.text


class Looker:
    """A pipeline that finds nobody."""

    def __init__(self) -> None:
        self.times_s: list[float] = []

    def step(self, frame: Frame) -> FrameResult:
        self.times_s.append(frame.time_s)
        return FrameResult(frame, Faces.none(), np.zeros(0, np.float32), None, ())

    def finish(self) -> tuple[Track, ...]:
        return ()


def until(reached: Callable[[], bool], within_s: float = 3.0) -> None:
    end_s = time.monotonic() + within_s
    while not reached():
        assert time.monotonic() < end_s
        time.sleep(0.005)
