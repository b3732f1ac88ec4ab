"""One source through the corridor to its sinks, on all cores.

Decoding runs ahead in a thread of its own. Where the whole of every frame is looked at, so does
detection, in some more: it depends on the frame alone, so the numbers are those of one thread.

Whatever ends the job (the end of the source, its failure, a full disk, an interrupt), the sinks
are completed with what was seen until then and the summary tells how it ended.
"""

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field

import numpy as np

from engine.ahead import decoded_ahead, detected_ahead
from engine.errors import AgescopeError, ModelError, SinkError
from engine.memory import GivingBack
from engine.pipeline import Pipeline
from engine.sinks.sink import Sink
from engine.sources.source import Source
from engine.values.histogram import Histogram
from engine.values.result import FrameResult, Track
from engine.values.text import printable


@dataclass(slots=True)
class Job:
    """What became of one source; grows while it runs.

    Attributes:
        source: Name of the source.
        address: What the user gave, passwords masked.
        frames: Frames decoded.
        looked: Frames with rows in the tables; fewer than `frames` with `max_fps`.
        detected: Frames in which the detector looked; in the others boxes were predicted.
        estimates: Faces whose age was estimated.
        faces: Faces found, over all frames.
        people: Tracks so far.
        present: Tracks in the latest frame.
        time_s: Media second of the latest frame.
        wall_s: Time the job took.
        errors: Why it ended early, and what was passed over.
        by_model: A model failed on it; this process may have lost the GPU for good.
        by_sink: An output could not be written; not all of them are whole.
        interrupted: It was stopped from outside.
        stages: Milliseconds by stage.
        tracks: The tracks that ended.
    """

    source: str
    address: str
    frames: int = 0
    looked: int = 0
    detected: int = 0
    estimates: int = 0
    faces: int = 0
    people: int = 0
    present: int = 0
    time_s: float = 0.0
    wall_s: float = 0.0
    errors: list[str] = field(default_factory=list)
    by_model: bool = False
    by_sink: bool = False
    interrupted: bool = False
    stages: dict[str, Histogram] = field(default_factory=lambda: defaultdict(Histogram))
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
        self.detected += result.detected
        if result.detected and result.estimates is not None:
            self.estimates += int((~np.isnan(result.estimates.probs[:, 0])).sum())
        self.faces += len(result.faces)
        ids = [track_id for track_id in result.faces.track_ids.tolist() if track_id >= 0]
        self.present = len(ids)
        self._highest_id = max([self._highest_id, *ids])
        self.people = self._highest_id if not result.frame.picture else self.faces
        for stage, milliseconds in result.timings_ms.items():
            self.stages[stage].add(milliseconds)

    def fail(self, error: AgescopeError) -> None:
        """Note what went wrong."""
        self.errors.append(str(error))
        self.by_model = self.by_model or isinstance(error, ModelError)
        self.by_sink = self.by_sink or isinstance(error, SinkError)

    def summary(self) -> dict[str, object]:
        """The entry of summary.json."""
        return {
            "source": self.source,
            "address": printable(self.address),
            "frames": self.frames,
            "frames_looked_at": self.looked,
            "frames_detected_in": self.detected,
            "estimates": self.estimates,
            "faces": self.faces,
            "seconds": round(self.time_s, 3),
            "people": self.people,
            "wall_s": round(self.wall_s, 3),
            "frames_per_s": round(self.frames_per_s, 2),
            "stage_ms": {name: stage.summary() for name, stage in self.stages.items()},
            "interrupted": self.interrupted,
            "errors": [printable(error) for error in self.errors],
        }


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
            to the sinks too, marked as not looked at. Below 1 nobody is followed.
        progress: Called after every frame, in this thread.
        stop: Ends the job when set.

    Returns:
        What became of it. Expected failures are in its `errors`; others are raised.
    """
    job = Job(source.info.name, source.info.address)
    stop = stop or threading.Event()
    began = time.monotonic()
    with GivingBack(), closing(source):
        try:
            with ExitStack() as stack:
                for sink in sinks:
                    stack.enter_context(sink)
                _steps(source, pipeline, sinks, job, max_fps, _Listener(progress, stop, began))
        except AgescopeError as error:
            job.fail(error)
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
    decoding = job.stages["decode"]
    try:
        with (
            closing(decoded_ahead(source, listener.stop, decoding)) as frames,
            closing(detected_ahead(frames, pipeline, max_fps)) as seen_ahead,
        ):
            for frame, looking, found in seen_ahead:
                if listener.stop.is_set():
                    break
                result = (
                    pipeline.step(frame, found.result() if found else None)
                    if looking
                    else pipeline.pass_over(frame)
                )
                _write(sinks, result, job)
                job.add(result)
                job.wall_s = time.monotonic() - listener.began
                listener.progress(job)
    except AgescopeError as error:
        job.fail(error)
    tracks: tuple[Track, ...] = pipeline.finish()
    for sink in sinks:
        try:
            sink.finish(tracks)
        except AgescopeError as error:  # one full disk must not keep the other sinks from theirs
            job.fail(error)


def _write(sinks: Sequence[Sink], result: FrameResult, job: Job) -> None:
    began = time.perf_counter()
    for sink in sinks:
        sink.write(result)
    job.stages["write"].add((time.perf_counter() - began) * 1e3)
