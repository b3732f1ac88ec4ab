"""Several sources at once, each in a worker process, watched over by this one."""

import multiprocessing
import signal
import sys
import threading
import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess

from engine.archive.one import Tell
from engine.archive.scratch import clear
from engine.archive.task import Begun, Outcome, Plan, Status, Step, Task, not_begun, unfinished
from engine.archive.worker import Broken, Stop, Taken, work
from engine.errors import ModelError

_TICK_S = 0.2
_LEAVE_S = 10.0
MOST_ATTEMPTS = 2
_MOST_STILLBORN = 3
_spawning = multiprocessing.get_context("spawn")


@dataclass(frozen=True, slots=True)
class Limits:
    """How much at once, and for how long.

    Attributes:
        jobs: Worker processes.
        timeout_s: Longest that one source may take; 0 for any time.
        grace_s: Longest that its outputs may take to be completed when it is stopped.
    """

    jobs: int = 1
    timeout_s: float = 0.0
    grace_s: float = 20.0


def run_pool(
    tasks: Sequence[Task], plan: Plan, limits: Limits, tell: Tell, stop: threading.Event
) -> Iterator[Outcome]:
    """Analyse sources in worker processes.

    A source whose worker dies, or whose models fail in it, is begun anew once, in another. One that
    takes too long is stopped; if it does not listen, its worker is killed.

    Args:
        tasks: Begun in this order.
        plan: What to do with each.
        limits: How many at once, and for how long.
        tell: Told when a source is open, and now and then how far it is.
        stop: Ends all when set; what is under way is completed up to its frame.

    Yields:
        The outcome of every task, as they end.

    Raises:
        ModelError: The workers cannot load the models.
    """
    pool = _Pool(tasks, plan, limits, tell)
    try:
        while pool.busy:
            if stop.is_set():
                yield from pool.stop()
            yield from pool.turn()
    except BaseException:
        pool.kill()
        raise
    pool.leave()


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """A process that is started meanwhile is not interrupted before it has chosen to ignore it."""
    if sys.platform == "win32":  # where interrupts are nothing that is handed down
        yield
        return
    resource_tracker.ensure_running()  # started later, it would let interrupts through
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGHUP})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


class _Worker:
    """What this process knows of a worker.

    Attributes:
        task: Under way, None while it waits for one.
        ready: It has loaded the models.
        stopping: It was asked to complete the task.
        late: The reason is that it took too long.
    """

    def __init__(self, plan: Plan, limits: Limits) -> None:
        self._limits = limits
        self.link, theirs = _spawning.Pipe()
        self.process: BaseProcess = _spawning.Process(
            target=work, args=(theirs, plan), name="analyze", daemon=True
        )
        with _interrupts_held():
            self.process.start()
        theirs.close()  # so that the link breaks when the process dies
        self.task: Task | None = None
        self.ready = False
        self.late = self.stopping = False
        self._late_at = self._kill_at = float("inf")

    def begin(self, task: Task) -> None:
        """Hand over a task."""
        self.task, self.late, self.stopping = task, False, False
        self._late_at = self._kill_at = float("inf")
        self._send(task)

    def clock(self) -> None:
        """The task begins now; the models are loaded."""
        self.ready = True
        if self._limits.timeout_s:
            self._late_at = time.monotonic() + self._limits.timeout_s

    def stop(self) -> None:
        """Ask it to complete its task, once; it is killed if it takes too long over that."""
        if not self.stopping:
            self.stopping, self._kill_at = True, time.monotonic() + self._limits.grace_s
            self._send(Stop())

    def check(self) -> None:
        """Stop what takes too long, kill what does not listen."""
        now = time.monotonic()
        if now > self._late_at and not self.stopping:
            self.late = True
            self.stop()
        if now > self._kill_at:
            self._kill_at = float("inf")
            self.process.kill()

    def leave(self) -> None:
        """Let it end by itself."""
        self._send(None)
        self.process.join(_LEAVE_S)
        self.kill()

    def kill(self) -> None:
        """End it."""
        self.process.kill()
        self.process.join()
        self.link.close()

    def _send(self, message: Task | Stop | None) -> None:
        try:
            self.link.send(message)
        except OSError:
            return  # it died; reading the link tells


class _Pool:
    def __init__(self, tasks: Sequence[Task], plan: Plan, limits: Limits, tell: Tell) -> None:
        self._waiting = deque(tasks)
        self._plan, self._limits, self._tell = plan, limits, tell
        self._workers: dict[Connection, _Worker] = {}
        self._stillborn = 0

    @property
    def busy(self) -> bool:
        return bool(self._waiting) or any(worker.task for worker in self._workers.values())

    def turn(self) -> Iterator[Outcome]:
        """Hand out tasks, and take what came until a moment has passed."""
        self._hand_out()
        for link in wait(list(self._workers), _TICK_S):
            assert isinstance(link, Connection)
            yield from self._take(self._workers[link])
        for worker in self._workers.values():
            worker.check()

    def stop(self) -> Iterator[Outcome]:
        """Give up what waits, and have the rest completed."""
        while self._waiting:
            yield not_begun(self._waiting.popleft())
        for worker in self._workers.values():
            if worker.task:
                worker.stop()

    def leave(self) -> None:
        for worker in self._workers.values():
            worker.leave()

    def kill(self) -> None:
        for worker in self._workers.values():
            worker.kill()

    def _hand_out(self) -> None:
        for worker in self._workers.values():
            if self._waiting and not worker.task:
                worker.begin(self._waiting.popleft())
        while self._waiting and len(self._workers) < self._limits.jobs:
            worker = _Worker(self._plan, self._limits)
            self._workers[worker.link] = worker
            worker.begin(self._waiting.popleft())

    def _take(self, worker: _Worker) -> Iterator[Outcome]:
        try:
            message = worker.link.recv()
        except (EOFError, OSError):
            yield from self._bury(worker)
            return
        match message:
            case Taken():
                self._stillborn = 0
                worker.clock()
            case Begun() | Step():
                self._tell(message)
            case Broken(reason):
                raise ModelError(reason)
            case Outcome():
                late = worker.late and message.status is Status.INTERRUPTED
                outcome = too_long(message, self._limits) if late else message
                if outcome.job.by_model:
                    yield from self._replace(worker, outcome)
                else:
                    worker.task = None
                    yield outcome

    def _replace(self, worker: _Worker, outcome: Outcome) -> Iterator[Outcome]:
        """A process whose GPU failed may fail for ever: another does the task, and the rest."""
        task, again = worker.task, not worker.stopping
        del self._workers[worker.link]
        worker.kill()
        clear()
        if task is not None and again and task.attempt < MOST_ATTEMPTS:
            self._waiting.appendleft(replace(task, attempt=task.attempt + 1))
        else:
            yield outcome

    def _bury(self, worker: _Worker) -> Iterator[Outcome]:
        """Take away a worker that died, and decide about its task."""
        del self._workers[worker.link]
        worker.process.join()
        worker.link.close()
        clear()  # it may have left the copy of a recording
        task = worker.task
        if task is None:
            return
        if worker.late:
            yield too_long(unfinished(task, Status.INTERRUPTED, ""), self._limits)
        elif worker.stopping:
            yield unfinished(task, Status.INTERRUPTED, "its process ended while it was stopped")
        elif not worker.ready:
            self._bear_again(task, worker)
        elif task.attempt < MOST_ATTEMPTS:
            self._waiting.appendleft(replace(task, attempt=task.attempt + 1))
        else:
            yield unfinished(task, Status.FAILED, _died(worker.process.exitcode))

    def _bear_again(self, task: Task, dead: _Worker) -> None:
        """What dies before it has loaded the models says nothing about the source."""
        self._stillborn += 1
        if self._stillborn >= _MOST_STILLBORN:
            how = _exit(dead.process.exitcode)
            raise ModelError(
                f"worker processes die {how} while they load the models. Is there too little "
                "memory for so many --jobs? main.py doctor checks the models."
            )
        self._waiting.appendleft(task)


def too_long(outcome: Outcome, limits: Limits) -> Outcome:
    """The outcome of a task that was stopped, or killed, for its time."""
    reason = f"took longer than {limits.timeout_s:g} s. Allow more with --timeout."
    job = replace(outcome.job, interrupted=False, errors=[*outcome.job.errors, reason])
    return replace(outcome, status=Status.TIMEOUT, reason=reason, job=job)


def _exit(code: int | None) -> str:
    return f"by signal {-code}" if code is not None and code < 0 else f"with exit code {code}"


def _died(code: int | None) -> str:
    return (
        f"its process died {_exit(code)}, {MOST_ATTEMPTS} times: out of memory, or a file that "
        "breaks a decoder. Try it alone, or convert it."
    )
