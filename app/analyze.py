"""`analyze`: many sources one after the other into one folder, with progress and a summary."""

import json
import platform
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from app.progress import Progress, print_summary
from app.versions import part_versions, program_version
from engine.errors import AgescopeError, SettingsError, SinkError
from engine.job import Job, run
from engine.models.shipped import Models, load_models
from engine.pipeline import Pipeline, detector_scale
from engine.settings import Settings
from engine.sinks.options import TABLES, SinkOptions, open_sinks
from engine.sources.address import expand, mask_address, open_source, source_name

DONE, SOME_FAILED, INTERRUPTED = 0, 1, 130


@dataclass(frozen=True, slots=True)
class Wish:
    """What the user asked of `analyze`; the fields are its options."""

    out: Path
    tables: tuple[str, ...] = ("csv",)
    distribution: bool = False
    annotate: bool = False
    blur: bool = False
    max_fps: float = 0.0
    quiet: bool = False
    json: bool = False


def analyze_all(specs: list[str], wish: Wish, settings: Settings) -> int:
    """Analyse every source; a failing one does not stop the others.

    Args:
        specs: What the user named; globs are expanded here.
        wish: Options.
        settings: Engine settings.

    Returns:
        The exit code.

    Raises:
        AgescopeError: Nothing could be started: no source matches, the folder cannot be written,
            a model is missing.
    """
    addresses = expand(specs)
    _check_tables(wish.tables)
    _check_writable(wish.out)
    models = load_models(settings.runtime.threads)
    jobs: list[Job] = []
    with _stopped_by_signals() as stop, Progress.choose(wish.quiet, wish.json) as progress:
        for address, name in zip(addresses, _names(addresses), strict=True):
            jobs.append(_one(address, name, wish, settings, models, progress, stop))
            progress.done(jobs[-1])
            write_summary(wish.out, jobs, models, settings)
            if stop.is_set():
                break
    summary = write_summary(wish.out, jobs, models, settings)
    _tell(jobs, wish, summary)
    if stop.is_set():
        return INTERRUPTED
    return SOME_FAILED if any(job.errors for job in jobs) else DONE


def _one(
    address: str,
    name: str,
    wish: Wish,
    settings: Settings,
    models: Models,
    progress: Progress,
    stop: threading.Event,
) -> Job:
    try:
        source = open_source(
            address, small_size=detector_scale(models, settings).size_for, name=name
        )
    except AgescopeError as error:
        return Job(name, mask_address(address), errors=[str(error)])
    with source:
        local = Path(address) if Path(address).is_file() else None
        options = SinkOptions(
            tables=wish.tables,
            distribution=wish.distribution,
            annotate=wish.annotate and not source.info.pictures,
            blur=wish.blur,
            audio_from=local,
        )
        progress.begin(source.info)
        try:
            sinks = open_sinks(wish.out, source.info, options)
            pipeline = Pipeline(models, settings, pictures=source.info.pictures)
        except SinkError as error:
            return Job(name, source.info.address, errors=[str(error)])
        return run(source, pipeline, sinks, max_fps=wish.max_fps, progress=progress.step, stop=stop)


def _names(addresses: list[str]) -> list[str]:
    """Distinct names for files: a second `clip` becomes `clip-2`."""
    names: list[str] = []
    for address in addresses:
        stem = name = source_name(address)
        count = 1
        while name in names:
            count += 1
            name = f"{stem}-{count}"
        names.append(name)
    return names


def _check_tables(tables: tuple[str, ...]) -> None:
    unknown = [table for table in tables if table not in TABLES]
    if unknown or not tables:
        raise SettingsError(
            f"--tables: '{', '.join(unknown)}' is no table format; choose {', '.join(TABLES)}"
        )


def _check_writable(out: Path) -> None:
    probe = out / ".agescope-probe"
    try:
        out.mkdir(parents=True, exist_ok=True)
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise SinkError(
            f"cannot write to {out}: {error.strerror}. Choose another folder with --out."
        ) from error


def write_summary(
    out: Path, jobs: list[Job], models: Models, settings: Settings
) -> dict[str, object]:
    """Write `summary.json` and return what it holds."""
    summary: dict[str, object] = {
        "agescope": program_version(),
        "python": platform.python_version(),
        "versions": part_versions(),
        "models": {
            model.spec.path.name: {"sha256": model.spec.sha256, "runtime": model.runtime}
            for model in (models.detector, models.age)
        },
        "settings": settings.model_dump(),
        "sources": [job.summary() for job in jobs],
    }
    path = out / "summary.json"
    partial = path.with_suffix(".json.partial")
    try:
        partial.write_text(json.dumps(summary, indent=2) + "\n")
        partial.replace(path)
    except OSError as error:
        if jobs and not jobs[-1].errors:
            jobs[-1].errors.append(f"cannot write {path}: {error.strerror}")
    return summary


def _tell(jobs: list[Job], wish: Wish, summary: dict[str, object]) -> None:
    if wish.json:
        sys.stdout.write(json.dumps(summary, indent=2) + "\n")
    elif not wish.quiet:
        print_summary(jobs, wish.out)
    for job in jobs:
        for error in job.errors:
            sys.stderr.write(f"agescope: {job.source}: {error}\n")


@contextmanager
def _stopped_by_signals() -> Iterator[threading.Event]:
    """Turn Ctrl-C and SIGTERM into an event, so that outputs are completed; a second one kills."""
    stop = threading.Event()

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()

    if threading.current_thread() is not threading.main_thread():
        yield stop  # Python hands signals to the main thread only
        return
    before = {n: signal.signal(n, on_signal) for n in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
