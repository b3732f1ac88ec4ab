"""One model shared by several callers: calls that wait for it together run as one batch.

Nobody waits for company. A call on an idle model runs at once; those that come while it runs are
joined in the next run. So a lone caller loses nothing, and the busier the GPU the larger its
batches.
"""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Condition

import numpy as np

from engine.errors import ModelError
from engine.models.model import Array, Model

_MOST_ROWS = 16
"""Most rows joined in one run; a single call may have more."""


@dataclass(slots=True, eq=False)
class _Call:
    inputs: Mapping[str, Array]
    outputs: dict[str, Array] = field(default_factory=dict)
    error: BaseException | None = None
    done: bool = False

    @property
    def rows(self) -> int:
        return len(next(iter(self.inputs.values())))

    def joins(self, other: "_Call") -> bool:
        """Whether both fit into one batch: all that differs is the number of rows."""
        return all(
            array.shape[1:] == other.inputs[name].shape[1:] for name, array in self.inputs.items()
        )


class BatchingModel:
    """A model that joins the calls of several threads; see `Model`."""

    def __init__(self, model: Model, *, most_rows: int = _MOST_ROWS) -> None:
        """Wrap a loaded model; closing this closes it.

        Args:
            model: Every input and output has the batch as its first axis.
            most_rows: Most rows joined in one run.
        """
        self.spec, self.running = model.spec, model.running
        self._model = model
        self._most_rows = most_rows
        self._changed = Condition()
        self._waiting: deque[_Call] = deque()
        self._busy = False

    def __call__(self, inputs: Mapping[str, Array]) -> dict[str, Array]:
        """Run the network, perhaps together with the calls of others."""
        self.spec.check(inputs)  # before joining, so that a wrong call fails alone
        call = _Call(inputs)
        with self._changed:
            self._waiting.append(call)
            self._changed.wait_for(lambda: call.done or self._is_next(call))
            joined = [] if call.done else self._take()
        if joined:
            self._run(joined)
        if call.error is not None:
            raise ModelError(str(call.error)) from call.error
        return call.outputs

    def close(self) -> None:
        """Close the model."""
        self._model.close()

    def _is_next(self, call: _Call) -> bool:
        return not self._busy and self._waiting[0] is call

    def _take(self) -> list[_Call]:
        """Take the first call and all that fit into its batch; the model is busy from here on."""
        self._busy = True
        first = self._waiting[0]
        joined, rows = [], 0
        for call in tuple(self._waiting):
            if call is first or (call.joins(first) and rows + call.rows <= self._most_rows):
                self._waiting.remove(call)
                joined.append(call)
                rows += call.rows
        return joined

    def _run(self, joined: list[_Call]) -> None:
        try:
            _share(self._model(_join(joined)), joined)
        except BaseException as error:
            for call in joined:
                call.error = error
            if not isinstance(error, Exception):
                raise  # an interrupt ends this caller; the others get an error
        finally:
            with self._changed:
                for call in joined:
                    call.done = True
                self._busy = False
                self._changed.notify_all()


def _join(joined: list[_Call]) -> Mapping[str, Array]:
    if len(joined) == 1:
        return joined[0].inputs
    return {
        name: np.concatenate([call.inputs[name] for call in joined]) for name in joined[0].inputs
    }


def _share(outputs: dict[str, Array], joined: list[_Call]) -> None:
    """Hand every call its rows; copies, because a caller owns what it gets."""
    if len(joined) == 1:
        joined[0].outputs = outputs
        return
    ends = np.cumsum([call.rows for call in joined])[:-1]
    for name, values in outputs.items():
        for call, rows in zip(joined, np.split(values, ends), strict=True):
            call.outputs[name] = rows.copy()
