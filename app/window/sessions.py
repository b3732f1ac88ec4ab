"""Makes the sessions of the window; they share the models, which load once, in the background."""

from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotYet
from threading import Event, Thread
from typing import TYPE_CHECKING

from engine.errors import SourceError
from engine.session import Session
from engine.settings import Settings
from engine.sources.address import open_source, source_name
from engine.sources.source import Source, SourceInfo

if TYPE_CHECKING:  # importing it takes longer than showing the window
    from engine.models.shipped import Models
    from engine.pipeline import Pipeline

DEMO = "synthetic:?people=5&seconds=20&size=1280x720&seed=1"
"""The address of the demonstration."""
_TICK_S = 0.05


def name_of(address: str) -> str:
    """What the window calls a source; shows no password."""
    return "demonstration" if address == DEMO else source_name(address)


class Sessions:
    """Loads the models and makes sessions that wait for them."""

    def __init__(self, settings: Settings) -> None:
        """Begin to load."""
        self._settings = settings
        self._models: Future[Models] = Future()
        self._closed = Event()
        self._loader = Thread(target=self._load, name="load models")
        self._loader.start()

    @property
    def runtime(self) -> str:
        """What runs the models; "" while they load and where they could not be loaded."""
        if not self._models.done() or self._models.exception():
            return ""
        return self._models.result().age.runtime

    def open(self, address: str, *, after: Session | None = None) -> Session:
        """Start a session on an address.

        Args:
            address: Of the source.
            after: A session that is to be over first: it may hold the same camera.
        """

        def open_it() -> Source:
            nonlocal after
            if after is not None:
                after.stop()
                after = None  # else every session would keep all that were before it
            from engine.pipeline import detector_scale

            scale = detector_scale(self._wait(), self._settings)
            return open_source(address, small_size=scale.size_for, name=name_of(address))

        session = Session(open_it, self._pipeline, pace=True, name=name_of(address))
        session.start()
        return session

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

            self._models.set_result(load_models(self._settings.runtime.threads))
        except Exception as error:  # noqa: BLE001  raised again by every session that asks
            self._models.set_exception(error)

    def _wait(self) -> "Models":
        while not self._closed.is_set():
            try:
                return self._models.result(_TICK_S)
            except NotYet:
                continue
        raise SourceError("the window was closed while the models were loading")

    def _pipeline(self, info: SourceInfo) -> "Pipeline":
        from engine.pipeline import Pipeline

        return Pipeline(self._wait(), self._settings, pictures=info.pictures)
