"""Ridge regression on all layers, against the sums written out."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from engine.errors import SettingsError
from train.activations import samples_of, start_from
from train.backbone import AgeNet
from train.methods.layers import AllLayers, KnownFaces, Sight, left_out, sight_of, squares
from train.methods.method import LazyRows, Samples

RANDOM = np.random.default_rng(0)


@pytest.fixture(scope="module")
def samples(
    tmp_path_factory: pytest.TempPathFactory,
    small_checkpoint: Path,
    write_crops: Callable[[Path, str, int, int], None],
) -> Samples:
    cache = tmp_path_factory.mktemp("crops")
    write_crops(cache, "fgnet", 20, 3)
    return samples_of("fgnet", cache, start_from(small_checkpoint), cache)


def test_leaving_out_in_closed_form_is_learning_without_them() -> None:
    x = RANDOM.normal(size=(12, 3)).astype(np.float32)
    kernel = np.exp(-squares(x, x).astype(np.float64))
    wanted = RANDOM.normal(size=12)
    groups = np.array(list("aaabbbbccdde"))
    found = left_out(kernel, wanted, groups, 0.2)
    for group in "abcde":
        out, rest = groups == group, groups != group
        inner = kernel[np.ix_(rest, rest)] + 0.2 * np.eye(rest.sum())
        weights = np.linalg.solve(inner, wanted[rest] - wanted.mean())
        expected = wanted.mean() + kernel[np.ix_(out, rest)] @ weights
        np.testing.assert_allclose(found[out], expected, atol=1e-9)


def test_the_kernel_is_that_of_the_mean_distance_of_all_blocks_and_of_the_guesses() -> None:
    blocks = [RANDOM.normal(3, 2, size=(4, d)).astype(np.float32) for d in (2, 5)]
    guesses = np.array([1.0, 1.5, 2.0, 4.0])
    known = KnownFaces.of(Sight([b[:3] for b in blocks], guesses[:3]))
    sight = known.scaled(Sight(blocks, guesses))
    found = known.gaps(sight).kernel(1.5, 0.7)
    np.testing.assert_allclose(sight.blocks[1][:3].mean(0), 0, atol=1e-5)
    for n in range(4):
        for m in range(3):
            every = zip(sight.blocks, known.medians, strict=True)
            away = np.mean([((b[n] - b[m]) ** 2).sum() / median for b, median in every])
            apart = (guesses[n] - guesses[m]) / 0.7
            assert found[n, m] == pytest.approx(np.exp(-away / 1.5**2 - apart**2 / 2), rel=1e-3)


def test_every_network_sees_every_view(samples: Samples) -> None:
    alone = sight_of(samples)
    torch.manual_seed(1)
    face = AgeNet(hidden=16).eval()
    beside = sight_of(replace(samples, face=face))
    assert len(alone.blocks) == 3 * 4
    assert len(beside.blocks) == 3 * 4 + 3 * 5  # the face network's head has a hidden layer
    assert all(len(block) == 60 for block in beside.blocks)


def test_a_network_that_has_learnt_no_ages_is_not_asked(samples: Samples) -> None:
    torch.manual_seed(1)
    backbone, face = AgeNet().eval(), AgeNet(hidden=16).eval()
    backbone.knows_ages = False
    assert len(sight_of(replace(samples, backbone=backbone, face=face)).blocks) == 3 * 5
    with pytest.raises(SettingsError, match="all_layers asks networks that have learnt ages"):
        AllLayers("all_layers").fit(replace(samples, backbone=backbone), samples, 1)


def striped(years: np.ndarray) -> np.ndarray:
    """(N, 64, 64, 3) crops whose stripes are the stronger the older."""
    stripes = np.where(np.arange(64) % 8 < 4, 1.0, -1.0)[:, None, None]
    crops = (
        128 + years[:, None, None, None] * stripes + RANDOM.normal(0, 2, (len(years), 64, 64, 3))
    )
    return crops.clip(0, 255).astype(np.uint8)


def test_ages_that_layers_tell_are_learnt_and_the_same_each_time(samples: Samples) -> None:
    order = np.random.default_rng(3).permutation(20)
    people = np.array([f"p{n}" for n in range(20)])
    told = replace(samples, crops=LazyRows(striped(samples.years), np.arange(60)))
    parts = [
        told.take(np.flatnonzero(np.isin(samples.groups, people[order[at]])))
        for at in (slice(0, 14), slice(14, 17), slice(17, 20))
    ]
    method = AllLayers("all_layers")
    found, again = (method.fit(parts[0], parts[1], 1)(parts[2]) for _ in range(2))
    np.testing.assert_array_equal(found.probs, again.probs)
    floor = np.abs(np.median(parts[0].years) - parts[2].years).mean()
    assert np.abs(found.median() - parts[2].years).mean() < 0.7 * floor
    blind = replace(parts[2], years=np.zeros_like(parts[2].years))
    np.testing.assert_array_equal(method.fit(parts[0], parts[1], 1)(blind).probs, found.probs)


def test_nothing_is_learnt_from_the_watched(samples: Samples) -> None:
    """Else an ensemble would fit its temperature to answers that its member knows by heart."""
    told = replace(samples, crops=LazyRows(striped(samples.years), np.arange(60)))
    train, watch, asked = (told.take(slice(*ends)) for ends in ((0, 36), (36, 48), (48, 60)))
    others = replace(watch, years=watch.years[::-1] + 20)
    found, other = (AllLayers("all_layers").fit(train, w, 1)(asked) for w in (watch, others))
    np.testing.assert_array_equal(found.probs, other.probs)
