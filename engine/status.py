"""How a session stands: its states, the snapshot others read, and the books behind it.

Knows no threads of its own; all of them may write into the same books.
"""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from statistics import median
from threading import Lock

from engine.sources.source import SourceInfo
from engine.values.result import FrameResult

_MEASURED_S = 2.0
_STALL_S = 2.0
_LONGEST_STALL_S = 4.0
_STALL_FRAMES = 3
_STEPS = 5
"""So many distances between pictures tell how far apart they usually are."""
_SMOOTHING = 0.1

OPENING = "Opening the source …"
"""The message of a session until its source is open."""


class State(StrEnum):
    """What a session is doing."""

    STARTING = "starting"
    RUNNING = "running"
    STALLED = "stalled"
    """A live source is connected, but sends nothing new."""
    RECONNECTING = "reconnecting"
    """A live source is not there; the message says why. It is tried again for ever."""
    PAUSED = "paused"
    STOPPED = "stopped"
    """Somebody stopped the session."""
    ENDED = "ended"
    """A recording is through."""
    FAILED = "failed"
    """The message says why and what to do."""

    @property
    def over(self) -> bool:
        """Nothing will come any more."""
        return self in (State.STOPPED, State.ENDED, State.FAILED)


@dataclass(frozen=True, slots=True)
class SessionStatus:
    """How a session stands at one moment.

    Counters never fall while the session lives.

    Attributes:
        state: What it is doing.
        message: What it is starting, why the source is gone, why it failed, that it was played to
            its end, or what its user ought to know while it runs; else empty. Names no password.
        info: The source, once it was open; after a reconnection the new one.
        position_s: Media second of the newest result.
        frames: Frames stepped.
        dropped: Frames passed over because the machine was too slow.
        stalls: How often the pictures stopped coming for seconds.
        reconnects: How often the connection was made again after a loss.
        next_retry_s: Seconds until a lost source is tried again; 0 while it is tried.
        frames_per_s: Frames stepped, over the last two seconds.
        lag_ms: Mean time from decoding a frame to its result over the last two seconds; of a paced
            recording from the moment the frame was due.
        lag_s: Age of the newest finished result of a live source: since its frame was decoded, or
            since the start while there is none. 0 for recordings.
        picture_age_s: Age of the newest picture of a live source, looked at or not, likewise.
        stages_s: Seconds a frame by stage, smoothed over some ten frames.
        people: Faces with a track in the newest result; 0 once a lost source's visits are over.
        by_model: It failed because a model did, not because of its source.
    """

    state: State
    message: str = ""
    info: SourceInfo | None = None
    position_s: float = 0.0
    frames: int = 0
    dropped: int = 0
    stalls: int = 0
    reconnects: int = 0
    next_retry_s: float = 0.0
    frames_per_s: float = 0.0
    lag_ms: float = 0.0
    lag_s: float = 0.0
    picture_age_s: float = 0.0
    stages_s: Mapping[str, float] = field(default_factory=dict)
    people: int = 0
    by_model: bool = False

    def after(self, before: "SessionStatus") -> "SessionStatus":
        """The same with counters that go on from those of an earlier session."""
        return replace(
            self,
            frames=before.frames + self.frames,
            dropped=before.dropped + self.dropped,
            stalls=before.stalls + self.stalls,
            reconnects=before.reconnects + self.reconnects,
        )


class Books:
    """What the threads of a session note down, and the status that follows from it.

    All moments are seconds of the monotonic clock, given by the caller.
    """

    def __init__(self, now_s: float, *, live: bool) -> None:
        """Open the books of a session that begins.

        Args:
            now_s: Now.
            live: The source is taken for a live one until it is open.
        """
        self._lock = Lock()
        self._live = live
        self._end: State | None = None
        self._message = OPENING
        self._by_model = False
        self._info: SourceInfo | None = None
        self._ready = self._connected = self._paused = False
        self._losses = self._stalls = self._reconnects = 0
        self._frames = self._passed_over = self._people = 0
        self._position_s = 0.0
        self._retry_at_s = 0.0
        self._started_s = self._arrived_s = self._shown_s = self._result_s = now_s
        self._stalled = False
        self._steps_s: deque[float] = deque(maxlen=_STEPS)
        self._stages_s: dict[str, float] = {}
        self._meter = _Meter()

    @property
    def info(self) -> SourceInfo | None:
        """The source, once it was open."""
        return self._info

    @property
    def over(self) -> bool:
        """Whether the end was noted."""
        return self._end is not None

    def connected(self, info: SourceInfo, notice: str, now_s: float) -> None:
        """The source is open; `notice` is what its user ought to know."""
        with self._lock:
            self._reconnects += self._losses > 0 and self._info is not None
            self._info, self._live, self._connected = info, info.live, True
            self._arrived_s, self._message, self._retry_at_s = now_s, notice, 0.0
            self._steps_s.clear()

    def ready(self) -> None:
        """The pipeline is there."""
        with self._lock:
            self._ready = True

    def arrived(self, now_s: float) -> None:
        """A picture came in."""
        with self._lock:
            self._check_stall(now_s)
            self._steps_s.append(now_s - self._arrived_s)
            self._arrived_s, self._stalled = now_s, False

    def lost(self, reason: str, retry_at_s: float) -> None:
        """A live source is gone, or not there yet."""
        with self._lock:
            self._losses += 1
            self._connected = self._stalled = False
            self._message, self._retry_at_s = reason, retry_at_s

    def passed_over(self, frames: int = 1) -> None:
        """Frames of a recording came too late to be looked at, or were not even decoded."""
        with self._lock:
            self._passed_over += frames

    def stepped(self, result: FrameResult, lag_s: float, now_s: float) -> None:
        """A frame was looked at, and its result is `lag_s` late."""
        with self._lock:
            self._meter.add(now_s, lag_s * 1000)
            self._frames += 1
            self._position_s = result.frame.time_s
            self._people = int((result.faces.track_ids >= 0).sum())
            self._result_s = result.frame.decoded_ns / 1e9
            for stage, milliseconds in result.timings_ms.items():
                before = self._stages_s.get(stage, milliseconds / 1e3)
                self._stages_s[stage] = before + _SMOOTHING * (milliseconds / 1e3 - before)

    def left(self) -> None:
        """Everybody who was in view is taken for gone."""
        with self._lock:
            self._people = 0

    def shown(self, decoded_s: float) -> None:
        """A picture decoded at that moment can be shown."""
        with self._lock:
            self._shown_s = decoded_s

    def pause(self, paused: bool) -> None:
        """Somebody pauses it or lets it go on."""
        with self._lock:
            self._paused = paused

    def ended(self, state: State, message: str, *, by_model: bool = False) -> None:
        """Nothing will come any more. What was noted first stays."""
        with self._lock:
            if self._end is None:
                self._end, self._message, self._by_model = state, message, by_model

    def read(self, now_s: float, dropped: int) -> SessionStatus:
        """The status now; `dropped` frames were replaced in the mailbox."""
        with self._lock:
            self._check_stall(now_s)
            rate, lag_ms = self._meter.read(now_s)
            return SessionStatus(
                state=self._state(),
                message=self._message,
                info=self._info,
                position_s=self._position_s,
                frames=self._frames,
                dropped=dropped + self._passed_over,
                stalls=self._stalls,
                reconnects=self._reconnects,
                next_retry_s=0.0 if self._connected else max(0.0, self._retry_at_s - now_s),
                frames_per_s=rate,
                lag_ms=lag_ms,
                lag_s=now_s - self._result_s if self._live else 0.0,
                picture_age_s=now_s - self._shown_s if self._live else 0.0,
                stages_s=dict(self._stages_s),
                people=self._people,
                by_model=self._by_model,
            )

    def check_stall(self, now_s: float) -> None:
        """Notice when pictures stopped coming; counted once, at its beginning."""
        with self._lock:
            self._check_stall(now_s)

    def _check_stall(self, now_s: float) -> None:
        silent_s = now_s - self._arrived_s
        if self._live and self._connected and not self._stalled and silent_s > self._patience_s():
            self._stalled = True
            self._stalls += 1

    def _patience_s(self) -> float:
        rate = self._info.rate if self._info else 0.0
        claimed_s = 1 / rate if rate else 0.0  # by the camera, or made up by FFmpeg
        step_s = max(claimed_s, median(self._steps_s) if len(self._steps_s) == _STEPS else 0.0)
        usual_s = min(max(_STALL_S, _STALL_FRAMES * step_s), _LONGEST_STALL_S)
        return max(usual_s, 2 * step_s)  # one picture in five seconds is slow, but no stall

    def _state(self) -> State:
        if self._end is not None:
            return self._end
        if self._paused:
            return State.PAUSED
        if self._live and not self._connected and self._losses:
            return State.RECONNECTING
        if not (self._ready and self._connected):
            return State.STARTING
        return State.STALLED if self._stalled else State.RUNNING


class _Meter:
    """Frames a second and mean lag over the last seconds."""

    def __init__(self) -> None:
        self._lags: deque[tuple[float, float]] = deque()

    def add(self, now_s: float, lag_ms: float) -> None:
        self._lags.append((now_s, lag_ms))
        self._forget(now_s)

    def read(self, now_s: float) -> tuple[float, float]:
        """Frames a second and milliseconds."""
        self._forget(now_s)
        if not self._lags:
            return 0.0, 0.0
        mean_ms = sum(lag_ms for _, lag_ms in self._lags) / len(self._lags)
        return len(self._lags) / max(now_s - self._lags[0][0], 0.5), mean_ms

    def _forget(self, now_s: float) -> None:
        while self._lags and self._lags[0][0] < now_s - _MEASURED_S:
            self._lags.popleft()
