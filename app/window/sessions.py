"""Makes the sessions of the window; they share the models, which load once, in the background."""

from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotYet
from dataclasses import replace
from functools import partial
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING, cast

from app.window.wanted import Wanted
from engine.errors import SourceError
from engine.playback import Playback
from engine.session import Session
from engine.settings import Effort, ScheduleSettings, Settings
from engine.sinks.blur import FaceBlur
from engine.sources.address import open_source
from engine.sources.blackout import Blackout
from engine.sources.seeking import Recording
from engine.sources.source import Reading, SmallSize, Source, SourceInfo
from engine.values.frame import Frame, Image

if TYPE_CHECKING:  # importing it takes longer than showing the window
    from engine.models.shipped import Models
    from engine.pipeline import Pipeline
    from engine.turns import Turns

Running = Session | Playback
"""One source that runs: live, or a recording that can be sought and stepped."""
_TICK_S = 0.05
_CLOSED = "the window was closed while the models were loading"


class Sessions:
    """Loads the models and makes sessions that wait for them.

    Attributes:
        blurs: Sources opened from now on show no face.
        exact: Sources opened from now on have every picture looked at, for somebody to hide faces.
    """

    def __init__(self, settings: Settings) -> None:
        """Begin to load."""
        self.blurs = self.exact = False
        self._lock, self._turns = Lock(), cast("Turns | None", None)
        self._settings = settings
        self._models: Future[Models] = Future()
        self._closed = Event()
        self.loading = ""
        """What takes long about loading the models, and how far it is; mostly nothing."""
        self._loader = Thread(target=self._load, name="load models")
        self._loader.start()

    @property
    def runtime(self) -> str:
        """What runs the models; "" while they load and where they could not be loaded."""
        if not self._models.done() or self._models.exception():
            return ""
        return str(self._models.result().age.running)

    @property
    def problem(self) -> str:
        """Why the models could not be loaded; "" where they are, or may yet be."""
        error = self._models.exception() if self._models.done() else None
        return str(error) if error else ""

    @property
    def lost_s(self) -> float:
        """How long a face may be gone and come back as the same track, in sources opened now."""
        return self._settings.track.lost_s

    def use(self, settings: Settings) -> None:
        """Open sources with these settings from now on; the models stay as they were loaded."""
        self._settings = settings

    def open(self, wanted: Wanted, *, after: Running | None = None) -> Running:
        """Start a session.

        Args:
            wanted: The source.
            after: A session that is to be over first: it may hold the same camera.
        """
        before: list[Running] = [] if after is None else [after]
        name, lost_s = wanted.name, self.lost_s
        reading = replace(wanted.reading, hwaccel=self._settings.stream.hwaccel)

        def open_it() -> Source:
            from engine.stages.track import check_looks

            while before:  # emptied, else every session would keep all that were before it
                before.pop().stop()
            size = self._small_size()
            if wanted.live:
                check_looks(reading.fps_cap, lost_s, "fps_cap")
            return _painted_over(wanted, reading, size)

        def open_recording() -> Recording:
            from engine.sources.recording import recording_of

            return recording_of(open_it, self._small_size())

        session: Running
        build = partial(self._pipeline, self._settings_for(wanted))
        blur = FaceBlur(self._settings.privacy) if self.blurs else None
        if wanted.live:
            session = Session(open_it, build, pace=True, live=True, name=name, blur=blur)
        else:
            session = Playback(open_recording, build, name=name, blur=blur, lost_s=lost_s)
        session.exact = self.exact or self.blurs
        session.start()
        return session

    def _small_size(self) -> SmallSize:
        from engine.pipeline import detector_scale

        return detector_scale(self._wait(), self._settings).size_for

    def probe(self, wanted: Wanted) -> tuple[Image, str]:
        """The first picture of a source, read as asked for, without what its blackouts hide.

        Takes up to seconds.

        Returns:
            The picture, (H, W, 3) uint8 RGB, and its size and rate in words.

        Raises:
            SourceError: There is no picture.
        """
        with _painted_over(wanted, wanted.reading) as source:
            frame = next(iter(source), None)
            if frame is None:
                raise SourceError(f"{wanted.shown} answers, but sends no picture.")
            size = "{} x {} px".format(*frame.size_wh)
            rate = f" · {source.info.rate:.0f} frames/s" if source.info.rate else ""
            return self._fit_to_show(frame), size + rate

    def _fit_to_show(self, frame: Frame) -> Image:
        """The picture of a frame that stands alone, without faces where they are hidden."""
        if not self.blurs:
            return frame.image
        from engine.pipeline import Pipeline

        alone = Pipeline(self._wait(), self._settings, pictures=True)
        return FaceBlur(self._settings.privacy)(alone.step(frame)).frame.image

    def stop_waiting(self) -> None:
        """Let sessions that still wait for the models end."""
        self._closed.set()

    def close(self) -> None:
        """Free the models. No session may run any more."""
        self.stop_waiting()
        self._loader.join()
        if self.runtime:
            self._models.result().close()

    def _load(self) -> None:
        try:
            import engine.pipeline  # noqa: F401  takes a second the first time
            from engine.models.shipped import load_models

            self._models.set_result(load_models(self._settings.runtime, progress=self._tell))
        except Exception as error:  # noqa: BLE001  raised again by every session that asks
            self._models.set_exception(error)

    def _tell(self, text: str, share: float) -> None:
        if self._closed.is_set():
            raise SourceError(_CLOSED)
        self.loading = f"{text} ({share:.0%})"

    def _wait(self) -> "Models":
        while not self._closed.is_set():
            try:
                return self._models.result(_TICK_S)
            except NotYet:
                continue
        raise SourceError(_CLOSED)

    def _settings_for(self, wanted: Wanted) -> Settings:
        """The settings of now, with the effort that a camera asks for.

        Faces can be hidden only where they were looked for: then every frame is looked at.
        """
        hidden = self.blurs or self.exact
        if not (wanted.effort or hidden):
            return self._settings
        effort = Effort.EXHAUSTIVE if hidden else Effort(wanted.effort)
        schedule = ScheduleSettings(effort=effort)
        return self._settings.model_copy(update={"schedule": schedule})

    def _pipeline(self, settings: Settings, info: SourceInfo) -> "Pipeline":
        from engine.pipeline import Pipeline
        from engine.turns import TakingTurns, Turns

        models = self._wait()
        if not info.live:
            return Pipeline(models, settings, pictures=info.pictures)
        with self._lock:
            self._turns = self._turns or Turns()
        return TakingTurns(models, settings, info, turns=self._turns)


def _painted_over(wanted: Wanted, reading: Reading, size: SmallSize | None = None) -> Source:
    """Open a source; nobody sees what its blackouts hide."""
    source = open_source(wanted.address, small_size=size, name=wanted.name, reading=reading)
    return Blackout(source, wanted.blackouts) if wanted.blackouts else source
