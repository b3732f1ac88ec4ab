"""The branch of the head that sees all layers."""

import logging
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from engine.errors import DataError
from train.activations import start_from
from train.backbone import AgeNet
from train.branch import WIDTH, _unscale, add_branch, fitted
from train.checkpoint import load_average, read_checkpoint, recipe_of, start_of
from train.losses.amr import AMRLoss
from train.recipe import Recipe

SMALL = Recipe("small", ("aaf", "utkface"), AMRLoss(), side_px=32)
WriteCrops = Callable[[Path, str, int, int], None]


@pytest.fixture
def checkpoint(tmp_path: Path, small_checkpoint: Path, write_crops: WriteCrops) -> Path:
    """A trained network, with the crops of 148 photographs to learn from beside it."""
    for name in SMALL.data_sets:
        write_crops(tmp_path, name, 40, 2)
    path = tmp_path / "small.pt"
    path.write_bytes(small_checkpoint.read_bytes())
    return path


def pictures(count: int = 6) -> torch.Tensor:
    """(count, 3, 32, 32) of chance."""
    return torch.rand(count, 3, 32, 32, generator=torch.Generator().manual_seed(3)) * 255


@pytest.mark.parametrize("hidden", [0, 16])
def test_a_new_branch_adds_nothing(hidden: int) -> None:
    plain = AgeNet(hidden=hidden).eval()
    net = AgeNet(hidden=hidden, branch=WIDTH).eval()
    net.load_state_dict(plain.state_dict(), strict=False)
    torch.testing.assert_close(net(pictures()), plain(pictures()))


@pytest.mark.parametrize("hidden", [0, 16])
def test_responses_have_the_parts_that_are_told_and_are_never_negative(hidden: int) -> None:
    net = AgeNet(hidden=hidden).eval()
    features, responses = net.responses(pictures())
    torch.testing.assert_close(features, net.features(pictures()))
    parts = torch.split(responses, net.response_widths(), 1)
    torch.testing.assert_close(parts[2], features)
    assert torch.all(parts[3] >= parts[2])  # the greatest and the mean of the same
    assert torch.all(responses >= 0)
    assert len(parts) == (5 if hidden else 4)


def test_scales_are_folded_into_the_weights() -> None:
    layer = torch.nn.Linear(7, 3)
    x, middle, deviation = torch.rand(5, 7) * 3, torch.rand(7), torch.rand(7) + 0.1
    wanted = layer((x - middle) / deviation)
    _unscale(layer, middle, deviation)
    torch.testing.assert_close(layer(x), wanted)


def test_what_the_responses_tell_is_learnt(checkpoint: Path) -> None:
    """Features of chance; one of the responses tells the age."""
    net = load_average(checkpoint, SMALL.ages)
    random = np.random.default_rng(1)
    seen = random.uniform(0, 4, (256, 1, sum(net.response_widths()))).astype(np.float16)
    years = (15 * seen[:, 0, 0]).astype(np.float32)
    branch = fitted(net, SMALL, np.repeat(seen, 3, 1), years)
    added = branch(torch.from_numpy(seen[:, 0]).float().sqrt())
    assert added.shape == (256, SMALL.ages)
    assert not torch.allclose(added, torch.zeros_like(added))
    ages = torch.softmax(added, 1) @ torch.arange(101.0)
    assert np.corrcoef(ages.detach().numpy(), years)[0, 1] > 0.3


def test_a_branch_is_learnt_and_the_network_beside_it_left_alone(
    checkpoint: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    before = load_average(checkpoint, SMALL.ages)
    with caplog.at_level(logging.INFO, "train.branch"):
        made = add_branch(checkpoint, SMALL, tmp_path)
    assert made == tmp_path / "small_branch.pt"
    found = load_average(made, SMALL.ages)
    for name, weight in before.state_dict().items():
        assert torch.equal(found.state_dict()[name], weight)
    assert not torch.equal(found(pictures()), before(pictures()))
    assert recipe_of(made) == SMALL
    assert "validation MAE" in caplog.text


def test_the_same_crops_and_seed_give_the_same_branch(checkpoint: Path, tmp_path: Path) -> None:
    first = read_checkpoint(add_branch(checkpoint, SMALL, tmp_path))["average"]
    kept = {path: path.stat().st_mtime_ns for path in (tmp_path / "responses").iterdir()}
    plain, changed, worse = np.moveaxis(np.load(next(iter(kept))).astype(np.float32), 1, 0)
    assert not np.array_equal(plain, changed)
    assert not np.array_equal(changed, worse)
    again = read_checkpoint(add_branch(checkpoint, SMALL, tmp_path))["average"]
    assert all(torch.equal(first[name], again[name]) for name in first)
    assert kept == {path: path.stat().st_mtime_ns for path in kept}  # responses were not redone
    other = replace(SMALL, seed=2)
    changed = read_checkpoint(add_branch(checkpoint, other, tmp_path))["average"]
    assert not torch.equal(first["branch.0.weight"], changed["branch.0.weight"])
    assert len(list((tmp_path / "responses").iterdir())) == 2 * len(kept) == 4


def test_a_second_branch_is_refused(checkpoint: Path, tmp_path: Path) -> None:
    made = add_branch(checkpoint, SMALL, tmp_path)
    with pytest.raises(DataError, match=r"small_branch\.pt has a branch already"):
        add_branch(made, SMALL, tmp_path)


def test_nothing_begins_with_a_network_that_has_a_branch(checkpoint: Path, tmp_path: Path) -> None:
    add_branch(checkpoint, SMALL, tmp_path)
    later = replace(SMALL, name="later", begins_with="small_branch")
    with pytest.raises(DataError, match="which has no branch"):
        start_of(later, tmp_path, None)
    with pytest.raises(DataError, match=r"small_branch\.pt has a branch, which methods do not go"):
        start_from(tmp_path / "small_branch.pt")


def test_other_crops_than_the_checkpoint_has_learnt_from_are_refused(
    checkpoint: Path, tmp_path: Path
) -> None:
    state = read_checkpoint(checkpoint)
    torch.save({**state, "origin": {"crops": "aaf-1 utkface-0"}}, checkpoint)
    with pytest.raises(DataError, match="was trained from other crops of aaf than"):
        add_branch(checkpoint, SMALL, tmp_path)
    assert not (tmp_path / "small_branch.pt").exists()


def test_too_few_photographs_are_told(
    tmp_path: Path, small_checkpoint: Path, write_crops: WriteCrops
) -> None:
    for name in SMALL.data_sets:
        write_crops(tmp_path, name, 5, 2)
    path = tmp_path / "small.pt"
    path.write_bytes(small_checkpoint.read_bytes())
    with pytest.raises(DataError, match="have 12 photographs to train on, fewer than the 128"):
        add_branch(path, SMALL, tmp_path)
