"""Faults of a real RTSP server over TCP and UDP. All drills run at once, in a thread each."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np
import pytest

from engine.status import State
from tests.drills.conftest import Control, Post, controlled
from tests.servers.film import Film, number_of, shoot
from tests.servers.rtsp import Camera, Lock401

NOTICED_S, STALL_NOTICED_S, CONNECTED_S = 1.0, 5.0, 3.0
OPENING_S = 5.0
SECRET = "s3cr3t-w0rd"
Drill = Callable[[Control, Film, str], None]
DRILLS: dict[str, Drill] = {}
BOTH = ("tcp", "udp")


def drill(made: Drill) -> Drill:
    DRILLS[made.__name__] = made
    return made


def back_in_time(post: Post, since_s: float) -> None:
    """The camera is there again: the session finds it after the wait under way and three more."""
    wait_s = post.status.next_retry_s
    post.until_state(State.RUNNING, within_s=wait_s + CONNECTED_S)
    assert time.monotonic() - since_s <= wait_s + CONNECTED_S
    post.until_frames(10)


def settled(post: Post, camera: Camera) -> None:
    """What was sent while the connection was made has been worked off: the picture is live."""
    post.until_frames(10)
    post.until(lambda _: post.picture_lag_s(camera) < 0.2)


@drill
def killed(control: Control, film: Film, transport: str) -> None:
    with Camera(film) as camera:
        post = control.watch(camera.url, transport=transport)
        settled(post, camera)
        camera.switch_off()
        assert post.until_state(State.RECONNECTING) <= NOTICED_S
        assert post.status.message
        time.sleep(1.0)
        camera.switch_on()
        back_in_time(post, time.monotonic())
        assert post.status.reconnects == 1
        assert post.status.stalls == 0


@drill
def away_for_twelve_seconds(control: Control, film: Film, transport: str) -> None:
    with Camera(film) as camera:
        post = control.watch(camera.url, transport=transport)
        settled(post, camera)
        camera.switch_off()
        time.sleep(12.0)
        assert post.status.picture_age_s > 11
        camera.switch_on()
        back_in_time(post, time.monotonic())
        times = [frame.time_s for frame in tuple(post.looker.seen)]
        assert times == sorted(times)
        assert max(np.diff(times)) > 11, "the clock went on while it was away"


@drill
def frozen_for_four_seconds(control: Control, film: Film, transport: str) -> None:
    with Camera(film) as camera:
        post = control.watch(camera.url, transport=transport)
        settled(post, camera)
        camera.frozen = True
        assert post.until_state(State.STALLED) <= STALL_NOTICED_S
        assert post.status.picture_age_s > 1.9
        time.sleep(1.5)
        camera.frozen = False
        assert post.until_state(State.RUNNING) <= 3.0
        post.until_frames(10)
        assert (post.status.stalls, post.status.reconnects) == (1, 0), "the connection was kept"


@drill
def frozen_for_long(control: Control, film: Film, transport: str) -> None:
    with Camera(film) as camera:
        post = control.watch(camera.url, transport=transport)
        settled(post, camera)
        camera.frozen = True
        assert post.until_state(State.STALLED) <= STALL_NOTICED_S
        post.until_state(State.RECONNECTING)
        assert post.status.picture_age_s < 7
        camera.drop()  # whoever waits for an answer shall not get it later
        camera.frozen = False
        back_in_time(post, time.monotonic())
        assert post.status.reconnects == 1


@drill
def silent_at_connect(control: Control, film: Film, transport: str) -> None:
    with Camera(film) as camera:
        camera.mute = True
        post = control.watch(camera.url, transport=transport)
        assert post.until_state(State.RECONNECTING) <= OPENING_S + 1
        assert "no answer in time" in post.status.message
        camera.mute = False
        back_in_time(post, time.monotonic())


@drill
def absent_at_start(control: Control, film: Film, transport: str) -> None:
    with Camera(film, on=False) as camera:
        post = control.watch(camera.url, transport=transport)
        assert post.until_state(State.RECONNECTING) <= NOTICED_S
        assert "refused" in post.status.message
        time.sleep(2.0)
        camera.switch_on()
        back_in_time(post, time.monotonic())
        assert post.status.reconnects == 0, "it was never lost"


@drill
def corrupt_packets(control: Control, film: Film, transport: str) -> None:
    with Camera(film) as camera:
        post = control.watch(camera.url, transport=transport)
        for _ in range(4):
            post.until_frames(15)
            camera.garble = 10
        post.until_frames(30)
        assert (post.status.state, post.status.reconnects) == (State.RUNNING, 0), post.status


@drill
def pausing_within_a_packet(control: Control, film: Film, transport: str) -> None:
    with Camera(film) as camera:
        post = control.watch(camera.url, transport=transport)
        settled(post, camera)
        for _ in range(2):
            camera.pause_s = 1.5
            assert post.until_frames(20) < 6.0
        assert (post.status.stalls, post.status.reconnects) == (0, 0)


@drill
def lost_packets(control: Control, film: Film, transport: str) -> None:
    with Camera(film) as camera:
        camera.lose = 20
        post = control.watch(camera.url, transport=transport)
        post.until_frames(75)
        assert (post.status.stalls, post.status.reconnects) == (0, 0)


@drill
def another_size(control: Control, film: Film, transport: str) -> None:
    with Camera(film) as camera:
        post = control.watch(camera.url, transport=transport)
        post.until_frames(10)
        for size in ((320, 180), (128, 96)):
            camera.film = shoot(size, frames=50)
            post.until(lambda _, size=size: post.looker.seen[-1].size_wh == size)
            post.until_frames(20)
            frame = post.looker.seen[-1]
            assert frame.size_wh == size
            assert frame.image.shape == (size[1], size[0], 3)
            assert number_of(frame.image) < 50
        assert post.status.reconnects == 0


@drill
def another_codec(control: Control, film: Film, transport: str) -> None:
    with Camera(film) as camera:
        post = control.watch(camera.url, transport=transport)
        post.until_frames(10)
        camera.film = shoot((320, 180), frames=50, codec="H265")
        camera.drop()
        post.until(lambda status: status.reconnects == 1)
        back_in_time(post, time.monotonic())
        assert number_of(post.looker.seen[-1].image) < 50


@drill
def another_rate(control: Control, film: Film, transport: str) -> None:
    with Camera(film) as camera:
        post = control.watch(camera.url, transport=transport)
        post.until_frames(10)
        camera.film = shoot((160, 96), frames=50, fps=25)
        time.sleep(3.0)
        arrived, sent = post.arrived, camera.sent
        time.sleep(3.0)
        assert camera.sent - sent > 60
        assert post.arrived - arrived > 50, "at the old rate it would be 36"
        assert (post.status.stalls, post.status.reconnects) == (0, 0)


@drill
def one_picture_a_second_instead_of_twelve(control: Control, film: Film, transport: str) -> None:
    with Camera(film) as camera:
        post = control.watch(camera.url, transport=transport)
        settled(post, camera)
        camera.film = shoot((160, 96), frames=50, fps=1)
        for _ in range(6):
            post.until_frames(1, within_s=3.0)
            frame = post.looker.seen[-1]
            told_s = frame.decoded_ns / 1e9
            assert told_s == pytest.approx(camera.sent_s[number_of(frame.image)], abs=0.3)
        assert (post.status.stalls, post.status.reconnects) == (0, 0)


@drill
def clock_jumps(control: Control, film: Film, transport: str) -> None:
    with Camera(film) as camera:
        post = control.watch(camera.url, transport=transport)
        post.until_frames(10)
        for jump_s in (3600.0, -7200.0, 5e4):
            camera.jump_s += jump_s
            arrived = post.arrived
            post.until(lambda _, arrived=arrived: post.arrived > arrived + 25, within_s=6)
            assert post.status.state is State.RUNNING
        times = [frame.time_s for frame in tuple(post.looker.seen)]
        assert times == sorted(times)
        assert max(np.diff(times)) < 2
        assert post.status.reconnects == 0


@drill
def slow_to_describe_itself(control: Control, film: Film, transport: str) -> None:
    with Camera(film) as camera:
        camera.describe_s = 3.0
        post = control.watch(camera.url, transport=transport)
        post.until_frames(10)
        assert post.status.reconnects == 0


@drill
def wrong_password(control: Control, film: Film, transport: str) -> None:
    with Camera(film) as camera:
        camera.lock = Lock401("admin", SECRET, "Digest")
        wrong = f"rtsp://admin:not-{SECRET}@127.0.0.1:{camera.port}/live"
        post = control.watch(wrong, transport=transport)
        post.until_state(State.RECONNECTING)
        time.sleep(4.0)
        assert "wrong user name or password" in post.status.message
        assert post.status.next_retry_s > 60
        assert camera.asked.count("DESCRIBE") <= 2, "once without, once with the password"


@drill
def right_password(control: Control, film: Film, transport: str) -> None:
    for kind in ("Basic", "Digest"):
        with Camera(film) as camera:
            camera.lock = Lock401("admin", SECRET, kind)
            url = f"rtsp://admin:{SECRET}@127.0.0.1:{camera.port}/live"
            control.watch(url, transport=transport).until_frames(10)


@drill
def well_while_all_others_fail(control: Control, film: Film, transport: str) -> None:
    with Camera(film) as camera:
        post = control.watch(camera.url, transport=transport)
        settled(post, camera)
        arrived, sent = post.arrived, camera.sent
        time.sleep(12.0)
        share = (post.arrived - arrived) / (camera.sent - sent)
        assert 0.9 <= share <= 1.1
        assert (post.status.stalls, post.status.reconnects) == (0, 0)


@pytest.fixture(scope="module")
def outcomes(film: Film) -> Iterator[dict[tuple[str, str], Future[None]]]:
    with controlled() as control, ThreadPoolExecutor(2 * len(DRILLS)) as pool:
        yield {
            (name, transport): pool.submit(made, control, film, transport)
            for name, made in DRILLS.items()
            for transport in BOTH
        }


@pytest.mark.parametrize("transport", BOTH)
@pytest.mark.parametrize("name", DRILLS)
def test_a_session_lives_with_a_camera_that_is(
    outcomes: dict[tuple[str, str], Future[None]], name: str, transport: str
) -> None:
    outcomes[name, transport].result(timeout=60)
