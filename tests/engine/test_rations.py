import pytest

from engine.rations import Rations


def live(wants: list[float], seconds: float = 30) -> list[float]:
    """What sources that want so much a second get in the end, of 1 in all; at most 0.9 each."""
    rations, step_s = Rations(1.0, 0.9), 0.04
    got = [0.0] * len(wants)
    for step in range(int(seconds / step_s)):
        now_s = step * step_s
        for who, want in enumerate(wants):
            got[who] = min(want, rations.ration(who, now_s))
            rations.spend(who, got[who] * step_s, now_s)
    return got


def test_what_is_enough_for_all_binds_nobody() -> None:
    assert live([0.6, 0.1, 0.1]) == [0.6, 0.1, 0.1]


def test_a_crowded_camera_may_use_what_quiet_ones_leave() -> None:
    assert live([5.0, *[0.02] * 7])[0] == pytest.approx(1 - 7 * 0.02, rel=0.02)


def test_crowded_cameras_share_evenly() -> None:
    assert live([5.0] * 8) == pytest.approx([1 / 8] * 8, rel=0.05)
    assert live([5.0, 5.0, 0.1]) == pytest.approx([0.45, 0.45, 0.1], rel=0.05)


def test_who_came_first_has_no_claim_to_more() -> None:
    rations = Rations(1.0, 0.9)
    for step in range(1000):
        now_s = step * 0.04
        for who in ("first",) if step < 500 else ("first", "second"):
            rations.spend(who, rations.ration(who, now_s) * 0.04, now_s)
    assert rations.ration("first", 40.0) == pytest.approx(0.5, rel=0.1)
    assert rations.ration("second", 40.0) == pytest.approx(0.5, rel=0.1)


def test_nobody_gets_more_than_a_thread_can_use() -> None:
    assert live([5.0]) == [0.9]


def test_who_has_gone_takes_nothing() -> None:
    rations = Rations(1.0, 0.9)
    for step in range(100):
        rations.spend("gone", 0.04, step * 0.04)
    assert rations.ration("here", 4.0) < 0.6
    assert rations.ration("here", 14.0) == pytest.approx(0.9, abs=0.01)
    assert rations.ration("here", 40.0) == 0.9
    assert not rations._spent
