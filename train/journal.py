"""What a training run tells while it runs: the log, TensorBoard, and a table of epochs."""

import csv
import logging
import time
from pathlib import Path

from torch.utils.tensorboard import SummaryWriter

_log = logging.getLogger(__name__)
_EVERY_STEPS = 50


class Journal:
    """Loss and time left every 50 steps, errors of validation and of unseen sets every epoch.

    Args:
        out: Folder; OUT/tensorboard/NAME and OUT/NAME.csv are written.
        name: Of the recipe.
        first_step: Where the run continues; what TensorBoard knows after it is forgotten.
        steps: How many steps the whole run has.
        writes: Whether anything is told at all: one process of those that share a run does.
    """

    def __init__(
        self, out: Path, name: str, first_step: int, steps: int, *, writes: bool = True
    ) -> None:
        self._table = out / f"{name}.csv"
        folder = str(out / "tensorboard" / name)
        self._writer = SummaryWriter(folder, purge_step=first_step) if writes else None
        self._first, self._steps, self._began = first_step, steps, time.monotonic()

    def __enter__(self) -> "Journal":
        return self

    def __exit__(self, *_: object) -> None:
        if self._writer:
            self._writer.close()

    def step(self, step: int, loss: float) -> None:
        """Tell of a step; most are not written."""
        if step % _EVERY_STEPS or not self._writer:
            return
        pace_s = (time.monotonic() - self._began) / (step - self._first)
        left_min = pace_s * (self._steps - step) / 60
        _log.info("step %d of %d, loss %.3f, %.0f min left", step, self._steps, loss, left_min)
        self._writer.add_scalar("loss", loss, step)
        self._writer.add_scalar("steps_per_s", 1 / pace_s, step)

    def epoch(self, epoch: int, errors: dict[str, float], step: int) -> None:
        """Add the errors of an epoch, in years by data set, to the table.

        Rows from this epoch on are written anew: a run that was killed before it saved its
        checkpoint comes by here again.
        """
        if not self._writer:
            return
        row: dict[str, float] = {"epoch": epoch, **errors}
        _log.info("%s", row)
        for name, error in errors.items():
            self._writer.add_scalar(name, error, step)
        partial = self._table.with_suffix(".csv.partial")
        with partial.open("w", newline="") as stream:
            writer = csv.DictWriter(stream, list(row), extrasaction="ignore")
            writer.writeheader()
            writer.writerows(self._rows_before(epoch))
            writer.writerow(row)
        partial.rename(self._table)

    def _rows_before(self, epoch: int) -> list[dict[str, str]]:
        if not self._table.exists():
            return []
        with self._table.open(newline="") as stream:
            return [row for row in csv.DictReader(stream) if int(row["epoch"]) < epoch]
