"""Crops of a data set, made once by the engine's own detector and aligner and kept as arrays.

    python -m train.data.crops utkface utkface.zip --groups utkface_groups.csv --cache CACHE

Crops are wider than the model's template so that training can shift, turn and scale them, and have
a fourth channel: 255 where the photograph is, 0 outside it.
"""

import argparse
import csv
import hashlib
import json
import logging
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import cv2
import numpy as np
from tqdm import tqdm

from engine.errors import DataError
from engine.models.onnx import OnnxModel
from engine.stages.align import align, template
from engine.stages.detect import DetectorScale, YuNetDetector
from engine.values.faces import Faces, Floats
from engine.values.frame import Frame, Image
from train.command import ended
from train.data.arrays import new_array
from train.data.photo import Photo, checksums, read_images
from train.data.splits import (
    DATA_SETS,
    DIVIDED,
    TABLES,
    list_photos,
    read_groups,
    split_of,
)

HALF_SIDE = 1.35
"""Half side of the model's crop in eye distances: forehead and chin are in, and UTKFace's pictures
(about 1.25 around the face's middle) nearly fill it, so that their border is hardly seen."""
MARGIN = 1.25
"""How much wider the cached crops are."""
SIDE_PX = 225
DETECTOR = Path("assets/models/yunet.onnx")
_LONGEST_PX = 480
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Crops:
    """Crops of photographs with their labels.

    Attributes:
        pixels: (N, SIDE_PX, SIDE_PX, 4) uint8 RGBA, mapped from disk; alpha 0 is outside.
        photos: N labels.
        splits: N names of splits: train, val, test, dropped.
    """

    pixels: Image
    photos: list[Photo]
    splits: list[str]

    def rows(self, split: str) -> list[int]:
        """Row numbers of a split."""
        return [row for row, name in enumerate(self.splits) if name == split]


def newest(cache: Path, data_set: str) -> Path:
    """The newest array of crops of a data set; its name holds the key of how they were made.

    Raises:
        DataError: There is none.
    """
    found = sorted(cache.glob(f"{data_set}-*.npy"), key=lambda path: path.stat().st_mtime)
    if not found:
        raise DataError(
            f"{cache} holds no crops of {data_set}. "
            f"Make them with: python -m train.data.crops {data_set} ARCHIVE --cache {cache}"
        )
    return found[-1]


def load(cache: Path, data_set: str) -> Crops:
    """Open the newest cached crops of a data set.

    Raises:
        DataError: There are none, or they are damaged.
    """
    return _opened(newest(cache, data_set))


def _opened(array: Path) -> Crops:
    try:
        with array.with_suffix(".csv").open(newline="", encoding="utf-8") as stream:
            lines = stream.readlines()
        rows = list(csv.DictReader(lines))
        pixels = np.load(array, mmap_mode="r", allow_pickle=False)
        photos, splits = [_photo(row) for row in rows], [row["split"] for row in rows]
        missed = _missed(array)
        whole = len(photos) + missed == len(pixels) and lines[-1].endswith("\n")
        if not photos or not whole:
            raise ValueError(f"{len(photos)} labels and {missed} missed, of {len(pixels)} crops")
    except (FileNotFoundError, ValueError, TypeError, KeyError, EOFError, csv.Error) as error:
        raise DataError(
            f"{array} or the .csv beside it is damaged ({error}). Make the crops again with "
            "python -m train.data.crops"
        ) from error
    return Crops(pixels, photos, splits)


def _missed(array: Path) -> int:
    """Number of photographs without a face; their rows at the array's end are empty."""
    file = array.with_suffix(".missed.txt")
    names = file.read_text(encoding="utf-8") if file.exists() else ""
    return names.count("\n") + 1 if names else 0


def _photo(row: dict[str, str]) -> Photo:
    return Photo(
        data_set=row["data_set"],
        name=row["name"],
        age=float(row["age"]),
        group=row["group"],
        sex=row["sex"],
        race=row["race"],
        votes_std=float(row["votes_std"]) if row.get("votes_std") else None,
    )


def make(data_set: str, place: Path, groups: dict[str, str], cache: Path) -> Path:
    """Cut and store the crops of a data set, unless the same ones are stored already and whole.

    Returns:
        The array's file; beside it a table of labels and a list of photographs without a face.

    Raises:
        DataError: The data set is not as it should be, or shows no face.
    """
    photos = list_photos(data_set, place, groups)
    _refuse_unwritable(photos, place)
    splits = _splits(data_set, list(photos.values()))
    out = cache / f"{data_set}-{_key(photos, splits, place)}.npy"
    if out.exists():
        try:
            _opened(out)
        except DataError:
            _log.warning("%s or the .csv beside it is damaged: the crops are made again", out)
        else:
            if newest(cache, data_set) != out:
                out.touch()  # the newest are loaded
            return out
    labelled: list[dict[str, object]] = []
    missed: list[str] = []
    with new_array(out, np.uint8, (len(photos), SIDE_PX, SIDE_PX, 4)) as pixels:
        for member, crop in tqdm(_cut_all(place, list(photos)), total=len(photos), desc=data_set):
            photo = photos[member]
            if crop is None:
                missed.append(photo.name)
                continue
            pixels[len(labelled)] = crop
            labelled.append({**asdict(photo), "split": splits.get(photo.name, "train")})
        if not labelled:
            raise DataError(
                f"no face was found in any of the {len(photos)} photographs of {place}. "
                "Are they upright pictures of single people?"
            )
        with out.with_suffix(".csv").open("w", newline="", encoding="utf-8") as stream:
            writer = csv.DictWriter(stream, list(labelled[0]))
            writer.writeheader()
            writer.writerows(labelled)
        out.with_suffix(".missed.txt").write_text("\n".join(missed), encoding="utf-8")
    return out


def _refuse_unwritable(photos: dict[str, Photo], place: Path) -> None:
    """Refuse names that the table beside the crops could not hold, before any is cut."""
    for photo in photos.values():
        try:
            photo.name.encode()
        except UnicodeEncodeError as error:
            raise DataError(
                f"{place}: the name {photo.name!a} is no UTF-8. Give the zip file "
                "itself, or unpack it with unzip -O UTF-8."
            ) from error


def _splits(data_set: str, photos: list[Photo]) -> dict[str, str]:
    """Split by name; a name that is not there trains.

    Raises:
        DataError: People or near-duplicates of one group are in two splits.
    """
    splits = {photo.name: photo.split for photo in photos if photo.split}
    if data_set in DIVIDED:
        listed = split_of(data_set)
        unlisted = [photo.name for photo in photos if photo.name not in listed]
        if unlisted:
            _log.warning(
                "%s: %d photographs are in no split file and are dropped", data_set, len(unlisted)
            )
        known = {name: split for name, split in listed.items() if split != "train"}
        splits = known | dict.fromkeys(unlisted, "dropped")
    places: dict[str, str] = {}
    for photo in photos:
        split = splits.get(photo.name, "train")
        if split != "dropped" and places.setdefault(photo.group, split) != split:
            raise DataError(
                f"{data_set}: group {photo.group} is in two splits, {places[photo.group]} and "
                f"{split}. Give all photographs of a person or picture the same split."
            )
    return splits


def _key(photos: dict[str, Photo], splits: dict[str, str], place: Path) -> str:
    sums = checksums(place, photos)
    facts: list[object] = [
        [(member, *sums[member], asdict(photo)) for member, photo in sorted(photos.items())],
        sorted(splits.items()),
        hashlib.sha256(DETECTOR.read_bytes()).hexdigest(),
        [HALF_SIDE, MARGIN, SIDE_PX, _LONGEST_PX],
    ]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:12]


def _cut_all(place: Path, members: list[str]) -> Iterator[tuple[str, Image | None]]:
    detector = YuNetDetector(
        OnnxModel(DETECTOR, threads=2), DetectorScale(10, 10), score_threshold=0.5, margin=0.2
    )
    points = template(HALF_SIDE * MARGIN)
    for member, image in read_images(place, members):
        landmarks = _landmarks(detector, image)
        if landmarks is None:
            yield member, None
            continue
        whole = np.dstack([image, np.full(image.shape[:2], 255, np.uint8)])
        yield member, align(whole, landmarks[None], points, SIDE_PX)[0]


def _landmarks(detector: YuNetDetector, image: Image) -> Floats | None:
    """Landmarks of the main face in px of `image`, (5, 2), or None."""
    scale = min(1.0, _LONGEST_PX / max(image.shape[:2]))
    small = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    faces = detector(Frame(np.asarray(small, np.uint8), 0, 0.0, 0, ""))
    if not len(faces):
        return None
    best = _main_face(faces, small.shape[1], small.shape[0])
    return np.asarray(faces.landmarks[best] / scale, np.float32)


def _main_face(faces: Faces, width: int, height: int) -> int:
    centres = (faces.boxes[:, :2] + faces.boxes[:, 2:]) / 2
    away = np.abs(centres / [width, height] - 0.5).max(1)
    return int(np.argmax(faces.sides_px * (1 - away)))


def main() -> None:
    """Make the crops of a data set."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data_set", choices=sorted({*DATA_SETS, *TABLES}))
    parser.add_argument("place", type=Path, help="zip file or folder")
    parser.add_argument("--groups", type=Path, help="table file,group of near-duplicates")
    parser.add_argument("--cache", type=Path, default=Path("crops"))
    arguments = parser.parse_args()
    groups = read_groups(arguments.groups) if arguments.groups else {}
    make(arguments.data_set, arguments.place, groups, arguments.cache)


if __name__ == "__main__":
    sys.exit(ended(main))
