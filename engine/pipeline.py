"""The corridor: introduces the stages to each other. No threads; same frames, same numbers.

from engine.models.shipped import load_models
from engine.pipeline import Pipeline
from engine.settings import Settings

pipeline = Pipeline(load_models(), Settings())
for frame in source:
    result = pipeline.step(frame)
tracks = pipeline.finish()
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from engine.models.shipped import Models
from engine.settings import Settings
from engine.stages.align import align
from engine.stages.belief import BeliefFilter, ErrorModel
from engine.stages.detect import DetectorScale, YuNetDetector
from engine.stages.estimate import AgeEstimator
from engine.stages.quality import quality_of
from engine.stages.track import Tracker
from engine.values.age import AgeDistribution
from engine.values.faces import UNCLAIMED, Faces, Floats
from engine.values.frame import Frame, Image
from engine.values.result import AgeBelief, FrameResult, Status, Track

if TYPE_CHECKING:
    from engine.stages.detect_mediapipe import MediaPipeDetector

_PICTURE_MARGIN = 0.2


@dataclass(slots=True, eq=False)
class _Visit:
    """What is gathered about a track while it lasts."""

    filter: BeliefFilter
    first_s: float
    last_s: float
    frames: int = 0
    quality_sum: float = 0.0


class Pipeline:
    """Steps the frames of one source through detection, tracking, estimation and belief."""

    def __init__(self, models: Models, settings: Settings, *, pictures: bool = False) -> None:
        """Build the stages.

        Args:
            models: Loaded models; not closed by the pipeline.
            settings: All settings.
            pictures: Every frame is a picture of its own: nothing is tracked.

        Raises:
            ModelError: A model does not fit its stage.
        """
        self._settings = settings
        self._detect = _detector(models, settings, pictures=pictures)
        self._tracker = None if pictures else Tracker(settings.track, settings.detect)
        self._estimate = AgeEstimator(models.age, batch=settings.estimate.batch)
        self._errors = ErrorModel.read(models.age.spec)
        self._visits: dict[int, _Visit] = {}
        self._source = ""
        self._last: FrameResult | None = None

    def step(self, frame: Frame) -> FrameResult:
        """Look at one frame."""
        self._source = frame.source
        timings: dict[str, float] = {}
        with _timed(timings, "detect"):
            faces = self._detect(frame)
        ended: tuple[int, ...] = ()
        if self._tracker is not None:
            with _timed(timings, "track"):
                tracked = self._tracker(frame, faces)
                faces, ended = tracked.faces, tracked.ended
                self._reset(tracked.switched)
        with _timed(timings, "align"):
            crops = align(
                frame.image, faces.landmarks, self._estimate.template, self._estimate.side_px
            )
        with _timed(timings, "quality"):
            quality = quality_of(faces, crops, frame.size_wh)
        with _timed(timings, "estimate"):
            estimates = self._estimates(crops, quality)
        with _timed(timings, "belief"):
            beliefs = self._beliefs(frame.time_s, faces, quality, estimates)
        result = FrameResult(
            frame=frame,
            faces=faces,
            quality=quality,
            estimates=estimates,
            beliefs=beliefs,
            ended=self._end(ended),
            timings_ms=timings,
        )
        self._last = result
        return result

    def pass_over(self, frame: Frame) -> FrameResult:
        """Answer for a frame without looking at it: with what was last seen."""
        if self._last is None:
            return FrameResult(frame, Faces.none(), np.zeros(0, np.float32), None, (), looked=False)
        return replace(self._last, frame=frame, ended=(), timings_ms={}, looked=False)

    def finish(self) -> tuple[Track, ...]:
        """End all tracks and return them; the pipeline then starts afresh."""
        self._last = None
        if self._tracker is None:
            return ()
        return self._end(self._tracker.finish())

    def _reset(self, track_ids: tuple[int, ...]) -> None:
        for track_id in track_ids:
            if track_id in self._visits:
                self._visits[track_id].filter.reset()

    def _estimates(self, crops: Image, quality: Floats) -> AgeDistribution | None:
        if not len(crops):
            return None
        chosen = quality >= self._settings.estimate.smallest_quality
        probs = np.full((len(crops), len(self._estimate.ages)), np.nan, np.float32)
        if chosen.any():
            probs[chosen] = self._estimate(crops[chosen]).probs
        return AgeDistribution(self._estimate.ages, probs)

    def _beliefs(
        self, time_s: float, faces: Faces, quality: Floats, estimates: AgeDistribution | None
    ) -> tuple[AgeBelief, ...]:
        if estimates is None:
            return ()
        return tuple(
            self._alone(estimates.probs[row])
            if faces.track_ids[row] == UNCLAIMED
            else self._visited(
                int(faces.track_ids[row]), time_s, float(quality[row]), estimates.probs[row]
            )
            for row in range(len(faces))
        )

    def _alone(self, probs: Floats) -> AgeBelief:
        """The belief about a face without a track: its own estimate, or the prior."""
        if np.isnan(probs[0]):
            prior = AgeDistribution(self._estimate.ages, self._errors.prior)
            return AgeBelief(prior, 0, 0.0, Status.INSUFFICIENT)
        return AgeBelief(AgeDistribution(self._estimate.ages, probs), 1, 1.0, Status.PROVISIONAL)

    def _visited(self, track_id: int, time_s: float, quality: float, probs: Floats) -> AgeBelief:
        visit = self._visits.get(track_id)
        if visit is None:
            belief = BeliefFilter(self._estimate.ages, self._errors, self._settings.belief)
            visit = self._visits[track_id] = _Visit(belief, time_s, time_s)
        visit.last_s = time_s
        visit.frames += 1
        visit.quality_sum += quality
        if np.isnan(probs[0]):
            return visit.filter.now()
        return visit.filter.update(probs, quality, time_s)

    def _end(self, track_ids: tuple[int, ...]) -> tuple[Track, ...]:
        visits = [(track_id, self._visits.pop(track_id, None)) for track_id in track_ids]
        return tuple(
            Track(
                source=self._source,
                track_id=track_id,
                first_s=visit.first_s,
                last_s=visit.last_s,
                frames=visit.frames,
                belief=visit.filter.final(),
                quality=visit.quality_sum / visit.frames,
            )
            for track_id, visit in visits
            if visit is not None
        )


def detector_scale(models: Models, settings: Settings) -> DetectorScale:
    """How small a copy of a picture the detector wants; sources make it while they decode."""
    return DetectorScale(
        smallest_face_px=settings.detect.smallest_face_px,
        seen_px=int(models.detector.spec.fact("smallest_face_px")),
        longest_px=settings.detect.longest_px,
    )


def _detector(
    models: Models, settings: Settings, *, pictures: bool
) -> "YuNetDetector | MediaPipeDetector":
    detect = settings.detect
    scale = detector_scale(models, settings)
    # A track may go on with a fainter face than one may begin with; a picture has no tracks.
    threshold = detect.score if pictures else min(detect.low_score, detect.score)
    if detect.detector == "mediapipe":
        from engine.stages.detect_mediapipe import MediaPipeDetector

        return MediaPipeDetector(scale, score_threshold=threshold)
    margin = _PICTURE_MARGIN if pictures else 0.0
    return YuNetDetector(models.detector, scale, score_threshold=threshold, margin=margin)


@contextmanager
def _timed(timings_ms: dict[str, float], stage: str) -> Iterator[None]:
    began = time.perf_counter()
    yield
    timings_ms[stage] = (time.perf_counter() - began) * 1e3
