"""The largest picture that is taken apart, and the error for a larger one."""

from engine.errors import SourceError

LARGEST_PX = 100_000_000


def check_size(width: int, height: int, name: str) -> None:
    """Refuse a picture that would fill the memory.

    Raises:
        SourceError: It has more than 100 megapixels.
    """
    if width * height > LARGEST_PX:
        raise SourceError(
            f"{name} is {width}x{height} px, {width * height / 1e6:.0f} megapixels; "
            f"at most {LARGEST_PX // 1_000_000} are read. Scale it down first."
        )
