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
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from engine.attention import Attention, Seen, Timer
from engine.models.shipped import Models
from engine.schedule import HURRY_S, Schedule
from engine.settings import Effort, Settings
from engine.stages.align import align
from engine.stages.belief import ErrorModel
from engine.stages.detect import DetectorScale, YuNetDetector
from engine.stages.estimate import AgeEstimator
from engine.stages.quality import light_of, view_of
from engine.stages.track import Tracker, longest_gap_s
from engine.values.age import AgeDistribution
from engine.values.faces import Faces, Floats
from engine.values.frame import Frame
from engine.values.result import FrameResult, Track
from engine.visits import Visits

if TYPE_CHECKING:
    from engine.stages.detect_mediapipe import MediaPipeDetector

Rows = NDArray[np.intp]

_PICTURE_MARGIN = 0.2
_LIT_S = 0.5
"""For how long a face that was seen too badly counts as seen no better."""


class Pipeline:
    """Steps the frames of one source through detection, tracking, estimation and belief."""

    def __init__(
        self,
        models: Models,
        settings: Settings,
        *,
        pictures: bool = False,
        allowance_ms: float = 0.0,
    ) -> None:
        """Build the stages.

        Args:
            models: Loaded models; not closed by the pipeline.
            settings: All settings.
            pictures: Every frame is a picture of its own: nothing is tracked, nothing left out.
            allowance_ms: For live sources: what a frame may cost on average; 0 for no bound.
                Results then depend on the machine's speed.

        Raises:
            ModelError: A model does not fit its stage.
        """
        self._settings = settings
        self._detect = _detector(models, settings, pictures=pictures)
        effort = Effort.EXHAUSTIVE if pictures else settings.schedule.effort
        self._schedule = Schedule(
            effort,
            longest_gap_s=longest_gap_s(settings.track.lost_s),
            allowance_ms=allowance_ms,
        )
        tracker = Tracker(settings.track, settings.detect)
        self._attention = None if pictures else Attention(self._detect, tracker, self._schedule)
        self._estimate = AgeEstimator(models.age, batch=settings.estimate.batch)
        errors = ErrorModel.read(models.age.spec)
        self._visits = Visits(self._estimate.ages, errors, settings.belief)
        self._source = ""
        self._none = AgeDistribution(
            self._estimate.ages, np.zeros((0, len(self._estimate.ages)), np.float32)
        )
        self._last: FrameResult | None = None

    @property
    def detects_all(self) -> bool:
        """Whether the whole of every frame is looked at, so that `detect` can run ahead."""
        return self._schedule.exhaustive

    def allow(self, milliseconds: float) -> None:
        """Set what a frame of a live source may cost from now on; 0 for no bound."""
        self._schedule.allowance_ms = milliseconds

    def detect(self, frame: Frame) -> Faces:
        """Find the faces of a whole frame. Depends on nothing else; safe from several threads."""
        return self._detect(frame)

    def step(self, frame: Frame, found: Faces | None = None) -> FrameResult:
        """Look at one frame.

        Args:
            frame: The next frame.
            found: What `detect` has found in it, where that was done ahead.
        """
        self._source = frame.source
        timings: dict[str, float] = {}
        timed = partial(_timed, timings)
        if self._attention is None:
            with timed("detect"):
                seen = Seen(self._detect(frame) if found is None else found)
        else:
            seen = self._attention(frame, found, timed)
        quality, estimates = self._look_closer(frame, seen, timed)
        with timed("belief"):
            beliefs = self._visits.update(frame.time_s, seen.faces, quality, estimates)
            if seen.detected and not self._schedule.exhaustive:
                self._hurry(frame.time_s, seen.faces, quality)
        result = FrameResult(
            frame=frame,
            faces=seen.faces,
            quality=quality,
            estimates=estimates,
            beliefs=beliefs,
            ended=self._visits.end(self._source, seen.ended),
            timings_ms=timings,
            detected=seen.detected,
        )
        self._schedule.spend(sum(timings.values()))
        self._last = result
        return result

    def pass_over(self, frame: Frame) -> FrameResult:
        """Answer for a frame without looking at it: with what was last seen."""
        if self._last is None:
            return FrameResult(frame, Faces.none(), np.zeros(0, np.float32), None, (), looked=False)
        over = self._attention.pass_over(frame) if self._attention else ()
        ended = self._visits.end(self._source, over)
        return replace(self._last, frame=frame, ended=ended, timings_ms={}, looked=False)

    def finish(self) -> tuple[Track, ...]:
        """End all tracks and return them; the pipeline then starts afresh."""
        self._last = None
        if self._attention is None:
            return ()
        return self._visits.end(self._source, self._attention.finish())

    def _look_closer(
        self, frame: Frame, seen: Seen, timed: Timer
    ) -> tuple[Floats, AgeDistribution | None]:
        """Quality (N,) of the faces, and estimates of those whose belief they would change."""
        faces = seen.faces
        if not len(faces):
            return np.zeros(0, np.float32), None
        if not seen.detected and self._last is not None:
            # Predicted faces are those of the last frame.
            return self._last.quality, self._nothing(len(faces))
        probs = np.full((len(faces), len(self._estimate.ages)), np.nan, np.float32)
        estimates = AgeDistribution(self._estimate.ages, probs)
        with timed("quality"):
            view = view_of(faces, frame.size_wh)
            light = self._visits.light(faces)
            chosen = self._chosen(frame.time_s, faces, view, light)
        if len(chosen):
            with timed("align"):
                crops = align(
                    frame.image,
                    faces.landmarks[chosen],
                    self._estimate.template,
                    self._estimate.side_px,
                )
            with timed("quality"):
                light[chosen] = light_of(crops)
            good = (view * light)[chosen] >= self._settings.estimate.smallest_quality
            with timed("estimate"):
                if good.any():
                    probs[chosen[good]] = self._estimate(crops[good]).probs
            self._visits.lit(frame.time_s, faces[chosen], light[chosen])
        return view * light, estimates

    def _nothing(self, faces: int) -> AgeDistribution:
        """Estimates for so many faces, none of which was estimated."""
        if len(self._none.probs) != faces:
            probs = np.full((faces, len(self._estimate.ages)), np.nan, np.float32)
            probs.setflags(write=False)
            self._none = AgeDistribution(self._estimate.ages, probs)
        return self._none

    def _chosen(self, time_s: float, faces: Faces, view: Floats, light: Floats) -> Rows:
        """Rows of the faces that are worth an estimate."""
        if self._schedule.exhaustive:
            return np.arange(len(faces))
        # Only a crop shows the light: a face that it shuts out must get another chance.
        shut_out = view * light < self._settings.estimate.smallest_quality
        old = self._visits.unlit_s(time_s, faces) >= _LIT_S
        quality = np.where(shut_out & old, view, view * light)
        clear = np.flatnonzero(quality >= self._settings.estimate.smallest_quality)
        now, then, since_s = self._visits.prospects(time_s, faces[clear], quality[clear])
        return clear[self._schedule.worth_estimating(now, then, since_s)]

    def _hurry(self, time_s: float, faces: Faces, quality: Floats) -> None:
        """Let the schedule know how open the beliefs still are."""
        clear = np.flatnonzero(quality >= self._settings.estimate.smallest_quality)
        soon_s = time_s + HURRY_S
        now, then, _ = self._visits.prospects(soon_s, faces[clear], quality[clear])
        self._schedule.hurry(now, then)


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
    timings_ms[stage] = timings_ms.get(stage, 0.0) + (time.perf_counter() - began) * 1e3
