import time
from collections.abc import Callable, Iterator
from functools import partial
from itertools import pairwise
from threading import Event

import numpy as np
import pytest

from engine.errors import SourceError
from engine.playback import Playback
from engine.sources.address import open_source
from engine.sources.recording import recording_of
from engine.status import State
from engine.values.faces import Faces
from engine.values.frame import Frame
from engine.values.result import FrameResult, Track

SCENE = "synthetic:?people=1&seconds=2&size=96x64&rate=25"


class Looking:
    """Costs nothing and sees nobody."""

    def __init__(self) -> None:
        self.stepped: list[int] = []

    def step(self, frame: Frame) -> FrameResult:
        self.stepped.append(frame.index)
        return FrameResult(frame, Faces.none(), np.zeros(0, np.float32), None, ())

    def finish(self) -> tuple[Track, ...]:
        return ()


@pytest.fixture
def looking() -> Looking:
    return Looking()


@pytest.fixture
def unopened(looking: Looking) -> Iterator[Playback]:
    made = Playback(
        lambda: recording_of(partial(open_source, SCENE, name="x"), lambda w, h: (w, h)),
        lambda _: looking,
    )
    yield made
    made.stop()
    assert not made.alive


@pytest.fixture
def playback(unopened: Playback) -> Playback:
    unopened.start()
    return unopened


def until(true: Callable[[], bool], timeout_s: float = 10.0) -> None:
    end = time.monotonic() + timeout_s
    while not true():
        assert time.monotonic() < end
        time.sleep(0.005)


def paused_at(playback: Playback, time_s: float) -> int:
    """Pause at a second; returns the number of the frame."""
    until(lambda: playback.status.state is State.RUNNING)
    playback.pause()
    playback.seek(time_s)
    until(lambda: abs(playback.status.position_s - time_s) < 0.05)
    return playback.status.frames - 1


def test_a_frame_that_was_under_way_does_not_change_where_it_was_sought(
    unopened: Playback, looking: Looking
) -> None:
    playback, going = unopened, {number: Event() for number in (3, 40)}
    step = looking.step

    def step_slowly(frame: Frame) -> FrameResult:
        result = step(frame)
        if frame.index in going:
            going[frame.index].wait(10)
        return result

    looking.step = step_slowly
    playback.start()
    until(lambda: looking.stepped[-1:] == [3])
    playback.pause()
    playback.seek(1.6)
    going[3].set()
    until(lambda: looking.stepped[-1] == 40)
    assert (playback.status.position_s, playback.place_s) == (0.12, 1.6)
    going[40].set()
    until(lambda: playback.status.position_s == 1.6)
    assert playback.place_s == 1.6


def test_it_plays_at_its_natural_speed_to_the_end_and_again(playback: Playback) -> None:
    until(lambda: playback.status.state is State.RUNNING)
    began = time.monotonic()
    until(lambda: playback.status.state is State.ENDED)
    assert 1.5 < time.monotonic() - began < 6
    assert playback.alive
    playback.resume()
    until(lambda: playback.status.state is State.RUNNING and playback.status.position_s < 1.0)


def test_it_ends_on_the_last_frame_also_when_that_came_too_late(
    unopened: Playback, looking: Looking
) -> None:
    step = looking.step

    def step_slowly(frame: Frame) -> FrameResult:
        if frame.index == 45:
            time.sleep(0.6)
        return step(frame)

    looking.step = step_slowly
    unopened.start()
    until(lambda: unopened.status.state is State.ENDED)
    assert looking.stepped[-1] == 49
    assert unopened.status.position_s == pytest.approx(49 / 25)


def test_what_is_paused_before_it_is_open_shows_only_where_it_is_sought(
    unopened: Playback, looking: Looking
) -> None:
    playback = unopened
    playback.pause()
    playback.seek(0.8)
    assert playback.paused
    assert playback.place_s == 0.8
    playback.start()
    until(lambda: looking.stepped != [])
    assert playback.status.state is State.PAUSED
    time.sleep(0.2)
    assert looking.stepped == [20]
    playback.resume()
    assert not playback.paused
    until(lambda: looking.stepped[-1] > 22)


def test_twice_the_speed_takes_half_the_time(playback: Playback) -> None:
    playback.play_at(4.0)
    until(lambda: playback.status.state is State.RUNNING)
    began = time.monotonic()
    until(lambda: playback.status.state is State.ENDED)
    assert time.monotonic() - began < 1.5


def test_steps_go_exactly_one_frame_in_both_directions(playback: Playback) -> None:
    here = paused_at(playback, 1.0)
    assert here == 25
    for step, place in ((-1, 24), (-1, 23), (1, 24), (1, 25), (1, 26), (-3, 23)):
        playback.step(step)
        until(lambda place=place: playback.status.frames - 1 == place)
        time.sleep(0.02)
        assert playback.status.frames - 1 == place
    assert playback.status.state is State.PAUSED


def test_a_step_back_at_the_beginning_stays_there(playback: Playback) -> None:
    paused_at(playback, 0.0)
    playback.step(-1)
    time.sleep(0.1)
    assert playback.status.frames - 1 == 0


def test_what_was_looked_at_once_is_never_looked_at_again(
    playback: Playback, looking: Looking
) -> None:
    until(lambda: playback.status.state is State.ENDED)
    stepped = len(looking.stepped)
    for time_s in (1.5, 0.4, 1.0):
        playback.seek(time_s)
        until(lambda time_s=time_s: abs(playback.status.position_s - time_s) < 0.05)
    assert len(looking.stepped) == stepped
    assert playback.status.state is State.PAUSED, "after the end somebody looks around"


def test_a_part_is_played_again_and_again(playback: Playback) -> None:
    playback.play_between(0.5, 0.8)
    playback.seek(0.5)
    places = []
    until(lambda: playback.status.position_s >= 0.5)
    end = time.monotonic() + 1.2
    while time.monotonic() < end:
        places.append(playback.status.position_s)
        time.sleep(0.01)
    assert min(places) >= 0.45
    assert max(places) <= 0.81
    falls = sum(after < before for before, after in pairwise(places))
    assert falls >= 2


def test_a_seek_while_it_plays_goes_on_from_there(playback: Playback) -> None:
    until(lambda: playback.status.position_s > 0.1)
    playback.seek(1.5)
    until(lambda: playback.status.position_s >= 1.5)
    assert playback.status.state is State.RUNNING


def test_a_fault_of_the_program_shows_no_password(
    looking: Looking, caplog: pytest.LogCaptureFixture
) -> None:
    def fault() -> None:
        raise IndexError("http://viewer:hush-hush@192.0.2.1/ has no row 7")

    playback = Playback(fault, lambda _: looking)
    playback.start()
    until(lambda: playback.status.state is State.FAILED)
    assert "http://viewer:***@192.0.2.1/ has no row 7" in playback.status.message
    assert caplog.records
    playback.stop()


def test_a_recording_that_cannot_be_opened_is_told(looking: Looking) -> None:
    def refuse() -> None:
        raise SourceError("clip.mp4 does not exist. Check the path.")

    playback = Playback(refuse, lambda _: looking)
    playback.start()
    until(lambda: playback.status.state is State.FAILED)
    assert "Check the path" in playback.status.message
    until(lambda: playback.results.finished)
    playback.stop()


@pytest.mark.parametrize("state", [State.RUNNING, State.PAUSED, State.ENDED])
def test_it_stops_at_once_from_every_state(playback: Playback, state: State) -> None:
    until(lambda: playback.status.state is State.RUNNING)
    if state is State.PAUSED:
        playback.pause()
    if state is State.ENDED:
        playback.play_at(4.0)
        until(lambda: playback.status.state is State.ENDED)
    began = time.monotonic()
    playback.stop()
    assert time.monotonic() - began < 1.0
    assert not playback.alive
