"""The cameras of a cameras file, running: applies its changes and publishes what happens.

from engine.fleet import Fleet

fleet = Fleet(pipelines_for(models, settings), sources_for(models, settings), stream.publish)
with fleet.supervisor:
    fleet.apply(load_cameras(path).enabled)
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.cameras_file import Camera
from engine.cameras_file_watch import changes_between
from engine.settings import Effort, Settings, TrackSettings
from engine.sources.blackout import Blackout, Polygon
from engine.sources.source import Reading, Source, SourceInfo
from engine.stages.track import check_looks
from engine.supervisor import BuildPipeline, Limits, OpenCamera, Supervisor
from engine.supervisor import Camera as Running
from engine.values.result import FrameResult, Track
from engine.zones.events import Event
from engine.zones.observer import Observer

if TYPE_CHECKING:  # the model runtimes behind them take long to import
    from engine.models.shipped import Models
    from engine.pipeline import Pipeline

_LIMITS, _TRACK = Limits(), TrackSettings()


@dataclass(frozen=True, slots=True)
class MaskedCamera(Running):
    """A camera with polygons that nobody may see.

    Attributes:
        blackouts: The polygons.
        priority: As in `Turns`.
    """

    blackouts: tuple[Polygon, ...] = ()
    priority: int = 0


class Fleet:
    """Runs the cameras of a file in one supervisor, each with an observer of its zones.

    Attributes:
        supervisor: Runs the sessions; started and stopped by the caller.
        track: How the pipelines follow people.
    """

    def __init__(
        self,
        build_pipeline: BuildPipeline,
        open_camera: OpenCamera,
        publish: Callable[[Event], None],
        limits: Limits = _LIMITS,
        track: TrackSettings = _TRACK,
    ) -> None:
        """Prepare without cameras.

        Args:
            build_pipeline: As `Supervisor` wants it.
            open_camera: As `Supervisor` wants it; blackouts are burnt in around it.
            publish: Takes every event of every camera; must be quick.
            limits: Of the supervisor.
            track: How the pipelines follow people; a camera must not be looked at too rarely.
        """
        self._publish, self.track = publish, track
        self._cameras: tuple[Camera, ...] = ()
        self._observers: dict[str, Observer] = {}
        self.supervisor = Supervisor(build_pipeline, masking(open_camera), limits)
        self.supervisor.subscribe(self)

    @property
    def cameras(self) -> tuple[Camera, ...]:
        """The cameras that shall run."""
        return self._cameras

    def apply(self, cameras: tuple[Camera, ...]) -> None:
        """Run these cameras from now on; those that did not change run on untouched.

        Raises:
            SettingsError: As `runnable`; all is as before then.
        """
        ready = runnable(cameras, self.track)
        changes = changes_between(self._cameras, cameras)
        for name in changes.removed:
            self.supervisor.remove(name)
            self._observers.pop(name).close()
        for name, new_name in changes.renamed:
            self._rename(name, new_name)
        for camera in changes.redrawn:
            self._observers[camera.name].redraw(camera.counting_zones)
        for camera in changes.rebuilt:
            self.supervisor.replace(ready[camera.name])
            before = self._observers[camera.name]
            self._observers[camera.name] = self._observer(camera)
            before.close()  # now: the new session may never see anything
        for camera in changes.added:
            self._observers[camera.name] = self._observer(camera)
            self.supervisor.add(ready[camera.name])
        self._cameras = cameras

    def occupancy(self) -> dict[str, dict[str, int]]:
        """People inside each area of each camera now; "" is the whole picture."""
        return {name: watch.occupancy() for name, watch in dict(self._observers).items()}

    def on_result(self, name: str, result: FrameResult) -> None:
        """Take a result of a camera."""
        if observer := self._observers.get(name):
            observer.step(result)

    def on_tracks(self, name: str, tracks: tuple[Track, ...]) -> None:
        """Take visits of a camera that ended outside a frame."""
        if observer := self._observers.get(name):
            observer.end(tracks)

    def _observer(self, camera: Camera) -> Observer:
        lost_s = self.track.lost_s
        return Observer(camera.name, camera.counting_zones, self._publish, lost_s=lost_s)

    def _rename(self, name: str, new_name: str) -> None:
        """The new name is known before the first result comes under it."""
        observer = self._observers[name]
        observer.rename(new_name)
        self._observers[new_name] = observer
        self.supervisor.rename(name, new_name)
        self._observers.pop(name)


def runnable(cameras: tuple[Camera, ...], track: TrackSettings) -> dict[str, MaskedCamera]:
    """What the supervisor runs for the cameras of a file, by name.

    Raises:
        SettingsError: A secret of one is missing, or it is looked at too rarely.
    """
    for camera in cameras:
        check_looks(camera.fps_cap, track.lost_s, f"camera '{camera.name}': fps_cap")
    return {camera.name: running_as(camera) for camera in cameras}


def running_as(camera: Camera) -> MaskedCamera:
    """What the supervisor runs for a camera of the file.

    Raises:
        SettingsError: A secret in its address is missing.
    """
    return MaskedCamera(
        name=camera.name,
        address=camera.address(),
        reading=Reading(transport=camera.transport, fps_cap=camera.fps_cap),
        effort=camera.effort,
        blackouts=camera.blackouts,
        priority=camera.priority,
    )


def masking(open_camera: OpenCamera) -> OpenCamera:
    """Opens cameras with their blackouts burnt in."""

    def open_masked(camera: Running) -> Source:
        source = open_camera(camera)
        if isinstance(camera, MaskedCamera) and camera.blackouts:
            return Blackout(source, camera.blackouts)
        return source

    return open_masked


def pipelines_for(models: "Models", settings: Settings) -> BuildPipeline:
    """Builds pipelines that share the models, each with its camera's effort and priority."""
    from engine.turns import TakingTurns, Turns

    turns = Turns()

    def build(camera: Running, info: SourceInfo) -> "Pipeline":
        effort = Effort(camera.effort) if camera.effort else settings.schedule.effort
        schedule = settings.schedule.model_copy(update={"effort": effort})
        return TakingTurns(
            models,
            settings.model_copy(update={"schedule": schedule}),
            info,
            turns=turns,
            priority=camera.priority if isinstance(camera, MaskedCamera) else 0,
        )

    return build
