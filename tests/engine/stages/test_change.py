"""Change that no known person explains is found, and only that."""

import numpy as np

from engine.stages.change import ChangeMap
from engine.values.faces import Floats
from engine.values.frame import Frame, Image

NOBODY: Floats = np.zeros((0, 4), np.float32)
RANDOM = np.random.default_rng(1)
ROOM = RANDOM.integers(90, 160, (36, 64, 3), np.uint8).repeat(10, 0).repeat(10, 1)


def frame(image: Image) -> Frame:
    return Frame(image, 0, 0.0, 0, "room")


def noisy(image: Image) -> Image:
    noise = RANDOM.normal(0, 2.5, image.shape)
    return np.clip(image + noise, 0, 255).astype(np.uint8)


def with_patch(x: int, y: int, side: int = 60) -> Image:
    image = ROOM.copy()
    image[y : y + side, x : x + side] = 250
    return image


def seen(image: Image) -> ChangeMap:
    change = ChangeMap()
    change.looked(frame(image))
    return change


def test_before_the_first_look_everything_is_new() -> None:
    part = ChangeMap()(frame(ROOM), NOBODY)
    assert part is not None
    assert part.tolist() == [0, 0, 640, 360]


def test_noise_and_light_are_no_change() -> None:
    change = seen(noisy(ROOM))
    assert change(frame(noisy(ROOM)), NOBODY) is None
    brighter = np.clip(ROOM.astype(int) + 30, 0, 255).astype(np.uint8)
    assert change(frame(brighter), NOBODY) is None


def test_something_new_is_inside_the_part() -> None:
    part = seen(ROOM)(frame(with_patch(300, 100)), NOBODY)
    assert part is not None
    x1, y1, x2, y2 = part
    assert x1 <= 300
    assert y1 <= 100
    assert x2 >= 355
    assert y2 >= 155
    assert (x2 - x1) * (y2 - y1) < 0.1 * 640 * 360


def test_people_known_to_be_there_explain_their_own_movement() -> None:
    face = np.array([[300, 60, 360, 120]], np.float32)
    change = seen(ROOM)
    assert change(frame(with_patch(310, 150)), face) is None, "the chest"
    assert change(frame(with_patch(500, 150)), face) is not None, "somebody else"


def test_a_place_that_was_looked_at_is_news_no_longer() -> None:
    change, now = seen(ROOM), frame(with_patch(300, 100))
    part = change(now, NOBODY)
    assert part is not None
    change.looked(now, part)
    assert change(now, NOBODY) is None
    assert change(frame(with_patch(100, 100)), NOBODY) is not None
