"""Results as the pipeline would give them, without a pipeline."""

from collections.abc import Sequence

import numpy as np

from engine.values.age import AgeDistribution
from engine.values.faces import Faces
from engine.values.frame import Frame, Image
from engine.values.result import AgeBelief, FrameResult, Status, Track

AGES = np.arange(101, dtype=np.float32)


def distribution(years: float, spread: float = 4.0) -> AgeDistribution:
    probs = np.exp(-0.5 * ((AGES - years) / spread) ** 2)
    return AgeDistribution(AGES, (probs / probs.sum()).astype(np.float32))


def belief(years: float = 34.0, status: Status = Status.STABLE, spread: float = 4.0) -> AgeBelief:
    return AgeBelief(distribution(years, spread), 7, 3.5, status)


def track(track_id: int = 1, years: float = 34.0) -> Track:
    return Track("cam", track_id, 0.04, 1.96, 48, belief(years), 0.61234567)


def ramp(width: int = 320, height: int = 240) -> Image:
    ramp = np.linspace(40, 200, width, dtype=np.uint8)
    return np.ascontiguousarray(np.broadcast_to(ramp[None, :, None], (height, width, 3)))


def result(
    boxes: Sequence[Sequence[float]] = ((100, 80, 160, 150),),
    *,
    index: int = 0,
    time_s: float | None = None,
    image: Image | None = None,
    beliefs: Sequence[AgeBelief] | None = None,
    picture: str = "",
    source: str = "cam",
    ended: tuple[Track, ...] = (),
    looked: bool = True,
) -> FrameResult:
    n = len(boxes)
    at = np.asarray(boxes, np.float32).reshape(-1, 4)
    spots = np.array([[0.3, 0.4], [0.7, 0.4], [0.5, 0.6], [0.35, 0.8], [0.65, 0.8]])
    landmarks = at[:, None, :2] + spots * (at[:, None, 2:] - at[:, None, :2])
    faces = Faces.found(at, landmarks.astype(np.float32), np.full(n, 0.91, np.float32))
    ids = np.full(n, -1) if picture else np.arange(1, n + 1)
    known = [belief(20 + row % 50) for row in range(n)] if beliefs is None else beliefs
    probs = [distribution(25).probs] * n
    return FrameResult(
        frame=Frame(
            ramp() if image is None else image,
            index,
            index / 25 if time_s is None else time_s,
            0,
            source,
            picture=picture,
        ),
        faces=faces.with_ids(ids),
        quality=np.full(n, 0.5, np.float32),
        estimates=AgeDistribution(AGES, np.stack(probs)) if n else None,
        beliefs=tuple(known),
        ended=ended,
        looked=looked,
    )
