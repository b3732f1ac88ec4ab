"""`analyze`: many sources one after the other into one folder, with progress and a summary."""

import json
import platform
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from app.progress import Progress, announcer, print_summary, some
from app.report.page import REPORT, write_report
from app.signals import StoppedError, stopped_by_signals, unless_stopped
from app.versions import part_versions, program_version
from engine.ahead import side_by_side
from engine.archive.cluster import run_cluster
from engine.archive.find import Found, find, find_in, is_result, matched
from engine.archive.folder import Folder
from engine.archive.ledger import Ledger, open_ledger
from engine.archive.one import Tell, run_here
from engine.archive.pool import Limits, run_pool
from engine.archive.storage import is_stored, list_stored, open_folder
from engine.archive.task import Begun, Outcome, Plan, Status, Step, Task, not_begun, unfinished
from engine.errors import ModelError, SettingsError, SinkError
from engine.job import Job
from engine.models.shipped import load_models
from engine.settings import Effort, Settings
from engine.sinks.digest import SUFFIX
from engine.sinks.growing import partial
from engine.sinks.options import TABLES, SinkOptions
from engine.sinks.parquet import check_installed
from engine.sources.address import mask_address
from engine.sources.clock import LEAST_FPS, is_cap
from engine.sources.there import is_folder
from engine.stages.track import check_looks
from engine.values.text import printable

_SUMMARY_EVERY_S = 10.0
DONE, SOME_FAILED, INTERRUPTED = 0, 1, 130
_RESULTS_DEPEND_ON = (
    "max_fps", "tables", "distribution", "annotate", "blur", "subtitles", "contact_sheet",
    "thumbnails", "report",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wish:
    """What the user asked of `analyze`; the fields are its options.

    Attributes:
        out: Folder of the results, on this machine or in storage (`s3://bucket/folder`).
    """

    out: Path | str
    tables: tuple[str, ...] = ("csv",)
    distribution: bool = False
    annotate: bool = False
    blur: bool = False
    subtitles: bool = False
    contact_sheet: bool = False
    thumbnails: bool = False
    report: bool = True
    max_fps: float = 0.0
    recursive: bool = False
    jobs: int = 1
    timeout_s: float = 0.0
    resume: bool = False
    cluster: str = ""
    quiet: bool = False
    json: bool = False


def analyze_all(specs: list[str], wish: Wish, settings: Settings) -> int:
    """Analyse every source; a failing one does not stop the others.

    Args:
        specs: What the user named; globs and, where asked, folders are expanded here.
        wish: Options.
        settings: Engine settings.

    Returns:
        The exit code.

    Raises:
        AgescopeError: Nothing could be started: no source matches, the folder cannot be written,
            a model is missing.
    """
    _check_named(specs, wish)
    addresses = _addresses(specs, wish)
    _check_tables(wish.tables)
    _check_rate(wish.max_fps, settings.track.lost_s)
    settings = _watchful(wish, settings)
    runtime = settings.runtime
    if not wish.cluster:  # the cores of this machine tell nothing about those of others
        runtime = side_by_side(runtime, jobs=wish.jobs)
    plan = Plan(str(wish.out), _options(wish, settings), settings, wish.max_fps)
    plan = replace(plan, settings=settings.model_copy(update={"runtime": runtime}))
    folder = open_folder(str(wish.out))
    with folder.alone():
        return _analyze_into(folder, addresses, plan, wish, settings)


def _analyze_into(
    folder: Folder, addresses: list[str], plan: Plan, wish: Wish, settings: Settings
) -> int:
    version = program_version()
    ledger = open_ledger(folder, addresses, plan, resume=wish.resume, version=version)
    jobs: list[Job] = []
    pictures: list[str] = []
    removed: list[str] = []
    lost: ModelError | None = None
    with stopped_by_signals() as stop, Progress.choose(wish.quiet, wish.json) as progress:
        progress.expect({task.name: ledger.size_bytes(task.address) for task in ledger.tasks})
        due_s = time.monotonic() + _SUMMARY_EVERY_S
        tell = _teller(progress, ledger, pictures)
        try:
            for outcome in _outcomes(ledger.tasks, plan, wish, tell, stop):
                jobs.append(outcome.job)
                progress.done(outcome.job)
                removed += _record(ledger, outcome, wish)
                if time.monotonic() >= due_s:
                    with suppress(SinkError):  # the last one tells
                        write_summary(folder, summary_of(ledger, wish, settings))
                    due_s = time.monotonic() + _SUMMARY_EVERY_S
        except ModelError as error:  # such as a GPU that was lost on the way
            if not jobs:
                raise
            lost = error
            for task in (task for task in ledger.tasks if task.address not in ledger.ended):
                _record(ledger, unfinished(task, Status.FAILED, str(error)), wish)
    summary = summary_of(ledger, wish, settings)
    written = _is_written(write_summary, folder, summary)
    _tell(jobs, wish, summary, before=len(ledger.wanted) - len(ledger.tasks))
    if removed and not wish.quiet:
        _say(f"Deleted of an earlier run, not written by this one: {some(removed)}", wish)
    stayed = [entry.name for entry in ledger.entries() if entry.summary.get("earlier_results")]
    if stayed:
        sys.stderr.write(
            f"agescope: not done to their end again: {some(stayed)}; the results of the earlier "
            "run stay\n"
        )
    _tell_idle(wish, pictures)
    reported = not wish.report or _is_written(write_report, folder, summary)
    if stop.is_set():
        return INTERRUPTED
    if lost is not None:
        left = len(ledger.tasks) - len(jobs)
        sys.stderr.write(
            f"agescope: {lost} Sources that were not analysed: {left}; the same command with "
            "--resume takes them up.\n"
        )
        return SOME_FAILED
    failed = any(job.errors for job in jobs)
    return DONE if written and reported and not failed else SOME_FAILED


def _teller(progress: Progress, ledger: Ledger, pictures: list[str]) -> Tell:
    """Passes on how far sources are; `pictures` takes the names of those that are pictures."""

    def tell(news: Begun | Step) -> None:
        if isinstance(news, Step):
            progress.step(news.job)
            return
        progress.begin(news.info)
        if news.info.pictures:
            pictures.append(news.info.name)
        with suppress(SinkError):  # it is told when the source ends
            ledger.begin(news.info.name)

    return tell


def _outcomes(
    tasks: list[Task], plan: Plan, wish: Wish, tell: Tell, stop: threading.Event
) -> Iterator[Outcome]:
    if not tasks:
        return
    limits = Limits(min(wish.jobs, len(tasks)), wish.timeout_s)
    if wish.cluster:
        yield from run_cluster(tasks, plan, limits, wish.cluster, tell=tell, stop=stop)
        return
    if wish.jobs > 1 or wish.timeout_s:
        yield from run_pool(tasks, plan, limits, tell, stop)
        return
    try:
        loading = unless_stopped(stop, announcer(sys.stderr))
        models = load_models(plan.settings.runtime, progress=loading)
    except StoppedError:
        yield from map(not_begun, tasks)
        return
    yield from run_here(tasks, plan, models, tell, stop)


def _addresses(specs: list[str], wish: Wish) -> list[str]:
    """The sources; what is left out of folders and of what patterns match is told."""
    matches = [matched(spec) for spec in specs]
    found = [_found(address, wish) for each in matches for address in each.sources]
    if not wish.quiet:
        if others := _shown(other for each in (*matches, *found) for other in each.others):
            sys.stderr.write(
                f"agescope: left out: {some(others)}. "
                "Name a file or folder itself to have it analysed.\n"
            )
        if results := _shown(spec for spec in specs if is_result(spec)):  # a shell expands too
            sys.stderr.write(
                f"agescope: by its name a result of this program, and analysed: {some(results)}. "
                "Whoever is in it counts again.\n"
            )
    return [source for each in found for source in each.sources]


def _shown(addresses: Iterable[str]) -> list[str]:
    return [mask_address(printable(address)) for address in addresses]


def _found(address: str, wish: Wish) -> Found:
    if is_stored(address):
        return list_stored(address, recursive=wish.recursive)
    if not is_folder(address):
        return Found([address], [])
    if wish.recursive:
        return find(Path(address), leave_out=Path(wish.out))
    return find_in(Path(address))


def _options(wish: Wish, settings: Settings) -> SinkOptions:
    return SinkOptions(
        tables=tuple(dict.fromkeys(wish.tables)),
        distribution=wish.distribution,
        annotate=wish.annotate,
        blur=wish.blur,
        privacy=settings.privacy,
        subtitles=wish.subtitles,
        contact_sheet=wish.contact_sheet,
        digest=wish.report,
        thumbnails=wish.thumbnails,
    )


def _watchful(wish: Wish, settings: Settings) -> Settings:
    """Look at every frame where faces are to be hidden: one passed over shows who just came."""
    if not (wish.blur and wish.annotate):
        return settings
    if wish.max_fps:
        raise SettingsError(
            "--blur hides faces in every frame of the annotated video, so every frame is looked "
            "at: leave out --max-fps, or --annotate."
        )
    schedule = settings.schedule.model_copy(update={"effort": Effort.EXHAUSTIVE})
    return settings.model_copy(update={"schedule": schedule})


def _record(ledger: Ledger, outcome: Outcome, wish: Wish) -> list[str]:
    """Enter an outcome; the files of an earlier run that went."""
    removed: list[str] = []
    try:
        removed += ledger.record(outcome)
        stale = not wish.report and any(file.endswith(SUFFIX) for file in removed)
        for file in (REPORT, partial(Path(REPORT)).name):  # it was made of them, faces and all
            if stale and ledger.folder.has(file):
                ledger.folder.remove(file)
                removed.append(file)
    except SinkError as error:  # a full disk may be made room on, and the next source told
        outcome.job.errors.append(str(error))
    return removed


def _tell_idle(wish: Wish, pictures: list[str]) -> None:
    """Name what was asked for and cannot be."""
    if wish.quiet:
        return
    asked = {"annotated video": wish.annotate, "subtitles": wish.subtitles}
    if pictures and any(asked.values()):
        kinds = " and no ".join(kind for kind, is_asked in asked.items() if is_asked)
        _say(f"There is no {kinds} of pictures: {some(list(dict.fromkeys(pictures)))}", wish)
    if pictures and "mot" in wish.tables:
        _say(
            "The table mot holds tracks alone, so nobody of pictures, which each stand alone: "
            f"{some(list(dict.fromkeys(pictures)))}",
            wish,
        )
    if wish.thumbnails and not wish.report:
        _say("--thumbnails shows faces in the report alone: with --no-report there are none", wish)


def _say(line: str, wish: Wish) -> None:
    """A line beside the results; with JSON on stdout it goes to stderr."""
    (sys.stderr if wish.json else sys.stdout).write(line + "\n")


def _check_named(specs: list[str], wish: Wish) -> None:
    for what, text in (("--out", str(wish.out)), *(("a source", spec) for spec in specs)):
        if not text.strip():  # it would be the current folder
            raise SettingsError(f"{what} is empty. Is a variable of the shell not set?")


def _check_tables(tables: tuple[str, ...]) -> None:
    unknown = [table for table in tables if table not in TABLES]
    if unknown or not tables:
        raise SettingsError(
            f"--tables: '{', '.join(unknown)}' is no table format; choose {', '.join(TABLES)}"
        )
    if "parquet" in tables:
        check_installed()


def _check_rate(max_fps: float, lost_s: float) -> None:
    if not is_cap(max_fps):
        raise SettingsError(
            f"--max-fps {max_fps:g}: give 0 for all frames or at least {LEAST_FPS:g}; with fewer "
            "looks a second nobody is followed, and no people are found."
        )
    check_looks(max_fps, lost_s, "--max-fps")


def summary_of(ledger: Ledger, wish: Wish, settings: Settings) -> dict[str, object]:
    """What `summary.json` holds."""
    entries = ledger.entries()
    return {
        "agescope": program_version(),
        "python": platform.python_version(),
        "versions": part_versions(),
        "models": next((entry.models for entry in entries if entry.models), {}),
        "options": {name: getattr(wish, name) for name in _RESULTS_DEPEND_ON},
        "settings": settings.model_dump(mode="json"),
        "sources": [{**entry.summary, "outputs": list(entry.outputs)} for entry in entries],
    }


def write_summary(folder: Folder, summary: Mapping[str, object]) -> None:
    """Write `summary.json`.

    Raises:
        SinkError: It cannot be written.
    """
    folder.write("summary.json", (json.dumps(summary, indent=2) + "\n").encode())


def _is_written(
    write: Callable[[Folder, Mapping[str, object]], None],
    folder: Folder,
    summary: Mapping[str, object],
) -> bool:
    """Write the summary or the report; False, and said, where that fails."""
    try:
        write(folder, summary)
    except SinkError as error:
        sys.stderr.write(f"agescope: {error}\n")
        return False
    return True


def _tell(jobs: list[Job], wish: Wish, summary: dict[str, object], *, before: int) -> None:
    if wish.json:
        sys.stdout.write(json.dumps(summary, indent=2) + "\n")
    elif not wish.quiet:
        print_summary(jobs, mask_address(str(wish.out)), before=before)
    for job in jobs:
        for error in job.errors:
            sys.stderr.write(f"agescope: {job.source}: {error}\n")
