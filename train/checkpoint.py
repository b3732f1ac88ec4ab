"""What a training run leaves, and what the next one begins with."""

import hashlib
import shutil
import textwrap
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import Any

import torch

from engine.errors import DataError
from train.backbone import AgeNet, load_face_weights
from train.data.crops import newest
from train.recipe import Recipe, recipe_from


def write_checkpoint(state: dict[str, Any], path: Path) -> None:
    """Write a checkpoint whole or not at all.

    Raises:
        DataError: It cannot be written, as on a full disk; an earlier one is kept.
    """
    partial = path.with_suffix(".partial")
    try:
        torch.save(state, partial)
        partial.rename(path)
    except (OSError, RuntimeError) as error:  # of a full disk torch does not speak
        free = shutil.disk_usage(path.parent).free
        why = str(error).partition("\n")[0]
        raise DataError(
            f"{path} cannot be written ({why}); {free / 1e6:.0f} MB are free there. Make room and "
            "begin again: an earlier file of that name is kept."
        ) from error
    finally:
        partial.unlink(missing_ok=True)


def read_checkpoint(path: Path) -> dict[str, Any]:
    """All that a checkpoint holds.

    Raises:
        DataError: The file is missing or no checkpoint.
    """
    try:
        state: dict[str, Any] = torch.load(path, weights_only=True)
        if not {"recipe", "average"} <= set(state):
            raise KeyError("recipe, average")
    except Exception as error:  # a damaged file fails in many ways
        why = str(error).partition("\n")[0]
        raise DataError(
            f"{path} is no checkpoint of an age network ({why}). Make it with python -m train.fit"
        ) from error
    return state


def recipe_of(checkpoint: Path) -> Recipe:
    """The recipe that made a checkpoint.

    Raises:
        DataError: The file is missing or no checkpoint.
    """
    try:
        return recipe_from(read_checkpoint(checkpoint)["recipe"])
    except (TypeError, KeyError) as error:
        raise DataError(f"{checkpoint} holds no recipe of this version ({error})") from error


def learnt_from(checkpoint: Path) -> tuple[str, ...]:
    """Data sets that a checkpoint has learnt from, in its own stage or an earlier one.

    Raises:
        DataError: The file, or one that it began with, is missing or no checkpoint.
    """
    learnt = [name for state in _stages(checkpoint) for name in state["recipe"]["data_sets"]]
    return tuple(dict.fromkeys(learnt))


def learnt_crops(checkpoint: Path) -> tuple[str, ...]:
    """Names of the arrays of crops that a checkpoint has learnt from, in whichever stage.

    Older checkpoints do not tell.

    Raises:
        DataError: The file, or one that it began with, is missing or no checkpoint.
    """
    origins = [state.get("origin", {}) for state in _stages(checkpoint)]
    return tuple(dict.fromkeys(name for o in origins for name in o.get("crops", "").split()))


def _stages(checkpoint: Path) -> Iterator[dict[str, Any]]:
    state, stages = read_checkpoint(checkpoint), {checkpoint.stem}
    yield state
    while (begun := state["recipe"].get("begins_with", "")) and begun not in stages:
        stages.add(begun)
        state = read_checkpoint(checkpoint.with_name(f"{begun}.pt"))
        yield state


def others_learnt(learnt: Collection[str], data_sets: Iterable[str], cache: Path) -> list[str]:
    """Data sets that were learnt from other crops than the newest ones are.

    Splits may be others there: what was trained on would be validated on, or tested.

    Args:
        learnt: Names of the arrays that were learnt from.
        data_sets: What is asked about; a set that was not learnt from is no other.
        cache: Folder of cached crops.

    Raises:
        DataError: A set has no crops there.
    """
    found = []
    for data_set in data_sets:
        kept = {name for name in learnt if name.rpartition("-")[0] == data_set}
        if kept - {newest(cache, data_set).stem}:
            found.append(data_set)
    return found


def check_crops(learnt: Collection[str], data_sets: Iterable[str], cache: Path) -> None:
    """Refuse crops that are not those which a checkpoint has learnt from.

    Args:
        learnt: Names of the arrays that it has learnt from; see `learnt_crops`.
        data_sets: What is to be learnt from, watched or tested now.
        cache: Folder of cached crops.

    Raises:
        DataError: They are not, or a set has none.
    """
    others = others_learnt(learnt, data_sets, cache)
    if others:
        raise DataError(
            f"The checkpoint was trained from other crops of {', '.join(others)} than the newest "
            f"in {cache}, and may have learnt from what is validation or test there. Make those "
            "again with python -m train.data.crops, or train from these."
        )


def load_average(checkpoint: Path, ages: int) -> AgeNet:
    """The averaged network of a checkpoint, ready to answer.

    Raises:
        DataError: The file is missing, no checkpoint, or one of another network.
    """
    state = read_checkpoint(checkpoint)
    net = AgeNet(ages, hidden=state["recipe"].get("hidden", 0), branch=state.get("branch", 0))
    _fill(net, state["average"], checkpoint)
    return net.channels_last().eval()


def _fill(net: AgeNet, weights: dict[str, torch.Tensor], checkpoint: Path) -> None:
    try:
        net.load_state_dict(weights)
    except (RuntimeError, TypeError) as error:  # another shape, other layers; no weights at all
        why = textwrap.shorten(str(error).partition("\n")[2] or str(error), 160)
        raise DataError(
            f"{checkpoint} holds another network than is asked for ({why}). "
            "Ages and hidden layer of a recipe are those of the one that it begins with, which has "
            "no branch."
        ) from error


def start_of(recipe: Recipe, folder: Path, face_weights: Path | None) -> AgeNet:
    """The network that a recipe begins with.

    Args:
        recipe: The recipe.
        folder: Of checkpoints, for a recipe that begins with another one's.
        face_weights: Weights of the face network, for one that does not; None for chance.

    Raises:
        DataError: The weights are missing or those of another network.
    """
    torch.manual_seed(recipe.seed)
    net = AgeNet(recipe.ages, recipe.dropout, recipe.hidden)
    if recipe.begins_with:
        first = folder / f"{recipe.begins_with}.pt"
        _fill(net, load_average(first, recipe.ages).state_dict(), first)
    elif face_weights is not None:
        load_face_weights(net, face_weights)
    return net.channels_last()


def digest_of(net: AgeNet) -> str:
    """Names the weights of a network."""
    found = hashlib.sha256()
    for weight in net.parameters():
        found.update(weight.detach().contiguous().numpy().tobytes())
    return found.hexdigest()[:12]
