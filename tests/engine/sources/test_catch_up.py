from collections.abc import Iterator

import pytest

from engine.sources.catch_up import CatchUp, Delay

FPS, GROUP = 25, 12
DRIFT = 1.0002


class Stream:
    """Packets of a camera, as a socket hands them to a reader that takes its time for each."""

    def __init__(self, catch_up: CatchUp) -> None:
        self.catch_up = catch_up
        self.group = GROUP
        self.now_s, self.number = 100.0, 0
        self.offset_s = self.way_s = 0.0

    def read(self, seconds: float, decode_s: float = 0.001) -> Iterator[tuple[float, bool]]:
        """True lateness of each packet, and whether it was left out; decoding takes so long."""
        until_s = self.now_s + seconds
        while self.now_s < until_s:
            sent_s = 100 + self.number / FPS
            self.now_s = max(self.now_s, sent_s + self.way_s)
            stamp_s = self.number / FPS * DRIFT + self.offset_s
            key = self.number % self.group == 0
            left_out = self.catch_up(stamp_s, self.now_s, key=key)
            yield self.now_s - sent_s, left_out
            self.now_s += 1e-5 if left_out else decode_s
            self.number += 1


@pytest.fixture
def stream() -> Stream:
    return Stream(CatchUp())


def test_a_stream_in_time_is_decoded_whole(stream: Stream) -> None:
    assert not any(left_out for _, left_out in stream.read(600))
    assert stream.catch_up.late_s == pytest.approx(0, abs=0.02)


@pytest.mark.parametrize("decode_s", [0.05, 0.1, 0.5])
def test_a_machine_that_is_too_slow_stays_live(stream: Stream, decode_s: float) -> None:
    seen = list(stream.read(120, decode_s))
    assert max(late_s for late_s, _ in seen) < 1.2 + 2 * decode_s + GROUP / FPS
    assert sum(not left_out for _, left_out in seen) * decode_s > 0.6 * 120, "it has not idled"


def test_decoding_goes_on_with_a_key_frame(stream: Stream) -> None:
    list(stream.read(1))
    was_left_out = False
    for number, (_, left_out) in enumerate(stream.read(60, 0.1), stream.number):
        if was_left_out and not left_out:
            assert number % GROUP == 0
        was_left_out = left_out


def test_a_stream_without_key_frames_is_not_left_dark(stream: Stream) -> None:
    list(stream.read(1))
    stream.group = 10**9
    seen = [left_out for _, left_out in stream.read(300, 0.1)]
    assert sum(seen) < 35 * FPS, "ten seconds at a time, and three times at most"
    assert not any(seen[-100:])


def test_a_pause_of_the_machine_costs_no_picture(stream: Stream) -> None:
    list(stream.read(5))
    stream.now_s += 10
    seen = list(stream.read(5, 0.0005))
    assert seen[0][0] > 9
    assert not any(left_out for _, left_out in seen)


@pytest.mark.parametrize("jump_s", [3600.0, -7200.0, 5.0, -2.0])
def test_a_jump_of_the_camera_s_clock_is_no_delay(stream: Stream, jump_s: float) -> None:
    list(stream.read(5))
    stream.offset_s += jump_s
    assert not any(left_out for _, left_out in stream.read(30))
    assert stream.catch_up.late_s < 0.02


def test_a_way_that_becomes_longer_costs_a_second_once(stream: Stream) -> None:
    list(stream.read(5))
    stream.way_s = 2.0
    left_out = [left_out for _, left_out in stream.read(120)]
    assert sum(left_out) <= (1.1 + 2 * GROUP / FPS) * FPS
    assert not any(left_out[10 * FPS :])


def test_a_camera_whose_clock_is_too_slow_is_left_in_peace_soon(stream: Stream) -> None:
    left_out = []
    for _ in range(6000):
        key = stream.number % GROUP == 0
        left_out.append(stream.catch_up(stream.number / FPS * 0.8, stream.number / FPS, key=key))
        stream.number += 1
    assert sum(left_out) < 200
    assert not any(left_out[2000:])


def test_what_was_long_ago_is_no_measure() -> None:
    delay = Delay()
    assert delay(0.0, 10.0) == 0
    assert [delay(float(s), 11.0 + s) for s in range(1, 100)][-1] == 0
