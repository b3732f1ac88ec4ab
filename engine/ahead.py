"""Work on frames that runs ahead of the stepping, in threads, and changes no number."""

import contextlib
import os
import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np

from engine.errors import AgescopeError
from engine.pipeline import Pipeline
from engine.settings import RuntimeSettings
from engine.sources.source import Source
from engine.values.faces import Faces
from engine.values.frame import Frame
from engine.values.histogram import Histogram

_AHEAD_BYTES, _LEAST_AHEAD, _MOST_AHEAD = 64_000_000, 4, 32
"""Frames decoded ahead: enough to go on while a whole picture is looked at, bounded in memory."""
_PIECES = 4
"""How many times that number of frames is handed over: threads that wake each other for every
single frame spend more on that than on frames that are passed over."""
_MOST_DETECTING, _MOST_THREADS = 4, 4
_WAIT_S = 0.2
_ROUNDED_S = 0.002
"""How far the distance of two timestamps may be off: containers round them to milliseconds."""
_Frames = queue.Queue[list[Frame] | BaseException | None]


def side_by_side(settings: RuntimeSettings, *, jobs: int = 1) -> RuntimeSettings:
    """Settings for models whose calls share the cores with decoding and with each other.

    A second thread makes a call of these small networks 1.2 times as fast and takes a whole core.

    Args:
        settings: What was asked for; a number of threads asked for stays.
        jobs: Processes that share the cores.
    """
    if settings.threads:
        return settings
    cores = len(os.sched_getaffinity(0))
    return settings.model_copy(update={"threads": min(max(1, cores // (2 * jobs)), _MOST_THREADS)})


_Looked = tuple[Frame, bool, Future[Faces] | None]


def detected_ahead(
    frames: Iterator[Frame], pipeline: Pipeline, max_fps: float
) -> Generator[_Looked]:
    """Detect in the frames to come while the caller works on this one; nothing is reordered.

    Args:
        frames: In order. What they raise is raised after the frames before.
        pipeline: Detects ahead if it looks at the whole of every frame.
        max_fps: Look at no more frames a media second than this; 0 for all.

    Yields:
        The frame, whether to look at it, and its faces where they are looked for ahead.
    """
    if not pipeline.detects_all:
        for frame, looking in _paced(frames, max_fps):
            yield frame, looking, None
        return
    workers = min(max(1, len(os.sched_getaffinity(0)) - 1), _MOST_DETECTING)
    waiting: deque[_Looked] = deque()
    with ThreadPoolExecutor(workers, "detect") as pool:
        try:
            for frame, looking in _paced(frames, max_fps):
                found = pool.submit(pipeline.detect, frame) if looking else None
                waiting.append((frame, looking, found))
                if len(waiting) > workers:
                    yield waiting.popleft()
        except AgescopeError:
            yield from waiting
            raise
        yield from waiting


def _paced(frames: Iterator[Frame], max_fps: float) -> Iterator[tuple[Frame, bool]]:
    """Frames, and whether to look at them; the pace begins anew at the first and after a gap.

    A frame that is late for half a period comes after a gap, unless frames are that far apart here:
    then it is only the next one there is, and the mean rate must not suffer from it.
    """
    period_s = 1 / max_fps if max_fps else 0.0
    due_s = before_s = -np.inf
    step_s = np.inf  # from frame to frame; a single long one makes it only somewhat longer
    for frame in frames:
        looking = not max_fps or frame.time_s >= due_s - _ROUNDED_S or bool(frame.picture)
        if looking:
            gap = frame.time_s - due_s > max(period_s / 2, min(step_s, period_s))
            due_s = (frame.time_s if gap else due_s) + period_s
        step_s = min(frame.time_s - before_s, 1.5 * step_s) + _ROUNDED_S
        before_s = frame.time_s
        yield frame, looking


def decoded_ahead(source: Source, stop: threading.Event, decoding: Histogram) -> Generator[Frame]:
    """Decode in a thread, a few frames ahead of the caller; the source's errors are raised here.

    Args:
        source: Open source.
        stop: Ends the iteration when set.
        decoding: Counts the time each frame took.
    """
    frame_bytes = max(1, 3 * source.info.width * source.info.height)
    room = min(max(_AHEAD_BYTES // frame_bytes, _LEAST_AHEAD), _MOST_AHEAD)
    if source.info.pictures:
        room = _LEAST_AHEAD  # the first picture says nothing of the others' sizes
    piece = max(1, room // _PIECES)
    frames: _Frames = queue.Queue(room // piece - 1)
    leave = threading.Event()

    def put(item: list[Frame] | BaseException | None) -> bool:
        while not (leave.is_set() or stop.is_set()):
            with contextlib.suppress(queue.Full):
                frames.put(item, timeout=_WAIT_S)
                return True
        return False

    thread = threading.Thread(
        target=_decode, args=(source, piece, put, decoding), name=f"decode {source.info.name}"
    )
    thread.start()
    try:
        yield from _arriving(frames, stop)
    finally:
        leave.set()
        thread.join()


def _decode(
    source: Source,
    piece: int,
    put: Callable[[list[Frame] | BaseException | None], bool],
    decoding: Histogram,
) -> None:
    waiting: list[Frame] = []
    try:
        began = time.perf_counter()
        for frame in source:
            decoding.add((time.perf_counter() - began) * 1e3)
            waiting.append(frame)
            if len(waiting) >= piece:
                if not put(waiting):
                    return
                waiting = []
            began = time.perf_counter()
        if put(waiting):
            put(None)
    except BaseException as error:  # noqa: BLE001  handed to the caller, not swallowed
        if put(waiting):
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
        yield from item
