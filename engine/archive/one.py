"""One source of an archive job, start to end, in whichever process this runs."""

import logging
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path

from engine.archive.folder import beside, discard
from engine.archive.storage import fetched, written
from engine.archive.task import (
    Begun,
    ModelFacts,
    Outcome,
    Plan,
    Status,
    Step,
    Task,
    not_begun,
    unfinished,
)
from engine.errors import AgescopeError, SinkError, SourceError
from engine.job import Job, run
from engine.memory import settled
from engine.models.shipped import Models
from engine.pipeline import Pipeline, detector_scale
from engine.settings import LONGEST_LOST_S
from engine.sinks.growing import name
from engine.sinks.options import SinkOptions, open_sinks
from engine.sinks.outputs import source_of, source_of_unfinished
from engine.sources.address import mask_address, open_source
from engine.sources.inserted_secrets import INSERTED
from engine.sources.masked import masked
from engine.sources.source import Source
from engine.sources.video import VideoSource
from engine.stages.track import enough_lost_s

_log = logging.getLogger(__name__)

Tell = Callable[[Begun | Step], None]
_Stamp = tuple[Path, int, int, int]


def run_here(
    tasks: Sequence[Task], plan: Plan, models: Models, tell: Tell, stop: threading.Event
) -> Iterator[Outcome]:
    """Analyse sources one after the other in this process; as `analyze_one`.

    A fault that nobody foresaw is logged and costs its own source alone.

    Raises:
        ModelError: What the plan asks for cannot be used here; no source was begun then.
    """
    Pipeline(models, plan.settings)
    with settled():
        for task in tasks:
            if stop.is_set():
                yield not_begun(task)
            else:
                yield _analyze_here(task, plan, models, tell, stop)


def _analyze_here(
    task: Task, plan: Plan, models: Models, tell: Tell, stop: threading.Event
) -> Outcome:
    try:
        return analyze_one(task, plan, models, tell, stop)
    except AgescopeError:
        raise
    except Exception as error:  # noqa: BLE001  whatever it is, the other sources go on
        _log.exception("%s: an unforeseen fault", task.name)
        fault = f"{type(error).__name__}: {error}"
        shown = masked(fault.replace(task.address, mask_address(task.address)))
        reason = f"an unforeseen fault ended it ({shown}). Please report it."
        return replace(unfinished(task, Status.FAILED, reason), models=facts_of(models))


def analyze_one(
    task: Task, plan: Plan, models: Models, tell: Tell, stop: threading.Event
) -> Outcome:
    """Analyse one source into the folder of the plan.

    Args:
        task: The source.
        plan: What to do with it.
        models: Loaded models.
        tell: Told when the source is open and after every frame, in this thread.
        stop: Ends it when set; outputs are then whole up to that frame, unless it gives way.

    Returns:
        How it ended. Expected failures are in it; others are raised.
    """
    INSERTED.add(task.secrets)  # they were put in by another process
    try:
        with fetched(task.address) as address, written(plan.out) as out:
            here, to = replace(task, address=address), replace(plan, out=str(out))
            outcome = _analyze(here, to, models, tell, stop)
    except (SourceError, SinkError) as error:
        return replace(unfinished(task, Status.FAILED, str(error)), models=facts_of(models))
    return outcome if address == task.address else as_named(outcome, task, address)


def _analyze(task: Task, plan: Plan, models: Models, tell: Tell, stop: threading.Event) -> Outcome:
    small_size = detector_scale(models, plan.settings).size_for
    try:
        source = open_source(task.address, small_size=small_size, name=task.name)
    except AgescopeError as error:
        return replace(unfinished(task, Status.FAILED, str(error)), models=facts_of(models))
    out = Path(plan.out)
    before = _stamps(out, task.name, plan.options)
    with source:
        tell(Begun(source.info))
        job = (_run_beside if task.stands else _run)(source, task, plan, models, tell, stop)
    new = _stamps(out, task.name, plan.options) - before
    sizes = {path.name: size for path, _, _, size in sorted(new)}
    outcome = Outcome(
        task, Status.DONE, job, outputs=tuple(sizes), models=facts_of(models), sizes=sizes
    )
    if outcome.is_whole:
        job.errors += list(_clear(out, task.name))
    reason = "; ".join(job.errors) or ("stopped before its end" if job.interrupted else "")
    return replace(outcome, status=status_of(job), reason=reason)


def _clear(out: Path, source: str) -> Iterator[str]:
    """Delete what a killed run left unfinished, with bare faces maybe; tells what stays."""
    for path in _called(out, source):
        if source_of_unfinished(path.name) == source:
            try:
                path.unlink(missing_ok=True)
            except OSError as error:
                yield f"cannot delete {path}: {error.strerror}."
    try:
        discard(out, source)
    except SinkError as error:
        yield str(error)


def _too_rare(job: Job, lost_s: float) -> Iterator[str]:
    """Why nobody was followed in a recording of one picture, or of pictures too far apart."""
    if not job.faces or job.people:
        return
    if job.frames == 1 and not (job.interrupted or job.errors):
        yield (
            "it holds a single picture, so nobody is followed, and its faces are in the table of "
            "faces only. Save it as PNG or JPEG: it then stands alone."
        )
        return
    gap_s = job.time_s / max(job.looked - 1, 1)
    if gap_s <= lost_s:
        return
    enough_s = enough_lost_s(gap_s)
    remedy = (
        f"Make it at least {enough_s:g} in the settings."
        if enough_s <= LONGEST_LOST_S
        else "Give them as a folder of pictures: each then stands alone."
    )
    yield (
        f"its pictures are {gap_s:.3g} s apart, so nobody is followed with track.lost_s = "
        f"{lost_s:g}, and its faces are in the table of faces only. {remedy}"
    )


def as_named(outcome: Outcome, task: Task, opened: str) -> Outcome:
    """The outcome in terms of what the user named, not of the path that was opened for it."""
    shown = mask_address(task.address)
    errors = [error.replace(opened, shown) for error in outcome.job.errors]
    job = replace(outcome.job, address=shown, errors=errors)
    return replace(outcome, task=task, job=job, reason=outcome.reason.replace(opened, shown))


def status_of(job: Job) -> Status:
    """How a job ended."""
    if job.interrupted:
        return Status.INTERRUPTED
    return Status.FAILED if job.errors else Status.DONE


def facts_of(models: Models) -> ModelFacts:
    """What the models are and what runs them."""
    return {
        model.spec.path.name: {"sha256": model.spec.sha256, **asdict(model.running)}
        for model in (models.detector, models.age)
    }


def _run_beside(
    source: Source, task: Task, plan: Plan, models: Models, tell: Tell, stop: threading.Event
) -> Job:
    """As `_run`; outputs take the places of earlier ones only if all went well."""
    out, place = Path(plan.out), beside(Path(plan.out), task.name)
    discard(out, task.name)  # left there by a process that died
    job = _run(source, task, replace(plan, out=str(place)), models, tell, stop)
    job.errors = [error.replace(str(place), plan.out) for error in job.errors]
    try:
        if status_of(job) is Status.DONE:
            for path in sorted(place.iterdir()):
                name(path, out / path.name)
        discard(out, task.name)
    except SinkError as error:
        job.fail(error)
    return job


def _run(
    source: Source, task: Task, plan: Plan, models: Models, tell: Tell, stop: threading.Event
) -> Job:
    options = replace(
        plan.options,
        annotate=plan.options.annotate and not source.info.pictures,
        audio_from=Path(task.address) if isinstance(source, VideoSource) else None,
    )
    try:
        sinks = open_sinks(Path(plan.out), source.info, options)
    except SinkError as error:
        return Job(task.name, source.info.address, errors=[str(error)])
    pipeline = Pipeline(models, plan.settings, pictures=source.info.pictures)
    job = run(
        source,
        pipeline,
        sinks,
        max_fps=plan.max_fps,
        progress=lambda job: tell(Step(job)),
        stop=stop,
    )
    job.errors += list(_too_rare(job, plan.settings.track.lost_s))
    return job


def _stamps(out: Path, source: str, options: SinkOptions) -> set[_Stamp]:
    """The whole outputs of a source, with what tells an old file from the one that replaced it."""
    found = set()
    for path in _called(out, source):
        if source_of(path.name, options) == source:
            stat = path.lstat()
            found.add((path, stat.st_ino, stat.st_mtime_ns, stat.st_size))
    return found


def _called(out: Path, source: str) -> Iterator[Path]:
    """What may be of a source; looking at the whole name of all results takes long."""
    if out.is_dir():  # else the sinks make it
        with os.scandir(out) as files:
            yield from (Path(file.path) for file in files if file.name.startswith(f"{source}."))
