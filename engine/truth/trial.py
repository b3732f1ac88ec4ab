"""A trial: made-up scenes are encoded, analysed with one effort, and held against the truth."""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from engine.errors import SourceError
from engine.job import run
from engine.models.shipped import Models
from engine.pipeline import Pipeline, detector_scale
from engine.settings import DetectSettings, Effort, ScheduleSettings, Settings
from engine.sources.address import open_source
from engine.sources.conditions import CLEAR, DEGRADED
from engine.sources.scene import Scene, Script, write_clip
from engine.stages.detect import YuNetDetector
from engine.truth import ages, tracking
from engine.truth.cast import Casting
from engine.truth.sightings import Sightings

Number = float | int | dict[str, float]

_PHOTO_MARGIN, _PHOTO_SCORE = 0.2, 0.6


@dataclass(frozen=True, slots=True)
class Trial:
    """What scenes to make.

    Attributes:
        scenes: How many; the first is clear, each other one is recorded under other conditions.
        people: How many in each.
        faces: Folder or zip archive of photographs with ages in their names; None for the two
            portraits at hand, whose ages are too few to tell how right ages are.
        seconds: Length of each.
        size_wh: Width and height in px.
        seed: Varies everything.
    """

    scenes: int = 10
    people: int = 20
    faces: Path | None = None
    seconds: float = 16.0
    size_wh: tuple[int, int] = (1280, 720)
    seed: int = 1

    def compose(self, models: Models) -> Iterator[Scene]:
        """The scenes.

        Raises:
            SourceError: There are no or too few photographs.
        """
        casting = Casting(self.faces, photo_detector(models), self.seed) if self.faces else None
        kinds = (CLEAR, *DEGRADED)
        for number in range(self.scenes):
            script = Script(
                people=self.people,
                seconds=self.seconds,
                size_wh=self.size_wh,
                seed=self.seed + number,
                layout="crowd",
                conditions=kinds[number % len(kinds)],
            )
            yield Scene(script, casting.cast(self.people) if casting else ())


def photo_detector(models: Models) -> YuNetDetector:
    """What finds the face in a photograph, even where it fills it."""
    scale = detector_scale(models, Settings(detect=DetectSettings()))
    return YuNetDetector(models.detector, scale, score_threshold=_PHOTO_SCORE, margin=_PHOTO_MARGIN)


def run_trial(
    trial: Trial,
    models: Models,
    settings: Settings,
    progress: Callable[[str], None] = lambda _: None,
) -> dict[Effort, list[Sightings]]:
    """Analyse all scenes with each effort.

    Args:
        trial: What scenes.
        models: Loaded models.
        settings: Engine settings; each effort is tried.
        progress: Told what is under way.

    Raises:
        AgescopeError: Photographs are missing, or a clip cannot be written or read.
    """
    seen: dict[Effort, list[Sightings]] = {effort: [] for effort in Effort}
    for number, scene in enumerate(trial.compose(models)):
        kind = scene.script.conditions.name
        with _recorded(scene) as clip:
            for effort in Effort:
                progress(f"scene {number + 1} of {trial.scenes}, {kind}: {effort.value}")
                seen[effort].append(_watched(clip, scene, models, settings, effort))
    return seen


def scores(sightings: Sequence[Sightings]) -> dict[str, Number]:
    """Everything that is measured, over all scenes."""
    visits = ages.visits(sightings)
    identity = tracking.identity(sightings)
    stable_s, stable_share = ages.time_to_stable(visits)
    degraded = [one for one in sightings if one.scene.script.conditions != CLEAR]
    return {
        "recall_24px": tracking.recall_from(sightings, 24),
        "recall_by_size": tracking.recall_by_size(sightings),
        "idf1": identity["idf1"],
        "mota": identity["mota"],
        "id_switches": round(identity["num_switches"]),
        "tracks": len(visits),
        "frame_mae": ages.frame_mae(visits),
        "track_mae": ages.track_mae(sightings),
        "frame_mae_degraded": ages.frame_mae(ages.visits(degraded)),
        "track_mae_degraded": ages.track_mae(degraded),
        "track_mae_after": {
            str(frames): ages.mae_after(visits, frames) for frames in ages.AFTER_FRAMES
        },
        "coverage90": ages.coverage(visits),
        "width90": ages.width(visits),
        "jitter": ages.jitter(visits),
        "flips": ages.flips(visits),
        "stable_s": stable_s,
        "stable_share": stable_share,
    }


@contextmanager
def _recorded(scene: Scene) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="agescope-truth-") as folder:
        clip = Path(folder) / "scene.mp4"
        write_clip(clip, scene)
        yield clip


def _watched(
    clip: Path, scene: Scene, models: Models, settings: Settings, effort: Effort
) -> Sightings:
    settings = settings.model_copy(update={"schedule": ScheduleSettings(effort=effort)})
    sightings = Sightings(scene, settings.detect.smallest_face_px)
    scale = detector_scale(models, settings)
    with open_source(str(clip), small_size=scale.size_for) as source:
        job = run(source, Pipeline(models, settings), [sightings])
    if job.errors:
        raise SourceError(job.errors[0])
    return sightings
