"""The people who are in the picture: what is gathered about each track until it ends."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.settings import BeliefSettings
from engine.stages.belief import BeliefFilter, ErrorModel
from engine.values.age import AgeDistribution, Doubles
from engine.values.faces import UNCLAIMED, Faces, Floats
from engine.values.result import AgeBelief, Status, Track


@dataclass(slots=True, eq=False)
class Visit:
    """One track while it lasts.

    Attributes:
        filter: What is believed of its age.
        first_s: Media second of its first frame.
        last_s: Media second of its latest frame.
        frames: Frames in which the face was found or predicted.
        quality_sum: Sum of the face's quality over them.
        light: What sharpness and exposure made of the quality when the crop was last cut.
        lit_s: Media second at which that was.
    """

    filter: BeliefFilter
    first_s: float
    last_s: float
    frames: int = 0
    quality_sum: float = 0.0
    light: float = 1.0
    lit_s: float = -np.inf


class Visits:
    """Keeps one `Visit` for each open track of a source."""

    def __init__(self, ages: Floats, errors: ErrorModel, settings: BeliefSettings) -> None:
        """Start with nobody.

        Args:
            ages: (A,) age axis in years.
            errors: How the age model errs.
            settings: Of the beliefs.
        """
        self._ages, self._errors, self._settings = ages, errors, settings
        self._open: dict[int, Visit] = {}

    def update(
        self, time_s: float, faces: Faces, quality: Floats, estimates: AgeDistribution | None
    ) -> tuple[AgeBelief, ...]:
        """The beliefs about the faces of a frame, in their order.

        Args:
            time_s: Media second of the frame.
            faces: N faces.
            quality: (N,) their qualities.
            estimates: (N, A), NaN where not estimated; None where N is 0.
        """
        if estimates is None:
            return ()
        missing = np.isnan(estimates.probs[:, 0]).tolist()
        looks = [None if none else row for none, row in zip(missing, estimates.probs, strict=True)]
        return tuple(
            self._alone(probs)
            if track_id == UNCLAIMED
            else self._visited(track_id, time_s, weight, probs)
            for track_id, weight, probs in zip(
                faces.track_ids.tolist(), quality.tolist(), looks, strict=True
            )
        )

    def light(self, faces: Faces) -> Floats:
        """(N,) the light in which each face was seen last; 1 where it was not."""
        visits = (self._open.get(track_id) for track_id in faces.track_ids.tolist())
        return np.array([visit.light if visit else 1.0 for visit in visits], np.float32)

    def unlit_s(self, time_s: float, faces: Faces) -> Floats:
        """(N,) seconds since the light of each face was seen; infinite where it was not."""
        visits = (self._open.get(track_id) for track_id in faces.track_ids.tolist())
        return np.array([time_s - visit.lit_s if visit else np.inf for visit in visits], np.float32)

    def lit(self, time_s: float, faces: Faces, light: Floats) -> None:
        """Remember in which light (N,) faces are seen now."""
        for track_id, value in zip(faces.track_ids.tolist(), light.tolist(), strict=True):
            if track_id in self._open:
                self._open[track_id].light = value
                self._open[track_id].lit_s = time_s

    def prospects(self, time_s: float, faces: Faces, quality: Floats) -> tuple[Doubles, ...]:
        """What an estimate of each of N faces would add.

        Args:
            time_s: Media second of the frame.
            faces: N faces.
            quality: (N,) their qualities.

        Returns:
            Three arrays (N,): independent looks that the belief rests on, what it would rest on,
            seconds since the last estimate. Faces without a track rest on infinitely many: there is
            no belief to better.
        """
        found = np.zeros((len(faces), 3))
        for row, (track_id, weight) in enumerate(
            zip(faces.track_ids.tolist(), quality.tolist(), strict=True)
        ):
            visit = self._open.get(track_id)
            if track_id == UNCLAIMED:
                found[row] = np.inf, np.inf, 0
            elif visit is not None:
                belief = visit.filter
                then = belief.looks_after(weight, time_s)
                found[row] = belief.looks(), then, belief.since_s(time_s)
        return tuple(found.T)

    def end(self, source: str, track_ids: Sequence[int]) -> tuple[Track, ...]:
        """Close the visits of tracks that ended."""
        visits = [(track_id, self._open.pop(track_id, None)) for track_id in track_ids]
        return tuple(
            Track(
                source=source,
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

    def _alone(self, probs: Floats | None) -> AgeBelief:
        """The belief about a face without a track: its own estimate, or the prior."""
        if probs is None:
            prior = AgeDistribution(self._ages, self._errors.prior)
            return AgeBelief(prior, 0, 0.0, Status.INSUFFICIENT)
        return AgeBelief(AgeDistribution(self._ages, probs), 1, 1.0, Status.PROVISIONAL)

    def _visited(
        self, track_id: int, time_s: float, quality: float, probs: Floats | None
    ) -> AgeBelief:
        visit = self._open.get(track_id)
        if visit is None:
            belief = BeliefFilter(self._ages, self._errors, self._settings)
            visit = self._open[track_id] = Visit(belief, time_s, time_s)
        visit.last_s = time_s
        visit.frames += 1
        visit.quality_sum += quality
        if probs is None:
            return visit.filter.now()
        return visit.filter.update(probs, quality, time_s)
