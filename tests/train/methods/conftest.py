"""Made-up people whose features tell their ages."""

from collections.abc import Callable

import numpy as np
import pytest
import torch

from train.backbone import AgeNet
from train.methods.method import LazyRows, Samples

MakeSamples = Callable[[int], Samples]


@pytest.fixture(scope="session")
def backbone() -> AgeNet:
    torch.manual_seed(3)
    return AgeNet().eval()


@pytest.fixture(scope="session")
def made_samples(backbone: AgeNet) -> MakeSamples:
    """So many samples, three a person, of ages 0 to 60, from a seed that is their number."""

    def make(count: int) -> Samples:
        random = np.random.default_rng(count)
        years = random.integers(0, 61, count).astype(np.float32)
        along = np.random.default_rng(0).normal(size=(2, 1024))
        signs = np.stack([years / 20, np.sqrt(years)], 1) @ along
        features = signs + 0.3 * random.normal(size=signs.shape)
        maps = np.repeat(signs[:, None, :512, None], 2, 1) + random.normal(size=(count, 2, 512, 4))
        crops = random.integers(0, 256, (count, 64, 64, 3), dtype=np.uint8)
        crops[::3] = crops[::3, :, :, :1]  # every third is grey
        every = np.arange(count)
        return Samples(
            crops=LazyRows(crops, every),
            features=features.astype(np.float32),
            activations=LazyRows(maps.reshape(count, 2, 512, 2, 2).astype(np.float16), every),
            years=years,
            votes_std=np.full(count, np.nan, np.float32),
            groups=np.array([f"{row // 3:03d}" for row in every]),
            backbone=backbone,
        )

    return make
