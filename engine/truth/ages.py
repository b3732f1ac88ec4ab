"""How right the ages are that were said: errors, intervals, restlessness. Knows no boxes.

Every track weighs the same, however long it is, except in the jitter, which is a mean over frames.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np

from engine.truth.sightings import Reading, Sightings
from engine.values.result import Status

AFTER_FRAMES = (1, 5, 15, 30)
THRESHOLDS = (13, 16, 18, 21, 25)
"""Ages in whole years at which tables draw a line."""

Visit = list[Reading]


def visits(sightings: Sequence[Sightings]) -> list[Visit]:
    """The readings of each track, in order of time."""
    tracks: dict[tuple[int, int], Visit] = defaultdict(list)
    for scene, sighting in enumerate(sightings):
        for reading in sighting.readings:
            tracks[scene, reading.track_id].append(reading)
    return list(tracks.values())


def frame_mae(visits: Sequence[Visit]) -> float:
    """Mean error of single frames, in years."""
    return _mean_of_visits(visits, _is_estimated, lambda reading: abs(_error(reading, alone=True)))


def track_mae(sightings: Sequence[Sightings]) -> float:
    """Mean error of the final belief of a track about the person whom it mostly followed."""
    errors = []
    for sighting in sightings:
        for visit in visits([sighting]):
            final = sighting.final_years.get(visit[0].track_id)
            if final is not None:
                people = [reading.person for reading in visit]
                person = max(set(people), key=people.count)
                age = next(reading.age_years for reading in visit if reading.person == person)
                errors.append(abs(final - age))
    return _mean(errors)


def mae_after(visits: Sequence[Visit], frames: int) -> float:
    """Mean error of what was believed after so many frames of a track, in years."""
    then = (visit[frames - 1] for visit in visits if len(visit) >= frames)
    return _mean([abs(_error(reading)) for reading in then if _is_known(reading)])


def coverage(visits: Sequence[Visit]) -> float:
    """Share of the 90 % intervals that hold the true age, 0..1."""
    return _mean_of_visits(visits, _is_known, _holds)


def width(visits: Sequence[Visit]) -> float:
    """Mean width of the 90 % intervals, in years."""
    return _mean_of_visits(visits, _is_known, lambda r: r.interval_years[1] - r.interval_years[0])


def jitter(visits: Sequence[Visit]) -> float:
    """Mean step of the age shown from one frame to the next while stable, in years."""
    pairs = [(a, b) for a, b in _stable_pairs(visits) if b.frame == a.frame + 1]
    return _mean([abs(b.shown_years - a.shown_years) for a, b in pairs]) if pairs else 0.0


def flips(visits: Sequence[Visit]) -> int:
    """How often the age shown as stable crosses a threshold."""
    lines = np.array(THRESHOLDS) - 0.5  # A distribution spreads a year over half a year around it.
    return sum(
        int(((a.shown_years >= lines) != (b.shown_years >= lines)).sum())
        for a, b in _stable_pairs(visits)
    )


def time_to_stable(visits: Sequence[Visit]) -> tuple[float, float]:
    """Median time in seconds until a belief is stable, and the share of tracks that get there."""
    times = [
        next((r.time_s - visit[0].time_s for r in visit if _is_stable(r)), np.inf)
        for visit in visits
    ]
    reached = [time for time in times if np.isfinite(time)]
    return (float(np.median(reached)) if reached else float("nan")), len(reached) / max(
        1, len(times)
    )


def _stable_pairs(visits: Sequence[Visit]) -> list[tuple[Reading, Reading]]:
    """Neighbours among the stable readings of each track, as long as it follows one person."""
    stable = [[reading for reading in visit if _is_stable(reading)] for visit in visits]
    return [(a, b) for visit in stable for a, b in pairwise(visit) if a.person == b.person]


def _mean_of_visits(
    visits: Sequence[Visit], counts: Callable[[Reading], bool], value: Callable[[Reading], float]
) -> float:
    means = [_mean([value(reading) for reading in visit if counts(reading)]) for visit in visits]
    return _mean([mean for mean in means if not np.isnan(mean)])


def _mean(values: Sequence[float]) -> float:
    return float(np.mean(values)) if values else float("nan")


def _error(reading: Reading, *, alone: bool = False) -> float:
    said = reading.estimate_years if alone else reading.shown_years
    return said - reading.age_years


def _holds(reading: Reading) -> float:
    low, high = reading.interval_years
    return float(low <= reading.age_years <= high)


def _is_estimated(reading: Reading) -> bool:
    return not np.isnan(reading.estimate_years)


def _is_known(reading: Reading) -> bool:
    return reading.status is not Status.INSUFFICIENT


def _is_stable(reading: Reading) -> bool:
    return reading.status is Status.STABLE
