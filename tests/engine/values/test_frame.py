import numpy as np
import pytest

from engine.values.frame import Frame, read_only


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
