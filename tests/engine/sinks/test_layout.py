import time

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.sinks.layout import place_labels

Rects = np.ndarray


def rects(places: np.ndarray, sizes: np.ndarray) -> Rects:
    return np.concatenate([places, places + sizes], 1)


def overlap(a: np.ndarray, b: np.ndarray) -> float:
    sides = np.minimum(a[2:], b[2:]) - np.maximum(a[:2], b[:2])
    return float(np.prod(np.clip(sides, 0, None)))


def touching(labels: Rects) -> int:
    n = len(labels)
    return sum(overlap(labels[i], labels[j]) > 0 for i in range(n) for j in range(i))


@st.composite
def scenes(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, tuple[int, int]]:
    picture = draw(st.tuples(st.integers(60, 900), st.integers(60, 700)))
    n = draw(st.integers(0, 12))
    corner = st.tuples(st.floats(-80, picture[0] + 40), st.floats(-80, picture[1] + 40))
    side = st.tuples(st.floats(0, 300), st.floats(0, 300))
    corners = np.array([draw(corner) for _ in range(n)]).reshape(-1, 2)
    sides = np.array([draw(side) for _ in range(n)]).reshape(-1, 2)
    label = st.tuples(st.integers(10, 60), st.integers(8, 30))
    sizes = np.array([draw(label) for _ in range(n)], np.int64).reshape(-1, 2)
    return np.concatenate([corners, corners + sides], 1).astype(np.float32), sizes, picture


@given(scenes())
@settings(max_examples=150)
def test_labels_lie_inside_the_picture(
    scene: tuple[np.ndarray, np.ndarray, tuple[int, int]],
) -> None:
    boxes, sizes, picture = scene
    labels = rects(place_labels(boxes, sizes, picture), sizes)
    assert (labels[:, :2] >= 0).all()
    assert (labels[:, 2:] <= picture).all()


@given(scenes())
@settings(max_examples=150)
def test_labels_do_not_overlap_where_there_is_room(
    scene: tuple[np.ndarray, np.ndarray, tuple[int, int]],
) -> None:
    boxes, sizes, picture = scene
    if not len(sizes):
        return
    # Each label in place forbids the next at most this many places of its corner.
    largest, cell = sizes.max(0), sizes.min() // 3 + 1
    forbidden = len(sizes) * np.prod(2 * largest + 2 * cell)
    if forbidden < np.prod(np.array(picture) - largest - cell):
        assert touching(rects(place_labels(boxes, sizes, picture), sizes)) == 0


def test_a_label_goes_above_its_face() -> None:
    place = place_labels(np.array([[200, 200, 260, 280]]), np.array([[100, 30]]), (640, 480), gap=5)
    assert place.tolist() == [[180, 165]]


def test_a_label_of_a_face_at_the_upper_border_goes_below_it() -> None:
    place = place_labels(np.array([[200, 4, 260, 80]]), np.array([[100, 30]]), (640, 480), gap=5)
    assert place.tolist() == [[180, 85]]


def test_no_label_lies_on_its_own_face_or_a_neighbours() -> None:
    columns, rows = np.meshgrid(np.arange(4), np.arange(2))
    corners = np.stack([columns.ravel() * 62 + 180, rows.ravel() * 64 + 160], 1)
    boxes = np.concatenate([corners, np.add(corners, (58, 60))], 1).astype(np.float32)
    sizes = np.tile([[100, 32]], (8, 1))
    labels = rects(place_labels(boxes, sizes, (640, 480)), sizes)
    assert not any(overlap(label, box) for label in labels for box in boxes)
    assert touching(labels) == 0


def test_labels_keep_off_places_that_are_taken() -> None:
    legend = np.array([[0, 0, 640, 200]])
    sizes = np.array([[100, 30]])
    labels = rects(
        place_labels(np.array([[300, 205, 350, 260]]), sizes, (640, 480), taken=legend), sizes
    )
    assert overlap(labels[0], legend[0]) == 0


def test_a_label_larger_than_the_picture_begins_at_its_corner() -> None:
    place = place_labels(np.array([[2, 2, 10, 10]]), np.array([[100, 30]]), (40, 20))
    assert place.tolist() == [[0, 0]]


def test_the_same_faces_get_the_same_places() -> None:
    generator = np.random.default_rng(5)
    corners = generator.uniform(0, 400, (20, 2))
    boxes = np.concatenate([corners, corners + 60], 1)
    sizes = np.tile([[90, 30]], (20, 1))
    first, second = (place_labels(boxes, sizes, (640, 480)) for _ in range(2))
    assert (first == second).all()


def test_fifty_crowded_faces_are_placed_quickly() -> None:
    generator = np.random.default_rng(1)
    corners = generator.uniform(0, 1, (50, 2)) * (1700, 900)
    boxes = np.concatenate([corners, corners + 180], 1)
    sizes = np.tile([[60, 35]], (50, 1))
    began = time.process_time()
    place_labels(boxes, sizes, (1920, 1080))
    assert time.process_time() - began < 0.2
