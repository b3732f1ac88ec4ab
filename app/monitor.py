"""`monitor`: the cameras of a file without a window, for weeks."""

import logging
import math
import os
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import Event

from app.signals import Stop, StoppedError, stopped_by_signals, unless_stopped
from app.systemd import Systemd
from engine.cameras_file import CamerasFile, load_cameras
from engine.cameras_file_watch import CamerasFileWatch, changes_between
from engine.errors import AgescopeError
from engine.fleet import Fleet, pipelines_for, runnable
from engine.metrics import Snapshot
from engine.metrics_server import TOKEN_VARIABLE, MetricsServer, parse_endpoint
from engine.models.shipped import Models, load_models
from engine.notify.outlets import Outlets
from engine.settings import Settings
from engine.status import State
from engine.store.store import Store
from engine.supervisor import Supervisor, sources_for
from engine.zones.stream import EventStream

_log = logging.getLogger(__name__)
_TICK_S = 0.2
_POLL_S = 1.0
_LOADING_TOLD_EVERY_S = 10.0
_CAMERAS_END_S, _OUTLETS_END_S = 0.7, 1.0
"""Seconds after the stop was asked for; the store and the process take the rest of two."""
_A_MOMENT_S = 0.1
DONE, FAILED = 0, 1


@dataclass(frozen=True, slots=True)
class Wish:
    """What the user asked of `monitor`; the fields are its options.

    Attributes:
        config: Cameras file.
        store: SQLite file to keep visits in; None for none.
        metrics: Host and port of the metrics; "" for none.
        for_s: Seconds to run, from when the models are loaded; 0 until stopped.
    """

    config: Path
    store: Path | None = None
    metrics: str = ""
    for_s: float = 0.0


def monitor(wish: Wish, settings: Settings) -> int:
    """Run until a signal comes, the time is over or the engine gives up.

    Returns:
        The exit code: 0 when it ended as asked.

    Raises:
        AgescopeError: It cannot start.
    """
    endpoint = parse_endpoint(wish.metrics) if wish.metrics else None
    cameras = load_cameras(wish.config)
    runnable(cameras.enabled, settings.track)  # to load the models may take minutes
    watch = CamerasFileWatch(wish.config)
    stream = EventStream()
    with ExitStack() as stack:
        stop = stack.enter_context(stopped_by_signals())
        store = stack.enter_context(_kept(wish.store, settings, stream))
        outlets = stack.enter_context(_sending(cameras, stream, stop))
        try:
            models = load_models(
                settings.runtime, progress=unless_stopped(stop, _loading(Systemd()))
            )
        except StoppedError:
            _log.info("stopping: as asked")
            return DONE
        stack.callback(models.close)
        fleet = Fleet(
            pipelines_for(models, settings),
            sources_for(models, settings),
            stream.publish,
            track=settings.track,
        )
        look = partial(_look, fleet, models, store, outlets, watch)
        stack.enter_context(_running(fleet.supervisor, stop))
        fleet.apply(cameras.enabled)
        stack.enter_context(_serving(endpoint, look))  # before, no camera would be missed
        _log.info("%d cameras of %s are begun", len(cameras.enabled), wish.config)
        until_s = time.monotonic() + wish.for_s if wish.for_s else math.inf
        return stay(fleet, outlets, watch, stop, until_s)


def _loading(systemd: Systemd) -> Callable[[str, float], None]:
    """What tells systemd, and now and then the log, how far the building of engines is."""
    told_s = time.monotonic()

    def tell(text: str, share: float) -> None:
        nonlocal told_s
        line = f"{text} ({share:.0%})"
        systemd.loading(line)
        if time.monotonic() - told_s >= _LOADING_TOLD_EVERY_S:
            told_s = time.monotonic()
            _log.info(line)

    return tell


def stay(
    fleet: Fleet, outlets: Outlets, watch: CamerasFileWatch, stop: Event, until_s: float
) -> int:
    """Wait for the end and take over what changes in the cameras file.

    Args:
        fleet: Running.
        outlets: Hears what the fleet publishes.
        watch: On its cameras file.
        stop: Set when it shall end.
        until_s: Second of the monotonic clock at which it ends in any case.

    Returns:
        The exit code: 0 when it ended as asked, 1 when the engine gave up.
    """
    supervisor = fleet.supervisor
    polled_s = time.monotonic()
    with Systemd() as systemd:
        while not (stop.wait(_TICK_S) or supervisor.failure or time.monotonic() >= until_s):
            if time.monotonic() - polled_s >= _POLL_S:
                polled_s = time.monotonic()
                _reload(fleet, outlets, watch)
            if supervisor.well:
                systemd.beat(_told(fleet))
    _log.info("stopping: %s", supervisor.failure or "as asked")
    return FAILED if supervisor.failure else DONE


def _told(fleet: Fleet) -> str:
    states = [status.state for status in fleet.supervisor.statuses().values()]
    return f"{states.count(State.RUNNING)} of {len(states)} cameras are running"


def _reload(fleet: Fleet, outlets: Outlets, watch: CamerasFileWatch) -> None:
    """A file that cannot be used changes nothing: the cameras run on as they are."""
    try:
        cameras = watch.poll()
        if cameras is not None:
            runnable(cameras.enabled, fleet.track)
            changes = str(changes_between(fleet.cameras, cameras.enabled)) or "no camera changed"
            outlets.apply(cameras)
            fleet.apply(cameras.enabled)
            watch.problem = ""
            run = len(cameras.enabled)
            _log.info("%s was read again: %s; %d cameras run", watch.path, changes, run)
    except AgescopeError as error:
        watch.problem = str(error)
        _log.warning("the cameras run on as before: %s", error)


@contextmanager
def _kept(path: Path | None, settings: Settings, stream: EventStream) -> Iterator[Store | None]:
    """A store that hears all events; closed after everything else that may send some."""
    if path is None:
        yield None
        return
    store = Store(path, settings.store)
    unsubscribe = stream.subscribe(store.put)
    try:
        yield store
    finally:
        unsubscribe()
        store.close()


@contextmanager
def _running(supervisor: Supervisor, stop: Stop) -> Iterator[None]:
    supervisor.start()
    try:
        yield
    finally:
        supervisor.stop(_left_s(stop, _CAMERAS_END_S))


@contextmanager
def _sending(cameras: CamerasFile, stream: EventStream, stop: Stop) -> Iterator[Outlets]:
    """The receivers of the cameras file, hearing all events."""
    outlets = Outlets()
    outlets.apply(cameras)
    unsubscribe = stream.subscribe(outlets.put)
    try:
        yield outlets
    finally:
        unsubscribe()
        outlets.close(_left_s(stop, _OUTLETS_END_S))


def _left_s(stop: Stop, end_s: float) -> float:
    """Seconds that are left of so many from when the stop was asked for, but a moment at least."""
    stop.set()  # unless it was before
    return max(_A_MOMENT_S, stop.since_s + end_s - time.monotonic())


@contextmanager
def _serving(
    endpoint: tuple[str, int] | None, look: Callable[[], Snapshot]
) -> Iterator[MetricsServer | None]:
    if endpoint is None:
        yield None
        return
    token = os.environ.get(TOKEN_VARIABLE, "")
    server = MetricsServer(*endpoint, look, token=token)
    _log.info("metrics on http://%s:%d/metrics", *server.address)
    try:
        yield server
    finally:
        server.close()


def _look(
    fleet: Fleet,
    models: Models,
    store: Store | None,
    outlets: Outlets,
    watch: CamerasFileWatch,
) -> Snapshot:
    supervisor = fleet.supervisor
    return Snapshot(
        statuses=supervisor.statuses(),
        grades=supervisor.grades(),
        occupancy=fleet.occupancy(),
        runtimes={
            model.spec.path.name: str(model.running) for model in (models.detector, models.age)
        },
        store=store.status if store else None,
        outlets=outlets.statuses,
        failure=supervisor.failure,
        wanted=tuple(camera.name for camera in fleet.cameras),
        refused=watch.problem,
    )
