"""The same tasks on the machines of a Ray cluster (extra `cluster`).

Frames never leave the process that decodes them: what travels is the task, now and then a few
counts, and the outcome. Every machine needs this program, the same paths to the sources, and a
folder of results that all of them share.
"""

import logging
import os
import signal
import socket
import threading
import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from engine.archive.one import Tell, analyze_one, as_named
from engine.archive.pool import MOST_ATTEMPTS, Limits, too_long
from engine.archive.storage import is_stored
from engine.archive.task import Begun, Outcome, Plan, Status, Step, Task, not_begun, unfinished
from engine.errors import ModelError, SettingsError, installing
from engine.models.shipped import Models, load_models
from engine.pipeline import Pipeline
from engine.settings import RuntimeSettings
from engine.sources.address import absolute
from engine.sources.masked import mask_reports, masked

if TYPE_CHECKING:
    from ray import ObjectRef
    from ray.actor import ActorHandle

_log = logging.getLogger(__name__)

LOCAL = "local"
_TICK_S = 0.3
_TELL_EVERY_S, _SILENT_S = 0.5, 2.0
_AHEAD = 2
_ANSWER_S = 10.0


@dataclass(frozen=True, slots=True)
class Taken:
    """A machine has a task under way."""


_News = tuple[str, Taken | Begun | Step]


def run_cluster(
    tasks: Sequence[Task],
    plan: Plan,
    limits: Limits,
    address: str,
    *,
    tell: Tell,
    stop: threading.Event,
) -> Iterator[Outcome]:
    """Analyse sources on a cluster; as `run_pool`.

    Args:
        tasks: Handed out in this order.
        plan: What to do with each. Its threads are the CPUs that a task asks the cluster for; one
            that requires a GPU asks for one.
        limits: For a cluster that is running, `jobs` over 1 bounds what is under way.
        address: Of the cluster, or `LOCAL` to start one of `limits.jobs` CPUs on this machine.
        tell: Told when a source is open, and now and then how far it is.
        stop: Ends all when set.

    Yields:
        The outcome of every task, as they end.

    Raises:
        SettingsError: Ray is not installed or there is no such cluster.
        ModelError: A machine cannot load the models.
    """
    runtime = plan.settings.runtime
    runtime = runtime.model_copy(update={"threads": runtime.threads or 1})
    settings = plan.settings.model_copy(update={"runtime": runtime})
    # Whoever started the cluster did so in a folder of their own.
    out = plan.out if is_stored(plan.out) else str(Path(plan.out).absolute())
    plan = replace(plan, out=out, settings=settings)
    with _connected(address, limits.jobs * runtime.threads) as cpus:
        room = limits.jobs if address == LOCAL or limits.jobs > 1 else _AHEAD * cpus
        cluster = _Cluster(tasks, plan, replace(limits, jobs=room), tell)
        while cluster.busy:
            if stop.is_set():
                yield from cluster.stop()
            yield from cluster.turn()


@contextmanager
def _connected(address: str, cpus: int) -> Iterator[int]:
    """Connect to Ray; yields the CPUs of the cluster."""
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    try:
        import ray
    except ImportError as error:
        raise SettingsError(
            f"--cluster needs Ray, which is not installed. {installing('cluster')}"
        ) from error
    handler = signal.getsignal(signal.SIGTERM)
    where = {"num_cpus": cpus, "include_dashboard": False} if address == LOCAL else {}
    try:
        _knock(address)
        ray.init(
            None if address == LOCAL else address,
            log_to_driver=False,
            logging_level="ERROR",
            **where,
        )
    except Exception as error:  # Ray raises the bare class where a node does not come up in time
        ray.shutdown()
        raise SettingsError(_no_cluster(address, error)) from error
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, handler)  # Ray puts its own, which leaves outputs half
    try:
        yield int(ray.cluster_resources().get("CPU", 1))
    finally:
        ray.shutdown()


def _knock(address: str) -> None:
    """Raise OSError where nobody answers at HOST:PORT: Ray itself tries for minutes."""
    host, has_port, port = address.rpartition(":")
    if has_port and port.isdigit() and "/" not in host:
        socket.create_connection((host, int(port)), _ANSWER_S).close()


def _no_cluster(address: str, error: Exception) -> str:
    reason = str(error).strip().partition("\n")[0].rstrip(".") or type(error).__name__
    if address == LOCAL:
        return (
            f"Ray could not be started on this machine: {reason}. Try again when it is less busy, "
            "or use --jobs without --cluster."
        )
    return (
        f"there is no Ray cluster at '{address}' ({reason}). Start one with `ray start --head`, "
        f"or use --cluster {LOCAL}."
    )


class _Reports:
    """Actor: carries news to the driver, and the wish to stop to the tasks."""

    def __init__(self) -> None:
        self._news: list[_News] = []
        self._stopping: set[str] = set()

    def tell(self, name: str, news: Taken | Begun | Step) -> bool:
        """Take news of a source; returns whether to stop it."""
        self._news.append((name, news))
        return name in self._stopping

    def take(self) -> list[_News]:
        """All news since the last time."""
        news, self._news = self._news, []
        return news

    def stop(self, names: list[str]) -> None:
        """Have these sources stopped."""
        self._stopping.update(names)


@dataclass(slots=True)
class _Flight:
    """A task that was handed out."""

    task: Task
    late_at: float = float("inf")
    kill_at: float = float("inf")
    stopping: bool = False
    late: bool = False


class _Cluster:
    def __init__(self, tasks: Sequence[Task], plan: Plan, limits: Limits, tell: Tell) -> None:
        import ray
        from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

        runtime = plan.settings.runtime
        on_gpu = runtime.require_gpu or runtime.name == "tensorrt"
        self._waiting = deque(tasks)
        self._flights: dict[ObjectRef, _Flight] = {}
        self._begun = False
        self._plan, self._limits, self._tell = plan, limits, tell
        here = NodeAffinitySchedulingStrategy(ray.get_runtime_context().get_node_id(), soft=False)
        self._reports = ray.remote(num_cpus=0, max_restarts=-1, scheduling_strategy=here)(
            _Reports
        ).remote()
        # Retried here, not by Ray, so that the manifest counts attempts and kills end.
        self._analyze = ray.remote(num_cpus=runtime.threads, num_gpus=int(on_gpu), max_retries=0)(
            _analyze
        )

    @property
    def busy(self) -> bool:
        return bool(self._waiting or self._flights)

    def turn(self) -> Iterator[Outcome]:
        """Hand out tasks, and take what came until a moment has passed."""
        import ray

        while self._waiting and len(self._flights) < self._limits.jobs:
            task = self._waiting.popleft()
            there = replace(task, address=absolute(task.address))
            self._flights[self._analyze.remote(there, self._plan, self._reports)] = _Flight(task)
        ended, _ = ray.wait(list(self._flights), timeout=_TICK_S)
        with suppress(ray.exceptions.RayActorError):  # it begins anew; no source needs its news
            self._hear(ray.get(self._reports.take.remote()))
        for ref in ended:
            yield from self._take(ref, self._flights.pop(ref))
        self._check()

    def stop(self) -> Iterator[Outcome]:
        """Give up what waits, and have the rest completed."""
        while self._waiting:
            yield not_begun(self._waiting.popleft())
        self._ask_to_stop([flight for flight in self._flights.values() if not flight.stopping])

    def _hear(self, news: list[_News]) -> None:
        flights = {flight.task.name: flight for flight in self._flights.values()}
        late_at = time.monotonic() + (self._limits.timeout_s or float("inf"))
        for name, what in news:
            if flight := flights.get(name):
                flight.late_at = min(flight.late_at, late_at)  # the first that was not lost counts
            if not isinstance(what, Taken):
                self._tell(what)

    def _check(self) -> None:
        """Stop what takes too long, kill what does not listen."""
        import ray

        now = time.monotonic()
        late = [f for f in self._flights.values() if now > f.late_at and not f.stopping]
        for flight in late:
            flight.late = True
        self._ask_to_stop(late)
        for ref, flight in self._flights.items():
            if now > flight.kill_at:
                flight.kill_at = float("inf")
                ray.cancel(ref, force=True)

    def _ask_to_stop(self, flights: list[_Flight]) -> None:
        if not flights:
            return
        for flight in flights:
            flight.stopping, flight.kill_at = True, time.monotonic() + self._limits.grace_s
        self._reports.stop.remote([flight.task.name for flight in flights])

    def _take(self, ref: "ObjectRef", flight: _Flight) -> Iterator[Outcome]:
        import ray

        try:
            outcome: Outcome = as_named(ray.get(ref), flight.task, absolute(flight.task.address))
        except ray.exceptions.RayTaskError as error:
            if isinstance(error.cause, ModelError):
                if not self._begun:
                    raise ModelError(str(error.cause)) from error
                yield from self._bury(flight, str(error.cause))
                return
            _log.error("%s: an unforeseen fault\n%s", flight.task.name, masked(str(error)))
            yield from self._bury(flight, type(error.cause).__name__)
            return
        except ray.exceptions.RayError as error:  # its process or machine is gone
            yield from self._bury(flight, type(error).__name__)
            return
        self._begun = True
        if flight.late and outcome.status is Status.INTERRUPTED:
            outcome = too_long(outcome, self._limits)
        again = outcome.job.by_model and not flight.stopping
        if again and flight.task.attempt < MOST_ATTEMPTS:
            self._waiting.appendleft(replace(flight.task, attempt=flight.task.attempt + 1))
        else:
            yield outcome

    def _bury(self, flight: _Flight, how: str) -> Iterator[Outcome]:
        """Decide about a task whose process is gone."""
        task = flight.task
        if flight.late:
            yield too_long(unfinished(task, Status.INTERRUPTED, ""), self._limits)
        elif flight.stopping:
            yield unfinished(task, Status.INTERRUPTED, "its process ended while it was stopped")
        elif task.attempt < MOST_ATTEMPTS:
            self._waiting.appendleft(replace(task, attempt=task.attempt + 1))
        else:
            reason = f"its process or machine was lost or at fault {MOST_ATTEMPTS} times ({how})."
            yield unfinished(task, Status.FAILED, f"{reason} Try it alone.")


@lru_cache(maxsize=1)
def _models(settings: RuntimeSettings) -> Models:
    return load_models(settings)


def _analyze(task: Task, plan: Plan, reports: "ActorHandle") -> Outcome:
    """The task as it runs on a machine of the cluster; its process keeps the models."""
    mask_reports()
    models = _models(plan.settings.runtime)
    Pipeline(models, plan.settings)  # what it lacks is told before a source is begun
    teller = _Teller(task.name, reports)
    with teller.taken():
        outcome = analyze_one(task, plan, models, teller, teller.stop)
    if outcome.job.by_model:  # a GPU that was lost: what is loaded may fail for ever
        _models.cache_clear()
    return outcome


class _Teller:
    """Passes on how far a source is, and learns whether to stop."""

    def __init__(self, name: str, reports: "ActorHandle") -> None:
        self.stop = threading.Event()
        self._name, self._reports = name, reports
        self._due_s = 0.0

    def __call__(self, news: Begun | Step) -> None:
        if isinstance(news, Step):
            if time.monotonic() < self._due_s:
                return
            news = Step(replace(news.job, stages={}, errors=[]))
        self.now(news)

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Tell now, and whenever it is silent for long: news can be lost, and a source can hang."""
        over = threading.Event()

        def repeat() -> None:
            while not over.wait(_SILENT_S):
                if time.monotonic() > self._due_s + _SILENT_S:
                    self.now(Taken())

        self.now(Taken())
        repeating = threading.Thread(target=repeat, name="taken", daemon=True)
        repeating.start()
        try:
            yield
        finally:
            over.set()
            repeating.join()

    def now(self, news: Taken | Begun | Step) -> None:
        """Tell at once."""
        import ray

        self._due_s = time.monotonic() + _TELL_EVERY_S
        with suppress(ray.exceptions.RayActorError):
            if ray.get(self._reports.tell.remote(self._name, news)):
                self.stop.set()
