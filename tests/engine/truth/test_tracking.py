"""Small cases whose scores follow from the definitions."""

from collections.abc import Sequence

import numpy as np
import pytest

from engine.sources.scene import Scene, Script
from engine.truth.sightings import Moment, Sightings
from engine.truth.tracking import identity, recall_by_size, recall_from
from engine.values.age import AgeDistribution
from engine.values.faces import Faces
from engine.values.frame import Frame
from engine.values.result import AgeBelief, FrameResult, Status


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


def result_of(frame: Frame, faces: Faces) -> FrameResult:
    """What the engine would say of faces that it knows nothing about."""
    count = len(faces)
    ages = AgeDistribution(np.arange(101, dtype=np.float32), np.full((count, 101), 1 / 101, "f4"))
    prior = AgeDistribution(ages.ages, np.full(101, 1 / 101, np.float32))
    beliefs = (AgeBelief(prior, 1, 1.0, Status.PROVISIONAL),) * count
    return FrameResult(frame, faces, np.ones(count, np.float32), ages if count else None, beliefs)


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


def test_a_face_smaller_than_asked_counts_neither_for_nor_against() -> None:
    scene = Scene(Script(people=1, seconds=1, size_wh=(320, 180), layout="steady"))
    frame = Frame(scene.render(0), 0, 0.0, 0, "scene")
    [face] = scene.truth(0)
    box = np.array([face.box_xyxy], np.float32)
    found = Faces.found(box, np.zeros((1, 5, 2)), np.ones(1)).with_ids(np.array([3]))
    [side] = found.sides_px.tolist()
    for seen in (Faces.none(), found):
        result = result_of(frame, seen)
        asked, small = Sightings(scene, side - 1), Sightings(scene, side + 1)
        for sighting in (asked, small):
            sighting.write(result)
        assert recall_from([asked], 0) == len(seen)
        assert np.isnan(recall_from([small], 0))
        assert small.moments[0].track_ids.tolist() == seen.track_ids.tolist()


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
