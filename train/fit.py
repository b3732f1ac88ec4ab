"""Train an age network from a recipe.

    python -m train.fit train/recipes/amr_mobilenet.py --cache CROPS --face-weights FILE.json
    torchrun --nproc-per-node 2 -m train.fit ...    # the same, shared by two processes
    tensorboard --logdir runs/tensorboard

Stops and continues: the last checkpoint is taken up unless --restart is given, and gives the same
numbers as an unbroken run. Only training and validation splits are read, and sets without splits
that a recipe names as watched.
"""

import argparse
import logging
import math
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset, Sampler

from engine.errors import DataError, SettingsError
from train.backbone import AgeNet
from train.checkpoint import (
    digest_of,
    learnt_from,
    read_checkpoint,
    recipe_of,
    start_of,
    write_checkpoint,
)
from train.command import ended
from train.data.augment import plain
from train.data.crops import Crops, load, newest
from train.distributed import Peers, joined
from train.journal import Journal
from train.precision import quick
from train.recipe import Recipe, load_recipe

_log = logging.getLogger(__name__)
_ALONE = Peers()
_WARMUP_STEPS = 200
_SAVE_STEPS = 150


class TrainingCrops(Dataset[tuple[Tensor, Tensor]]):
    """Augmented training crops of the joined data sets; addressed by (epoch, row)."""

    def __init__(self, parts: list[Crops], recipe: Recipe) -> None:
        self.parts = parts
        self._recipe = recipe
        self.places = [(p, row) for p, part in enumerate(parts) for row in part.rows("train")]
        self.years = np.array([parts[p].photos[row].age for p, row in self.places])

    def __len__(self) -> int:
        return len(self.places)

    def __getitem__(self, key: tuple[int, int]) -> tuple[Tensor, Tensor]:
        """One crop: (3, side, side) uint8 RGB and its age."""
        epoch, index = key
        part, row = self.places[index]
        random = np.random.default_rng([self._recipe.seed, epoch, index])
        crop = self._recipe.augmentation(
            np.asarray(self.parts[part].pixels[row]), self._recipe.side_px, random
        )
        age = self.parts[part].photos[row].age
        return torch.from_numpy(np.ascontiguousarray(crop.transpose(2, 0, 1))), torch.tensor(age)


class Order(Sampler[list[tuple[int, int]]]):
    """Batches of (epoch, row) in an order that depends on ages, seed and epoch only.

    Several processes take their shares of the same batches.
    """

    def __init__(
        self,
        years: NDArray[np.float64],
        recipe: Recipe,
        first_step: int,
        peers: Peers = _ALONE,
    ) -> None:
        self._recipe, self._first = recipe, first_step
        self._turns = _turns(years, recipe.balance)
        self._share = peers.share_of(recipe.batch)
        self.steps_per_epoch = len(years) // recipe.batch
        self.last_step = self.steps_per_epoch * recipe.epochs

    def __iter__(self) -> Iterator[list[tuple[int, int]]]:
        """This process's share of all batches from the first step to the end of the run."""
        order: NDArray[np.int64] | None = None
        for step in range(self._first, self.last_step):
            epoch, at = divmod(step, self.steps_per_epoch)
            if order is None or at == 0:
                order = self._rows_of(epoch)
            rows = order[at * self._recipe.batch : (at + 1) * self._recipe.batch]
            yield [(epoch, int(row)) for row in rows[self._share]]

    def __len__(self) -> int:
        return self.last_step - self._first

    def _rows_of(self, epoch: int) -> NDArray[np.int64]:
        random = np.random.default_rng([self._recipe.seed, epoch])
        # Systematic sampling: a row with 1.3 turns is seen once an epoch, in three of ten twice.
        upto = np.floor(np.cumsum(self._turns) + random.random())
        times = np.diff(upto, prepend=0.0).astype(np.int64)
        return random.permutation(np.repeat(np.arange(len(times)), times))


def _turns(years: NDArray[np.float64], balance: float) -> NDArray[np.float64]:
    """How often each photograph is seen an epoch, on average; the mean is 1."""
    bins = (years // 5).astype(np.int64)
    turns = np.bincount(bins)[bins].astype(np.float64) ** -balance
    return turns / turns.mean()


@dataclass(slots=True)
class Run:
    """What a checkpoint holds, the weights it all began with, and the processes that share it.

    `origin` names those weights and the crops: they decide the numbers as the recipe does. `unseen`
    are crops of the data sets that are only watched.
    """

    net: AgeNet
    shared: nn.Module
    average: AgeNet
    optimizer: torch.optim.Optimizer
    start: list[Tensor]
    peers: Peers = _ALONE
    step: int = 0
    origin: dict[str, str] = field(default_factory=dict)
    unseen: dict[str, Crops] = field(default_factory=dict)

    def save(self, path: Path, recipe: Recipe) -> None:
        """Write the checkpoint whole or not at all; see `write_checkpoint`."""
        state = {
            "recipe": asdict(recipe),
            "step": self.step,
            "origin": self.origin,
            "net": self.net.state_dict(),
            "average": self.average.state_dict(),
            "optimizer": self.optimizer.state_dict(),
        }
        write_checkpoint(state, path)

    def restore(self, path: Path, recipe: Recipe) -> None:
        """Take up a checkpoint.

        Raises:
            DataError: It is damaged, or was made by another recipe, from other weights or crops.
        """
        state = read_checkpoint(path)
        if asdict(recipe_of(path)) != asdict(recipe):
            raise DataError(f"{path} was made by another recipe. Use --restart or another --out.")
        kept = state.get("origin", self.origin)  # older checkpoints do not tell
        other = [what for what, name in self.origin.items() if kept.get(what) != name]
        if other:
            raise DataError(
                f"{path} was trained from other {' and '.join(other)} than are given now. "
                "Give the same ones, or use --restart or another --out."
            )
        self.net.load_state_dict(state["net"])
        self.average.load_state_dict(state["average"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.step = state["step"]


def fit(
    recipe: Recipe,
    cache: Path,
    out: Path,
    face_weights: Path | None,
    peers: Peers = _ALONE,
    *,
    restart: bool = False,
) -> Path:
    """Train, and return the checkpoint.

    Args:
        recipe: What to do.
        cache: Folder of cached crops.
        out: Folder for checkpoint and log.
        face_weights: Weights that the body starts from; None for chance.
        peers: The processes that share the run.
        restart: Forget an earlier checkpoint and its log, once the new run can begin.

    Raises:
        DataError: The checkpoint that the recipe begins with is missing, there are too few
            photographs, a set that is watched as unseen is learnt from, has a test split and no
            validation split, or has nothing to watch, or the run diverges.
        SettingsError: The recipe has no epochs.
    """
    if recipe.epochs < 1:
        raise SettingsError(f"{recipe.name} has {recipe.epochs} epochs: give it 1 or more")
    run = _start(recipe, out, face_weights, peers)
    run.unseen = _load_unseen(recipe, cache, out)
    data = TrainingCrops(load_parts(recipe, cache), recipe)
    run.origin = {
        "weights": digest_of(run.net),
        "crops": " ".join(newest(cache, name).stem for name in recipe.data_sets),
    }
    checkpoint = out / f"{recipe.name}.pt"
    out.mkdir(parents=True, exist_ok=True)
    if checkpoint.exists() and not restart:
        run.restore(checkpoint, recipe)
        _log.info("continuing at step %d", run.step)
    if len(data) < recipe.batch:
        raise DataError(
            f"{', '.join(recipe.data_sets)} have {len(data)} photographs to train on, fewer than "
            f"the {recipe.batch} of a batch"
        )
    order = Order(data.years, recipe, run.step, peers)
    if restart:
        peers.wait()  # nothing is lost before every process has found all it needs
        if peers.writes:
            for earlier in (checkpoint, checkpoint.with_suffix(".csv")):
                earlier.unlink(missing_ok=True)
    if len(order):
        with Journal(out, recipe.name, run.step, order.last_step, writes=peers.writes) as journal:
            _train(run, recipe, data, order, journal, checkpoint)
    return checkpoint


def _train(
    run: Run, recipe: Recipe, data: TrainingCrops, order: Order, journal: Journal, checkpoint: Path
) -> None:
    ages = torch.arange(recipe.ages, dtype=torch.float32)
    batches = DataLoader(data, batch_sampler=order, num_workers=1, prefetch_factor=4)
    for images, years in batches:
        loss = _step(run, recipe, order, images, years.float(), ages)
        if not run.peers.writes:
            continue
        journal.step(run.step, loss)
        epoch, rest = divmod(run.step, order.steps_per_epoch)
        if not rest:
            journal.epoch(epoch, _errors(run, recipe, data.parts), run.step)
        if not rest or run.step % _SAVE_STEPS == 0:
            run.save(checkpoint, recipe)


def load_parts(recipe: Recipe, cache: Path) -> list[Crops]:
    """The crops of a recipe's data sets.

    Raises:
        DataError: A set has none, or none in its validation split.
    """
    parts = [load(cache, name) for name in recipe.data_sets]
    for name, part in zip(recipe.data_sets, parts, strict=True):
        if not part.rows("val"):
            raise DataError(
                f"{name} has no validation photographs, by which a run is watched and answers are "
                "calibrated. Lay it out as folder, with a part of its people in the split val."
            )
    return parts


def _load_unseen(recipe: Recipe, cache: Path, folder: Path) -> dict[str, Crops]:
    learnt = set(recipe.data_sets)
    if recipe.begins_with:
        learnt.update(learnt_from(folder / f"{recipe.begins_with}.pt"))
    if seen := sorted(learnt & set(recipe.watched)):
        raise DataError(f"{', '.join(seen)} is learnt from and cannot be watched as unseen")
    unseen = {name: load(cache, name) for name in recipe.watched}
    for name, part in unseen.items():
        if part.rows("test") and not part.rows("val"):  # and so it would be watched whole
            raise DataError(
                f"{name} has test photographs and no validation photographs, on which it could be "
                "watched. Lay it out as folder, with a part of its people in the split val."
            )
        if not _watched_rows(part):
            raise DataError(f"{name} has no photographs to watch: all are dropped")
    return unseen


def _watched_rows(part: Crops) -> list[int]:
    kept = [row for row, split in enumerate(part.splits) if split != "dropped"]
    return part.rows("val") or kept


def _start(recipe: Recipe, folder: Path, face_weights: Path | None, peers: Peers) -> Run:
    net = start_of(recipe, folder, face_weights)
    net.freeze(recipe.frozen_layers)
    average = AgeNet(recipe.ages, hidden=recipe.hidden)
    average.load_state_dict(net.state_dict())
    average.channels_last().eval()
    body = [p for p in net.body.parameters() if p.requires_grad]
    groups = [
        {"params": body, "factor": 1.0},
        {"params": list(net.head.parameters()), "factor": recipe.head_factor},
    ]
    optimizer = torch.optim.AdamW(groups, recipe.learning_rate, weight_decay=0.0, foreach=True)
    start = [p.detach().clone() for p in net.parameters()]
    return Run(net, peers.shared(net), average, optimizer, start, peers)


def _step(
    run: Run, recipe: Recipe, order: Order, images: Tensor, years: Tensor, ages: Tensor
) -> float:
    rate = recipe.learning_rate * _schedule(run.step, order.last_step)
    for group in run.optimizer.param_groups:
        group["lr"] = rate * group["factor"]
    run.shared.train()
    torch.manual_seed(run.peers.seed_of(recipe.seed, run.step))
    with quick(wanted=recipe.bfloat16):
        logits = run.shared(images.float().contiguous(memory_format=torch.channels_last))
    loss = recipe.loss(logits.float(), ages, years)
    run.optimizer.zero_grad()
    loss.backward()  # type: ignore[no-untyped-call]
    norm = torch.nn.utils.clip_grad_norm_(run.net.parameters(), 5.0)
    if not torch.isfinite(norm):  # the same in every process, as the gradients are
        raise DataError(
            f"{recipe.name} diverged at step {run.step + 1}: its gradients are no numbers. "
            "Give the recipe a smaller learning rate, and use --restart."
        )
    run.optimizer.step()
    run.step += 1
    # The average follows quickly at first, so that it forgets the untrained head.
    decay = min(recipe.average_decay, (1 + run.step) / (10 + run.step))
    with torch.no_grad():
        for weight, origin in zip(run.net.parameters(), run.start, strict=True):
            weight.lerp_(origin, rate * recipe.pull)
        for kept, new in zip(run.average.parameters(), run.net.parameters(), strict=True):
            kept.lerp_(new, 1 - decay)
    return float(loss.detach())


def _schedule(step: int, total: int) -> float:
    warm = min(1.0, (step + 1) / _WARMUP_STEPS)
    return warm * 0.5 * (1 + math.cos(math.pi * min(1.0, step / total)))


@torch.no_grad()
def logits_of(net: AgeNet, crops: Crops, rows: list[int], side: int, batch: int = 64) -> Tensor:
    """Logits (N, A) of cached crops as the engine would cut them."""
    net.eval()
    parts = []
    for start in range(0, len(rows), batch):
        pixels = plain(np.asarray(crops.pixels[rows[start : start + batch]]), side)
        images = torch.from_numpy(pixels).permute(0, 3, 1, 2).float()
        parts.append(net(images.contiguous(memory_format=torch.channels_last)))
    return torch.cat(parts)


def _errors(run: Run, recipe: Recipe, parts: list[Crops]) -> dict[str, float]:
    """Errors of the averaged weights, in years by data set: of validation, and of unseen sets."""
    found = {}
    for name, part in zip(recipe.data_sets, parts, strict=True):
        off = _off(run, recipe, part, part.rows("val"))
        found[f"{name}_val_mae"] = off.abs().mean()
    for name, part in run.unseen.items():
        off = _off(run, recipe, part, _watched_rows(part))
        found[f"{name}_unseen_mae"] = off.abs().mean()
        found[f"{name}_unseen_bias"] = off.mean()
    return {name: round(float(years), 4) for name, years in found.items()}


def _off(run: Run, recipe: Recipe, part: Crops, rows: list[int]) -> Tensor:
    """(N,) expected minus true age."""
    ages = torch.arange(recipe.ages, dtype=torch.float32)
    probs = torch.softmax(logits_of(run.average, part, rows, recipe.side_px), 1)
    return (probs @ ages) - torch.tensor([part.photos[row].age for row in rows])


def main() -> None:
    """Train from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("recipe", type=Path)
    parser.add_argument("--cache", type=Path, default=Path("crops"), help="folder of cached crops")
    parser.add_argument("--out", type=Path, default=Path("runs"), help="checkpoints and logs")
    start = parser.add_mutually_exclusive_group()
    start.add_argument("--face-weights", type=Path, help="faceres-deep.json; see train.backbone")
    start.add_argument("--from-chance", action="store_true", help="begin without face weights")
    parser.add_argument("--restart", action="store_true", help="forget an earlier checkpoint")
    arguments = parser.parse_args()
    recipe = load_recipe(arguments.recipe)
    if not (recipe.begins_with or arguments.face_weights or arguments.from_chance):
        raise SettingsError(
            f"{recipe.name} begins with the face network: give --face-weights FILE, or "
            "--from-chance to train without it"
        )
    with joined() as peers:
        level = logging.INFO if peers.writes else logging.WARNING
        logging.basicConfig(level=level, format="%(asctime)s %(message)s")
        fit(
            recipe,
            arguments.cache,
            arguments.out,
            arguments.face_weights,
            peers,
            restart=arguments.restart,
        )


if __name__ == "__main__":
    sys.exit(ended(main))
