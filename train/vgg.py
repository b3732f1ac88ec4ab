"""VGG-16, the backbone of several of the papers, in place of the benchmark's own.

    python -m train.benchmark --checkpoint vgg16.pth ...

The file is a state dict in the layout of torchvision's vgg16, whose published weights were trained
on ImageNet. It has seen no ages, so a new age head takes the place of the three fully connected
layers: it reads the mean of the last feature maps, as the common backbone's does. Departs in that
from the papers, which keep two of those layers (120 million of 138 million weights).
Source: Simonyan and Zisserman, "Very deep convolutional networks for large-scale image
recognition", 2015.
"""

from pathlib import Path
from typing import ClassVar

import torch
from torch import nn

from engine.errors import DataError
from train.backbone import AgeNet

SIDE_PX = 224
_BLOCKS = ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3))
_DEVIATION = (58.395, 57.12, 57.375)


class Vgg16(AgeNet):
    """Thirteen 3x3 convolutions with ReLU, five times halved, and an age head."""

    mean_rgb: ClassVar[tuple[float, float, float]] = (123.675, 116.28, 103.53)
    frozen: ClassVar[int] = 24  # the last stage is the fifth block
    width: ClassVar[int] = 512
    knows_ages = False

    def _body(self) -> nn.Sequential:
        layers: list[nn.Module] = []
        inputs = 3
        for outputs, count in _BLOCKS:
            for _ in range(count):
                layers += [nn.Conv2d(inputs, outputs, 3, padding=1), nn.ReLU()]
                inputs = outputs
            layers.append(nn.MaxPool2d(2))
        return nn.Sequential(*layers)


def load_vgg_weights(net: Vgg16, path: Path) -> None:
    """Fill the body from a file of torchvision's layout; what is not called `features` is left out.

    Raises:
        DataError: The file is missing or holds another network.
    """
    try:
        state = torch.load(path, weights_only=True)
        names = [name for name in state if name.startswith("features.")]
        net.body.load_state_dict({name.removeprefix("features."): state[name] for name in names})
    except Exception as error:  # a damaged file fails in many ways
        why = str(error).partition("\n")[0]
        raise DataError(
            f"{path} is no VGG-16 as torchvision lays it out, from features.0.weight to "
            f"features.28.bias ({why})"
        ) from error
    with torch.no_grad():  # its pictures have a deviation of 1, ours only a mean of 0
        net.body[0].get_parameter("weight").div_(torch.tensor(_DEVIATION).view(1, 3, 1, 1))
