import numpy as np
import pytest

from engine.values.frame import Frame, Image, LazyFrame, read_only


def test_a_frame_knows_its_width_before_its_height() -> None:
    frame = Frame(np.zeros((48, 64, 3), np.uint8), 0, 0.0, 0, "test")
    assert frame.size_wh == (64, 48)


def test_a_read_only_picture_cannot_be_painted_on() -> None:
    image = read_only(np.zeros((4, 4, 3), np.uint8))
    with pytest.raises(ValueError, match="read-only"):
        image[0, 0] = 255


def test_a_frame_cannot_be_given_another_time() -> None:
    frame = Frame(np.zeros((4, 4, 3), np.uint8), 0, 0.0, 0, "test")
    with pytest.raises(AttributeError):
        frame.time_s = 1.0  # type: ignore[misc]


class Counting:
    """Pixels that count how often they are asked for."""

    size_wh = (64, 48)

    def __init__(self) -> None:
        self.images = 0

    def image(self) -> Image:
        self.images += 1
        return np.zeros((48, 64, 3), np.uint8)

    def small(self) -> Image | None:
        return None

    def scaled(self, size_wh: tuple[int, int]) -> Image:
        return np.zeros((*size_wh[::-1], 3), np.uint8)

    def planes(self) -> None:
        """None."""

    def glimpse(self) -> Image:
        return np.zeros((48, 64), np.uint8)


def test_a_lazy_frame_makes_its_picture_only_when_asked() -> None:
    pixels = Counting()
    frame = LazyFrame(pixels, 3, 0.12, 7, "clip")
    assert frame.size_wh == (64, 48)
    assert frame.glimpse.shape == (48, 64)
    assert (frame.index, frame.time_s, frame.source, frame.picture) == (3, 0.12, "clip", "")
    assert pixels.images == 0
    assert frame.image.shape == (48, 64, 3)
    assert pixels.images == 1


def test_a_frame_can_show_another_picture_of_its_moment() -> None:
    frame = LazyFrame(Counting(), 3, 0.12, 7, "clip")
    other = frame.showing(np.ones((48, 64, 3), np.uint8))
    assert (other.index, other.time_s, other.source) == (3, 0.12, "clip")
    assert other.image.min() == 1


def test_a_glimpse_is_about_64_px_high() -> None:
    frame = Frame(np.full((1080, 1920, 3), 200, np.uint8), 0, 0.0, 0, "test")
    assert 60 <= frame.glimpse.shape[0] <= 70
    assert frame.glimpse.min() == 200
