"""Where faces are going: a Kalman filter on media time. Knows no pictures and no identities.

The four coordinates (centre x, centre y, log side, log aspect) are filtered independently. Each
velocity wanders around zero and forgets itself (Ornstein-Uhlenbeck), so that a face that is not
seen glides to rest instead of flying off, and the prediction over one long step equals that over
many short ones: the frame rate does not matter.
Source of the idea: Singer, "Estimating optimal tracking filter performance for manned maneuvering
targets", 1970, here with velocity in the place of acceleration.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.values.faces import Floats

Doubles = NDArray[np.float64]

_SPEED_SD = np.array([3.0, 3.0, 0.6, 0.3])
"""Usual speeds: face sides a second for the centre, logarithms a second for side and aspect."""
_MEMORY_S = np.array([1.0, 1.0, 1.0, 0.5])
_MEASURE_SD = np.array([0.04, 0.04, 0.05, 0.06])
_PIXEL_SD = 0.4
_BRIDGE_STEPS = 4
_HALF_ASPECT = np.array([0.5, -0.5])


def coordinates(boxes: Floats) -> Doubles:
    """Centre x, centre y, log side and log aspect (width to height) of boxes.

    Args:
        boxes: (..., 4) x1 y1 x2 y2 in px.

    Returns:
        (..., 4) float64; widths and heights below 1 px count as 1 px.
    """
    box = np.asarray(boxes, np.float64)
    log_wh = np.log(np.maximum(box[..., 2:] - box[..., :2], 1.0))
    points = np.empty_like(box)
    points[..., :2] = (box[..., :2] + box[..., 2:]) / 2
    points[..., 2] = (log_wh[..., 0] + log_wh[..., 1]) / 2
    points[..., 3] = log_wh[..., 0] - log_wh[..., 1]
    return points


def boxes_of(points: Doubles) -> Floats:
    """Inverse of `coordinates`."""
    halves = np.exp(points[..., 2:3] + points[..., 3:] * _HALF_ASPECT) / 2
    boxes = np.empty(points.shape, np.float32)
    boxes[..., :2], boxes[..., 2:] = points[..., :2] - halves, points[..., :2] + halves
    return boxes


@dataclass(frozen=True, slots=True, eq=False)
class Motion:
    """What is known of the motion of K faces, each at the moment it was last seen.

    Attributes:
        time_s: (K,) media seconds of those moments.
        seen: (K, 4) coordinates of the boxes as they were found then.
        state: (K, 2, 4) filtered coordinates and their velocities per second.
        covariance: (K, 3, 4) variance of the coordinate, covariance, variance of the velocity.
    """

    time_s: Doubles
    seen: Doubles
    state: Doubles
    covariance: Doubles

    @classmethod
    def begun(cls, boxes: Floats, time_s: float) -> "Motion":
        """Faces (K, 4) seen for the first time: they may be going anywhere."""
        seen = coordinates(boxes)
        scale = _scale(seen)
        state, covariance = np.zeros((len(seen), 2, 4)), np.zeros((len(seen), 3, 4))
        state[:, 0] = seen
        covariance[:, 0] = (_measure_sd(seen) * scale) ** 2
        covariance[:, 2] = (_SPEED_SD * scale) ** 2
        return cls(np.full(len(seen), time_s), seen, state, covariance)

    @classmethod
    def joined(cls, motions: Sequence["Motion"]) -> "Motion":
        """One value for the faces of all `motions`."""
        return cls(
            np.concatenate([motion.time_s for motion in motions]),
            np.concatenate([motion.seen for motion in motions]),
            np.concatenate([motion.state for motion in motions]),
            np.concatenate([motion.covariance for motion in motions]),
        )

    def __len__(self) -> int:
        return len(self.time_s)

    def __getitem__(self, key: slice | NDArray[np.intp]) -> "Motion":
        """Select faces by slice or index array."""
        return Motion(self.time_s[key], self.seen[key], self.state[key], self.covariance[key])

    def places(self, time_s: float) -> Doubles:
        """Coordinates (K, 4) at a later moment: those of `predict`."""
        kept = np.exp(np.maximum(time_s - self.time_s, 0)[:, None] / -_MEMORY_S)
        return self.state[:, 0] + _MEMORY_S * (1 - kept) * self.state[:, 1]

    def predict(self, time_s: Doubles | float) -> tuple[Doubles, Doubles]:
        """States (K, 2, 4) and covariances (K, 3, 4) at a later moment, or one for each."""
        lag = np.maximum(time_s - self.time_s, 0)[:, None] / _MEMORY_S
        kept = np.exp(-lag)
        lost = 1 - kept
        glide = _MEMORY_S * lost
        p, c, v = np.moveaxis(self.covariance, 1, 0)
        usual = (_SPEED_SD * _scale(self.seen)) ** 2
        wander = usual * _MEMORY_S**2 * (2 * (lag - lost) - lost**2)
        state, covariance = np.empty_like(self.state), np.empty_like(self.covariance)
        state[:, 0] = self.state[:, 0] + glide * self.state[:, 1]
        state[:, 1] = kept * self.state[:, 1]
        covariance[:, 0] = p + glide * (2 * c + glide * v) + wander
        covariance[:, 1] = kept * (c + glide * v) + usual * glide * lost
        covariance[:, 2] = kept**2 * v + usual * (1 - kept**2)
        return state, covariance

    def follow(self, boxes: Floats, time_s: float) -> "Motion":
        """The motion after the faces were seen again as `boxes` (K, 4)."""
        return self._corrected(coordinates(boxes), np.full(len(self), time_s))

    def rejoin(self, boxes: Floats, time_s: float) -> "Motion":
        """The motion after the faces were missed in some frames and are seen again.

        They are taken to have moved straight from where they were last seen, so that a velocity
        that had grown stale does not throw them off (OC-SORT's observation-centric re-update).
        """
        seen, motion = coordinates(boxes), self
        for part in np.arange(1, _BRIDGE_STEPS + 1) / _BRIDGE_STEPS:
            between = self.seen + part * (seen - self.seen)
            motion = motion._corrected(between, self.time_s + part * (time_s - self.time_s))
        return motion

    def _corrected(self, seen: Doubles, time_s: Doubles) -> "Motion":
        state, covariance = self.predict(time_s)
        noise = (_measure_sd(seen) * _scale(seen)) ** 2
        gain = covariance[:, :2] / (covariance[:, :1] + noise[:, None])
        error = seen - state[:, 0]
        state += gain * error[:, None]
        covariance[:, 2] -= gain[:, 1] * covariance[:, 1]
        covariance[:, :2] -= gain[:, :1] * covariance[:, :2]
        return Motion(time_s, seen, state, covariance)


def _scale(seen: Doubles) -> Doubles:
    scale = np.ones_like(seen)
    scale[:, :2] = np.exp(seen[:, 2:3])
    return scale


def _measure_sd(seen: Doubles) -> Doubles:
    return _MEASURE_SD + _PIXEL_SD * np.exp(-seen[:, 2:3])
