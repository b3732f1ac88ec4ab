"""One source through the corridor to its sinks: decoding runs ahead in a thread of its own.

Whatever ends the job (the end of the source, its failure, a full disk, an interrupt), the sinks
are completed with what was seen until then and the summary tells how it ended.
"""

import contextlib
import queue
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field

import numpy as np

from engine.errors import AgescopeError
from engine.pipeline import Pipeline
from engine.sinks.sink import Sink
from engine.sources.source import Source
from engine.values.frame import Frame
from engine.values.result import FrameResult, Track

_AHEAD = 4
_WAIT_S = 0.2
_Frames = queue.Queue[Frame | BaseException | None]


@dataclass(slots=True)
class Job:
    """What became of one source; grows while it runs.

    Attributes:
        source: Name of the source.
        address: What the user gave, passwords masked.
        frames: Frames decoded.
        looked: Frames looked at; fewer than `frames` with `max_fps`.
        faces: Faces found, over all frames.
        people: Tracks so far.
        present: Tracks in the latest frame.
        time_s: Media second of the latest frame.
        wall_s: Time the job took.
        errors: Why it ended early, and what was passed over.
        interrupted: It was stopped from outside.
        stages: Milliseconds by stage.
        tracks: The tracks that ended.
    """

    source: str
    address: str
    frames: int = 0
    looked: int = 0
    faces: int = 0
    people: int = 0
    present: int = 0
    time_s: float = 0.0
    wall_s: float = 0.0
    errors: list[str] = field(default_factory=list)
    interrupted: bool = False
    stages: dict[str, "Histogram"] = field(default_factory=dict)
    _highest_id: int = 0

    @property
    def frames_per_s(self) -> float:
        """Frames a second of wall time."""
        return self.frames / self.wall_s if self.wall_s else 0.0

    def add(self, result: FrameResult) -> None:
        """Count one result."""
        self.frames += 1
        self.time_s = result.frame.time_s
        if not result.looked:
            return
        self.looked += 1
        self.faces += len(result.faces)
        ids = result.faces.track_ids
        self.present = int((ids >= 0).sum())
        self._highest_id = max(self._highest_id, int(ids.max(initial=0)))
        self.people = self._highest_id if not result.frame.picture else self.faces
        for stage, milliseconds in result.timings_ms.items():
            self.stages.setdefault(stage, Histogram()).add(milliseconds)

    def summary(self) -> dict[str, object]:
        """The entry of summary.json."""
        return {
            "source": self.source,
            "address": self.address,
            "frames": self.frames,
            "frames_looked_at": self.looked,
            "faces": self.faces,
            "seconds": round(self.time_s, 3),
            "people": self.people,
            "wall_s": round(self.wall_s, 3),
            "frames_per_s": round(self.frames_per_s, 2),
            "stage_ms": {name: stage.summary() for name, stage in self.stages.items()},
            "interrupted": self.interrupted,
            "errors": self.errors,
        }


class Histogram:
    """Milliseconds in logarithmic bins of 2 %: quantiles in constant memory."""

    _FIRST_MS, _STEP, _BINS = 1e-3, 1.02, 900

    def __init__(self) -> None:
        self._counts = np.zeros(self._BINS, np.int64)

    def add(self, milliseconds: float) -> None:
        """Count one duration."""
        at = np.log(max(milliseconds, self._FIRST_MS) / self._FIRST_MS) / np.log(self._STEP)
        self._counts[min(int(at), self._BINS - 1)] += 1

    def quantile(self, level: float) -> float:
        """Duration below which `level` of the counted ones lie, in ms."""
        if not self._counts.any():
            return 0.0
        cumulative = np.cumsum(self._counts)
        at = int(np.searchsorted(cumulative, level * cumulative[-1]))
        return float(self._FIRST_MS * self._STEP ** (at + 0.5))

    def summary(self) -> dict[str, float]:
        """Median and 95 % quantile."""
        return {"p50": round(self.quantile(0.5), 3), "p95": round(self.quantile(0.95), 3)}


def run(
    source: Source,
    pipeline: Pipeline,
    sinks: Sequence[Sink],
    *,
    max_fps: float = 0.0,
    progress: Callable[[Job], None] = lambda _: None,
    stop: threading.Event | None = None,
) -> Job:
    """Analyse one source to its end.

    Args:
        source: Open source; closed afterwards.
        pipeline: Fresh pipeline.
        sinks: Where results go; opened and completed here.
        max_fps: Look at no more frames a media second than this; 0 for all. Frames in between go
            to the sinks too, marked as not looked at.
        progress: Called after every frame, in this thread.
        stop: Ends the job when set.

    Returns:
        What became of it. Expected failures are in its `errors`; others are raised.
    """
    job = Job(source.info.name, source.info.address)
    stop = stop or threading.Event()
    began = time.monotonic()
    try:
        with ExitStack() as stack:
            for sink in sinks:
                stack.enter_context(sink)
            _steps(source, pipeline, sinks, job, max_fps, _Listener(progress, stop, began))
    except AgescopeError as error:
        job.errors.append(str(error))
    finally:
        source.close()
    job.errors = list(dict.fromkeys([*job.errors, *source.problems]))
    job.interrupted = stop.is_set()
    job.wall_s = time.monotonic() - began
    return job


@dataclass(frozen=True, slots=True)
class _Listener:
    progress: Callable[[Job], None]
    stop: threading.Event
    began: float


def _steps(
    source: Source,
    pipeline: Pipeline,
    sinks: Sequence[Sink],
    job: Job,
    max_fps: float,
    listener: _Listener,
) -> None:
    due_s = -np.inf
    decoding = job.stages.setdefault("decode", Histogram())
    try:
        for frame in ahead(source, listener.stop, decoding):
            looking = not max_fps or frame.time_s >= due_s or bool(frame.picture)
            if looking and max_fps:
                due_s = max(due_s + 1 / max_fps, frame.time_s)
            result = pipeline.step(frame) if looking else pipeline.pass_over(frame)
            _write(sinks, result, job)
            job.add(result)
            job.wall_s = time.monotonic() - listener.began
            listener.progress(job)
    except AgescopeError as error:
        job.errors.append(str(error))
    tracks: tuple[Track, ...] = pipeline.finish()
    for sink in sinks:
        try:
            sink.finish(tracks)
        except AgescopeError as error:  # one full disk must not keep the other sinks from theirs
            job.errors.append(str(error))


def _write(sinks: Sequence[Sink], result: FrameResult, job: Job) -> None:
    began = time.perf_counter()
    for sink in sinks:
        sink.write(result)
    job.stages.setdefault("write", Histogram()).add((time.perf_counter() - began) * 1e3)


def ahead(source: Source, stop: threading.Event, decoding: Histogram) -> Iterator[Frame]:
    """Decode in a thread, a few frames ahead of the caller; the source's errors are raised here.

    Args:
        source: Open source.
        stop: Ends the iteration when set.
        decoding: Counts the time each frame took.
    """
    frames: _Frames = queue.Queue(_AHEAD)
    leave = threading.Event()

    def put(item: Frame | BaseException | None) -> bool:
        while not (leave.is_set() or stop.is_set()):
            with contextlib.suppress(queue.Full):
                frames.put(item, timeout=_WAIT_S)
                return True
        return False

    thread = threading.Thread(
        target=_decode, args=(source, put, decoding), name=f"decode {source.info.name}"
    )
    thread.start()
    try:
        yield from _arriving(frames, stop)
    finally:
        leave.set()
        thread.join()


def _decode(
    source: Source, put: Callable[[Frame | BaseException | None], bool], decoding: Histogram
) -> None:
    try:
        began = time.perf_counter()
        for frame in source:
            decoding.add((time.perf_counter() - began) * 1e3)
            if not put(frame):
                return
            began = time.perf_counter()
        put(None)
    except BaseException as error:  # noqa: BLE001  handed to the caller, not swallowed
        put(error)


def _arriving(frames: _Frames, stop: threading.Event) -> Iterator[Frame]:
    while not stop.is_set():
        try:
            item = frames.get(timeout=_WAIT_S)
        except queue.Empty:
            continue
        if item is None:
            return
        if isinstance(item, BaseException):
            raise item
        yield item
