"""Small cases whose scores follow from the definitions."""

from collections.abc import Sequence

import numpy as np
import pytest

from engine.sources.scene import Scene, Script
from engine.truth.sightings import Moment, Sightings
from engine.truth.tracking import identity, recall_by_size, recall_from


def moment(
    track_ids: Sequence[int],
    *,
    shared: Sequence[Sequence[float]] = ((0.9, 0.0), (0.0, 0.8)),
    clear: tuple[bool, bool] = (True, True),
) -> Moment:
    """Two people, 20 and 50 px, and the faces that were seen."""
    overlaps = np.array(shared, np.float32)[:, : len(track_ids)].reshape(2, len(track_ids))
    return Moment(
        np.array([4, 7]),
        np.array([20, 50], np.float32),
        np.array(clear),
        overlaps,
        np.array(track_ids, np.int64),
    )


def sightings(*moments: Moment) -> list[Sightings]:
    seen = Sightings(Scene(Script(people=1, seconds=0.1, size_wh=(64, 36))))
    seen.moments.extend(moments)
    return [seen]


def test_recall_is_told_by_size() -> None:
    seen = sightings(moment([1, 2]), moment([1]), moment([-1, -1]), moment([]))
    assert recall_from(seen, 24) == pytest.approx(0.5)
    assert recall_from(seen, 0) == pytest.approx(5 / 8)
    by_size = recall_by_size(seen)
    assert by_size["20px"] == pytest.approx(0.75)
    assert by_size["32px"] == pytest.approx(0.5)
    assert np.isnan(by_size["128px"])


def test_a_covered_face_counts_neither_for_nor_against() -> None:
    covered = moment([1, 2], clear=(True, False))
    assert recall_from(sightings(covered), 24) != recall_from(sightings(covered), 24)
    scores = identity(sightings(covered))
    assert scores == {"idf1": 1.0, "mota": 1.0, "num_switches": 0.0}


def test_following_everybody_is_perfect() -> None:
    scores = identity(sightings(*[moment([1, 2])] * 4))
    assert scores == {"idf1": 1.0, "mota": 1.0, "num_switches": 0.0}


def test_two_people_exchanged_are_two_switches() -> None:
    scores = identity(sightings(*[moment([1, 2])] * 3, moment([2, 1])))
    assert scores["num_switches"] == 2
    assert scores["idf1"] == pytest.approx(6 / 8)


def test_faces_without_a_track_and_false_tracks_cost_identity() -> None:
    nobody = ((0.0, 0.9), (0.0, 0.0))
    scores = identity(sightings(moment([1, 2]), moment([9, -1], shared=nobody)))
    # 2 right, 1 false, 2 missed: 2 * 2 / (2 * 2 + 1 + 2)
    assert scores["idf1"] == pytest.approx(4 / 7)


def test_a_loose_box_is_no_match() -> None:
    loose = moment([1, 2], shared=((0.45, 0.0), (0.0, 0.8)))
    assert recall_from(sightings(loose), 0) == pytest.approx(0.5)
    assert identity(sightings(loose))["idf1"] == pytest.approx(0.5)
