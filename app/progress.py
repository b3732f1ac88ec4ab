"""Progress of `analyze`: a bar on a terminal, plain lines elsewhere, nothing when asked."""

import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self, TextIO

from rich.console import Console
from rich.progress import BarColumn, TaskID, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar
from rich.table import Table

from engine.job import Job
from engine.sources.source import SourceInfo

_REDRAW_S = 0.2
_LINE_S = 5.0


class Progress:
    """Says nothing; the base of the two that do."""

    @staticmethod
    def choose(quiet: bool, json: bool) -> "Progress":
        """The fitting kind: with JSON on stdout, progress goes to stderr."""
        stream = sys.stderr if json else sys.stdout
        if quiet:
            return Progress()
        return BarProgress(stream) if stream.isatty() else LineProgress(stream)

    def begin(self, info: SourceInfo) -> None:
        """A source starts."""

    def step(self, job: Job) -> None:
        """A frame is done."""

    def done(self, job: Job) -> None:
        """A source is done."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Nothing to clear."""


class LineProgress(Progress):
    """A plain line every few seconds."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._frames = 0
        self._last = time.monotonic()

    def begin(self, info: SourceInfo) -> None:
        """Name the source."""
        self._frames, self._last = info.frames, time.monotonic()
        self._say(f"{info.name}: {info.width}x{info.height}, {_length(info)}")

    def step(self, job: Job) -> None:
        """Say how far it is, now and then."""
        if time.monotonic() - self._last < _LINE_S:
            return
        self._last = time.monotonic()
        of = f" of {self._frames}" if self._frames else ""
        self._say(
            f"{job.source}: frame {job.frames}{of}, {job.frames_per_s:.1f} frames/s, "
            f"{job.people} people so far{_eta(job, self._frames)}"
        )

    def done(self, job: Job) -> None:
        """Say how it ended."""
        end = "failed" if job.errors else "interrupted" if job.interrupted else "done"
        self._say(
            f"{job.source}: {end}, {job.frames} frames in {job.wall_s:.1f} s "
            f"({job.frames_per_s:.1f} frames/s), {job.people} people"
        )

    def _say(self, line: str) -> None:
        self._stream.write(line + "\n")
        self._stream.flush()


class BarProgress(Progress):
    """A bar a source on a terminal."""

    def __init__(self, stream: TextIO) -> None:
        self._bar = Bar(
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.fields[pace]}"),
            TimeRemainingColumn(),
            console=Console(file=stream),
        )
        self._task: TaskID | None = None
        self._last = 0.0

    def begin(self, info: SourceInfo) -> None:
        """Open a bar."""
        self._task = self._bar.add_task(info.name, total=info.frames or None, pace="")

    def step(self, job: Job) -> None:
        """Move the bar, at most a few times a second."""
        if self._task is None or time.monotonic() - self._last < _REDRAW_S:
            return
        self._last = time.monotonic()
        pace = f"{job.frames_per_s:.1f} frames/s · {job.people} people"
        self._bar.update(self._task, completed=job.frames, pace=pace)

    def done(self, job: Job) -> None:
        """Close the bar."""
        if self._task is not None:
            end = "failed" if job.errors else f"{job.frames_per_s:.1f} frames/s"
            total = max(job.frames, 1)
            pace = f"{end} · {job.people} people"
            self._bar.update(self._task, total=total, completed=total, pace=pace)
            self._bar.stop_task(self._task)
        self._task = None

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Leave the bars as they are."""
        self._bar.stop()


def announcer(stream: TextIO) -> Callable[[str, float], None]:
    """What writes each new line about the loading of the models, once."""
    told = ""

    def announce(text: str, _share: float) -> None:
        nonlocal told
        if text != told:
            stream.write(f"agescope: {text}\n")
            told = text

    return announce


def print_summary(jobs: list[Job], out: Path) -> None:
    """The table at the end."""
    table = Table(title=f"Results in {out}")
    table.add_column("source", overflow="fold")
    for column in ("frames", "seconds", "people", "wall s", "frames/s"):
        table.add_column(column, justify="right")
    table.add_column("result")
    for job in jobs:
        failed = f"[red]{len(job.errors)} problem(s)[/red]"
        table.add_row(
            job.source,
            str(job.frames),
            f"{job.time_s:.1f}",
            str(job.people),
            f"{job.wall_s:.1f}",
            f"{job.frames_per_s:.1f}",
            failed if job.errors else "interrupted" if job.interrupted else "done",
        )
    Console(file=sys.stdout).print(table)


def _length(info: SourceInfo) -> str:
    if info.pictures:
        return f"{info.frames} pictures"
    return f"{info.duration_s:.1f} s" if info.duration_s else "length unknown"


def _eta(job: Job, frames: int) -> str:
    if not frames or not job.frames_per_s or frames <= job.frames:
        return ""
    return f", {(frames - job.frames) / job.frames_per_s:.0f} s left"
