from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from engine.sources.address import open_source
from engine.sources.blackout import Blackout
from engine.sources.small import small_copy
from engine.sources.source import SourceInfo
from engine.values.frame import Frame

RIGHT = ((0.75, 0.0), (1.0, 0.0), (1.0, 1.0), (0.75, 1.0))
CORNER = ((0.0, 0.0), (0.2, 0.0), (0.0, 0.3))


class White:
    """A source of white frames."""

    def __init__(self, *, picture: str = "", small: bool = True) -> None:
        self.info = SourceInfo("white", "white:", True, bool(picture), 320, 240, 25.0, 0, 0.0)
        self.problems: list[str] = []
        self.closed = False
        self._picture, self._small = picture, small

    def __iter__(self) -> Iterator[Frame]:
        image = np.full((240, 320, 3), 255, np.uint8)
        small = small_copy(image, lambda *_: (96, 72)) if self._small else None
        yield Frame(image, 3, 0.5, 7, "white", small, self._picture)

    def close(self) -> None:
        self.closed = True

    def __enter__(self) -> "White":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


@pytest.mark.parametrize("picture", ["", "a.jpg"])
def test_every_form_of_the_picture_is_painted_over(picture: str) -> None:
    with Blackout(White(picture=picture), [RIGHT, CORNER]) as source:
        (frame,) = source
    assert frame.small is not None
    for image in (frame.image, frame.small, frame.glimpse):
        height, width = image.shape[:2]
        assert not image[:, int(width * 0.75) :].any()
        assert not image[0, 0].any()
        assert image[height // 2, width // 2].all()
        outside = (np.asarray(image).reshape(height, width, -1)[:, :, 0] > 0).mean()
        assert 0.68 < outside < 0.72 or width < 100
    assert not frame.image.flags.writeable
    assert (frame.index, frame.time_s, frame.decoded_ns, frame.picture) == (3, 0.5, 7, picture)
    assert frame.size_wh == (320, 240)


def test_a_picture_without_a_small_copy_has_none() -> None:
    (frame,) = Blackout(White(small=False), [RIGHT])
    assert frame.small is None


def test_a_recording_is_painted_over_when_somebody_looks(make_clip: Callable[..., Path]) -> None:
    clip = make_clip(frames=5, draw=lambda *_: np.full((240, 320, 3), 255, np.uint8))
    with Blackout(open_source(str(clip)), [RIGHT]) as source:
        for frame in source:
            assert not frame.glimpse[:, int(frame.glimpse.shape[1] * 0.75) :].any()
            for image in (frame.scaled((100, 80)), frame.scaled((80, 60))):
                assert not image[:, int(image.shape[1] * 0.75) :].any()
                assert image[:, : int(image.shape[1] * 0.7)].all()
            assert not frame.image[:, 240:].any()
            assert frame.image[:, :230].all()


def test_the_source_is_closed_with_it() -> None:
    white = White()
    with Blackout(white, [RIGHT]) as source:
        assert source.info is white.info
    assert white.closed


def test_a_face_behind_a_blackout_is_in_no_pixel_of_a_real_scene() -> None:
    whole = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))
    scene = open_source(
        "synthetic:?people=2&seconds=0.2&layout=steady", small_size=lambda *_: (640, 360)
    )
    with Blackout(scene, [whole]) as source:
        for frame in source:
            assert not frame.image.any()
            assert frame.small is not None
            assert not frame.small.any()
