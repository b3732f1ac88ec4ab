import random
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


@pytest.mark.parametrize(("pace", "times"), [(0.985, 0), (DRIFT, 3)])
def test_decoding_goes_on_with_a_key_frame_also_when_nothing_had_waited(
    stream: Stream, monkeypatch: pytest.MonkeyPatch, pace: float, times: int
) -> None:
    monkeypatch.setattr(f"{__name__}.DRIFT", pace)
    stream.group = 4 * FPS
    spells, was_left_out = 0, False
    for second in range(1800):
        stream.way_s = 0.7 * min(times, second // 100)
        for number, (_, left_out) in enumerate(stream.read(1), stream.number):
            if was_left_out and not left_out:
                spells += 1
                assert number % stream.group == 0
            was_left_out = left_out
    assert spells >= 3


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


def congested(stream: Stream, times: int) -> None:
    """The way is three seconds longer for six seconds, and as it was for two minutes."""
    for _ in range(times):
        stream.way_s = 3.0
        list(stream.read(6))
        stream.way_s = 0.0
        list(stream.read(120))


def untold_s(stream: Stream, seconds: float, decode_s: float) -> list[float]:
    """True lateness less the one told, for every packet."""
    read = stream.read(seconds, decode_s)
    return [late_s - stream.catch_up.late_s for late_s, _ in read]


def test_an_old_picture_says_how_old_it_is_while_key_frames_are_too_far_apart(
    stream: Stream,
) -> None:
    stream.group = 20 * FPS
    list(stream.read(1))
    assert max(untold_s(stream, 3600, 0.05)) < 1.5


def test_what_piles_up_because_key_frames_are_too_far_apart_is_left_out_later(
    stream: Stream,
) -> None:
    stream.group = 20 * FPS
    seen = list(stream.read(3600, 0.05))
    assert max(late_s for late_s, _ in seen) < 600 * 0.25
    dark = sum(left_out for _, left_out in seen)
    assert dark < 0.3 * len(seen), "it has decoded what it could"


@pytest.mark.parametrize("decode_s", [0.05, 0.1])
@pytest.mark.parametrize("group_s", [12, 20])
def test_a_machine_that_is_too_slow_is_live_at_each_key_frame_though_they_are_far_apart(
    stream: Stream, group_s: int, decode_s: float
) -> None:
    stream.group = group_s * FPS
    list(stream.read(3 * group_s, decode_s))
    seen = [
        (late_s, late_s - stream.catch_up.late_s, not left_out)
        for late_s, left_out in stream.read(1800, decode_s)
    ]
    late_s, untold_s, decoded = map(list, zip(*seen, strict=True))
    assert max(late_s) < group_s * (1 - 1 / FPS / decode_s) + 0.2
    assert max(untold_s) < 0.1
    assert sum(decoded) * decode_s > 0.94 * 1800, "it has not idled"


def test_a_machine_that_is_too_slow_stays_live_though_key_frames_come_now_soon_now_late(
    stream: Stream,
) -> None:
    for _ in range(15):
        for group_s in (2, 20):
            stream.group = group_s * FPS
            assert max(late_s for late_s, _ in stream.read(40, 0.05)) < 20 * 0.2 + 2
            assert stream.catch_up._errors < 2


@pytest.mark.parametrize("way_s", [0.7, 2.0])
def test_a_longer_way_becomes_the_measure_though_key_frames_are_far_apart(
    stream: Stream, way_s: float
) -> None:
    stream.group = 20 * FPS
    list(stream.read(60))
    stream.way_s = way_s
    assert sum(left_out for _, left_out in stream.read(120)) < 2.6 * FPS
    assert stream.catch_up.late_s < 0.1


def test_an_old_picture_says_how_old_it_is_after_congestions(stream: Stream) -> None:
    list(stream.read(60))
    congested(stream, 3)
    untold = untold_s(stream, 300, 0.05)
    assert stream.catch_up.late_s > 30, "nothing is left out yet"
    assert max(untold) < 0.5


def test_a_machine_that_is_too_slow_stays_live_again_some_time_after_congestions(
    stream: Stream,
) -> None:
    list(stream.read(60))
    congested(stream, 3)
    list(stream.read(600, 0.05))
    seen = list(stream.read(120, 0.05))
    assert max(late_s for late_s, _ in seen) < 1.2 + 2 * 0.05 + GROUP / FPS


def test_a_constant_delay_is_told_and_left_out_as_soon_as_anything_is(stream: Stream) -> None:
    """A machine that is just quick enough for what comes never gets rid of what has piled up."""
    list(stream.read(60))
    congested(stream, 3)
    list(stream.read(100, 0.05))
    untold = untold_s(stream, 200, 1 / FPS)
    assert stream.catch_up.late_s > 10
    assert max(untold) < 0.5
    list(stream.read(300, 1 / FPS))
    assert max(late_s for late_s, _ in stream.read(60, 1 / FPS)) < 1


@pytest.mark.parametrize("pace", [0.8, 0.97, 0.99])
def test_a_camera_whose_clock_is_too_slow_is_not_taken_for_old(stream: Stream, pace: float) -> None:
    told, left_out = [], 0
    for number in range(3600 * FPS):
        key = number % GROUP == 0
        left_out += stream.catch_up(number / FPS * pace, number / FPS, key=key)
        told.append(stream.catch_up.late_s)
    assert max(told) < 1.5
    assert left_out < (3 + 6) * 2 * FPS, "and one try in ten minutes"


def ever_slower(stream: Stream, growth: float) -> float:
    """The way becomes longer and longer until packets are left out no more; seconds it took."""
    list(stream.read(60))
    begun_s = stream.now_s
    while stream.catch_up._errors < 3:
        stream.way_s = growth * (stream.now_s - begun_s)
        list(stream.read(1 / FPS))
    return stream.now_s - begun_s


@pytest.mark.parametrize("stays", [False, True])
@pytest.mark.parametrize("growth", [0.05, 0.1, 0.3, 0.5])
def test_a_way_that_becomes_longer_and_longer_is_not_taken_for_a_slow_clock(
    stream: Stream, growth: float, stays: bool
) -> None:
    ever_slower(stream, growth)
    stream.way_s *= stays
    list(stream.read(30))
    untold = untold_s(stream, 550, 0.05)
    assert stream.catch_up.late_s > 100, "nothing is left out yet"
    assert max(untold) < stream.way_s + 0.6
    list(stream.read(60, 0.05))
    untold = untold_s(stream, 1800, 0.05)
    assert max(untold) < stream.way_s + 0.6
    assert stream.catch_up.late_s < 1.2


@pytest.mark.parametrize("stays", [False, True])
@pytest.mark.parametrize("growth", [0.05, 0.1, 0.3, 0.5])
@pytest.mark.parametrize("decode_s", [0.041, 0.05, 0.1])
def test_what_piles_up_from_that_moment_on_is_told_soon(
    stream: Stream, growth: float, stays: bool, decode_s: float
) -> None:
    took_s = ever_slower(stream, growth)
    way_s = stream.way_s
    stream.way_s *= stays
    untold = untold_s(stream, took_s, decode_s)
    assert max(untold) < way_s + growth * took_s
    untold = untold_s(stream, 1200, decode_s)
    assert max(untold) < stream.way_s + 1.1


def test_a_machine_that_is_too_slow_stays_live_for_long(stream: Stream) -> None:
    seen = [late_s for late_s, _ in stream.read(1800, 0.05)]
    assert max(seen) < 1.2 + 2 * 0.05 + GROUP / FPS


@pytest.mark.parametrize("pace", [0.8, 0.97])
def test_what_piles_up_is_told_also_of_a_camera_whose_clock_is_too_slow(
    stream: Stream, monkeypatch: pytest.MonkeyPatch, pace: float
) -> None:
    monkeypatch.setattr(f"{__name__}.DRIFT", pace)
    list(stream.read(240))
    untold = untold_s(stream, 200, 0.05)
    assert stream.catch_up.late_s > 30
    assert max(map(abs, untold)) < 1


@pytest.mark.parametrize("jump_s", [3600.0, -7200.0, -2.0])
def test_a_jump_of_a_clock_that_is_too_slow_is_no_delay(
    stream: Stream, monkeypatch: pytest.MonkeyPatch, jump_s: float
) -> None:
    monkeypatch.setattr(f"{__name__}.DRIFT", 0.8)
    list(stream.read(240))
    stream.offset_s += jump_s
    assert max(map(abs, untold_s(stream, 300, 0.001))) < 1


@pytest.mark.parametrize("pace", [0.8, 0.99])
def test_a_camera_whose_clock_is_too_slow_may_have_a_way_that_varies(pace: float) -> None:
    catch_up, chance = CatchUp(), random.Random(1)
    told, now_s = [], 0.0
    for number in range(1800 * FPS):
        way_s = 0.8 * chance.random() * (chance.random() < 0.2)
        now_s = max(now_s + 1e-4, number / FPS + way_s)
        catch_up(number / FPS * pace, now_s, key=number % GROUP == 0)
        told.append(catch_up.late_s)
    assert max(told) < 3
    assert sum(told) / len(told) < 1
