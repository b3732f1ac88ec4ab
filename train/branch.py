"""Let the head see all layers: a second branch of it, beside what the last layer tells.

    python -m train.branch runs/amr_mobilenet_late_mixed.pt --cache crops

        logits = head(features) + B GELU(A sqrt(r) + a) + b

r are the responses of all layers, pooled over the picture. Early layers see skin that late ones
have forgotten; kernel ridge regression on them (`train.methods.layers`) found that. The network
itself stays as it is, so its responses to every training photograph, plain, changed at random and
as bad cameras show it, are computed once and kept in `responses/` beside the checkpoint: stopped,
it goes on with the sets that are whole. Early layers also see blur, dark and noise, which late ones
have learnt to overlook: without bad pictures the branch takes people in them for younger.
Writes `<checkpoint>_branch.pt`. Source of square roots of responses: Perronnin, Sanchez, Mensink,
"Improving the Fisher kernel for large-scale image classification", ECCV 2010.
"""

import argparse
import hashlib
import json
import logging
import sys
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from tqdm import tqdm

from engine.errors import DataError
from engine.values.frame import Image
from train.backbone import AgeNet, branch_of
from train.checkpoint import (
    check_crops,
    digest_of,
    learnt_crops,
    load_average,
    read_checkpoint,
    recipe_of,
    write_checkpoint,
)
from train.command import ended
from train.data.arrays import kept_array, new_array
from train.data.augment import Augmentation, plain
from train.data.crops import Crops, newest
from train.fit import Order, load_parts
from train.methods.layers import scales
from train.mix import error_of
from train.recipe import Recipe

WIDTH = 24
"""Of the hidden layer: more gained nothing on the validation splits."""
_BATCH, _EPOCHS, _RATE, _DECAY = 128, 6, 5e-4, 0.05
_DROPOUT, _HIDDEN_DROPOUT = 0.5, 0.2
_log = logging.getLogger(__name__)


def add_branch(checkpoint: Path, recipe: Recipe, cache: Path) -> Path:
    """Write the checkpoint with its branch and return the path.

    Args:
        checkpoint: The trained network.
        recipe: What made it: its data sets, crops, loss and augmentation are the branch's too.
        cache: Folder of cached crops.

    Raises:
        DataError: The checkpoint has a branch already, the crops are others than it has learnt
            from, there are too few photographs, or the disk is full.
    """
    state = read_checkpoint(checkpoint)
    if state.get("branch"):
        raise DataError(f"{checkpoint} has a branch already. Give the one it was made from.")
    check_crops(learnt_crops(checkpoint), recipe.data_sets, cache)
    parts = load_parts(recipe, cache)
    before = load_average(checkpoint, recipe.ages)
    seen, years = [], []
    for name, part in zip(recipe.data_sets, parts, strict=True):
        rows = part.rows("train")
        years += [part.photos[row].age for row in rows]
        kept = f"{newest(cache, name).stem}-{_key(before, recipe)}.npy"
        seen.append(_responses(before, recipe, part, rows, checkpoint.parent / "responses" / kept))
    if len(years) < _BATCH:
        raise DataError(
            f"{', '.join(recipe.data_sets)} have {len(years)} photographs to train on, fewer than "
            f"the {_BATCH} of a batch"
        )
    net = AgeNet(recipe.ages, hidden=recipe.hidden, branch=WIDTH)
    net.load_state_dict(before.state_dict(), strict=False)  # all but the branch
    net.branch = fitted(before, recipe, np.concatenate(seen), np.array(years, np.float32))
    net.channels_last().eval()
    errors = [error_of(each, recipe, parts) for each in (before, net)]
    _log.info("validation MAE %.3f without the branch, %.3f with it", *errors)
    state["branch"], state["average"] = WIDTH, net.state_dict()
    out = checkpoint.with_name(f"{checkpoint.stem}_branch.pt")
    write_checkpoint(state, out)
    return out


def fitted(net: AgeNet, recipe: Recipe, seen: np.ndarray, years: np.ndarray) -> nn.Sequential:
    """The branch that makes the loss of head and branch together small.

    Args:
        net: The network without a branch; it is not changed.
        recipe: Loss, age axis, seed, and how far rare ages are seen more often.
        seen: (N, V, R) responses of N photographs in V views, of which the first is plain.
        years: (N,) ages.
    """
    torch.manual_seed(recipe.seed)
    middle, deviation = _scales(seen[:, 0], net.response_widths())
    branch = branch_of(seen.shape[2], WIDTH, recipe.ages)
    first, bend, last = branch
    dropped = nn.Sequential(nn.Dropout(_DROPOUT), first, bend, nn.Dropout(_HIDDEN_DROPOUT), last)
    ages = torch.arange(recipe.ages, dtype=torch.float32)
    optimizer = torch.optim.AdamW(branch.parameters(), _RATE, weight_decay=_DECAY)
    order = Order(years.astype(np.float64), replace(recipe, batch=_BATCH, epochs=_EPOCHS), 0)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, len(order))
    for step, batch in enumerate(order):
        epoch, rows = batch[0][0], [row for _, row in batch]
        responses = torch.from_numpy(seen[rows, (epoch + step) % seen.shape[1]]).float()
        with torch.no_grad():
            told = net.head(_features(responses, net))
        logits = told + dropped((responses.sqrt() - middle) / deviation)
        loss = recipe.loss(logits, ages, torch.from_numpy(years[rows]))
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        schedule.step()
    _unscale(first, middle, deviation)
    return branch.eval()


def _features(responses: Tensor, net: AgeNet) -> Tensor:
    """(N, width) of (N, R): the last layer's means are what the head is told."""
    start = sum(net.response_widths()[:2])
    return responses[:, start : start + net.width]


def _scales(seen: np.ndarray, widths: list[int]) -> tuple[Tensor, Tensor]:
    """(R,) means and deviations of the square roots of (N, R) responses."""
    roots = np.sqrt(seen.astype(np.float32))
    found = scales(np.split(roots, np.cumsum(widths)[:-1], 1))
    middle, deviation = (torch.from_numpy(np.concatenate(parts)) for parts in found)
    return middle, deviation


@torch.no_grad()
def _unscale(layer: nn.Module, middle: Tensor, deviation: Tensor) -> None:
    """Make a layer take what is not scaled."""
    weight, bias = layer.get_parameter("weight"), layer.get_parameter("bias")
    weight.div_(deviation)
    bias.sub_(weight @ middle)


def _key(net: AgeNet, recipe: Recipe) -> str:
    """Names all that responses depend on but the crops."""
    views = [view and asdict(view) for view in _views(recipe)]
    facts = [digest_of(net), recipe.side_px, views, recipe.seed]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:12]


@torch.inference_mode()
def _responses(net: AgeNet, recipe: Recipe, part: Crops, rows: list[int], path: Path) -> np.ndarray:
    """(N, V, R) float16 of the chosen rows; computed once, kept at `path`."""
    kept = kept_array(path)
    if kept is not None:
        return kept
    views = _views(recipe)
    shape = (len(rows), len(views), sum(net.response_widths()))
    with new_array(path, np.float16, shape) as made:
        for first in tqdm(range(0, len(rows), recipe.batch), desc=path.stem):
            some = rows[first : first + recipe.batch]
            pixels = np.asarray(part.pixels[some])
            for view, change in enumerate(views):
                chances = [np.random.default_rng([recipe.seed, view, row]) for row in some]
                shown = _shown(pixels, change, recipe.side_px, chances)
                images = torch.from_numpy(shown).permute(0, 3, 1, 2)
                images = images.float().contiguous(memory_format=torch.channels_last)
                made[first : first + len(some), view] = net.responses(images)[1].numpy()
    return np.load(path, mmap_mode="r", allow_pickle=False)


def _views(recipe: Recipe) -> tuple[Augmentation | None, ...]:
    """How photographs are shown.

    They are as the engine cuts them, as the network has learnt from them, and as cameras show
    people who move, are far away or stand in the dark.
    """
    worse = replace(recipe.augmentation, tone=0.45, small=0.5, blur=0.5, noise=0.4, jpeg=0.5)
    return None, recipe.augmentation, worse


def _shown(
    pixels: Image, change: Augmentation | None, side: int, chances: list[np.random.Generator]
) -> Image:
    """Crops as the engine would cut them, or each changed by a source of chance of its own."""
    if change is None:
        return np.ascontiguousarray(plain(pixels, side))
    pairs = zip(pixels, chances, strict=True)
    return np.stack([change(crop, side, random) for crop, random in pairs])


def main() -> None:
    """Add the branch from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("--cache", type=Path, default=Path("crops"), help="folder of cached crops")
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    add_branch(arguments.checkpoint, recipe_of(arguments.checkpoint), arguments.cache)


if __name__ == "__main__":
    sys.exit(ended(main))
