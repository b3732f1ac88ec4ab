"""Progress of `analyze`: a bar on a terminal, plain lines elsewhere, nothing when asked."""

import sys
import time
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import Self, TextIO

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, TaskID, TextColumn
from rich.progress import Progress as Bar
from rich.table import Table

from app.overall import Overall, duration
from engine.job import Job
from engine.sources.source import SourceInfo

_REDRAW_S = 0.2
_LINE_S = 5.0
_MOST_ROWS = 50
_SOME = 3


class Progress:
    """Says nothing; the base of the two that do."""

    @staticmethod
    def choose(quiet: bool, json: bool) -> "Progress":
        """The fitting kind: with JSON on stdout, progress goes to stderr."""
        stream = sys.stderr if json else sys.stdout
        if quiet:
            return Progress()
        return BarProgress(stream) if stream.isatty() else LineProgress(stream)

    def expect(self, sizes: Mapping[str, int]) -> None:
        """There is so much to do: bytes by name of the source, 0 where unknown."""

    def begin(self, info: SourceInfo) -> None:
        """A source starts; others may be under way."""

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
        self._frames: dict[str, int] = {}
        self._last = time.monotonic()
        self._overall = Overall({})

    def expect(self, sizes: Mapping[str, int]) -> None:
        """Begin to count."""
        self._overall = Overall(sizes)

    def begin(self, info: SourceInfo) -> None:
        """Name the source."""
        self._overall.begin(info)
        self._frames[info.name], self._last = info.frames, time.monotonic()
        self._say(f"{info.name}: {info.width}x{info.height}, {_length(info)}")

    def step(self, job: Job) -> None:
        """Say how far it is, now and then."""
        self._overall.step(job)
        if time.monotonic() - self._last < _LINE_S:
            return
        self._last = time.monotonic()
        frames = self._frames.get(job.source, 0)
        of = f" of {frames}" if frames else ""
        self._say(
            f"{job.source}: frame {job.frames}{of}, {job.frames_per_s:.1f} frames/s, "
            f"{job.people} people so far{_eta(job, frames)}"
        )
        if self._overall.total > 1:
            self._say(f"all: {self._overall}")

    def done(self, job: Job) -> None:
        """Say how it ended."""
        self._overall.done(job)
        self._frames.pop(job.source, None)
        end = "failed" if job.errors else "interrupted" if job.interrupted else "done"
        self._say(
            f"{job.source}: {end}, {job.frames} frames in {job.wall_s:.1f} s "
            f"({job.frames_per_s:.1f} frames/s), {job.people} people"
        )
        if self._overall.total > 1:
            self._say(f"all: {self._overall}")

    def _say(self, line: str) -> None:
        self._stream.write(line + "\n")
        self._stream.flush()


class BarProgress(Progress):
    """On a terminal: a bar for each source under way, and one for all."""

    def __init__(self, stream: TextIO) -> None:
        self._bar = Bar(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            TextColumn("{task.fields[pace]}", markup=False),
            console=Console(file=stream),
        )
        self._tasks: dict[str, TaskID] = {}
        self._told: dict[str, float] = {}
        self._overall = Overall({})
        self._all: TaskID | None = None

    def expect(self, sizes: Mapping[str, int]) -> None:
        """Begin to count."""
        self._overall = Overall(sizes)
        if len(sizes) > 1:
            self._all = self._bar.add_task("all", total=1.0, pace="")

    def begin(self, info: SourceInfo) -> None:
        """Open a bar, in place of the one of an attempt that broke off."""
        self._remove(info.name)
        self._overall.begin(info)
        self._tasks[info.name] = self._bar.add_task(info.name, total=info.frames or None, pace="")

    def step(self, job: Job) -> None:
        """Move the bar, at most a few times a second."""
        task, now = self._tasks.get(job.source), time.monotonic()
        if task is None or now - self._told.get(job.source, 0.0) < _REDRAW_S:
            return
        self._told[job.source] = now
        self._overall.step(job)
        total = self._bar.tasks[self._bar.task_ids.index(task)].total
        pace = f"{job.frames_per_s:.1f} frames/s · {job.people} people"
        pace += _eta(job, int(total or 0)).replace(", ", " · ")
        self._bar.update(task, completed=job.frames, pace=pace)
        self._show_all()

    def done(self, job: Job) -> None:
        """Put a line in place of the bar."""
        self._overall.done(job)
        self._remove(job.source)
        end = "failed" if job.errors else f"{job.frames_per_s:.1f} frames/s"
        line = f"{job.source}: {end} · {job.people} people"
        self._bar.console.print(line, markup=False, highlight=False)
        self._show_all()

    def _show_all(self) -> None:
        if self._all is not None:
            self._bar.update(self._all, completed=self._overall.share, pace=str(self._overall))

    def _remove(self, name: str) -> None:
        self._told.pop(name, None)
        if (task := self._tasks.pop(name, None)) is not None:
            self._bar.remove_task(task)

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


def print_summary(jobs: list[Job], out: str, *, before: int = 0) -> None:
    """The table at the end: all sources, or of very many only those with problems, and sums.

    Args:
        jobs: What became of each source of this run.
        out: Where the results are.
        before: Sources that an earlier run finished.
    """
    table = Table(title=f"Results in {out}")
    table.add_column("source", overflow="fold")
    for column in ("frames", "seconds", "people", "wall s", "frames/s"):
        table.add_column(column, justify="right")
    table.add_column("result")
    shown = jobs if len(jobs) <= _MOST_ROWS else [job for job in jobs if job.errors][:_MOST_ROWS]
    for job in shown:
        table.add_row(*_cells(job))
    if len(shown) < len(jobs):
        table.add_row(f"all {len(jobs)}", *_sums(jobs))
    console = Console(file=sys.stdout)
    if jobs:
        console.print(table)
    if before:
        console.print(f"{before} of {before + len(jobs)} sources were done before.")


def some(names: Sequence[str]) -> str:
    """The first three, and how many more there are."""
    more = f" and {len(names) - _SOME} more" if len(names) > _SOME else ""
    return ", ".join(names[:_SOME]) + more


def _cells(job: Job) -> tuple[str, ...]:
    problems = "1 problem" if len(job.errors) == 1 else f"{len(job.errors)} problems"
    return (
        escape(job.source),
        str(job.frames),
        f"{job.time_s:.1f}",
        str(job.people),
        f"{job.wall_s:.1f}",
        f"{job.frames_per_s:.1f}",
        f"[red]{problems}[/red]" if job.errors else "interrupted" if job.interrupted else "done",
    )


def _sums(jobs: list[Job]) -> tuple[str, ...]:
    wall_s, frames = sum(job.wall_s for job in jobs), sum(job.frames for job in jobs)
    return (
        str(frames),
        f"{sum(job.time_s for job in jobs):.1f}",
        str(sum(job.people for job in jobs)),
        f"{wall_s:.1f}",
        f"{frames / wall_s:.1f}" if wall_s else "",
        f"{sum(not job.errors and not job.interrupted for job in jobs)} done",
    )


def _length(info: SourceInfo) -> str:
    if info.pictures:
        return f"{info.frames} pictures"
    return f"{info.duration_s:.1f} s" if info.duration_s else "length unknown"


def _eta(job: Job, frames: int) -> str:
    if not frames or not job.frames_per_s or frames <= job.frames:
        return ""
    return f", {duration((frames - job.frames) / job.frames_per_s)} left"
