from dataclasses import replace

import numpy as np
import pytest

from engine.sources.conditions import CLEAR, DEGRADED, Camera, Conditions
from engine.sources.scene import Scene, Script

SMALL = (320, 180)


def recorded(conditions: Conditions, index: int = 3, time_s: float = 0.0) -> np.ndarray:
    image = np.zeros((180, 320, 3), np.uint8)
    image[:, 160:] = 200
    Camera(conditions, SMALL, 1).record(image, index, time_s)
    return image


def test_a_calm_camera_stays_in_place_and_a_shaken_one_trembles() -> None:
    assert {Camera(CLEAR, SMALL, 1).shift(index / 25) for index in range(50)} == {(0, 0)}
    shaken = Camera(replace(CLEAR, shake_px=5.0), SMALL, 1)
    shifts = np.array([shaken.shift(index / 25) for index in range(100)])
    assert np.abs(shifts).max() <= 5
    assert (np.ptp(shifts, 0) >= 4).all()
    assert np.abs(np.diff(shifts, axis=0)).max() <= 4


def test_darkness_and_defocus_come_and_go() -> None:
    night, soft = replace(CLEAR, light=0.25), replace(CLEAR, defocus_px=3.0)
    times = np.arange(0, 3, 0.1)
    levels = [recorded(night, time_s=time_s)[:, 200:].mean() for time_s in times]
    edges = [np.diff(recorded(soft, time_s=t)[:, :, 0].mean(0)).max() for t in times]
    assert min(levels) == pytest.approx(50, abs=4)
    assert max(levels) == pytest.approx(200 * 0.25**0.2, abs=4)
    assert min(edges) < 60
    assert max(edges) > 100
    assert np.diff(recorded(CLEAR)[:, :, 0].mean(0)).max() > 190
    assert recorded(CLEAR)[:, 200:].mean() == pytest.approx(200, abs=1)


def test_noise_has_the_strength_asked_for_and_changes() -> None:
    noisy = replace(CLEAR, noise=6.0)
    first, second = recorded(noisy, 3), recorded(noisy, 4)
    assert first[:, 200:].std() == pytest.approx(6.0, rel=0.1)
    assert (first != second).mean() > 0.3
    assert (first == recorded(noisy, 3)).all()


def test_people_smear_along_their_way_while_the_shutter_is_open() -> None:
    script = Script(people=1, seconds=4, size_wh=(640, 360))
    sharp, smeared = (
        Scene(replace(script, conditions=replace(CLEAR, noise=0.0, exposure=exposure))).render(40)
        for exposure in (0.0, 1.0)
    )
    across = [np.abs(np.diff(image.astype(int), axis=1)).sum() for image in (sharp, smeared)]
    assert across[1] < 0.95 * across[0]
    assert sharp.mean() == pytest.approx(smeared.mean(), rel=0.02)


def test_every_degraded_condition_has_a_name_of_its_own() -> None:
    assert len({conditions.name for conditions in (CLEAR, *DEGRADED)}) == 1 + len(DEGRADED)
