"""A small benchmark of its own, and one thread: small tensors on a busy machine wait for others."""

import csv
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest
import torch

from train.backbone import AgeNet
from train.data.photo import Photo
from train.losses.amr import AMRLoss
from train.recipe import Recipe


@pytest.fixture(autouse=True, scope="session")
def _one_thread() -> None:
    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def small_checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A network for crops of 32 px that sees but knows no ages, saved as `train.fit` does."""
    torch.manual_seed(5)
    net = AgeNet()
    for weight in net.body.parameters():
        if weight.ndim == 4:  # else 27 layers of small weights let nothing through
            torch.nn.init.kaiming_normal_(weight)
    with torch.no_grad():
        next(iter(net.body.parameters())).div_(60)
    path = tmp_path_factory.mktemp("runs") / "small.pt"
    recipe = Recipe("small", ("aaf", "utkface"), AMRLoss(), side_px=32)
    torch.save({"recipe": asdict(recipe), "average": net.state_dict()}, path)
    return path


@pytest.fixture(scope="session")
def write_crops() -> Callable[[Path, str, int, int], None]:
    """Writes cached crops, some a person, whose brightness tells the age; the last two are val
    and test."""

    def write(cache: Path, data_set: str, people: int, each: int) -> None:
        random = np.random.default_rng(len(data_set))
        count = people * each
        ages = random.permutation(np.linspace(2, 90, count)).round()
        pixels = random.integers(-20, 20, (count, 40, 40, 4)) + 2 * ages[:, None, None, None]
        pixels[..., 3] = 255
        np.save(cache / f"{data_set}-0.npy", pixels.clip(0, 255).astype(np.uint8))
        splits = ["train"] * (count - 2 * each) + ["val"] * each + ["test"] * each
        with (cache / f"{data_set}-0.csv").open("w", newline="") as stream:
            rows = [
                {**asdict(Photo(data_set, f"{n}.jpg", float(age), f"p{n // each}")), "split": split}
                for n, (age, split) in enumerate(zip(ages, splits, strict=True))
            ]
            writer = csv.DictWriter(stream, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)

    return write
