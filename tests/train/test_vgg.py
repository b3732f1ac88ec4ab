"""VGG-16 as the benchmark's backbone, with weights of chance in torchvision's layout."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn import functional

from engine.errors import DataError, SettingsError
from train.activations import Start, last_stage, samples_of, start_from
from train.benchmark import methods_named
from train.methods.fine_tune import FineTune
from train.methods.method import Method
from train.methods.metric.m_lsdml import PopulationMetric
from train.methods.metric.sadal import Sadal
from train.protocols import Sets, protocols_named
from train.vgg import Vgg16

HALVED_AFTER = (2, 7, 14, 21, 28)
DEEP = FineTune | PopulationMetric | Sadal


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    torch.manual_seed(3)
    net = Vgg16()
    for weight in net.body.parameters():
        if weight.ndim == 4:  # else thirteen layers of small weights let nothing through
            torch.nn.init.kaiming_normal_(weight)
    state = {f"features.{name}": weight for name, weight in net.body.state_dict().items()}
    path = tmp_path_factory.mktemp("weights") / "vgg16.pth"
    torch.save({**state, "classifier.6.bias": torch.zeros(1000)}, path)
    return path


@pytest.fixture(scope="module")
def start(weights: Path) -> Start:
    return start_from(weights)


@pytest.fixture(scope="module")
def sets(
    start: Start,
    write_crops: Callable[[Path, str, int, int], None],
    tmp_path_factory: pytest.TempPathFactory,
) -> Sets:
    cache = tmp_path_factory.mktemp("crops")
    write_crops(cache, "aaf", 8, 2)
    return Sets(cache, replace(start, side_px=32), cache / "activations")


def as_published(state: dict[str, Tensor], images: Tensor) -> Tensor:
    """Feature maps of (N, 3, S, S) RGB, 0..255, as torchvision makes them."""
    mean, deviation = torch.tensor([[0.485, 0.456, 0.406], [0.229, 0.224, 0.225]])[..., None, None]
    x = (images / 255 - mean) / deviation
    for at in (0, 2, 5, 7, 10, 12, 14, 17, 19, 21, 24, 26, 28):
        weight, bias = state[f"features.{at}.weight"], state[f"features.{at}.bias"]
        x = functional.relu(functional.conv2d(x, weight, bias, padding=1))
        if at in HALVED_AFTER:
            x = functional.max_pool2d(x, 2)
    return x


def test_published_weights_see_what_they_were_trained_to_see(start: Start, weights: Path) -> None:
    images = torch.randint(0, 256, (2, 3, 64, 64)).float()
    with torch.inference_mode():
        expected = as_published(torch.load(weights, weights_only=True), images).mean((2, 3))
        found = start.net.features(images)
    torch.testing.assert_close(found, expected, rtol=1e-3, atol=1e-3)
    assert (start.side_px, start.data_sets) == (224, ())


def test_kept_activations_give_the_numbers_of_the_whole_network(sets: Sets) -> None:
    net, samples = sets.start.net, samples_of("aaf", sets.cache, sets.start, sets.folder)
    images = torch.from_numpy(np.asarray(samples.crops)).permute(0, 3, 1, 2).float()
    with torch.inference_mode():
        whole = net.features(images)
        kept = last_stage(net)(torch.from_numpy(samples.activations[:][:, 0]).float())
    assert samples.features.shape == (16, 512)
    torch.testing.assert_close(kept.mean((2, 3)), whole, rtol=1e-2, atol=1e-2)


@pytest.mark.parametrize("name", ["amr", "coral", "m_lsdml", "sadal", "vdal"])
def test_deep_methods_fine_tune_it(name: str, sets: Sets) -> None:
    (method,) = methods_named([name])
    assert isinstance(method, DEEP)
    (fold,) = protocols_named("aaf", sets, None)[0].folds(1)
    decades = replace(fold.train, years=fold.train.years.round(-1))  # quadruplets need equal ages
    probs = shortened(method).fit(decades, fold.watch, 1)(fold.test).probs
    assert probs.shape == (2, 101)
    assert np.isfinite(probs).all()


def shortened(method: DEEP) -> Method:
    if isinstance(method, FineTune):
        return replace(method, epochs=1, batch=4, head_epochs=2)
    if isinstance(method, PopulationMetric):
        return replace(method, passes=1, batch=4)
    return replace(method, stages=(("real", 1),))


def test_a_new_head_is_taught_before_the_stage_below_it(sets: Sets) -> None:
    (fold,) = protocols_named("aaf", sets, None)[0].folds(1)
    taught = FineTune("amr", methods_named(["amr"])[0].loss, epochs=0)
    found = taught.fit(fold.train, fold.watch, 1).net[2].get_parameter("weight")
    assert (found - sets.start.net.head.get_parameter("weight")).abs().max() > 0.05


def test_a_method_that_asks_what_ages_a_network_expects_says_so(sets: Sets) -> None:
    (fold,) = protocols_named("aaf", sets, None)[0].folds(1)
    with pytest.raises(SettingsError, match="all_layers asks networks that have learnt ages"):
        methods_named(["all_layers"])[0].fit(fold.train, fold.watch, 1)


@pytest.mark.parametrize("state", [None, {}, {"features.0.weight": torch.zeros(64, 3, 3, 3)}])
def test_another_file_is_refused(state: dict[str, Tensor] | None, tmp_path: Path) -> None:
    path = tmp_path / "vgg16.pth"
    if state is not None:
        torch.save(state, path)
    with pytest.raises(DataError, match=r"vgg16\.pth is no VGG-16 as torchvision lays it out"):
        start_from(path)
