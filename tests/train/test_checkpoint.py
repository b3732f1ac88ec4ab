"""A checkpoint of another network than is asked for is told in one line."""

from dataclasses import asdict
from pathlib import Path

import pytest
import torch

from engine.errors import DataError
from train.activations import start_from
from train.backbone import AgeNet
from train.checkpoint import load_average, start_of, write_checkpoint
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


def test_a_checkpoint_that_finds_no_room_is_told_and_the_last_one_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "first.pt"
    write_checkpoint({"step": 1}, path)

    def full(_: object, file: Path) -> None:
        file.write_bytes(b"half")
        raise RuntimeError("[enforce fail at inline_container.cc:1] . unexpected pos 64 vs 0")

    monkeypatch.setattr("torch.save", full)
    with pytest.raises(DataError, match=r"first\.pt cannot be written \(.+\); \d+ MB are free"):
        write_checkpoint({"step": 2}, path)
    assert list(tmp_path.iterdir()) == [path]
    assert torch.load(path, weights_only=True) == {"step": 1}
