import numpy as np
import pytest

from engine.stages.motion import Motion, boxes_of, coordinates
from engine.values.faces import Floats


def box(x: float, y: float = 100, width: float = 40, height: float = 50) -> Floats:
    half_w, half_h = width / 2, height / 2
    return np.array([[x - half_w, y - half_h, x + half_w, y + half_h]], np.float32)


def walked(rate: float, speed_px_s: float, seconds: float = 2.0) -> Motion:
    at = np.arange(0, seconds + 1e-9, 1 / rate)
    motion = Motion.begun(box(100), 0.0)
    for time_s in at[1:]:
        motion = motion.follow(box(100 + speed_px_s * time_s), float(time_s))
    return motion


def test_coordinates_and_boxes_are_inverse() -> None:
    boxes = np.concatenate([box(30, 40, 7, 19), box(-5, 8, 200, 100)])
    np.testing.assert_allclose(boxes_of(coordinates(boxes)), boxes, rtol=1e-5, atol=1e-4)


def test_a_box_without_area_has_finite_coordinates() -> None:
    assert np.isfinite(coordinates(np.zeros((1, 4), np.float32))).all()


def test_a_new_face_is_expected_where_it_is() -> None:
    state, covariance = Motion.begun(box(100), 5.0).predict(5.0)
    np.testing.assert_allclose(boxes_of(state[:, 0]), box(100), rtol=1e-5)
    assert (state[:, 1] == 0).all()
    assert (covariance[:, [0, 2]] > 0).all()


@pytest.mark.parametrize("rate", [60, 30, 10, 5])
def test_a_steady_walk_is_foreseen_at_any_frame_rate(rate: float) -> None:
    state, covariance = walked(rate, speed_px_s=80).predict(2.2)
    expected = 100 + 80 * 2.2
    # A velocity forgets itself with time: a little short of the straight line is right.
    assert expected - 6 < state[0, 0, 0] < expected + 2
    assert abs(state[0, 0, 0] - expected) < 2 * np.sqrt(covariance[0, 0, 0])


def test_one_long_prediction_equals_many_short_ones() -> None:
    motion = walked(30, speed_px_s=120)
    state, covariance = motion.predict(3.5)
    for time_s in np.linspace(2.0, 3.5, 40)[1:]:
        step_state, step_covariance = motion.predict(time_s)
        motion = Motion(np.array([time_s]), motion.seen, step_state, step_covariance)
    np.testing.assert_allclose(motion.state, state, rtol=1e-9)
    np.testing.assert_allclose(motion.covariance, covariance, rtol=1e-6)


def test_an_unseen_face_comes_to_rest_and_may_have_wandered() -> None:
    motion = walked(30, speed_px_s=200)
    near, far = motion.predict(4.0), motion.predict(60.0)
    assert abs(far[0][0, 1, 0]) < 1e-6
    assert far[0][0, 0, 0] - motion.state[0, 0, 0] < 201
    usual_px_s = 3 * np.sqrt(40 * 50)
    assert near[1][0, 0, 0] < far[1][0, 0, 0] < 2 * 60 * usual_px_s**2


def test_repeated_sightings_of_a_still_face_make_it_certain() -> None:
    still = walked(30, speed_px_s=0)
    assert still.covariance[0, 0, 0] < Motion.begun(box(100), 0).covariance[0, 0, 0]
    assert still.state[0, 0, 0] == pytest.approx(100, abs=0.01)


def test_after_a_gap_the_velocity_is_that_of_the_way_made() -> None:
    motion = walked(30, speed_px_s=150)
    there = float(motion.seen[0, 0])
    back = motion.rejoin(box(there - 60), 3.0)
    assert back.state[0, 1, 0] == pytest.approx(-60, abs=25)
    assert motion.follow(box(there - 60), 3.0).state[0, 1, 0] < -75


def test_noise_grows_with_the_face() -> None:
    small, large = Motion.begun(box(0, 0, 20, 20), 0), Motion.begun(box(0, 0, 200, 200), 0)
    assert large.covariance[0, 0, 0] > 30 * small.covariance[0, 0, 0]


def test_faces_filtered_together_move_as_each_alone() -> None:
    first, second = walked(30, 80), walked(10, -40)
    together = Motion.joined([first, second])
    boxes = np.concatenate([box(300, 90), box(10, 120)])
    both = together.follow(boxes, 2.3)
    for row, alone in enumerate((first, second)):
        expected = alone.follow(boxes[row : row + 1], 2.3)
        np.testing.assert_array_equal(both[row : row + 1].state, expected.state)
        np.testing.assert_array_equal(both[row : row + 1].covariance, expected.covariance)
    assert len(together) == 2


def test_the_filter_equals_a_textbook_kalman_filter() -> None:
    """Against matrices, on one coordinate (log side) whose scale is 1."""
    tau, sigma, lag = 1.0, 0.6, 0.4
    motion = Motion.begun(box(100), 0.0)
    noise = (0.05 + 0.4 / np.exp(motion.seen[0, 2])) ** 2
    mean = np.array([motion.seen[0, 2], 0.0])
    cov = np.diag([noise, sigma**2])
    kept = np.exp(-lag / tau)
    step = np.array([[1, tau * (1 - kept)], [0, kept]])
    fine = np.linspace(0, lag, 20001)
    response = np.stack([tau * (1 - np.exp(-fine / tau)), np.exp(-fine / tau)])
    wander = 2 * sigma**2 / tau * np.trapezoid(response[:, None] * response[None], fine, axis=-1)
    mean, cov = step @ mean, step @ cov @ step.T + wander
    wider = box(100, width=48, height=60)
    seen = coordinates(wider)[0, 2]
    seen_noise = (0.05 + 0.4 / np.exp(seen)) ** 2
    gain = cov[:, 0] / (cov[0, 0] + seen_noise)
    mean, cov = mean + gain * (seen - mean[0]), cov - np.outer(gain, cov[0])
    followed = motion.follow(wider, lag)
    np.testing.assert_allclose(followed.state[0, :, 2], mean, rtol=1e-6)
    np.testing.assert_allclose(
        followed.covariance[0, :, 2], [cov[0, 0], cov[0, 1], cov[1, 1]], rtol=1e-6
    )
