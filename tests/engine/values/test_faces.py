import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from engine.values.faces import UNCLAIMED, Faces, Floats, overlaps


def three_faces() -> Faces:
    boxes = np.array([[0, 0, 10, 10], [5, 5, 25, 45], [100, 0, 90, 10]])
    return Faces.found(boxes, np.arange(30).reshape(3, 5, 2), np.array([0.9, 0.5, 0.7]))


def test_faces_fresh_from_a_detector_are_unclaimed() -> None:
    faces = three_faces()
    assert len(faces) == 3
    assert (faces.track_ids == UNCLAIMED).all()
    assert faces.boxes.dtype == faces.landmarks.dtype == np.float32


def test_a_mask_an_index_and_a_slice_select_the_same_rows_of_all_arrays() -> None:
    faces = three_faces().with_ids(np.array([4, 7, 9]))
    for key in (faces.scores > 0.6, np.array([0, 2]), slice(0, 3, 2)):
        chosen = faces[key]
        assert chosen.track_ids.tolist() == [4, 9]
        assert chosen.landmarks[1, 0].tolist() == [20, 21]


def test_claiming_faces_leaves_the_old_value_alone() -> None:
    faces = three_faces()
    faces.with_ids(np.array([1, 2, 3]))
    assert (faces.track_ids == UNCLAIMED).all()


def test_arrays_of_different_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="Faces needs"):
        Faces.found(np.zeros((2, 4)), np.zeros((2, 5, 2)), np.zeros(3))


def test_the_side_of_a_face_is_the_root_of_its_area() -> None:
    assert three_faces().sides_px.tolist() == pytest.approx([10, 800**0.5, 0])


def test_no_faces_have_every_array_empty() -> None:
    assert len(Faces.none()) == 0
    assert Faces.none().sides_px.shape == (0,)


def naive_overlap(a: Floats, b: Floats) -> float:
    width = max(0.0, min(a[2], b[2]) - max(a[0], b[0]))
    height = max(0.0, min(a[3], b[3]) - max(a[1], b[1]))
    areas = [max(0.0, x[2] - x[0]) * max(0.0, x[3] - x[1]) for x in (a, b)]
    union = sum(areas) - width * height
    return width * height / union if union > 0 else 0.0


boxes = arrays(np.float32, (3, 4), elements=st.integers(0, 50).map(float))


@given(boxes, boxes)
def test_overlaps_match_a_loop_over_all_pairs(first: Floats, second: Floats) -> None:
    expected = [[naive_overlap(a, b) for b in second] for a in first]
    np.testing.assert_allclose(overlaps(first, second), expected, atol=1e-6)
