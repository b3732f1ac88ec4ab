"""Painted people and a detector that knows where they are: scenes for the tracker's tests."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.settings import DetectSettings, TrackSettings
from engine.stages.track import Tracked, Tracker
from engine.values.faces import Faces
from engine.values.frame import Frame, Image

WIDTH, HEIGHT = 640, 360
Colour = tuple[int, int, int]


@dataclass(frozen=True)
class Person:
    skin: Colour
    hair: Colour
    shirt: Colour


ANN = Person((224, 180, 150), (60, 40, 30), (30, 60, 160))
BOB = Person((150, 100, 70), (20, 20, 20), (200, 190, 60))
CYD = Person((235, 200, 185), (200, 170, 90), (150, 30, 40))


@dataclass(frozen=True)
class At:
    """A person in one frame: centre of the face and its side in px, and the detector's score."""

    who: Person
    x: float
    y: float = 130
    side: float = 40
    score: float = 0.9


def wall(seed: int = 0) -> Image:
    random = np.random.default_rng(seed)
    grey = random.integers(110, 190, (6, 10, 1))
    rough = (grey + random.integers(-6, 7, (6, 10, 3))).astype(np.uint8)
    return np.asarray(cv2.resize(rough, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC), np.uint8)


WALL = wall()


def painted(people: Iterable[At], background: Image = WALL) -> Image:
    """People painted in order: later ones cover earlier ones."""
    image = background.copy()
    for p in people:
        x, y, s = round(p.x), round(p.y), p.side
        chest = (round(x - 1.1 * s), round(y + 0.75 * s)), (round(x + 1.1 * s), HEIGHT)
        cv2.rectangle(image, *chest, p.who.shirt, -1)
        cv2.ellipse(
            image, (x, y - round(0.15 * s)), half(0.55 * s, 0.75 * s), 0, 0, 360, p.who.hair, -1
        )
        cv2.ellipse(
            image, (x, y + round(0.05 * s)), half(0.42 * s, 0.6 * s), 0, 0, 360, p.who.skin, -1
        )
    return image


def half(width: float, height: float) -> tuple[int, int]:
    return round(width), round(height)


def faces_of(people: Sequence[At]) -> Faces:
    boxes = [
        (p.x - p.side / 2, p.y - p.side / 2, p.x + p.side / 2, p.y + p.side / 2) for p in people
    ]
    marks = np.zeros((len(people), 5, 2), np.float32)
    return Faces.found(
        np.array(boxes, np.float32), marks, np.array([p.score for p in people], np.float32)
    )


def frame(people: Sequence[At], time_s: float, background: Image = WALL) -> Frame:
    return Frame(painted(people, background), round(time_s * 1000), time_s, 0, "painted")


def tracker(*, lost_s: float = 2.0, reentry: bool = True) -> Tracker:
    return Tracker(TrackSettings(lost_s=lost_s, reentry=reentry), DetectSettings())


def times(until_s: float, rate: float = 30, from_s: float = 0.0) -> NDArray[np.float64]:
    return np.arange(from_s, until_s, 1 / rate)


def run(
    scene: Callable[[float], Sequence[At]],
    at: Iterable[float],
    using: Tracker | None = None,
    background: Image = WALL,
) -> list[Tracked]:
    using = using or tracker()
    outcomes = []
    for time_s in at:
        people = scene(float(time_s))
        outcomes.append(using(frame(people, float(time_s), background), faces_of(people)))
    return outcomes


def ids(outcome: Tracked) -> list[int]:
    return [int(number) for number in outcome.faces.track_ids]


def all_ids(outcomes: Iterable[Tracked]) -> set[int]:
    return {number for outcome in outcomes for number in ids(outcome)} - {-1}


def id_at(outcome: Tracked, x: float) -> int:
    centres = (outcome.faces.boxes[:, 0] + outcome.faces.boxes[:, 2]) / 2
    return int(outcome.faces.track_ids[np.abs(centres - x).argmin()])
