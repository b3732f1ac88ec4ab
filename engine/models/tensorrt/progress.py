"""How far a build is, and stopping it."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType

Progress = Callable[[str, float], None]
"""Told what is being done and how far it is, 0..1, in the thread that asked. Raising stops it."""


def silent(_text: str, _share: float) -> None:
    """Progress that nobody looks at."""


@dataclass(slots=True)
class _Phase:
    parent: str | None
    steps: int
    done: int = 0


class Phases:
    """The phases that TensorRT reports, nested. It may report from several threads."""

    def __init__(self) -> None:
        self._phases: dict[str, _Phase] = {}
        self._lock = threading.Lock()
        self._most = 0.0
        self.name = ""
        """The phase that is being worked on."""
        self.stop = threading.Event()
        """Set to make TensorRT give up at its next step."""

    def begin(self, name: str, parent: str | None, steps: int) -> None:
        """A phase starts."""
        with self._lock:
            self._phases[name] = _Phase(parent, max(steps, 1))
            self.name = name

    def step(self, name: str, step: int) -> bool:
        """A step is done; False asks TensorRT to give up."""
        with self._lock:
            if name in self._phases:
                self._phases[name].done = step + 1
        return not self.stop.is_set()

    def end(self, name: str) -> None:
        """A phase is over."""
        with self._lock:
            phase = self._phases.pop(name, None)
            if phase is not None and phase.parent is not None:
                self.name = phase.parent

    def share(self) -> float:
        """How far the outermost phase is, 0..1; never less than before."""
        with self._lock:
            self._most = min(1.0, max(self._most, self._within(None)))
            return self._most

    def _within(self, parent: str | None) -> float:
        return max(
            (
                (phase.done + min(1.0, self._within(name))) / phase.steps
                for name, phase in self._phases.items()
                if phase.parent == parent
            ),
            default=0.0,
        )


def monitor_of(trt: ModuleType, phases: Phases) -> object:
    """What TensorRT reports to."""

    class Monitor(trt.IProgressMonitor):  # type: ignore[name-defined, misc]  # a module's attribute has no type
        def phase_start(self, name: str, parent: str | None, steps: int) -> None:
            phases.begin(name, parent, steps)

        def step_complete(self, name: str, step: int) -> bool:
            return phases.step(name, step)

        def phase_finish(self, name: str) -> None:
            phases.end(name)

    return Monitor()
