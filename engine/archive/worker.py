"""A process of its own for sources, one after the other, with models of its own.

What one source does to its process (a crash in a decoder, a full memory) costs that source alone.
The process ends with its parent: the link breaks, and it leaves at once.
"""

import logging
import os
import queue
import signal
import sys
import threading
import time
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection

from engine.archive.one import analyze_one
from engine.archive.task import Begun, Plan, Step, Task
from engine.errors import AgescopeError
from engine.memory import settled, share_arenas
from engine.models.shipped import load_models
from engine.pipeline import Pipeline
from engine.sources.masked import mask_reports

_log = logging.getLogger(__name__)

_TELL_EVERY_S = 0.5


@dataclass(frozen=True, slots=True)
class Stop:
    """Parent to worker: complete what is under way."""


@dataclass(frozen=True, slots=True)
class Taken:
    """Worker to parent: the task begins now."""


@dataclass(frozen=True, slots=True)
class Broken:
    """Worker to parent: no task can be done here, such as without models."""

    reason: str


def work(link: Connection, plan: Plan) -> None:
    """Do tasks until the link says None; the main function of the process."""
    mask_reports()
    try:
        _work(link, plan)
    except Exception as error:
        _log.exception("an unforeseen fault")  # multiprocessing would show passwords
        raise SystemExit(1) from error


def _work(link: Connection, plan: Plan) -> None:
    share_arenas()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all; the parent says what to do
    if sys.platform != "win32":
        signal.signal(signal.SIGHUP, signal.SIG_IGN)  # as does a terminal that is closed
    tasks: queue.SimpleQueue[Task | None] = queue.SimpleQueue()
    stop = threading.Event()
    threading.Thread(target=_listen, args=(link, tasks, stop), daemon=True).start()

    def leave_on_stop(_text: str, _share: float) -> None:
        if stop.is_set():
            sys.exit()  # nothing was begun, and building an engine takes minutes

    try:
        models = load_models(plan.settings.runtime, progress=leave_on_stop)
        Pipeline(models, plan.settings)  # what it lacks is told before a source is begun
    except AgescopeError as error:
        link.send(Broken(str(error)))
        return
    with settled():
        while (task := tasks.get()) is not None:
            link.send(Taken())
            link.send(analyze_one(task, plan, models, _Teller(link), stop))
    models.close()


def _listen(
    link: Connection, tasks: "queue.SimpleQueue[Task | None]", stop: threading.Event
) -> None:
    try:
        while True:
            match link.recv():
                case Stop():
                    stop.set()
                case task:
                    stop.clear()  # it was meant for the task before
                    tasks.put(task)
    except (EOFError, OSError):
        sys.stderr.flush()
        os._exit(1)  # nobody is left to work for, and nothing to be completed that is not redone


class _Teller:
    """Passes on how far a source is, now and then."""

    def __init__(self, link: Connection) -> None:
        self._link = link
        self._due_s = 0.0

    def __call__(self, news: Begun | Step) -> None:
        if isinstance(news, Step):
            if time.monotonic() < self._due_s:
                return
            news = Step(replace(news.job, stages={}, errors=[]))
        self._due_s = time.monotonic() + _TELL_EVERY_S
        self._link.send(news)
