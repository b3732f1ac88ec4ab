"""What a recipe file holds: everything that decides the numbers of one training run."""

import importlib.util
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from engine.errors import SettingsError
from train.data.augment import Augmentation
from train.losses.amr import AMRLoss


@dataclass(frozen=True, slots=True)
class Recipe:
    """One training run.

    Attributes:
        name: Short name; checkpoints and logs are called by it.
        data_sets: Data sets whose training splits are joined.
        loss: The loss; no other than AMR can be kept in a checkpoint.
        augmentation: What happens to crops.
        side_px: Side of the crops the network sees.
        ages: Length of the age axis, from 0.
        epochs: Passes over the data.
        batch: Crops a step.
        learning_rate: Peak rate of the body; cosine to zero after a warm-up.
        head_factor: Rate of the head relative to the body.
        pull: Decay of the weights towards those the run starts from, in place of towards zero
            (L2-SP: Li, Grandvalet, Davoine, ICML 2018): keeps what the face network knows.
        dropout: Before the head.
        hidden: Width of the head's hidden layer; 256 takes the face network's age head over, 0
            for a head of one layer.
        balance: How far rare ages are seen more often, 0..1: a photograph is seen in proportion
            to (share of its five years of age) ** -balance.
        frozen_layers: First convolutions of the body that keep their weights.
        bfloat16: Multiply in bfloat16 while training, on processors that do (`train.precision`);
            weights and loss stay in float32.
        average_decay: Decay a step of the averaged weights (EMA), which are what is kept.
        seed: Of order, augmentation and dropout.
        begins_with: Name of the recipe whose averaged weights this one starts from; "" for the
            face network's own.
        watched: Data sets that are learnt from in no stage. How far the network is off on them is
            told every epoch beside the validation errors; it decides nothing.
    """

    name: str
    data_sets: tuple[str, ...]
    loss: AMRLoss
    augmentation: Augmentation = field(default_factory=Augmentation)
    side_px: int = 128
    ages: int = 101
    epochs: int = 12
    batch: int = 32
    learning_rate: float = 3e-4
    head_factor: float = 10.0
    pull: float = 0.0
    dropout: float = 0.2
    hidden: int = 0
    balance: float = 0.0
    frozen_layers: int = 0
    bfloat16: bool = False
    average_decay: float = 0.999
    seed: int = 1
    begins_with: str = ""
    watched: tuple[str, ...] = ()


def recipe_from(facts: dict[str, Any]) -> Recipe:
    """The recipe that a checkpoint holds as a dictionary.

    Raises:
        TypeError: It has fields that recipes have not, or lacks some.
    """
    made = {
        "data_sets": tuple(facts["data_sets"]),
        "watched": tuple(facts.get("watched", ())),
        "loss": AMRLoss(**facts["loss"]),
        "augmentation": Augmentation(**facts.get("augmentation", {})),
    }
    return Recipe(**{**facts, **made})


def load_recipe(path: Path) -> Recipe:
    """Run a recipe file and return its RECIPE.

    Raises:
        SettingsError: There is no such file, it defines no RECIPE, or its loss cannot be kept.
    """
    spec = importlib.util.spec_from_file_location("recipe", path)
    if not path.is_file() or spec is None or spec.loader is None:
        raise SettingsError(f"{path} is no recipe file; see train/recipes/")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    recipe = getattr(module, "RECIPE", None)
    if not isinstance(recipe, Recipe):
        raise SettingsError(f"{path} defines no RECIPE; see train/recipes/amr_mobilenet.py")
    if type(recipe.loss) is not AMRLoss:  # a checkpoint holds its numbers, not whose they are
        raise SettingsError(
            f"{path} has the loss {type(recipe.loss).__name__}, but checkpoints hold AMRLoss "
            "alone. Others are compared by train.benchmark."
        )
    return recipe
