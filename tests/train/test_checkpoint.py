"""A checkpoint of another network than is asked for is told in one line."""

from dataclasses import asdict
from pathlib import Path

import pytest
import torch

from engine.errors import DataError
from train.activations import start_from
from train.backbone import AgeNet
from train.checkpoint import load_average, start_of
from train.losses.amr import AMRLoss
from train.recipe import Recipe

FIRST = Recipe("first", ("made",), AMRLoss(), ages=5)
WIDER = Recipe("late", ("made",), AMRLoss(), ages=5, hidden=8, begins_with="first")


def test_a_recipe_of_another_shape_than_the_one_it_begins_with_is_refused(tmp_path: Path) -> None:
    kept = {"recipe": asdict(FIRST), "average": AgeNet(ages=5).state_dict()}
    torch.save(kept, tmp_path / "first.pt")
    with pytest.raises(
        DataError, match=r"first\.pt holds another network than is asked for"
    ) as told:
        start_of(WIDER, tmp_path, None)
    assert "\n" not in str(told.value)


@pytest.mark.parametrize("average", [{}, None, AgeNet(ages=7).state_dict()])
def test_weights_that_do_not_fit_their_recipe_are_refused(tmp_path: Path, average: object) -> None:
    path = tmp_path / "first.pt"
    torch.save({"recipe": asdict(FIRST), "average": average}, path)
    with pytest.raises(DataError, match=r"first\.pt holds another network than is asked for"):
        load_average(path, 5)
    with pytest.raises(DataError, match=r"first\.pt holds another network than is asked for"):
        start_from(path)
