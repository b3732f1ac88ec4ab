"""What a source makes of a real RTSP camera; what a session makes of its faults is in drills."""

import time
from collections.abc import Iterator
from threading import Timer

import numpy as np
import pytest

from engine.errors import AccessError, SourceError
from engine.sources.address import open_source
from engine.sources.source import Reading
from engine.sources.stream import LiveSource
from tests.servers.film import Film, number_of, shoot
from tests.servers.rtsp import Camera, Lock401

SECRET = "s3cr3t"


@pytest.fixture(scope="module")
def film() -> Film:
    return shoot(frames=50)


@pytest.fixture
def camera(film: Film) -> Iterator[Camera]:
    with Camera(film) as made:
        yield made


@pytest.mark.parametrize("transport", ["tcp", "udp"])
def test_no_frame_is_lost_or_swapped(camera: Camera, transport: str) -> None:
    with open_source(camera.url, reading=Reading(transport=transport)) as source:
        frames = [frame for _, frame in zip(range(60), source, strict=False)]
    numbers = np.array([number_of(frame.image) for frame in frames])
    assert set(np.diff(numbers) % 50) == {1}
    assert [frame.index for frame in frames] == list(range(60))
    assert (source.info.live, source.info.rate) == (True, 25)


def test_fewer_frames_are_taken_where_fewer_are_wanted(camera: Camera) -> None:
    with open_source(camera.url, reading=Reading(fps_cap=5)) as source:
        times_s = [frame.time_s for _, frame in zip(range(12), source, strict=False)]
    assert np.median(np.diff(times_s)) == pytest.approx(0.2, abs=0.05)
    assert source.info.rate == 5


def test_a_protocol_may_be_written_in_capitals(camera: Camera) -> None:
    with open_source(camera.url.replace("rtsp", "RTSP")) as source:
        assert next(iter(source)).index == 0


@pytest.mark.parametrize("kind", ["Basic", "Digest"])
def test_a_refused_password_is_an_error_of_its_own(camera: Camera, kind: str) -> None:
    camera.lock = Lock401("admin", SECRET, kind)
    with pytest.raises(AccessError, match="wrong user name or password") as caught:
        open_source(f"rtsp://admin:wrong-{SECRET}@127.0.0.1:{camera.port}/live")
    assert SECRET not in str(caught.value)
    with open_source(f"rtsp://admin:{SECRET}@127.0.0.1:{camera.port}/live") as source:
        assert next(iter(source)).index == 0


def test_a_hardware_decoder_that_is_not_there_is_told_and_not_needed(camera: Camera) -> None:
    with open_source(camera.url, reading=Reading(hwaccel="vaapi")) as source:
        assert number_of(next(iter(source)).image) < 50
    assert source.problems == [] or "The CPU decodes" in source.problems[0]


@pytest.fixture
def silenced(camera: Camera) -> Iterator[LiveSource]:
    """A source that has given a picture, of a camera that sends nothing any more."""
    with open_source(camera.url) as source:
        assert isinstance(source, LiveSource)
        next(iter(source))
        camera.frozen = True
        yield source


def test_silence_is_borne_for_five_seconds(silenced: LiveSource) -> None:
    began_s = time.monotonic()
    with pytest.raises(SourceError, match=r"disconnected \(no answer in time\)"):
        list(silenced)
    assert 4.5 < time.monotonic() - began_s < 7


def test_a_close_during_silence_is_no_loss_and_waits_for_the_read(silenced: LiveSource) -> None:
    closing = Timer(1.0, silenced.close)
    closing.start()
    began_s = time.monotonic()
    list(silenced)
    closing.join()
    assert time.monotonic() - began_s < 7
