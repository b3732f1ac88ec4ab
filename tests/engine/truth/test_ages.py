"""Numbers that can be counted by hand."""

import math

import pytest

from engine.sources.scene import Scene, Script
from engine.truth import ages
from engine.truth.sightings import Reading, Sightings
from engine.values.result import Status


def reading(frame: int, shown: float, status: Status = Status.STABLE, **changes: float) -> Reading:
    said = Reading(frame, frame / 25, 0, 1, 30.0, math.nan, shown, (shown - 5, shown + 5), status)
    return (
        said
        if not changes
        else Reading(**{name: changes.get(name, getattr(said, name)) for name in said.__slots__})
    )


def sightings(*readings: Reading, final: float | None = None) -> Sightings:
    seen = Sightings(Scene(Script(people=1, seconds=0.1, size_wh=(64, 36))))
    seen.readings.extend(readings)
    if final is not None:
        seen.final_years[1] = final
    return seen


def test_single_frames_count_only_where_an_estimate_was_made() -> None:
    visit = [
        reading(0, 20, estimate_years=27.0),
        reading(1, 20),
        reading(2, 20, estimate_years=34.0),
    ]
    assert ages.frame_mae([visit]) == pytest.approx(3.5)


def test_every_track_weighs_the_same() -> None:
    long = [reading(frame, 30, estimate_years=31.0) for frame in range(9)]
    short = [reading(0, 30, estimate_years=35.0)]
    assert ages.frame_mae([long, short]) == pytest.approx(3.0)


def test_a_track_is_held_against_the_person_whom_it_mostly_followed() -> None:
    readings = [reading(frame, 30) for frame in range(3)]
    readings.append(reading(3, 30, person=1, age_years=60.0))
    assert ages.track_mae([sightings(*readings, final=33.0)]) == pytest.approx(3.0)


def test_a_track_of_which_nothing_is_believed_has_no_error() -> None:
    assert math.isnan(ages.track_mae([sightings(reading(0, 30))]))


def test_the_error_after_some_frames_leaves_out_shorter_tracks() -> None:
    long = [reading(frame, 30 + frame) for frame in range(10)]
    assert ages.mae_after([long, long[:2]], 5) == pytest.approx(4.0)
    assert math.isnan(ages.mae_after([long], 30))


def test_intervals_are_counted_once_something_is_known() -> None:
    visit = [
        reading(0, 80, Status.INSUFFICIENT),
        reading(1, 34, Status.PROVISIONAL),
        reading(2, 36),
    ]
    assert ages.coverage([visit]) == pytest.approx(0.5)
    assert ages.width([visit]) == pytest.approx(10.0)


def test_jitter_is_the_step_between_stable_neighbours() -> None:
    visit = [reading(0, 10, Status.PROVISIONAL), reading(1, 30), reading(2, 30.4), reading(9, 40)]
    assert ages.jitter([visit]) == pytest.approx(0.4)
    assert ages.jitter([visit[:1]]) == 0.0


def test_a_flip_is_a_threshold_crossed_while_stable() -> None:
    crossing = [reading(0, 19.0), reading(1, 17.0, Status.PROVISIONAL), reading(2, 17.4)]
    assert ages.flips([crossing]) == 1
    assert ages.flips([[reading(0, 19.0), reading(1, 19.4)]]) == 0
    assert ages.flips([[reading(0, 10.0), reading(1, 40.0)]]) == len(ages.THRESHOLDS)
    assert ages.flips([[reading(0, 10.0), reading(1, 40.0, person=1)]]) == 0


def test_the_time_to_stable_tells_how_many_get_there() -> None:
    soon = [reading(0, 30, Status.PROVISIONAL), reading(50, 30)]
    never = [reading(0, 30, Status.PROVISIONAL)]
    assert ages.time_to_stable([soon, never]) == (pytest.approx(2.0), 0.5)
