"""What the frozen part of the common backbone sees in crops: computed once, kept on disk.

Methods that fine-tune the last stage begin from these arrays, which gives the numbers that running
the whole network would give and costs an eighth of it.
"""

import copy
import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from tqdm import tqdm

from engine.errors import DataError
from engine.values.frame import Image
from train.backbone import FACE_HIDDEN, AgeNet, load_face_weights
from train.checkpoint import learnt_crops, learnt_from, load_average, read_checkpoint
from train.data.arrays import kept_array, new_array
from train.data.augment import Augmentation, plain
from train.data.crops import load, newest
from train.methods.method import LazyRows, Samples
from train.vgg import SIDE_PX, Vgg16, load_vgg_weights

CALM = Augmentation(
    degrees=6.0,
    zoom=0.06,
    shift=0.025,
    border=0.2,
    tone=0.2,
    grey=0.1,
    blur=0.1,
    small=0.15,
    jpeg=0.15,
    noise=0.1,
    cover=0.0,
)
_BATCH = 32


@dataclass(frozen=True, slots=True)
class Start:
    """The network that all methods begin with.

    Attributes:
        net: The network; never changed.
        side_px: Side of the crops that it was trained on.
        data_sets: Data sets whose training splits it has seen the ages of, in any stage.
        key: Names its weights.
        face: The face network that it was fine-tuned from, or is the body of, with that network's
            own age head; None without.
        crops: Names of the arrays of crops that its ages are of, as far as they are known.
    """

    net: AgeNet
    side_px: int
    data_sets: tuple[str, ...]
    key: str
    face: AgeNet | None = None
    crops: tuple[str, ...] = ()


def start_from(checkpoint: Path, face_weights: Path | None = None) -> Start:
    """Begin with a checkpoint of `train.fit`, or with a network that has seen no ages.

    Args:
        checkpoint: A .pt file; or faceres-deep.json, see `train.backbone`; or a VGG-16 as .pth,
            see `train.vgg`.
        face_weights: faceres-deep.json again, for methods that ask the face network too.

    Raises:
        DataError: It is missing, damaged or none of them, it has a branch (`train.branch`), or what
            it began with is missing beside it.
    """
    start = _start_from(checkpoint)
    if face_weights is None:
        return start
    key = f"{start.key}+{_key(face_weights.read_bytes())}"
    return replace(start, key=key, face=_face_network(face_weights))


def _start_from(checkpoint: Path) -> Start:
    if checkpoint.suffix == ".json":
        torch.manual_seed(0)
        net = AgeNet()
        load_face_weights(net, checkpoint)
        net.knows_ages = False  # its head has another shape: that of `net` is of chance
        face = _face_network(checkpoint)
        return Start(net.channels_last().eval(), 128, (), _key(checkpoint.read_bytes()), face)
    if checkpoint.suffix == ".pth":
        torch.manual_seed(0)
        vgg = Vgg16()
        load_vgg_weights(vgg, checkpoint)
        return Start(vgg.channels_last().eval(), SIDE_PX, (), _key(checkpoint.read_bytes()))
    recipe = read_checkpoint(checkpoint)["recipe"]
    net = load_average(checkpoint, recipe["ages"])
    if net.branch is not None:
        raise DataError(
            f"{checkpoint} has a branch, which methods do not go on with. Give the one that it was "
            "made from."
        )
    return Start(
        net,
        recipe["side_px"],
        learnt_from(checkpoint),
        _key(checkpoint.read_bytes()),
        crops=learnt_crops(checkpoint),
    )


def _face_network(weights: Path) -> AgeNet:
    face = AgeNet(hidden=FACE_HIDDEN)
    load_face_weights(face, weights)
    return face.channels_last().eval()


def last_stage(net: AgeNet) -> nn.Sequential:
    """A copy, to be trained, of the layers that turn activations into feature maps."""
    return copy.deepcopy(nn.Sequential(*list(net.body)[net.frozen :]))


def samples_of(data_set: str, cache: Path, start: Start, folder: Path, views: int = 2) -> Samples:
    """All samples of a data set, with activations computed or taken from disk.

    Args:
        data_set: Short name.
        cache: Folder of cached crops.
        start: The common backbone.
        folder: Where activations are kept.
        views: Crop, mirrored crop, and `views` - 2 crops changed at random.
    """
    crops = load(cache, data_set)
    facts = [start.key.split("+")[0], start.side_px, start.net.frozen, views, asdict(CALM)]
    source = newest(cache, data_set).stem
    name = f"{source}-{_key(json.dumps(facts).encode())}"
    activations = _stored(crops.pixels[: len(crops.photos)], start, folder / f"{name}.npy", views)
    features = _features(activations, start.net, folder / f"{name}.features.npy")
    every = np.arange(len(crops.photos))
    return Samples(
        crops=LazyRows(plain(crops.pixels, start.side_px), every),
        features=features,
        activations=LazyRows(activations, every),
        years=np.array([photo.age for photo in crops.photos], np.float32),
        votes_std=np.array([photo.votes_std for photo in crops.photos], np.float32),
        groups=np.array([photo.group for photo in crops.photos]),
        backbone=start.net,
        face=start.face,
        source=source,
    )


def _key(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:12]


@torch.inference_mode()
def _stored(pixels: Image, start: Start, path: Path, views: int) -> np.ndarray:
    """(N, V, C, h, w) float16, mapped from disk; written whole or not at all."""
    kept = kept_array(path)
    if kept is not None:
        return kept
    front = nn.Sequential(*list(start.net.body)[: start.net.frozen])

    def seen(images: Image) -> np.ndarray:
        return front(_tensor(images) - start.net.mean).half().numpy()

    shape = (len(pixels), views, *seen(plain(pixels[:1], start.side_px)).shape[1:])
    with new_array(path, np.float16, shape) as made:
        for first in tqdm(range(0, len(pixels), _BATCH), desc=path.stem):
            rows = range(first, min(first + _BATCH, len(pixels)))
            for view, images in enumerate(_views(pixels, rows, start.side_px, views)):
                made[rows.start : rows.stop, view] = seen(images)
    return np.load(path, mmap_mode="r", allow_pickle=False)


def _views(pixels: Image, rows: range, side: int, views: int) -> Iterator[Image]:
    crops = np.asarray(pixels[rows.start : rows.stop])
    straight = plain(crops, side)
    yield straight
    yield np.ascontiguousarray(straight[:, :, ::-1])
    for view in range(2, views):
        randoms = [np.random.default_rng([row, view]) for row in rows]
        yield np.stack([CALM(c, side, r) for c, r in zip(crops, randoms, strict=True)])


def _tensor(images: Image) -> Tensor:
    found = torch.from_numpy(np.ascontiguousarray(images)).permute(0, 3, 1, 2).float()
    return found.contiguous(memory_format=torch.channels_last)


@torch.inference_mode()
def _features(activations: np.ndarray, net: AgeNet, path: Path) -> np.ndarray:
    kept = kept_array(path)
    if kept is not None:
        return np.array(kept)
    last = last_stage(net)
    parts = []
    for first in range(0, len(activations), _BATCH):
        seen = torch.from_numpy(activations[first : first + _BATCH, :2].astype(np.float32))
        parts.append(last(seen.flatten(0, 1)).mean((2, 3)).view(len(seen), 2, -1).mean(1))
    features: np.ndarray = torch.cat(parts).numpy()
    with new_array(path, features.dtype, features.shape) as made:
        made[:] = features
    return features
