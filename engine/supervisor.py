"""Many sources at once, unattended: one session each, watched and rebuilt when it hangs.

from engine.supervisor import Camera, Supervisor, sources_for

with Supervisor(build_pipeline, sources_for(models, settings)) as supervisor:
    supervisor.subscribe(listener)
    supervisor.add(Camera("door", "rtsp://192.0.2.7/stream"))
    supervisor.wait(3600)
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from threading import Event, RLock, Thread
from time import monotonic
from typing import TYPE_CHECKING, Self

from engine.errors import SettingsError
from engine.grade import Grade, Record
from engine.memory import GivingBack
from engine.rebuilds import Rebuilds
from engine.relay import Relay
from engine.session import Listener, Session, stop_all
from engine.sources.address import is_live, mask_address, open_source
from engine.sources.masked import masked
from engine.sources.source import Reading, Source, SourceInfo
from engine.status import SessionStatus, State

if TYPE_CHECKING:  # the model runtimes behind them take long to import
    from engine.models.shipped import Models
    from engine.pipeline import Pipeline
    from engine.settings import Settings

_log = logging.getLogger(__name__)
_STOP_S = 1.2
_NOTHING_EXPECTED = (State.PAUSED, State.RECONNECTING, State.STALLED)


@dataclass(frozen=True, slots=True)
class Camera:
    """One source to run.

    Attributes:
        name: Unique among those that run; safe to show.
        address: As `open_source` takes it, with its password; never shown.
        reading: How to read it.
        effort: What its pipeline is built for; the supervisor only hands it on.
    """

    name: str
    address: str = field(repr=False)
    reading: Reading = field(default_factory=Reading)
    effort: str = ""


@dataclass(frozen=True, slots=True)
class Limits:
    """When the watchdog steps in.

    Attributes:
        hang_s: A session without any sign of life for so long is rebuilt.
        engine_s: When pictures come but none was looked at for so long, the engine gives up;
            while a model fails on one camera, only pictures of others with somebody in them count.
        abandoned: When so many sessions that were given up still hold a thread, it gives up too.
        tick_s: Time between two looks.
    """

    hang_s: float = 20.0
    engine_s: float = 60.0
    abandoned: int = 50
    tick_s: float = 0.5


BuildPipeline = Callable[[Camera, SourceInfo], "Pipeline"]
OpenCamera = Callable[[Camera], Source]


_NEW = SessionStatus(State.STARTING)


@dataclass(slots=True, eq=False)
class _Post:
    """One camera with the session that runs it now and what outlives the session."""

    camera: Camera
    session: Session
    record: Record
    rebuilds: Rebuilds
    paused: bool = False
    before: SessionStatus = _NEW
    """Its counters are those of the sessions before this one."""
    noted: SessionStatus = _NEW
    """What the record knows of."""

    @property
    def status(self) -> SessionStatus:
        now = self.session.status.after(self.before)
        held_min = self.rebuilds.held_min(monotonic())
        if now.state is not State.FAILED or not held_min:
            return now
        return replace(now, message=f"{now.message} It is tried again in {held_min} min.")


class Supervisor:
    """Runs cameras side by side; what happens to one does not touch the others.

    All methods may be called from any thread, at any time, in any state of a camera.

    Attributes:
        failure: Why the engine as a whole gave up, or "": the program should then exit non-zero,
            so that whatever started it starts it again.
    """

    def __init__(
        self,
        build_pipeline: BuildPipeline,
        open_camera: OpenCamera,
        limits: Limits = Limits(),
    ) -> None:
        """Prepare; nothing is watched before `start`.

        Args:
            build_pipeline: Builds the pipeline of a camera; called in a thread of its session.
            open_camera: Opens the source of a camera; called in a thread of its session.
            limits: When the watchdog steps in.
        """
        self.failure = ""
        self._build_pipeline, self._open_camera = build_pipeline, open_camera
        self._limits = limits
        self._lock = RLock()
        self._posts: dict[str, _Post] = {}
        self._relay = Relay()
        self._abandoned: list[Session] = []
        self._stopping, self._over = Event(), Event()
        self._stepped = 0
        self._stuck_s = 0.0
        self._watched_s = monotonic()
        self._giving_back = GivingBack()
        self._watchdog = Thread(target=self._watch_main, name="watchdog", daemon=True)

    def start(self) -> None:
        """Begin to watch; once only."""
        self._watchdog.start()
        self._giving_back.start()

    def __enter__(self) -> Self:
        """Start."""
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop."""
        self.stop()

    def subscribe(self, listener: Listener) -> None:
        """Let a listener hear of every result of every camera, in the threads that step.

        An exception of a listener is logged and harms neither the camera nor other listeners.
        """
        self._relay.listeners = (*self._relay.listeners, listener)

    def unsubscribe(self, listener: Listener) -> None:
        """Tell a listener nothing more."""
        self._relay.listeners = tuple(x for x in self._relay.listeners if x is not listener)

    def add(self, camera: Camera, *, paused: bool = False) -> None:
        """Run one more camera; it need not be there yet.

        Raises:
            SettingsError: Another one has the name.
        """
        with self._lock:
            if camera.name in self._posts:
                raise SettingsError(f"two cameras are called '{camera.name}'; rename one.")
            now_s = monotonic()
            post = _Post(camera, self._session_of(camera), Record(now_s), Rebuilds(), paused)
            self._posts[camera.name] = post
            self._begin(post)

    def remove(self, name: str) -> None:
        """Forget a camera; it ends by itself, and listeners hear nothing more of it.

        Raises:
            SettingsError: There is no camera of that name.
        """
        with self._lock:
            post = self._post(name)
            del self._posts[name]
        post.session.listener = None
        post.session.ask_to_stop()

    def pause(self, name: str) -> None:
        """Look at a camera no more until `resume`; its connection is kept."""
        with self._lock:
            post = self._post(name)
            post.paused = True
            post.session.pause()

    def resume(self, name: str) -> None:
        """Go on after a pause."""
        with self._lock:
            post = self._post(name)
            post.paused = False
            post.session.resume()

    def rename(self, name: str, new_name: str) -> None:
        """Call a camera otherwise from its next frame on; it runs on.

        Raises:
            SettingsError: There is no such camera, or another one has the new name.
        """
        with self._lock:
            post = self._post(name)
            if new_name in self._posts:
                raise SettingsError(f"two cameras would be called '{new_name}'; choose another.")
            del self._posts[name]
            post.camera = replace(post.camera, name=new_name)
            post.session.name = new_name
            self._posts[new_name] = post

    def replace(self, camera: Camera) -> None:
        """Run the camera of that name in another way, without a hold; its counters go on.

        Raises:
            SettingsError: There is no camera of that name.
        """
        with self._lock:
            post = self._post(camera.name)
            post.camera, post.rebuilds = camera, Rebuilds()
            self._rebuild(post)

    def session(self, name: str) -> Session:
        """The session that runs a camera now; a rebuild makes another."""
        with self._lock:
            return self._post(name).session

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the cameras, in the order in which they were added."""
        with self._lock:
            return tuple(self._posts)

    def status(self, name: str) -> SessionStatus:
        """How one camera stands."""
        with self._lock:
            return self._post(name).status

    def statuses(self) -> dict[str, SessionStatus]:
        """How every camera stands, by name; counters include sessions before a rebuild."""
        with self._lock:
            return {name: post.status for name, post in self._posts.items()}

    def grades(self) -> dict[str, Grade]:
        """How good every camera's connection was over the last hour, by name."""
        with self._lock:
            return {name: post.record.grade for name, post in self._posts.items()}

    @property
    def well(self) -> bool:
        """Whether the engine lives: tell systemd's watchdog so only while this holds."""
        return not self.failure and monotonic() - self._watched_s < 10 * self._limits.tick_s + 5

    def wait(self, timeout_s: float | None = None) -> bool:
        """Wait until the supervisor is stopped or the engine gives up; False on time-out."""
        return self._over.wait(timeout_s)

    def stop(self, within_s: float = _STOP_S) -> None:
        """Stop all cameras, within two seconds or less; safe to call twice."""
        self._stopping.set()
        self._over.set()
        with self._lock:
            sessions = [post.session for post in self._posts.values()]
        until_s = monotonic() + within_s
        stop_all(sessions, within_s)
        if self._watchdog.ident is not None:
            self._watchdog.join(max(0.1, until_s - monotonic()))
        self._giving_back.stop()

    def _post(self, name: str) -> _Post:
        if name not in self._posts:
            known = ", ".join(self._posts) or "none"
            raise SettingsError(f"there is no camera called '{name}'; there are: {known}.")
        return self._posts[name]

    def _session_of(self, camera: Camera) -> Session:
        """A session on the camera as it is now: whatever is changed later needs another one."""
        return Session(
            lambda: self._open_camera(camera),
            lambda info: self._build_pipeline(camera, info),
            pace=True,
            live=is_live(camera.address),
            name=camera.name,
        )

    def _begin(self, post: _Post) -> None:
        post.session.listener = self._relay
        if post.paused:
            post.session.pause()
        if not self._stopping.is_set():
            post.session.start()

    def _rebuild(self, post: _Post) -> None:
        """Let go of the session, which may hang, and run the camera in a new one."""
        post.before = post.status
        post.session.listener = None
        post.session.ask_to_stop()
        self._abandoned.append(post.session)
        post.session = self._session_of(post.camera)
        self._begin(post)

    def _watch_main(self) -> None:
        try:
            while not self._stopping.wait(self._limits.tick_s):
                with self._lock:
                    self._watch(monotonic())
        except Exception as error:  # noqa: BLE001  the end of a thread: nobody else could tell
            _log.exception("the watchdog itself failed")
            self._give_up(masked(f"the watchdog failed: {type(error).__name__}: {error}."))

    def _watch(self, now_s: float) -> None:
        statuses = [self._look_after(post, now_s) for post in self._posts.values()]
        self._check_engine(statuses)
        self._watched_s = now_s

    def _look_after(self, post: _Post, now_s: float) -> SessionStatus:
        status, noted = post.status, post.noted
        if status.state is not State.PAUSED:
            post.record.note(
                now_s,
                reconnects=status.reconnects - noted.reconnects,
                stalls=status.stalls - noted.stalls,
                dark=status.state is not State.RUNNING,
            )
        post.noted = status
        hangs = post.session.idle_s > self._limits.hang_s
        if hangs or status.state is State.FAILED:
            why = status.message or f"no sign of life for {self._limits.hang_s:.0f} s"
            who = f"{post.camera.name} ({mask_address(post.camera.address)})"
            held_min = post.rebuilds.held_min(now_s)
            if post.rebuilds.may(now_s):
                _log.warning("%s is started anew: %s", who, why)
                self._rebuild(post)
            elif not held_min:  # the hold begins
                held_min = post.rebuilds.held_min(now_s)
                _log.warning("%s is tried again in %d min: %s", who, held_min, why)
        return status

    def _check_engine(self, statuses: list[SessionStatus]) -> None:
        """Give up when pictures come but nobody gets one looked at: rebuilding did not help.

        A model that fails on them all is no better than a hang: a GPU that was lost stays lost to
        this process. Pictures with nobody in them need no ages: that they are looked at says
        nothing of a model that fails elsewhere, and while all are empty a new start loses nothing.
        """
        failing = any(status.by_model for status in statuses)
        stepped = sum(status.frames for status in statuses if status.people or not failing)
        active = [status for status in statuses if _is_expected(status)]
        if stepped != self._stepped or not active:
            self._stepped, self._stuck_s = stepped, 0.0
        elif any(status.state is State.RUNNING or status.by_model for status in active):
            self._stuck_s += self._limits.tick_s
        self._abandoned = [session for session in self._abandoned if session.alive]
        if len(self._abandoned) >= self._limits.abandoned:
            self._give_up(f"{len(self._abandoned)} threads hang. Start the program again.")
        if self._stuck_s > self._limits.engine_s:
            self._give_up(
                f"no picture of any camera was looked at for {self._limits.engine_s:.0f} s"
                f"{', but for empty ones' * failing}, though they come. Start the program again."
            )

    def _give_up(self, reason: str) -> None:
        if not self.failure:
            self.failure = reason
            _log.critical(reason)
            self._over.set()


def _is_expected(status: SessionStatus) -> bool:
    """Whether its pictures ought to be looked at now."""
    return status.by_model or not (status.state.over or status.state in _NOTHING_EXPECTED)


def sources_for(models: "Models", settings: "Settings") -> OpenCamera:
    """Opens cameras with the copies that the detector wants, decoded by what the settings say."""
    from engine.pipeline import detector_scale

    scale = detector_scale(models, settings)
    hwaccel = settings.stream.hwaccel

    def open_camera(camera: Camera) -> Source:
        reading = replace(camera.reading, hwaccel=hwaccel)
        return open_source(
            camera.address, small_size=scale.size_for, name=camera.name, reading=reading
        )

    return open_camera
