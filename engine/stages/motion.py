"""Where a face is going: a Kalman filter on media time. Knows no pictures and no identities.

The four coordinates (centre x, centre y, log side, log aspect) are filtered independently. Each
velocity wanders around zero and forgets itself (Ornstein-Uhlenbeck), so that a face that is not
seen glides to rest instead of flying off, its uncertainty stays bounded, and the prediction over
one long step equals that over many short ones: the frame rate does not matter.
Source of the idea: Singer, "Estimating optimal tracking filter performance for manned maneuvering
targets", 1970, here with velocity in the place of acceleration.
"""

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


def coordinates(boxes: Floats) -> Doubles:
    """Centre x, centre y, log side and log aspect (width to height) of boxes.

    Args:
        boxes: (..., 4) x1 y1 x2 y2 in px.

    Returns:
        (..., 4) float64; sides below 1 px count as 1 px.
    """
    box = np.asarray(boxes, np.float64)
    centre = (box[..., :2] + box[..., 2:]) / 2
    log_wh = np.log(np.maximum(box[..., 2:] - box[..., :2], 1.0))
    side = log_wh.mean(-1, keepdims=True)
    return np.concatenate([centre, side, log_wh[..., :1] - log_wh[..., 1:]], -1)


def boxes_of(points: Doubles) -> Floats:
    """Inverse of `coordinates`."""
    half_aspect = points[..., 3:] * [0.5, -0.5]
    halves = np.exp(points[..., 2:3] + half_aspect) / 2
    centre = points[..., :2]
    return np.concatenate([centre - halves, centre + halves], -1).astype(np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class Motion:
    """What is known of a face's motion at the moment it was last seen.

    Attributes:
        time_s: Media second of that moment.
        seen: (4,) coordinates of the box as it was found then.
        state: (2, 4) filtered coordinates and their velocities per second.
        covariance: (3, 4) variance of the coordinate, covariance, variance of the velocity.
    """

    time_s: float
    seen: Doubles
    state: Doubles
    covariance: Doubles

    @classmethod
    def begun(cls, box: Floats, time_s: float) -> "Motion":
        """The motion of a face seen for the first time: it may be going anywhere."""
        seen = coordinates(box)
        scale = _scale(seen)
        position, speed = (_measure_sd(seen) * scale) ** 2, (_SPEED_SD * scale) ** 2
        state = np.stack([seen, np.zeros(4)])
        return cls(time_s, seen, state, np.stack([position, np.zeros(4), speed]))

    def predict(self, time_s: float) -> tuple[Doubles, Doubles]:
        """State (2, 4) and covariance (3, 4) at a later moment."""
        lag = max(0.0, time_s - self.time_s) / _MEMORY_S
        kept = np.exp(-lag)
        glide = _MEMORY_S * (1 - kept)
        at, speed = self.state
        p, c, v = self.covariance
        usual = (_SPEED_SD * _scale(self.seen)) ** 2
        wander = usual * _MEMORY_S**2 * (2 * lag - 3 + 4 * kept - kept**2)
        return np.stack([at + glide * speed, kept * speed]), np.stack(
            [
                p + 2 * glide * c + glide**2 * v + wander,
                kept * (c + glide * v) + usual * _MEMORY_S * (1 - kept) ** 2,
                kept**2 * v + usual * (1 - kept**2),
            ]
        )

    def follow(self, box: Floats, time_s: float, *, missed: bool) -> "Motion":
        """The motion after the face was seen again.

        Args:
            box: (4,) as found.
            time_s: Media second.
            missed: Frames have passed in which the face was not found. It is then taken to have
                moved straight from where it was last seen, so that a velocity that had grown
                stale does not throw it off (OC-SORT's observation-centric re-update).
        """
        seen = coordinates(box)
        steps = _BRIDGE_STEPS if missed else 1
        motion = self
        for part in np.arange(1, steps + 1) / steps:
            between = self.seen + part * (seen - self.seen)
            motion = motion._corrected(between, self.time_s + part * (time_s - self.time_s))
        return motion

    def _corrected(self, seen: Doubles, time_s: float) -> "Motion":
        (at, speed), (p, c, v) = self.predict(time_s)
        gain_at, gain_speed = np.stack([p, c]) / (p + (_measure_sd(seen) * _scale(seen)) ** 2)
        error = seen - at
        return Motion(
            time_s,
            seen,
            np.stack([at + gain_at * error, speed + gain_speed * error]),
            np.stack([p - gain_at * p, c - gain_at * c, v - gain_speed * c]),
        )


def _scale(seen: Doubles) -> Doubles:
    side = np.exp(seen[2])
    return np.array([side, side, 1.0, 1.0])


def _measure_sd(seen: Doubles) -> Doubles:
    return _MEASURE_SD + _PIXEL_SD / np.exp(seen[2])
