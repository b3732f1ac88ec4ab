"""A run that two processes share, on crops that this file makes."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from engine.errors import SettingsError
from train.distributed import Peers, joined
from train.fit import Order, fit
from train.recipe import Recipe, load_recipe

RECIPE = """
from train.losses.amr import AMRLoss
from train.recipe import Recipe

RECIPE = Recipe(
    name="shared", data_sets=("tiny",), loss=AMRLoss(), side_px=32, epochs=2, batch=4,
    dropout=0.0, frozen_layers=9,
)
"""
_TIMEOUT_S = 280


@pytest.fixture
def recipe_file(tmp_path: Path) -> Path:
    path = tmp_path / "shared.py"
    path.write_text(RECIPE)
    return path


@pytest.mark.slow  # two more processes load torch
def test_two_processes_train_what_one_trains(
    recipe_file: Path, tmp_path: Path, write_crops: Callable[[Path, str, int, int], None]
) -> None:
    write_crops(tmp_path, "tiny", 6, 2)
    alone = fit(load_recipe(recipe_file), tmp_path, tmp_path / "alone", None)
    command = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    command += ["-m", "train.fit", str(recipe_file), "--cache", str(tmp_path), "--from-chance"]
    done = subprocess.run(
        [sys.executable, *command, "--out", str(tmp_path / "two")],
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=_TIMEOUT_S,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    first = torch.load(alone, weights_only=True)
    second = torch.load(tmp_path / "two" / "shared.pt", weights_only=True)
    assert first["step"] == second["step"] == 4
    for name, weight in first["average"].items():
        torch.testing.assert_close(second["average"][name], weight, rtol=1e-3, atol=1e-4)
    assert (tmp_path / "two" / "shared.csv").read_text().count("\n") == 3
    assert list((tmp_path / "two" / "tensorboard" / "shared").iterdir())


def test_processes_take_disjoint_shares_of_the_same_batches(recipe_file: Path) -> None:
    recipe: Recipe = load_recipe(recipe_file)
    whole = list(Order(np.full(12, 30.0), recipe, 1))
    shares = [list(Order(np.full(12, 30.0), recipe, 1, Peers(rank, 2))) for rank in (0, 1)]
    for batch, first, second in zip(whole, *shares, strict=True):
        assert sorted(first + second) == sorted(batch)
        assert len(first) == len(second)


def test_gradients_are_joined_on_the_cpu_also_where_there_is_a_gpu(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    met: list[str] = []
    monkeypatch.setenv("WORLD_SIZE", "2")
    monkeypatch.setattr("torch.cuda.is_available", lambda: True)
    monkeypatch.setattr("torch.distributed.init_process_group", met.append)
    monkeypatch.setattr("torch.distributed.get_rank", lambda: 1)
    monkeypatch.setattr("torch.distributed.destroy_process_group", lambda: None)
    with joined() as peers:
        assert peers == Peers(1, 2)
    assert met == ["gloo"]


def test_a_batch_that_cannot_be_shared_evenly_is_refused(recipe_file: Path) -> None:
    with pytest.raises(SettingsError, match="a batch of 4 cannot be shared by 3 processes"):
        Order(np.full(12, 30.0), load_recipe(recipe_file), 0, Peers(0, 3))


def test_every_step_and_process_has_dropout_of_its_own() -> None:
    seeds = [Peers(rank, 2).seed_of(1, step) for rank in (0, 1) for step in range(100)]
    assert len(set(seeds)) == len(seeds)
