"""Which input shapes an engine is built for. Knows neither TensorRT nor a GPU.

Every batch size has a profile of its own with that one size, so that its kernels are chosen for it;
a smaller batch is padded to the next size. Pictures for the detector may have any size in a range.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from engine.errors import ModelError
from engine.models.model import ModelSpec, Port

Shape = tuple[int, ...]
_CROP_BATCHES = (1, 4, 16, 32)
_SMALLEST_HW = (32, 32)
_USUAL_HW = (384, 640)
_LARGEST_HW = {1: (2176, 3840), 4: (1088, 1920), 16: (736, 1280)}
"""Largest picture in px by batch: the room that the activations need grows with both."""


@dataclass(frozen=True, slots=True)
class Profile:
    """A range of input shapes, batch first: smallest, the one to be fastest at, and largest."""

    smallest: Shape
    usual: Shape
    largest: Shape

    @property
    def batch(self) -> int:
        """Its batch size."""
        return self.largest[0]

    def fits(self, item: Shape) -> bool:
        """Whether an input without its batch dimension is in the range."""
        bounds = zip(self.smallest[1:], item, self.largest[1:], strict=True)
        return all(low <= size <= high for low, size, high in bounds)


def profiles_for(spec: ModelSpec) -> tuple[Profile, ...]:
    """The profiles of one of our models, by batch size.

    Raises:
        ModelError: It has not one input, a batch of pictures.
    """
    port = only_input(spec)
    if None not in port.shape[1:]:
        return tuple(_fixed(batch, port) for batch in _CROP_BATCHES)
    return tuple(
        Profile(
            _picture(port, batch, _SMALLEST_HW),
            _picture(port, batch, _USUAL_HW),
            _picture(port, batch, largest),
        )
        for batch, largest in _LARGEST_HW.items()
    )


def only_input(spec: ModelSpec) -> Port:
    """The input of a model.

    Raises:
        ModelError: It has not one input, a batch of uint8 pictures (B, H, W, 3).
    """
    if len(spec.inputs) == 1:
        (port,) = spec.inputs
        if port.dtype == "uint8" and len(port.shape) == 4 and port.shape[0] is None:
            return port
    found = ", ".join(f"{port.name} {port.dtype} {port.shape}" for port in spec.inputs) or "none"
    raise ModelError(
        f"{spec.path.name} cannot run on TensorRT: expected one input, a batch of uint8 pictures "
        f"(None, height, width, 3); found {found}. Export it with python -m train.export."
    )


def split(shape: Shape, profiles: tuple[Profile, ...]) -> Iterator[tuple[int, int]]:
    """How to run a batch: index of the profile and number of rows, part by part.

    Full parts of the largest batch first, the rest in the smallest one that holds it.

    Raises:
        ModelError: The pictures have a size that no profile allows.
    """
    fitting = [index for index, profile in enumerate(profiles) if profile.fits(shape[1:])]
    if not fitting:
        raise ModelError(_wrong_size(shape, profiles))
    fitting.sort(key=lambda index: profiles[index].batch)
    largest = fitting[-1]
    rows = shape[0]
    while rows > profiles[largest].batch:
        yield largest, profiles[largest].batch
        rows -= profiles[largest].batch
    if rows:
        yield next(index for index in fitting if profiles[index].batch >= rows), rows


def largest_hw(profiles: tuple[Profile, ...]) -> tuple[int, int]:
    """Height and width in px of the largest picture that fits."""
    _, height, width, _ = _widest(profiles).largest
    return height, width


def _widest(profiles: tuple[Profile, ...]) -> Profile:
    return max(profiles, key=lambda profile: math.prod(profile.largest[1:]))


def _wrong_size(shape: Shape, profiles: tuple[Profile, ...]) -> str:
    widest = _widest(profiles)
    return (
        f"an input of {_words(shape[1:])} does not fit the engine; expected "
        f"{_words(widest.smallest[1:])} to {_words(widest.largest[1:])} (height x width x "
        "channels). Bound the picture with the setting detect.longest_px."
    )


def _words(item: Shape) -> str:
    return "x".join(map(str, item))


def _fixed(batch: int, port: Port) -> Profile:
    shape = (batch, *(size or 0 for size in port.shape[1:]))
    return Profile(shape, shape, shape)


def _picture(port: Port, batch: int, size_hw: tuple[int, int]) -> Shape:
    sides = iter(size_hw)
    return (batch, *(next(sides) if size is None else size for size in port.shape[1:]))
