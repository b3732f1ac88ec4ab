"""`bench`: how fast this machine works, as ratios against decoding alone in the same run."""

import json
import multiprocessing
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.table import Table

from app.progress import announcer
from engine.ahead import side_by_side
from engine.errors import SettingsError, SinkError
from engine.job import Job, run
from engine.memory import resident_bytes, settled
from engine.models.shipped import Models, load_models
from engine.pipeline import Pipeline, detector_scale
from engine.settings import Effort, ScheduleSettings, Settings
from engine.sinks.options import SinkOptions, open_sinks
from engine.sources.address import open_source
from engine.sources.conditions import CLEAR
from engine.sources.scene import Scene, Script, write_clip
from engine.sources.video import decode_only

_RATE = 25
_FACES, _SIZES, _LENGTHS_S = (1, 5, 20, 100), ("1280x720", "1920x1080", "3840x2160"), (5.0, 60.0)
_SCALING_S = 8.0
_SIDES_PX = range(16, 8193, 2)
"""The encoder halves the colours' picture, and takes no larger one."""


@dataclass(frozen=True, slots=True)
class Clip:
    """A clip to make: people who stay in the picture, in H.264.

    Attributes:
        people: How many.
        seconds: Its length.
        size_wh: Width and height in px.
        crf: Quality of x264, smaller is better. The bits of a clip decide what decoding alone
            costs, and with it every ratio.
    """

    people: int = 5
    seconds: float = 20.0
    size_wh: tuple[int, int] = (1920, 1080)
    crf: int = CLEAR.crf

    @classmethod
    def parse(cls, people: int, seconds: float, size: str, crf: int = CLEAR.crf) -> "Clip":
        """From the command's options.

        Raises:
            SettingsError: The size is none that can be made.
        """
        width, _, height = size.partition("x")
        sides = (width, height)
        if not all(side.isdecimal() and int(side) in _SIDES_PX for side in sides):
            raise SettingsError(
                "--size is width and height, even numbers from 16 to 8192, such as 1280x720; "
                f"got '{size}'"
            )
        return cls(people, seconds, (int(width), int(height)), crf)

    @property
    def frames(self) -> int:
        """Number of frames."""
        return round(self.seconds * _RATE)

    def write(self, path: Path) -> None:
        """Render and encode it."""
        camera = replace(CLEAR, crf=self.crf)
        script = Script(
            self.people, self.seconds, self.size_wh, _RATE, layout="steady", conditions=camera
        )
        write_clip(path, Scene(script))


@dataclass(frozen=True, slots=True)
class Speed:
    """How fast one kind of work was.

    Attributes:
        fps: Frames a second.
        share: Of the rate of decoding alone, measured right before and after.
        core_ms: Processor time a frame, over all cores; other programs hardly change it.
        job: What became of it; None for decoding alone.
    """

    fps: float
    share: float
    core_ms: float
    job: Job | None = None


@dataclass(frozen=True, slots=True)
class Speeds:
    """How fast each kind of work on one clip was.

    Attributes:
        by_work: The efforts and `annotate`, and decoding alone as `decode`.
        mbit_s: Bit rate of the clip in Mbit/s.
    """

    by_work: dict[str, Speed]
    mbit_s: float


def run_bench(clip: Clip, settings: Settings, *, scaling: bool, as_json: bool) -> None:
    """Make a clip and time the work on it.

    Args:
        clip: What to make.
        settings: Engine settings; each effort is measured.
        scaling: Also vary faces, size and length.
        as_json: Print JSON instead of a table.

    Raises:
        AgescopeError: A model is missing, or a clip cannot be made.
    """
    models = load_models(side_by_side(settings.runtime), progress=announcer(sys.stderr))
    with settled():
        speeds = _speeds(clip, models, settings)
        rows = [_scaled(other, models, settings) for other in _others(clip)] if scaling else []
    runtime = str(models.age.running)
    if as_json:
        found = {
            "runtime": runtime,
            "mbit_s": round(speeds.mbit_s, 2),
            **_numbers(clip, speeds.by_work),
            "scaling": rows,
        }
        sys.stdout.write(json.dumps(found, indent=2) + "\n")
    else:
        _print(clip, speeds, rows, runtime)


def _speeds(clip: Clip, models: Models, settings: Settings) -> Speeds:
    with _made(clip) as path:
        mbit_s = path.stat().st_size * 8e-6 / clip.seconds
        decode_only(path)  # The file is in the page cache from here on.
        speeds = {"decode": _timed(clip, lambda: _nothing(path))}
        analyse = partial(_analyse, path, models, settings)
        for effort in Effort:
            speeds[effort.value] = _against_decoding(clip, path, partial(analyse, effort))
        annotate = partial(analyse, Effort.BALANCED, annotate=True)
        speeds["annotate"] = _against_decoding(clip, path, annotate)
    return Speeds(speeds, mbit_s)


def _scaled(clip: Clip, models: Models, settings: Settings) -> dict[str, float | str]:
    with _made(clip) as path:
        analyse = partial(_analyse, path, models, settings, Effort.BALANCED)
        speed = _against_decoding(clip, path, analyse)
    return {
        "people": clip.people,
        "size": "x".join(map(str, clip.size_wh)),
        "seconds": clip.seconds,
        "balanced_fps": round(speed.fps, 1),
        "balanced_share": round(speed.share, 4),
        "core_ms": round(speed.core_ms, 2),
        "resident_mb": round(resident_mb(), 1),
    }


def _others(clip: Clip) -> Iterator[Clip]:
    short = replace(clip, seconds=min(clip.seconds, _SCALING_S))
    yield from (replace(short, people=people) for people in _FACES)
    yield from (Clip.parse(clip.people, short.seconds, size, clip.crf) for size in _SIZES)
    yield from (replace(clip, seconds=seconds) for seconds in _LENGTHS_S)


@contextmanager
def _made(clip: Clip) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="agescope-bench-") as folder:
        path = Path(folder) / "bench.mp4"
        # In a process of its own, so that the memory of rendering is not taken for the program's.
        with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as maker:
            try:
                maker.submit(clip.write, path).result()
            except BrokenProcessPool:
                raise SinkError(
                    "the process that makes the clip ended. Is there enough memory?"
                ) from None
        yield path


def _against_decoding(clip: Clip, path: Path, work: Callable[[], Job]) -> Speed:
    """Time some work between two rounds of decoding: whatever else runs slows all of them."""
    before = _timed(clip, lambda: _nothing(path))
    speed = _timed(clip, work)
    after = _timed(clip, lambda: _nothing(path))
    return replace(speed, share=speed.fps * (1 / before.fps + 1 / after.fps) / 2)


def _timed(clip: Clip, work: Callable[[], Job | None]) -> Speed:
    began_s, began_core_s = time.monotonic(), time.process_time()
    job = work()
    core_ms = (time.process_time() - began_core_s) * 1e3 / clip.frames
    return Speed(clip.frames / (time.monotonic() - began_s), 1.0, core_ms, job)


def _nothing(path: Path) -> None:
    decode_only(path)


def _analyse(
    path: Path, models: Models, settings: Settings, effort: Effort, *, annotate: bool = False
) -> Job:
    settings = settings.model_copy(update={"schedule": ScheduleSettings(effort=effort)})
    scale = detector_scale(models, settings)
    with open_source(str(path), small_size=scale.size_for) as source:
        options = SinkOptions(annotate=annotate)
        sinks = open_sinks(path.parent, source.info, options)
        return run(source, Pipeline(models, settings), sinks)


def resident_mb() -> float:
    """Resident memory of this process now, in MB."""
    return resident_bytes() / 2**20


def _numbers(clip: Clip, speeds: dict[str, Speed]) -> dict[str, object]:
    works = {name: speed for name, speed in speeds.items() if speed.job is not None}
    return {
        "cores": len(os.sched_getaffinity(0)),
        "people": clip.people,
        "size": "x".join(map(str, clip.size_wh)),
        "frames": clip.frames,
        **{f"{name}_fps": round(speed.fps, 1) for name, speed in speeds.items()},
        **{f"{name}_share": round(speed.share, 4) for name, speed in works.items()},
        "resident_mb": round(resident_mb(), 1),
        "core_ms": {name: round(speed.core_ms, 2) for name, speed in speeds.items()},
        "work": {name: _work(speed.job) for name, speed in works.items() if speed.job},
    }


def _work(job: Job) -> dict[str, object]:
    return {
        "detected_in": job.detected,
        "estimates": job.estimates,
        "stage_ms": {name: stage.summary() for name, stage in job.stages.items()},
    }


def _print(clip: Clip, speeds: Speeds, rows: list[dict[str, float | str]], runtime: str) -> None:
    size = "x".join(map(str, clip.size_wh))
    console = Console(file=sys.stdout)
    made = f"{size} H.264 of {speeds.mbit_s:.1f} Mbit/s"
    table = Table(title=f"{made}, {clip.people} faces, {clip.frames} frames")
    for column in ("work", "frames/s", "of decoding alone", "core-ms a frame"):
        table.add_column(column, justify="left" if column == "work" else "right")
    for name, speed in speeds.by_work.items():
        table.add_row(name, f"{speed.fps:.1f}", f"{speed.share:.0%}", f"{speed.core_ms:.1f}")
    console.print(table)
    console.print(f"{runtime}; resident memory {resident_mb():.0f} MB")
    if rows:
        scaling = Table(*rows[0], title="balanced")
        for row in rows:
            scaling.add_row(*(str(value) for value in row.values()))
        console.print(scaling)
