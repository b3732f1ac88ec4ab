"""Who plays in the scenes: people cut from photographs, with boxes as the detector draws them."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from engine.errors import SourceError
from engine.sources.crowd import has_twin
from engine.sources.cutout import cut_out
from engine.sources.photographs import Album, Photograph
from engine.sources.portraits import Portrait
from engine.values.faces import Faces, Floats
from engine.values.frame import Frame, Image, read_only, shrink

Find = Callable[[Frame], Faces]

_SURE = 0.8
_WALL = 180
_SIZES = (1.0, 0.5)
"""Sizes of a portrait at which its face is looked for; the box is the mean."""


class Casting:
    """Fills scenes with people from an album, nobody twice in a scene except as a twin.

    Photographs in which not exactly one face is found are passed over, so that what is missed in a
    scene is missed because of how it is shown.
    """

    def __init__(self, place: Path, find: Find, seed: int) -> None:
        """Open the album.

        Args:
            place: Folder or zip archive of photographs whose names tell the age.
            find: Finds the faces of a photograph.
            seed: Varies who is taken.

        Raises:
            SourceError: There is no labelled photograph.
        """
        self._album = Album(place)
        self._find = find
        self._rng = np.random.default_rng((seed, 3))
        self._place = place

    def cast(self, people: int) -> list[Portrait]:
        """Portraits for the people of one scene.

        Raises:
            SourceError: There are too few different people.
        """
        portraits: list[Portrait] = []
        found = self._portraits()
        while len(portraits) < people:
            if has_twin(len(portraits)):
                portraits.append(_mirrored(portraits[-1]))
                continue
            portrait = next(found, None)
            if portrait is None:
                raise SourceError(
                    f"{self._place} holds too few people whose face is found; "
                    f"a scene of {people} needs {people}. Ask for fewer with --people."
                )
            portraits.append(portrait)
        return portraits

    def _portraits(self) -> Iterator[Portrait]:
        taken: set[str] = set()
        for at in self._rng.permutation(len(self._album.photographs)):
            photograph = self._album.photographs[at]
            if photograph.person in taken:
                continue
            portrait = self._portrait(photograph)
            if portrait is not None:
                taken.add(photograph.person)
                yield portrait

    def _portrait(self, photograph: Photograph) -> Portrait | None:
        image = self._album.image(photograph)
        box = self._only_face(image)
        if box is None:
            return None
        red, green, blue = (int(level) for level in self._rng.integers(30, 200, 3))
        portrait = cut_out(image, box, photograph.age_years, (red, green, blue))
        found = (self._box_at(size, _on_wall(portrait)) for size in _SIZES)
        boxes = [box for box in found if box is not None]
        if len(boxes) < len(_SIZES):
            return None
        x1, y1, x2, y2 = (float(value) for value in np.mean(boxes, 0))
        return replace(portrait, face_xyxy=(x1, y1, x2, y2))

    def _box_at(self, size: float, image: Image) -> Floats | None:
        height, width = image.shape[:2]
        box = self._only_face(shrink(image, (round(width * size), round(height * size))))
        return None if box is None else box / np.float32(size)

    def _only_face(self, image: Image) -> Floats | None:
        faces = self._find(Frame(read_only(image), 0, 0.0, 0, "photograph"))
        return faces.boxes[0] if len(faces) == 1 and faces.scores[0] >= _SURE else None


def _on_wall(portrait: Portrait) -> Image:
    alpha = portrait.alpha[..., None] / np.float32(255)
    return np.asarray(portrait.image * alpha + _WALL * (1 - alpha), np.uint8)


def _mirrored(portrait: Portrait) -> Portrait:
    """A look-alike: the same person the other way round."""
    x1, y1, x2, y2 = portrait.face_xyxy
    width = portrait.image.shape[1]
    return replace(
        portrait,
        image=portrait.image[:, ::-1],
        alpha=portrait.alpha[:, ::-1],
        face_xyxy=(width - x2, y1, width - x1, y2),
    )
