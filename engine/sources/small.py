"""The detector's copy of a picture that no decoder has scaled."""

from engine.sources.source import SmallSize
from engine.values.frame import Image, read_only, shrink


def small_copy(image: Image, small_size: SmallSize | None) -> Image | None:
    """The picture at the size asked for, read-only; None where that is the picture's own."""
    if small_size is None:
        return None
    height, width = image.shape[:2]
    size = small_size(width, height)
    return None if size[0] >= width and size[1] >= height else read_only(shrink(image, size))
