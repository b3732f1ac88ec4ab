import pytest

from engine.pacer import Pacer


def test_the_first_frame_is_due_at_once_whatever_its_time_stamp() -> None:
    assert Pacer().wait_s(1234.5, 10.0) == 0


def test_later_frames_are_due_as_far_apart_as_their_time_stamps() -> None:
    pacer = Pacer()
    pacer.wait_s(3.0, 100.0)
    assert pacer.wait_s(3.5, 100.1) == pytest.approx(0.4)
    assert pacer.wait_s(4.0, 101.2) == pytest.approx(-0.2)


def test_after_a_rest_time_has_not_been_lost() -> None:
    pacer = Pacer()
    pacer.wait_s(0.0, 0.0)
    pacer.rest()
    assert pacer.wait_s(0.04, 60.0) == 0


def test_a_damaged_time_stamp_does_not_stop_the_picture() -> None:
    pacer = Pacer()
    pacer.wait_s(0.0, 0.0)
    assert pacer.wait_s(90_000.0, 0.04) == pytest.approx(0, abs=1e-6)
    assert pacer.wait_s(90_000.04, 0.04) == pytest.approx(0.04)


def shown(frame_s: float, step_s: float, read_s: float, frames: int) -> tuple[list[float], float]:
    """Media seconds of the frames that a machine shows, and when the last was shown."""
    pacer, now, times = Pacer(), 0.0, []
    for index in range(frames):
        now += read_s
        now += max(0.0, pacer.wait_s(index * frame_s, now))
        if not pacer.passes_over(index * frame_s, now):
            times.append(index * frame_s)
            now += step_s
    return times, now


def test_a_fast_machine_shows_every_frame_in_natural_time() -> None:
    times, took_s = shown(0.04, step_s=0.02, read_s=0.005, frames=250)
    assert len(times) == 250
    assert took_s == pytest.approx(10, abs=0.1)


@pytest.mark.parametrize("step_s", [0.06, 0.2, 0.7])
def test_a_slow_machine_keeps_time_by_leaving_frames_out(step_s: float) -> None:
    times, took_s = shown(0.04, step_s=step_s, read_s=0.005, frames=250)
    assert took_s == pytest.approx(10, abs=step_s + 0.2)
    assert len(times) == pytest.approx(10 / step_s, rel=0.25)


def test_slow_reading_still_shows_frames() -> None:
    times, took_s = shown(0.04, step_s=0.01, read_s=0.1, frames=250)
    assert took_s > 20
    assert len(times) > 25
