"""The nouns of an archive job. All of them travel between processes and machines."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from engine.job import Job
from engine.settings import Settings
from engine.sinks.options import SinkOptions
from engine.sources.address import is_live, mask_address
from engine.sources.inserted_secrets import INSERTED
from engine.sources.source import SourceInfo

ModelFacts = dict[str, dict[str, str | bool]]
"""By file name: SHA-256 of the file, and the runtime, device and precision that ran it."""


class Status(StrEnum):
    """How a source ended."""

    DONE = "done"
    """Seen to its end, everything is written."""
    FAILED = "failed"
    """It ended early or something was passed over; what was written is whole."""
    TIMEOUT = "timeout"
    """It took longer than was allowed."""
    INTERRUPTED = "interrupted"
    """The run was stopped before it was done."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is the same for all sources of a run.

    Attributes:
        out: Folder of the results.
        options: What to write about each; `audio_from` is filled in for each source.
        settings: The engine's.
        max_fps: Look at no more frames a media second than this; 0 for all.
    """

    out: str
    options: SinkOptions
    settings: Settings
    max_fps: float = 0.0


@dataclass(frozen=True, slots=True)
class Task:
    """One source to analyse.

    Attributes:
        address: What the user named, passwords and all.
        name: Begins the names of its outputs; no other task of the run has it.
        attempt: 1, and 2 after a worker died, or its models failed, on it.
        stands: An earlier run did it to its end; those results stay unless this run does so too.
        secrets: What no message about it may show, with what is shown instead.
    """

    address: str
    name: str
    attempt: int = 1
    stands: bool = False
    secrets: Mapping[str, str] = field(
        default_factory=lambda: INSERTED.references, compare=False, repr=False
    )


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a task ended.

    Attributes:
        task: The task.
        status: How it ended.
        job: Counts and times; those that are known if its worker died.
        reason: Why it is not done, "" if it is.
        outputs: Names of the files it wrote into the folder of the results.
        models: What ran it; empty if its worker died.
        sizes: Of the outputs, by name, in bytes.
    """

    task: Task
    status: Status
    job: Job
    reason: str = ""
    outputs: tuple[str, ...] = ()
    models: ModelFacts = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)

    @property
    def gives_way(self) -> bool:
        """The results of an earlier run stay: none of its own took their places."""
        return self.task.stands and not self.outputs

    @property
    def is_whole(self) -> bool:
        """It has all the outputs it can have; how far it could be read is its own.

        A camera ends when it is stopped; a recording that is stopped may yet be done to its end.
        """
        stopped = self.job.interrupted and not is_live(self.task.address)
        cut = stopped or self.status is Status.TIMEOUT
        nothing = not (self.outputs and self.job.frames)
        return not (nothing or cut or self.job.by_sink or self.job.by_model)


@dataclass(frozen=True, slots=True)
class Begun:
    """A source is open."""

    info: SourceInfo


@dataclass(frozen=True, slots=True)
class Step:
    """How far a source is; without the times of the stages, to be small."""

    job: Job


def unfinished(task: Task, status: Status, reason: str) -> Outcome:
    """The outcome of a task that nobody could report on."""
    errors = [] if status is Status.INTERRUPTED else [reason]
    job = Job(task.name, mask_address(task.address), errors=errors)
    job.interrupted = status is Status.INTERRUPTED
    return Outcome(task, status, job, reason)


def not_begun(task: Task) -> Outcome:
    """The outcome of a task whose turn did not come."""
    return unfinished(task, Status.INTERRUPTED, "the run was stopped before it began")
