from dataclasses import asdict, replace
from pathlib import Path

import pytest

from engine.errors import SettingsError
from train.data.augment import Augmentation
from train.losses.amr import AMRLoss
from train.recipe import Recipe, load_recipe, recipe_from

RECIPES = sorted((Path(__file__).parents[2] / "train" / "recipes").glob("[!_]*.py"))


@pytest.mark.parametrize("path", RECIPES, ids=lambda path: path.stem)
def test_every_recipe_that_ships_can_be_read_and_is_named_as_its_file(path: Path) -> None:
    assert load_recipe(path).name == path.stem


def test_a_recipe_file_may_lie_anywhere(tmp_path: Path) -> None:
    path = tmp_path / "mine.py"
    path.write_text(
        "from train.losses.amr import AMRLoss\n"
        "from train.recipe import Recipe\n"
        "RECIPE = Recipe(name='mine', data_sets=('aaf',), loss=AMRLoss(), epochs=2)\n"
    )
    recipe = load_recipe(path)
    assert (recipe.name, recipe.epochs, recipe.loss) == ("mine", 2, AMRLoss())


@pytest.mark.parametrize("name", ["gone.py", "folder", "notes.txt"])
def test_what_is_no_recipe_file_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "notes.txt").write_text("RECIPE = 1")
    with pytest.raises(SettingsError, match="is no recipe file"):
        load_recipe(tmp_path / name)


def test_a_file_without_a_recipe_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "empty.py"
    path.write_text("RECIPE = {'name': 'not a Recipe'}\n")
    with pytest.raises(SettingsError, match=r"empty\.py defines no RECIPE"):
        load_recipe(path)


@pytest.mark.parametrize("loss", ["DLDLLoss()", "SORDLoss()", "MyLoss()", "None"])
def test_a_loss_that_no_checkpoint_can_hold_is_refused(tmp_path: Path, loss: str) -> None:
    path = tmp_path / "mine.py"
    path.write_text(
        "from train.losses.amr import AMRLoss\n"
        "from train.losses.dldl import DLDLLoss\n"
        "from train.losses.sord import SORDLoss\n"
        "from train.recipe import Recipe\n"
        "class MyLoss(AMRLoss): pass\n"
        f"RECIPE = Recipe(name='mine', data_sets=('aaf',), loss={loss})\n"
    )
    name = "NoneType" if loss == "None" else loss[:-2]
    with pytest.raises(SettingsError, match=rf"has the loss {name}, .* hold AMRLoss alone"):
        load_recipe(path)


def test_a_recipe_outlives_being_kept_as_a_dictionary() -> None:
    recipe = Recipe("kept", ("aaf", "utkface"), AMRLoss(0.1), Augmentation(blur=0.3), side_px=64)
    assert recipe_from(asdict(recipe)) == recipe
    assert recipe_from(asdict(replace(recipe, hidden=256))) != recipe
    assert recipe_from(asdict(replace(recipe, watched=("fgnet",)))).watched == ("fgnet",)
